"""Gathers what every sound marker needs: the marks that are asked for, where they stand, when each sounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from aigc_label import audible, sound
from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, UnsupportedFormat
from aigc_label.evidence import Span
from aigc_label.formats import Format
from aigc_label.marking import Mark, Position
from aigc_label.source import Source

SIDES: Final = {
    Position.START: (Position.START,),
    Position.END: (Position.END,),
    Position.BOTH: (Position.START, Position.END),
}
SEARCHED: Final = 10.0  # seconds on either side of the middle in which the quietest moment is taken ...
SHARE: Final = 1 / 6  # ... but no more than so much of the whole
MOMENT: Final = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Beside:
    """The marks that stand before, behind and within a content; None where there is none.

    `within` are the marks inside with the sound frame of the content before which each stands, in order.
    """

    before: Design | None
    behind: Design | None
    within: tuple[tuple[int, Design], ...] = ()

    @property
    def words(self) -> str:
        design = self.before or self.behind or self.within[0][1]
        return design.words

    @property
    def frames(self) -> int:
        """Give the sound frames of all marks together."""
        ends = [design for design in (self.before, self.behind) if design is not None]
        return sum(design.frames for design in (*ends, *(design for _, design in self.within)))

    def placed(self, frames: int) -> tuple[tuple[int, Design], ...]:
        """Give every mark with the sound frame of a content of so many before which it stands."""
        before = ((0, self.before),) if self.before is not None else ()
        behind = ((frames, self.behind),) if self.behind is not None else ()
        return (*before, *self.within, *behind)

    def moved(self, frame: int) -> int:
        """Give where a frame of the content stands in the marked file."""
        first = self.before.frames if self.before is not None else 0
        return frame + first + sum(design.frames for at, design in self.within if at <= frame)

    def spans(self, seconds: float, lead: float | None = None, late: float = 0.0) -> tuple[Span, ...]:
        """Give when the marks sound beside `seconds` of content that begins `lead` seconds after the file (None: right
        behind the mark before it); a mark behind it comes `late` by its codec's delay."""
        found = []
        begins = 0.0
        if self.before is not None:
            found.append(self.before.span)
            begins = self.before.frames / self.before.rate if lead is None else lead
        for at, design in self.within:
            found.append(Span(start=begins + at / design.rate + design.span.start, seconds=design.span.seconds))
            begins += design.frames / design.rate
        if self.behind is not None:
            span = self.behind.span
            found.append(Span(start=begins + seconds + late + span.start, seconds=span.seconds))
        return tuple(Span(start=round(s.start, 3), seconds=round(s.seconds, 3)) for s in found)


def beside(source: Source, row: Format, mark: Mark, rate: int, channels: int, gain: float = 0.0) -> Beside:
    """Give the marks before and behind a coded sound, at the loudness of its content; `gain` is what players add to all
    of it, in decibels.

    Raises as `audible.designed` and `sound.sampled` do, and `InvalidMark` for places inside: frames that overlap with
    their neighbours cannot be parted without encoding them again.
    """
    if mark.turns or mark.position not in SIDES:
        raise InvalidMark(
            Bilingual(
                f"a mark inside the sound needs samples to part; {row.title} has frames that overlap",
                f"在音频中间添加标识需要逐采样切分，而 {row.title_zh} 的音频帧相互重叠",
            ),
            remedy=Bilingual(
                "Mark the WAV or FLAC before it is encoded, or each turn as a clip of its own; or use `--position both`.",
                "请在编码之前对 WAV 或 FLAC 添加标识，或将每一轮作为单独的片段添加；或使用 `--position both`。",
            ),
        )
    level = audible.level_beside(source, row) - gain
    made = {side: audible.designed(mark, side, rate, channels, level) for side in SIDES[mark.position]}
    return Beside(made.get(Position.START), made.get(Position.END))


def among(source: Source, row: Format, mark: Mark, rate: int, channels: int, frames: int) -> Beside:
    """Give the marks before, behind and within `frames` sound frames that can be parted anywhere, of an even number of
    frames each. Raises as `beside` does, and `InvalidMark` for a turn that is not in the sound."""
    if not mark.turns and mark.position is not Position.MIDDLE:
        found = beside(source, row, mark, rate, channels)
        return Beside(_even(found.before), _even(found.behind))
    places = _turns(mark, rate, frames) if mark.turns else (_quietest(source, row, frames / rate, rate),)
    level = audible.level_beside(source, row)
    inside = _even(audible.designed(mark, Position.MIDDLE, rate, channels, level))
    first = _even(audible.designed(mark, Position.START, rate, channels, level)) if 0 in places else None
    return Beside(first, None, tuple((place, inside) for place in places if place and inside is not None))


def _turns(mark: Mark, rate: int, frames: int) -> tuple[int, ...]:
    places = tuple(sorted(round(turn * rate) for turn in mark.turns))
    if places[-1] >= frames:
        raise InvalidMark(
            Bilingual(
                f"a turn at {max(mark.turns):g} s is behind the end: the sound has {frames / rate:.2f} s",
                f"第 {max(mark.turns):g} 秒的轮次超出音频末尾：音频长 {frames / rate:.2f} 秒",
            )
        )
    return places


def _quietest(source: Source, row: Format, seconds: float, rate: int) -> int:
    """Give the sound frame in the middle of the quietest moment about the middle."""
    reach = min(SEARCHED, seconds * SHARE)
    (heard,) = sound.around(source, row, (Span(start=seconds / 2, seconds=0.0),), reach)
    power = (heard.samples.astype(np.float64) ** 2).sum(axis=1)
    width = max(1, round(MOMENT * rate))
    total = np.concatenate([[0.0], np.cumsum(power)])
    if len(power) < width:
        return round(seconds * rate / 2)
    moments = total[width:] - total[:-width]
    quiet = np.flatnonzero(moments <= moments.min() * 1.001 + 1e-12)
    nearest = quiet[np.abs(quiet + width / 2 - len(power) / 2).argmin()]
    return round(heard.start * rate) + int(nearest) + width // 2


def _even(design: Design | None) -> Design | None:
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
