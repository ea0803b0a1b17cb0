"""Finds which part of a film gives way to new pictures: from its first one to where old pictures can follow new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, inf
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded
from aigc_label.evidence import Span
from aigc_label.grammars.footage import Footage, Sample, refused
from aigc_label.markers.video_coding import Border, Coding
from aigc_label.marking import Mark, Position
from aigc_label.source import Source

MOST: Final = 200_000  # pictures of one encoding: two hours at 25 a second
EVERYWHERE: Final = inf
AT_END: Final = (Position.END, Position.BOTH)  # beside the opening, where 5.4 c wants it in any case, as for MIDDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The samples that give way, in decoding order; behind them the first that stays (None: none does), and those shown
    before it that stood behind it. `shown` says from when to when the mark is on, in units of the track."""

    samples: tuple[Sample, ...]
    next: Sample | None
    border: Border
    leading: tuple[Sample, ...]
    times: tuple[int, ...]
    shown: tuple[tuple[float, float], ...]

    def is_marked(self, time: int) -> bool:
        return any(start <= time < end for start, end in self.shown)

    def spans(self, footage: Footage) -> tuple[Span, ...]:
        """Give when the mark is seen, in seconds from the first picture: until the first picture that lacks it."""
        first = max(footage.start, self.times[0])
        behind = (
            self.next.time if self.next is not None else 2 * self.times[-1] - self.times[max(0, len(self.times) - 2)]
        )
        spans = []
        for start, end in self.shown:
            begin = first if start <= first else next((time for time in self.times if time >= start), behind)
            stop = next((time for time in self.times if time >= end), behind)
            spans.append(
                Span(start=float((begin - first) * footage.unit), seconds=float((stop - begin) * footage.unit))
            )
        return tuple(span for span in spans if span.seconds > 0)


def part_of(source: Source, footage: Footage, coding: Coding, mark: Mark) -> Part:
    """Give the part that the mark asks for."""
    taken: list[Sample] = []
    end = EVERYWHERE
    samples = footage.samples()
    for sample in samples:
        if not taken and not footage.odd:
            end = max(footage.start, sample.time) + ceil(mark.seconds / footage.unit)
        data = source.at(sample.offset, sample.size)
        ready = taken and sample.key and sample.time >= end and mark.position is Position.START
        border = coding.border(data) if ready else Border.NONE
        if border is not Border.NONE:
            leading = tuple(_leading(source, coding, samples)) if border is Border.OPEN else ()
            return _part(footage, mark, taken, end, sample, border, leading)
        taken.append(sample)
        coding.taken(data)
        if len(taken) > MOST:
            raise LimitExceeded(Bilingual("too many pictures to encode", "需要编码的画面过多"), limit="frames")
    if not taken:
        raise refused("it has no pictures", "文件没有画面")
    return _part(footage, mark, taken, end, None, Border.NONE, ())


def _part(
    footage: Footage,
    mark: Mark,
    taken: list[Sample],
    end: float,
    following: Sample | None,
    border: Border,
    leading: tuple[Sample, ...],
) -> Part:
    times = tuple(sorted(sample.time for sample in (*taken, *leading)))
    if len(set(times)) != len(times):
        raise refused("two of its pictures are shown at the same time", "有两幅画面的显示时间相同")
    shown = [(-inf, inf if mark.position is Position.EVERY else end)]
    more = ceil(mark.seconds / footage.unit)
    if mark.position in AT_END:
        shown.append((max(end, times[-1] - more), inf))
    elif mark.position is Position.MIDDLE:
        middle = max(end, (times[0] + times[-1] - more) // 2)
        shown.append((middle, middle + more))
    return Part(samples=tuple(taken), next=following, border=border, leading=leading, times=times, shown=tuple(shown))


def _leading(source: Source, coding: Coding, samples: Iterator[Sample]) -> Iterator[Sample]:
    for sample in samples:
        if not coding.leads(source.at(sample.offset, sample.size)):
            return
        yield sample
