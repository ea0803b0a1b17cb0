"""Holds what letters look like: small pictures of every glyph of the shipped font, to compare pixels with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from aigc_label.lettering import shipped_font

Samples = NDArray[np.float32]

EM: Final = 20  # pixels: the size of the letters when a line is read
ABOVE: Final = 19  # rows of a line above the baseline; Han ink reaches 0.88 em
BELOW: Final = 4  # rows below it
ROWS: Final = ABOVE + BELOW
LATIN: Final = "".join(map(chr, (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))))


@dataclass(frozen=True, slots=True)
class Glyphs:
    """All glyphs of one advance width: `patterns` (count, ROWS * width), each of zero mean and unit length."""

    width: int
    letters: str
    patterns: Samples


def words_picture(words: str, em: int) -> Samples:
    """Give words as ink 0..1 on a line of `em` pixels, cropped to their advance and to the rows that Han ink takes."""
    font = ImageFont.truetype(str(shipped_font()), em, layout_engine=ImageFont.Layout.BASIC)
    above, below = ceil(0.9 * em), ceil(0.12 * em)
    canvas = Image.new("L", (max(1, round(font.getlength(words))), above + below))
    ImageDraw.Draw(canvas).text((0, above), words, fill=255, font=font, anchor="ls")
    return np.asarray(canvas, dtype=np.float32) / 255


def normalised(patterns: Samples) -> Samples:
    """Give each row of `patterns` with zero mean and unit length; rows without contrast become zero."""
    centred = patterns - patterns.mean(axis=1, keepdims=True)
    length = np.sqrt((centred * centred).sum(axis=1, keepdims=True))
    return np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-6)


@lru_cache(maxsize=1)
def alphabet() -> tuple[Glyphs, ...]:
    """Give every Han, Latin and digit glyph of the shipped font at `EM`, by advance width."""
    font = ImageFont.truetype(str(shipped_font()), EM, layout_engine=ImageFont.Layout.BASIC)
    by_width: dict[int, list[tuple[str, Samples]]] = {}
    for char in _letters():
        width = round(font.getlength(char))
        canvas = Image.new("L", (width, ROWS))
        ImageDraw.Draw(canvas).text((0, ABOVE), char, fill=255, font=font, anchor="ls")
        by_width.setdefault(width, []).append((char, np.asarray(canvas, dtype=np.float32).ravel() / 255))
    return tuple(
        Glyphs(width, "".join(char for char, _ in group), normalised(np.stack([picture for _, picture in group])))
        for width, group in sorted(by_width.items())
    )


def _letters() -> str:
    """Give the letters of the shipped font, from the list that its build leaves beside it."""
    listed = shipped_font().with_suffix(".txt").read_text(encoding="utf-8")
    return LATIN + "".join(char for char in listed if "\u4e00" <= char <= "\u9fff")
