"""Parts a picture into windows that overlap, those along its upper and lower edges first: marks stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.evidence import Box

AREA: Final = 230_000  # pixels of a window: what memory and time follow
WIDEST: Final = 1_000  # pixels of its longer side
LEAST: Final = 0.25  # of the shortest side: a window holds a mark of usual size with what is around it
SHARED: Final = 0.13  # of the shortest side that neighbours above each other share: a line and its margins
BESIDE: Final = 0.6  # and beside each other: a mark is some twelve letters long


def windows(wide: int, high: int) -> Iterator[Box]:
    """Give windows that cover a picture, each point's surroundings whole in one of them; the two edges first."""
    shortest = min(wide, high)
    across = min(wide, WIDEST)
    down = min(high, WIDEST, max(round(LEAST * shortest), AREA // across))
    tops = _starts(high, down, round(SHARED * shortest))
    lefts = _starts(wide, across, round(BESIDE * shortest))
    for top in dict.fromkeys((tops[-1], tops[0], *tops)):
        for left in lefts:
            yield Box(left=left, top=top, right=left + across, bottom=top + down)


def _starts(whole: int, part: int, shared: int) -> list[int]:
    """Give where parts of a length begin so that neighbours share at least so much."""
    if part >= whole:
        return [0]
    count = -(-(whole - shared) // max(1, part - shared))
    return [round(at * (whole - part) / (count - 1)) for at in range(count)]
