"""Writes a ledger's entries for other programs: CSV, JSON lines, Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool
from aigc_label.ledger.entry import COLUMNS, Entry

ROWS: Final = 10_000  # rows of one group in a Parquet file


def as_lines(entries: Iterable[Entry], form: str) -> Iterator[str]:
    """Give the entries as text, a line each: "csv" (RFC 4180, a head first) or "jsonl"."""
    if form == "csv":
        yield from _csv(entries)
        return
    import json

    for entry in entries:
        yield json.dumps(dict(zip(COLUMNS, entry.row(), strict=True)), ensure_ascii=False)


def _csv(entries: Iterable[Entry]) -> Iterator[str]:
    yield ",".join(COLUMNS)
    for entry in entries:
        yield ",".join(map(_cell, entry.row()))


def _cell(value: int | str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe: file names are anybody's."""
    text = str(value)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def to_parquet(entries: Iterator[Entry], file: BinaryIO) -> None:
    """Write the entries as one Parquet file. Raises `MissingTool` without pyarrow."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as problem:
        raise MissingTool(
            Bilingual("Parquet needs the package pyarrow", "Parquet 格式需要 pyarrow 软件包"),
            remedy=Bilingual("pip install 'aigc-label[parquet]'", "pip install 'aigc-label[parquet]'"),
        ) from problem

    schema: Any = pyarrow.schema([(n, pyarrow.int64() if n == "number" else pyarrow.string()) for n in COLUMNS])
    with pyarrow.parquet.ParquetWriter(file, schema) as writer:
        while group := [entry.row() for entry in islice(entries, ROWS)]:
            columns = list(zip(*group, strict=True))
            writer.write_table(pyarrow.table(columns, schema=schema))
