"""Mandatory fields that are missing, empty, endless or hold NUL."""

from __future__ import annotations

import json

from conformance.build import LABEL, variants


def changed(name: str, value: str | None) -> str:
    values = json.loads(LABEL)
    if value is None:
        del values[name]
    else:
        values[name] = value
    return json.dumps(values, ensure_ascii=False)


FILES = variants(
    {
        f"{name}-{what}": changed(name, value)
        for name in ("Label", "ContentProducer", "ProduceID")
        for what, value in {"missing": None, "empty": "", "nul": "1\0"}.items()
    }
    | {"endless": changed("ProduceID", "9" * 70_000)},
    only=("png", "mp4", "docx"),
)
