"""Chooses the sample values or palette entries in which a badge's grey levels are drawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.marking import MIN_CONTRAST

NEAR: Final = 40.0  # distance in sRGB at which a palette entry still passes for the grey that was meant
RAMP: Final = 8  # greys added for smooth edges where a palette has room

Values = NDArray[Any]
Colours = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Inks:
    """`values[level]` is the sample or palette index that shows a grey level 0..255.

    `added` are the palette entries that have to be set to a grey first: index -> level.
    """

    values: Values
    added: dict[int, int]


def direct(depth: int, forbidden: Collection[int] = ()) -> Inks:
    """Give the inks of samples of 8 or 16 bits, where every level has a value; never a `forbidden` one."""
    values = np.arange(256) * ((1 << depth) - 1) // 255
    for level in np.flatnonzero(np.isin(values, list(forbidden))):
        values[level] += 1 if level < 128 else -1
    return Inks(values.astype(np.uint16), {})


def grey_steps(depth: int) -> Colours:
    """Give the table of greys that samples of 1, 2 or 4 bits stand for."""
    steps = np.linspace(0, 255, 1 << depth).round().astype(np.uint8)
    return np.repeat(steps[:, None], 3, axis=1)


def luminance(colours: NDArray[Any]) -> NDArray[np.float64]:
    """Give the relative luminance 0..1 of sRGB colours 0..255 in the last axis (WCAG 2.2)."""
    share = np.asarray(colours, dtype=np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def of_table(table: Colours, usable: Sequence[int], spare: Callable[[], Sequence[int]], plate: int, ink: int) -> Inks:
    """Give the inks of a colour table (entries, 3): entries that are there where they serve, else spare ones.

    `usable` are the opaque entries, `spare` gives those that no pixel shows (some may lie behind the table's end), and
    is asked only where they are needed. A pair of
    entries serves where its contrast is at least 4.5; entries near the badge's own greys come first, then spare entries
    set to these greys, then whatever pair of colours comes nearest. Raises `InvalidMark` where there is no such pair.
    """
    entries = np.asarray(usable, dtype=np.intp)
    pair = _nearest_pair(table, entries, plate, ink, NEAR)
    if pair is not None:
        return Inks(_blend(table, entries, *pair, plate, ink), {})
    free = spare()
    if len(free) >= 2:
        levels = np.linspace(plate, ink, min(len(free), RAMP)).round().astype(int).tolist()
        added = dict(zip(free, levels, strict=False))
        wider = np.zeros((max(len(table), max(added) + 1), 3), np.uint8)
        wider[: len(table)] = table
        for index, level in added.items():
            wider[index] = level
        indices = list(added)
        return Inks(_blend(wider, np.array(indices), indices[0], indices[-1], plate, ink), added)
    pair = _nearest_pair(table, entries, plate, ink, np.inf)
    if pair is None:
        raise InvalidMark(
            Bilingual(
                "no two colours of the picture's palette have a contrast of 4.5:1, and the palette has no free entry",
                "图片调色板中没有任何两种颜色的对比度达到 4.5:1，且调色板没有空闲项",
            ),
            remedy=Bilingual(
                "Convert the picture to true colour (for instance PNG), then mark it.",
                "请先将图片转换为真彩色（例如 PNG），再添加显式标识。",
            ),
        )
    return Inks(_blend(table, entries, *pair, plate, ink), {})


def _nearest_pair(
    table: Colours, usable: NDArray[np.intp], plate: int, ink: int, reach: float
) -> tuple[int, int] | None:
    """Give the legible pair (plate, ink) nearest to the greys meant, each within `reach`; None where there is none."""
    if not len(usable):
        return None
    colours = table[usable].astype(np.float64)
    far_plate, far_ink = (np.linalg.norm(colours - level, axis=1) for level in (plate, ink))
    light = luminance(colours) + 0.05
    ratio = np.maximum(light[:, None], light) / np.minimum(light[:, None], light)
    allowed = (ratio >= MIN_CONTRAST) & (far_plate <= reach)[:, None] & (far_ink <= reach)
    if not allowed.any():
        return None
    cost = np.where(allowed, far_plate[:, None] + far_ink, np.inf)
    first, second = np.unravel_index(cost.argmin(), cost.shape)
    return int(usable[first]), int(usable[second])


def _blend(table: Colours, usable: NDArray[np.intp], plate_at: int, ink_at: int, plate: int, ink: int) -> Values:
    """Give for each level the entry nearest to the colour between plate and ink, or the nearer of the two."""
    share = np.clip((np.arange(256) - plate) / (ink - plate), 0, 1)[:, None]
    ends = table[[plate_at, ink_at]].astype(np.float64)
    meant = ends[0] + share * (ends[1] - ends[0])
    distance = np.linalg.norm(meant[:, None] - table[usable].astype(np.float64), axis=2)
    nearest = np.where(distance.min(axis=1) <= NEAR, usable[distance.argmin(axis=1)], -1)
    end = np.where(share[:, 0] < 0.5, plate_at, ink_at)
    return np.where((nearest < 0) | (share[:, 0] == 0) | (share[:, 0] == 1), end, nearest)
