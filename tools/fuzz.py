"""Fuzzes the readers with coverage to guide it: `python -m tools.fuzz CORPUS [libFuzzer options]`, with atheris installed.

Atheris is no dependency: install it and brotli in an environment of their own, with `src` on PYTHONPATH. The corpus is seeded
with labelled copies of the fixtures. What is looked for is any exception that is not one of ours; libFuzzer keeps the bytes
that raised it.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["aigc_label"]):
    from aigc_label.adapters import adapter_of
    from aigc_label.api import gather
    from aigc_label.errors import AigcLabelError
    from aigc_label.rules import judge
    from aigc_label.source import BytesSource
    from tools import corruptions

    for _row in corruptions.FORMATS:
        if _row.adapter:
            adapter_of(_row)


def look(data: bytes) -> None:
    """Judge the bytes under a name that text formats are known by."""
    with contextlib.suppress(AigcLabelError):
        judge(gather(BytesSource(data, "a.md"), corruptions.POLICY), corruptions.POLICY)


def main(arguments: list[str]) -> None:
    corpus = Path(arguments[0])
    corpus.mkdir(parents=True, exist_ok=True)
    for name, files in corruptions.labelled().items():
        for file, data, _ in files:
            corpus.joinpath(f"{name}-{file}").write_bytes(data)
    atheris.Setup([sys.argv[0], str(corpus), *arguments[1:]], look)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
