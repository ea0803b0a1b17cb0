"""Values of Label that are not the texts 1, 2 or 3."""

from __future__ import annotations

from conformance.build import LABEL, variants

VALUES = {
    "full-width": '"１"',
    "arabic-indic": '"١"',
    "leading-zero": '"01"',
    "number": "1",
    "true": "true",
    "space": '"1 "',
    "four": '"4"',
    "enum": '"AIGCLabelType.AI_GENERATED"',
    "word": '"AIGC"',
    "superscript": '"¹"',
    "list": '["1"]',
    "float": "1.0",
}
FILES = variants({name: LABEL.replace('"Label":"1"', f'"Label":{value}') for name, value in VALUES.items()})
