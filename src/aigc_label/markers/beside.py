"""Gathers what every sound marker needs: the designs for the sides that are asked for, and when each sounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aigc_label import audible
from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, UnsupportedFormat
from aigc_label.evidence import Span
from aigc_label.formats import Format
from aigc_label.marking import Mark, Position
from aigc_label.source import Source

SIDES = {
    Position.START: (Position.START,),
    Position.END: (Position.END,),
    Position.BOTH: (Position.START, Position.END),
}


@dataclass(frozen=True, slots=True)
class Beside:
    """The marks that stand before and after a content; None where there is none."""

    before: Design | None
    behind: Design | None

    @property
    def words(self) -> str:
        design = self.before or self.behind
        return design.words if design is not None else ""

    def spans(self, seconds: float, lead: float | None = None, late: float = 0.0) -> tuple[Span, ...]:
        """Give when the marks sound beside `seconds` of content that begins `lead` seconds after the file (None: right
        behind the mark before it); a mark behind it comes `late` by its codec's delay."""
        found = []
        begins = 0.0
        if self.before is not None:
            found.append(self.before.span)
            begins = self.before.frames / self.before.rate if lead is None else lead
        if self.behind is not None:
            span = self.behind.span
            found.append(Span(start=begins + seconds + late + span.start, seconds=span.seconds))
        return tuple(Span(start=round(s.start, 3), seconds=round(s.seconds, 3)) for s in found)


def beside(source: Source, row: Format, mark: Mark, rate: int, channels: int, gain: float = 0.0) -> Beside:
    """Give the marks for a file, at the loudness of its content; `gain` is what players add to all of it, in decibels.

    Raises as `audible.designed` and `sound.sampled` do, and `InvalidMark` for a position that a sound has not.
    """
    if mark.position not in SIDES:
        raise InvalidMark(
            Bilingual("a mark in sound is put at the start or the end", "音频显式标识只能放在开头或结尾"),
            remedy=Bilingual("Use `--position start`.", "请使用 `--position start`。"),
        )
    level = audible.level_beside(source, row) - gain
    made = {side: audible.designed(mark, side, rate, channels, level) for side in SIDES[mark.position]}
    return Beside(made.get(Position.START), made.get(Position.END))


def even(design: Design | None) -> Design | None:
    """Give the same mark with a sample of silence more where its frames are odd: then no padding byte comes or goes."""
    if design is None or design.frames % 2 == 0:
        return design
    samples = np.concatenate([design.samples, np.zeros((1, design.samples.shape[1]), np.float32)])
    return Design(samples, design.rate, design.words, design.span)


def unsupported(en: str, zh: str) -> UnsupportedFormat:
    """Give the refusal of a kind of sound beside which no mark can be put without touching the content."""
    return UnsupportedFormat(
        Bilingual(en, zh),
        remedy=Bilingual(
            "Mark the sound before it is encoded, or convert it to WAV or FLAC first.",
            "请在编码之前添加显式标识，或先转换为 WAV 或 FLAC。",
        ),
    )
