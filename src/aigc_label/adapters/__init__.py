"""Works on the metadata of one container family each: read, plan, payload."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Survey
from aigc_label.formats import Format
from aigc_label.patching import Stages
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan


class Adapter(Protocol):
    """A module of this package. Pure: random-access bytes in, a value out; nothing is decoded, nothing written.

    A module may also have `plan_in_place(source, text) -> Stages | None`, for files too large to be written anew (see
    `stages_of`), and `plan_with_copy(source, text) -> Plan` (see `copying_of`). All raise `MalformedFile` or
    `LimitExceeded` where the bytes cannot be trusted.
    """

    @staticmethod
    def read(source: Source) -> Survey:
        """Give every label text that the container holds, in file order, and what else a writer must know."""

    @staticmethod
    def plan(source: Source, text: str) -> Plan:
        """Give the file with `text` (bare JSON) as its only label; every other byte that matters is kept."""

    @staticmethod
    def payload(source: Source) -> tuple[Keep, ...]:
        """Give the media bytes themselves, in an order that no label changes: what no plan may touch and a binding hashes."""


def adapter_of(row: Format) -> Adapter:
    """Give the adapter of a format, imported on first use.

    Raises `UnsupportedFormat` with the remedy of the table where the format has no place for metadata.
    """
    if not row.adapter:
        raise UnsupportedFormat(
            Bilingual(f"{row.title} has no place for an implicit label", f"{row.title_zh} 没有存放隐式标识的位置"),
            remedy=row.remedy,
        )
    return _imported(row.adapter)


@cache
def _imported(name: str) -> Adapter:
    return cast(Adapter, import_module(f"aigc_label.adapters.{name}"))


def copying_of(row: Format) -> Callable[[Source, str], Plan]:
    """Give the function that plans as `plan` does, with a copy of the label for programs that do not look at its place.

    Raises `UnsupportedFormat` where the format has no such second place.
    """
    plan_with_copy = getattr(adapter_of(row), "plan_with_copy", None) if row.adapter else None
    if plan_with_copy is None:
        raise UnsupportedFormat(
            Bilingual(
                f"{row.title} takes no copy of the label: LIST/INFO is a place of WAV",
                f"{row.title_zh} 不写入标识副本：LIST/INFO 仅为 WAV 所有",
            ),
            remedy=Bilingual("Leave out --info-copy; it is for WAV.", "请去掉 --info-copy，该选项仅用于 WAV。"),
        )
    return cast("Callable[[Source, str], Plan]", plan_with_copy)


def stages_of(row: Format, source: Source, text: str) -> Stages | None:
    """Give the steps that put `text` into a large file where it is; None where its format knows no safe ones.

    The result may lie differently than that of `plan` does, but holds the same label and payload.
    """
    plan_in_place = getattr(adapter_of(row), "plan_in_place", None)
    return cast("Stages | None", plan_in_place(source, text)) if plan_in_place else None
