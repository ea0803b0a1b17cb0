"""Draws or sounds the explicit label into one kind of content each."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Final, Protocol, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, UnsupportedFormat
from aigc_label.evidence import Box, Span
from aigc_label.formats import Format
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.splice import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A marked file, not yet written: how to make it from the source, what was drawn, and which way was taken.

    `box` is the mark's whole rectangle (plate included) in the picture as displayed: outside it lossless formats keep
    every pixel. `spans` is when it is shown or heard, where time plays a part. `words` is what was drawn or spoken (they
    may be shorter than asked). `way` says how, for the outcome.
    """

    plan: Plan
    words: str
    way: Bilingual
    box: Box | None = None
    spans: tuple[Span, ...] = ()


WITH_HEADERS: Final = ("ooxml",)


class Marker(Protocol):
    """A module of this package."""

    @staticmethod
    def render(source: Source, mark: Mark) -> Rendering:
        """Give the file with the mark in its content. Raises `InvalidMark` where it cannot fit, `UnsupportedFormat`
        where this kind of file cannot be drawn on without loss that nobody asked for, `LimitExceeded`, `MalformedFile`."""


def refuse_headers(position: Position) -> None:
    """Raise `InvalidMark` for a header or footer: for what is no Word document."""
    if position in (Position.HEADER, Position.FOOTER):
        raise InvalidMark(
            Bilingual(
                f"words go to the {position} of Word documents only, and this is none",
                f"只有 Word 文档支持将标识放在{'页眉' if position is Position.HEADER else '页脚'}，而该文件不是 Word 文档",
            ),
            remedy=Bilingual(
                "Mark this file with `--position start` (pages of a PDF, slides: `--position every`).",
                "对该文件请使用 `--position start`（PDF 各页、幻灯片：`--position every`）。",
            ),
        )


def marker_of(row: Format, position: Position = Position.START) -> Marker:
    """Give the marker of a format, imported on first use.

    Raises `UnsupportedFormat` with the table's remedy, `InvalidMark` for a header or footer where pages have none.
    """
    if not row.marker:
        raise UnsupportedFormat(
            Bilingual(f"marks cannot be drawn on {row.title}", f"无法在 {row.title_zh} 上绘制显式标识"),
            remedy=row.remedy,
        )
    if row.marker not in WITH_HEADERS:
        refuse_headers(position)
    return cast(Marker, import_module(f"aigc_label.markers.{row.marker}"))
