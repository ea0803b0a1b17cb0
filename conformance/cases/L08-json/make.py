"""Texts that some JSON parsers take and others do not."""

from __future__ import annotations

from conformance.build import LABEL, variants

FILES = variants(
    {
        "comment": LABEL.replace("{", "{/*x*/", 1),
        "trailing-comma": LABEL.replace("}", ",}"),
        "single-quotes": LABEL.replace('"', "'"),
        "nan": LABEL.replace('"Label":"1"', '"Label":"1","x":NaN'),
        "nested": "[" * 100_000,
        "nested-field": LABEL.replace('"ReservedCode1":""', '"ReservedCode1":' + '{"a":' * 2000 + "1" + "}" * 2000),
        "double-encoded": '"' + LABEL.replace('"', '\\"') + '"',
        "array": f"[{LABEL}]",
        "two-values": LABEL + LABEL,
        "empty": "",
        "huge-number": LABEL.replace('"Label":"1"', '"Label":"1","x":' + "9" * 5000),
        "broken": '{"AIGC:{"Label":"1"}}',
    }
)
