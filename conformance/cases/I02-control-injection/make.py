"""Terminal and direction controls in the label's fields."""

from __future__ import annotations

import json

from conformance.build import LABEL, variants

STRINGS = {
    "escape": "\x1b[2J\x1b]8;;http://x\x1b\\\\",
    "line-end": "x\r\nSet-Cookie: a=b",
    "override": "\u202egpj.exe",
    "lone-surrogate": "\ud800",
    "bell": "\7",
    "delete": "\x7f\x9b",
}
FILES = variants({name: json.dumps(json.loads(LABEL) | {"ProduceID": text}) for name, text in STRINGS.items()})
