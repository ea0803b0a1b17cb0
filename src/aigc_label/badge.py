"""Designs the small opaque plate with words that a mark is drawn as, large enough by its rendered ink."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.evidence import Box
from aigc_label.grammars.exif import STORED_AS
from aigc_label.lettering import Lettering, check_glyphs, set_lines, size_for
from aigc_label.marking import DEFAULT_TEXT, MIN_HEIGHT_SHARE, SHORTER_TEXTS, Mark, Place

Levels = NDArray[np.uint8]

DARK: Final = (28, 250)  # plate and ink in sRGB grey: a WCAG contrast of 16:1, so lossy coding leaves far over 4.5:1
LIGHT: Final = (240, 16)
BRIGHT: Final = 140.0  # mean luminance from which a light plate interrupts the picture less than a dark one
PADDING: Final = 0.45  # of the smallest letter's ink height, between ink and plate's edge
MARGIN: Final = 0.4  # the same, between plate and picture's edge
MAX_LINES: Final = 3
CLOSING: Final = "，。、；：！？）》」』】〕”’…,.;:!?)"
PIECE: Final = re.compile(rf"\s*(?:人工智能|生成|合成|[A-Za-z0-9]+|\S)[{re.escape(CLOSING)}]*")  # never split by a line
AT_START: Final = 0.0
AT_MIDDLE: Final = 0.5
AT_END: Final = 1.0
ALONG: Final = {  # where a place lies along x and y
    Place.TOP_LEFT: (AT_START, AT_START),
    Place.TOP: (AT_MIDDLE, AT_START),
    Place.TOP_RIGHT: (AT_END, AT_START),
    Place.LEFT: (AT_START, AT_MIDDLE),
    Place.RIGHT: (AT_END, AT_MIDDLE),
    Place.BOTTOM_LEFT: (AT_START, AT_END),
    Place.BOTTOM: (AT_MIDDLE, AT_END),
    Place.BOTTOM_RIGHT: (AT_END, AT_END),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A plate of one grey with words in another: every pixel of `box` is determined, whatever the picture holds.

    `box` is in the picture as displayed (`width` by `height` pixels); `coverage` (box.height, box.width) says how much
    of each pixel is ink; `plate` and `ink` are sRGB grey levels. `words` is what was drawn, lines parted by a line feed.
    `height_share` is the ink height of the smallest letter over the shortest side.
    """

    box: Box
    words: str
    coverage: Levels
    plate: int
    ink: int
    height_share: float
    width: int
    height: int

    def levels(self) -> Levels:
        """Give the grey picture of the whole box, (box.height, box.width), sRGB 0..255."""
        ramp = np.rint(np.linspace(self.plate, self.ink, 256)).astype(np.uint8)
        return ramp[self.coverage]

    def stored(self, orientation: int) -> tuple[Box, Levels]:
        """Give the box and its levels in the pixel order of a file whose EXIF orientation is 1..8."""
        turned, flip_x, flip_y = STORED_AS[orientation]
        box, levels = self.box, self.levels()
        left, right = (self.width - box.right, self.width - box.left) if flip_x else (box.left, box.right)
        top, bottom = (self.height - box.bottom, self.height - box.top) if flip_y else (box.top, box.bottom)
        levels = levels[:: -1 if flip_y else 1, :: -1 if flip_x else 1]
        if turned:
            left, top, right, bottom, levels = top, left, bottom, right, levels.T
        return Box(left=left, top=top, right=right, bottom=bottom), np.ascontiguousarray(levels)


def design(
    mark: Mark,
    width: int,
    height: int,
    *,
    backdrop: float | None = None,
    grid: tuple[int, int] = (1, 1),
    orientation: int = 1,
) -> Badge:
    """Give the badge for a picture displayed as `width` by `height` pixels.

    The smallest letter's ink is at least `mark.height_share` of the shortest side, once rasterised, and never so small
    that Han cannot be read; the plate lies wholly inside the picture. Where the default words do not fit, shorter ones
    are taken; words then wrap onto up to three lines. `backdrop`, the mean luminance 0..255 behind the box, chooses the
    colours only: the box is the same without it. `grid` is the block size in x and y of the picture as *stored* under
    `orientation` (equal to displayed for 1): the box begins and ends on block edges or at the picture's own.

    Raises `InvalidMark` where nothing fits, or the font lacks a glyph.
    """
    check_glyphs(mark.text, mark.font)
    wanted = ceil(mark.height_share * min(width, height) - 1e-9)  # 0.05 * 140 is a little over 7 in binary
    steps = _steps(width, height, grid, orientation)
    words, lettering, box = _fitted(mark, wanted, steps)
    coverage = np.zeros((box.height, box.width), np.uint8)
    high, wide = lettering.coverage.shape
    top, left = (box.height - high) // 2, (box.width - wide) // 2
    coverage[top : top + high, left : left + wide] = lettering.coverage
    plate, ink = LIGHT if backdrop is not None and backdrop >= BRIGHT else DARK
    return Badge(
        box=box,
        words=words,
        coverage=coverage,
        plate=plate,
        ink=ink,
        height_share=lettering.smallest / min(width, height),
        width=width,
        height=height,
    )


def _fitted(mark: Mark, wanted: int, axes: tuple[_Axis, _Axis]) -> tuple[str, Lettering, Box]:
    for words, lettering, padding in _layouts(mark, wanted):
        box = _placed(mark.place, lettering, padding, axes)
        if box is not None:
            return words, lettering, box
    raise _too_small(mark, axes[0].size, axes[1].size, wanted)


def _layouts(mark: Mark, wanted: int) -> Iterator[tuple[str, Lettering, int]]:
    """Give layouts from the best to the last resort: one line first, the asked words first, then a thin padding."""
    texts = SHORTER_TEXTS if mark.text == DEFAULT_TEXT else (mark.text,)
    sizes = {text: size_for(text, mark.font, wanted) for text in texts}
    tried = []
    for count in range(1, MAX_LINES + 1):
        for text in texts:
            if (lines := broken(text, count)) is not None:
                lettering = set_lines(lines, mark.font, sizes[text])
                tried.append(("\n".join(lines), lettering))
                yield *tried[-1], max(3, round(PADDING * lettering.smallest))
    for words, lettering in tried:
        yield words, lettering, 2


def broken(text: str, count: int) -> tuple[str, ...] | None:
    """Give the words on `count` lines as even as can be, elements and Latin words whole; None where that is impossible.

    Line feeds in the text are kept: the text then has at least as many lines as it has line feeds and one.
    """
    given = [line.strip() for line in text.split("\n") if line.strip()]
    if len(given) > 1 or count == 1:
        return tuple(given) if len(given) == count else None
    pieces = PIECE.findall(given[0])
    if len(pieces) < count:
        return None
    candidates = (
        tuple("".join(pieces[start:end]).strip() for start, end in zip((0, *cuts), (*cuts, len(pieces)), strict=True))
        for cuts in combinations(range(1, len(pieces)), count - 1)
    )
    return min(candidates, key=lambda lines: max(map(_ems, lines)))


def _ems(words: str) -> float:
    return sum(0.6 if char.isascii() else 1.0 for char in words)


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis of the picture as displayed: where boxes may begin and end (`first` + k x `step`, and both ends)."""

    size: int
    step: int
    first: int

    def spanned(self, length: int, margin: int, along: float) -> tuple[int, int] | None:
        """Give the shortest allowed span of at least `length`, as near to its place and margin as blocks let it."""
        if length > self.size:
            return None
        margin = min(margin, (self.size - length) // 2)
        start = margin + round(along * (self.size - length - 2 * margin))
        block = self._before(start)
        lows = {max(0, low) for low in (block - self.step, block, block + self.step) if low + length <= self.size}
        spans = [(low, self._after(low + length)) for low in lows]
        return min(spans, key=lambda span: (span[1] - span[0], abs(span[0] - start)))

    def _before(self, at: int) -> int:
        return max(0, self.first + (at - self.first) // self.step * self.step)

    def _after(self, at: int) -> int:
        return min(self.size, self.first - (self.first - at) // self.step * self.step)


def _steps(width: int, height: int, grid: tuple[int, int], orientation: int) -> tuple[_Axis, _Axis]:
    """Give the axes as displayed: blocks count from the stored origin, so a backward axis has its odd block first."""
    turned, flip_x, flip_y = STORED_AS[orientation]
    step_x, step_y = grid[::-1] if turned else grid
    return (
        _Axis(width, step_x, width % step_x if flip_x else 0),
        _Axis(height, step_y, height % step_y if flip_y else 0),
    )


def _placed(place: Place, lettering: Lettering, padding: int, axes: tuple[_Axis, _Axis]) -> Box | None:
    high, wide = lettering.coverage.shape
    margin = round(MARGIN * lettering.smallest)
    along_x, along_y = ALONG[place]
    x = axes[0].spanned(wide + 2 * padding, margin, along_x)
    y = axes[1].spanned(high + 2 * padding, margin, along_y)
    if x is None or y is None:
        return None
    return Box(left=x[0], top=y[0], right=x[1], bottom=y[1])


def _too_small(mark: Mark, width: int, height: int, wanted: int) -> InvalidMark:
    needs = [(layout.coverage.shape[1] + 4, layout.coverage.shape[0] + 4) for _, layout, _ in _layouts(mark, wanted)]
    wide, high = min(needs, key=lambda need: max(need[0] / width, need[1] / height))
    return InvalidMark(
        Bilingual(
            f"the words do not fit: the picture is {width} x {height} pixels, and letters of {wanted} px or the least "
            f"that can be read need {wide} x {high}",
            f"文字放不下：图片为 {width} x {height} 像素，"
            f"字高 {wanted} 像素（或可辨认的最小字号）至少需要 {wide} x {high} 像素",
        ),
        remedy=Bilingual(
            f"Use fewer words (AI生成), a height of {MIN_HEIGHT_SHARE}, or mark a larger picture.",
            f"请使用更少的文字（如“AI生成”）、{MIN_HEIGHT_SHARE} 的字高，或对更大的图片添加标识。",
        ),
    )
