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
STOPS: Final = "，。、；：！？·—（）《》“”"
NATIVE: Final = (12, EM)  # pixels: small letters are rastered small and enlarged, because that is how they will look


@dataclass(frozen=True, slots=True)
class Glyphs:
    """All glyphs of one advance width as ink 0..1: `patterns` (count, ROWS * width), with what correlation needs."""

    width: int
    letters: str
    patterns: Samples
    means: Samples
    deviations: Samples  # square root of the sum of squared differences from the mean


def words_picture(words: str, em: int) -> Samples:
    """Give words as ink 0..1 on a line of `em` pixels, cropped to their advance and to the rows that Han ink takes."""
    font = ImageFont.truetype(str(shipped_font()), em, layout_engine=ImageFont.Layout.BASIC)
    above, below = ceil(0.9 * em), ceil(0.12 * em)
    canvas = Image.new("L", (max(1, round(font.getlength(words))), above + below))
    ImageDraw.Draw(canvas).text((0, above), words, fill=255, font=font, anchor="ls")
    return np.asarray(canvas, dtype=np.float32) / 255


def alphabet(em: float) -> tuple[Glyphs, ...]:
    """Give every letter and stop of the shipped font at `EM`, as it looks where it was drawn with `em` pixels."""
    return _alphabet(min(NATIVE, key=lambda native: abs(native - em)))


@lru_cache(maxsize=len(NATIVE))
def _alphabet(native: int) -> tuple[Glyphs, ...]:
    font = ImageFont.truetype(str(shipped_font()), native, layout_engine=ImageFont.Layout.BASIC)
    by_width: dict[int, list[tuple[str, Samples]]] = {}
    for char in _letters():
        width = round(font.getlength(char) * EM / native)
        canvas = Image.new("L", (2 * native, 2 * native))
        ImageDraw.Draw(canvas).text((0, native), char, fill=255, font=font, anchor="ls")
        top = native - ABOVE * native / EM
        box = (0.0, top, width * native / EM, top + ROWS * native / EM)
        drawn = canvas.resize((width, ROWS), Image.Resampling.BILINEAR, box=box)
        by_width.setdefault(width, []).append((char, np.asarray(drawn, dtype=np.float32).ravel() / 255))
    return tuple(_grouped(width, group) for width, group in sorted(by_width.items()))


def _grouped(width: int, group: list[tuple[str, Samples]]) -> Glyphs:
    patterns = np.stack([picture for _, picture in group])
    means = patterns.mean(axis=1)
    deviations = np.sqrt(((patterns - means[:, None]) ** 2).sum(axis=1))
    return Glyphs(width, "".join(char for char, _ in group), patterns, means, deviations)


def _letters() -> str:
    """Give the letters of the shipped font, from the list that its build leaves beside it."""
    listed = shipped_font().with_suffix(".txt").read_text(encoding="utf-8")
    return LATIN + STOPS + "".join(char for char in listed if "\u4e00" <= char <= "\u9fff")
