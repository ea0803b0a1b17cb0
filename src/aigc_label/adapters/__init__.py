"""Works on the metadata of one container family each: read, plan, payload."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Survey
from aigc_label.formats import Format
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan


class Adapter(Protocol):
    """A module of this package. Pure: random-access bytes in, a value out; nothing is decoded, nothing written.

    All three raise `MalformedFile` or `LimitExceeded` where the bytes cannot be trusted.
    """

    @staticmethod
    def read(source: Source) -> Survey:
        """Give every label text that the container holds, in file order, and what else a writer must know."""

    @staticmethod
    def plan(source: Source, text: str) -> Plan:
        """Give the file with `text` (bare JSON) as its only label; every other byte that matters is kept."""

    @staticmethod
    def payload(source: Source) -> tuple[Keep, ...]:
        """Give the media bytes themselves, in file order: what no plan may touch and a content binding hashes."""


def adapter_of(row: Format) -> Adapter:
    """Give the adapter of a format, imported on first use.

    Raises `UnsupportedFormat` with the remedy of the table where the format has no place for metadata.
    """
    if not row.adapter:
        raise UnsupportedFormat(
            Bilingual(f"{row.title} has no place for an implicit label", f"{row.title} 没有存放隐式标识的位置"),
            remedy=row.remedy,
        )
    return cast(Adapter, import_module(f"aigc_label.adapters.{row.adapter}"))
