"""Turns words drawn as ink into outlines, so that a drawing shows them without any font on the viewer's machine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aigc_label.lettering import set_lines

Point: TypeAlias = tuple[float, float]
Outline: TypeAlias = tuple[Point, ...]

DRAWN_AT: Final = 160.0  # font size in pixels at which the ink is drawn before its edge is followed
HALF: Final = 127.5  # coverage at which the edge of a letter runs
TOLERANCE: Final = 0.2  # pixels of the drawn ink by which a simplified edge may stray

# A cell is four neighbouring samples, numbered by which of them are ink: top left 1, top right 2, bottom right 4, bottom
# left 8. For each case: from which side of the cell the edge comes, to which it goes, ink on its right.
TOP, RIGHT, BOTTOM, LEFT = range(4)
CASES: Final = {
    1: ((LEFT, TOP),),
    2: ((TOP, RIGHT),),
    3: ((LEFT, RIGHT),),
    4: ((RIGHT, BOTTOM),),
    5: ((LEFT, TOP), (RIGHT, BOTTOM)),
    6: ((TOP, BOTTOM),),
    7: ((LEFT, BOTTOM),),
    8: ((BOTTOM, LEFT),),
    9: ((BOTTOM, TOP),),
    10: ((TOP, RIGHT), (BOTTOM, LEFT)),
    11: ((BOTTOM, RIGHT),),
    12: ((RIGHT, LEFT),),
    13: ((RIGHT, TOP),),
    14: ((TOP, LEFT),),
}


@lru_cache(maxsize=32)
def outlines_of(lines: tuple[str, ...], font: Path | None) -> tuple[tuple[Outline, ...], int, tuple[int, int]]:
    """Give the outlines of lines of words, the ink height of their smallest letter, and the ink's width and height.

    All in pixels of one scale, the ink's upper left corner at 0, 0. An outline is closed; a point lies in the ink where
    an odd number of outlines go round it.
    """
    lettering = set_lines(lines, font, DRAWN_AT)
    high, wide = lettering.coverage.shape
    traced = (_simplified(outline) for outline in traced_edges(lettering.coverage))
    return tuple(outline for outline in traced if len(outline) > 2), lettering.smallest, (wide, high)


def traced_edges(coverage: NDArray[np.uint8]) -> list[Outline]:
    """Follow the edges of ink (marching squares, placed between samples by their coverage).

    Coordinates are in pixels, a pixel's centre at one half.
    """
    samples = np.pad(coverage.astype(np.float64), 1)
    ink = samples > HALF
    number = ink[:-1, :-1] + 2 * ink[:-1, 1:] + 4 * ink[1:, 1:] + 8 * ink[1:, :-1]
    following: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for row, column in np.argwhere((number > 0) & (number < 15)).tolist():
        for come, go in CASES[int(number[row, column])]:
            following[_crossing(row, column, come)] = _crossing(row, column, go)
    found = []
    while following:
        start, at = following.popitem()
        edge = [start]
        while at != start:
            edge.append(at)
            at = following.pop(at)
        found.append(tuple(_placed(samples, *crossing) for crossing in edge))
    return found


def _crossing(row: int, column: int, side: int) -> tuple[int, int, int]:
    """Name the side of a cell so that both cells that share it say the same: first sample, then 0 across or 1 down."""
    if side in (TOP, BOTTOM):
        return row + (side == BOTTOM), column, 0
    return row, column + (side == RIGHT), 1


def _placed(samples: NDArray[np.float64], row: int, column: int, down: int) -> Point:
    first, second = samples[row, column], samples[row + down, column + 1 - down]
    share = float((HALF - first) / (second - first))
    return column - 0.5 + share * (1 - down), row - 0.5 + share * down


def _simplified(outline: Outline) -> Outline:
    """Leave out the points that a straight line between others passes within `TOLERANCE` (Douglas and Peucker)."""
    points = np.array([*outline, outline[0]])
    far = int(np.hypot(*(points - points[0]).T).argmax())
    kept = {0, far, len(points) - 1}
    waiting = [(0, far), (far, len(points) - 1)]
    while waiting:
        start, end = waiting.pop()
        if end - start < 2:
            continue
        along = points[end] - points[start]
        between = points[start + 1 : end] - points[start]
        length = float(np.hypot(*along)) or 1.0
        stray = np.abs(between[:, 0] * along[1] - between[:, 1] * along[0]) / length
        worst = int(stray.argmax())
        if stray[worst] > TOLERANCE:
            middle = start + 1 + worst
            kept.add(middle)
            waiting += [(start, middle), (middle, end)]
    return tuple((float(x), float(y)) for x, y in points[sorted(kept - {len(points) - 1})])
