"""Hostile strings in the label's fields."""

from __future__ import annotations

import json

from conformance.build import LABEL, variants

STRINGS = {
    "markup": "<script>alert(1)</script>",
    "comment": "-->]]></x>",
    "formula": "=cmd|x!A1",
    "template": "{{7*7}}${7*7}%{x}",
    "playlist": "#EXTM3U:textfile=x",
    "path": "../../etc/passwd",
    "sql": "';DROP--",
    "format": "%s%n%!s(MISSING)",
    "address": "http://127.0.0.1:9/x",
}
FILES = variants({name: json.dumps(json.loads(LABEL) | {"ProduceID": text}) for name, text in STRINGS.items()})
