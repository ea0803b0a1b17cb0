"""A field stands twice in the JSON."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, in_each, variants

FILES = in_each(LABEL.replace('"Label":"1"', '"Label":"1","Label":"3"')) | variants(
    {
        "equal": LABEL.replace('"Label":"1"', '"Label":"1","Label":"1"'),
        "other-case": LABEL.replace('"Label":"1"', '"Label":"1","label":"3"'),
        "two-objects": '{"AIGC":' + LABEL + ',"AIGC":' + OTHER + "}",
        "draft-name": LABEL.replace('"ReservedCode1":""', '"ReservedCode1":"","ReserveCode1":"x"'),
    }
)
