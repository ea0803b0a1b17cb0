"""Holds what letters look like: small pictures of the glyphs of a font, to compare pixels with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from aigc_label.lettering import NONCHARACTER, shipped_font
from aigc_label.marking import AI_ELEMENT, GENERATION_ELEMENT

Samples: TypeAlias = NDArray[np.float32]

EM: Final = 20  # pixels: the size of the letters when a line is read
ABOVE: Final = 19  # rows of a line above the baseline; Han ink reaches 0.88 em
BELOW: Final = 4  # rows below it
ROWS: Final = ABOVE + BELOW
LATIN: Final = "".join(map(chr, (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))))
STOPS: Final = "，。、；：！？·—（）《》“”"
NO_HEIGHT: Final = STOPS + "一"  # a stop or a single stroke has no letter's height
NATIVE: Final = (12, EM)  # pixels: small letters are rastered small and enlarged, because that is how they will look


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Letters, and elements as wholes, of one advance width as ink 0..1, with what correlation needs.

    `words` are their names, `patterns` (count, ROWS * width) their pictures; `whole` tells which are elements.
    """

    width: int
    words: tuple[str, ...]
    patterns: Samples
    means: Samples
    deviations: Samples  # square root of the sum of squared differences from the mean
    whole: NDArray[np.bool_]


def _font(face: Path | None, em: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face or shipped_font()), em, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=32)
def word_picture(word: str, em: int, face: Path | None = None) -> Samples:
    """Give a word as ink 0..1 on a line of `em` pixels, cropped to its advance and to the rows that Han ink takes.

    The baseline is 0.9 em, rounded up, below the first row. `face` is a font file, None for the shipped font.
    """
    font = _font(face, em)
    above, below = ceil(0.9 * em), ceil(0.12 * em)
    canvas = Image.new("L", (max(1, round(font.getlength(word))), above + below))
    ImageDraw.Draw(canvas).text((0, above), word, fill=255, font=font, anchor="ls")
    return _ink(canvas)


def _ink(canvas: Image.Image) -> Samples:
    return np.asarray(canvas).astype(np.float32) / np.float32(255)


def alphabet(em: float, face: Path | None = None) -> tuple[Glyphs, ...]:
    """Give the letters of a font at `EM`, as they look where they were drawn with `em` pixels."""
    return _alphabet(min(NATIVE, key=lambda native: abs(native - em)), face)


@lru_cache(maxsize=2 * len(NATIVE))
def _alphabet(native: int, face: Path | None) -> tuple[Glyphs, ...]:
    font = _font(face, native)
    by_width: dict[int, list[tuple[str, Samples]]] = {}
    for word in (*_letters(font), *AI_ELEMENT, *GENERATION_ELEMENT):
        width = round(font.getlength(word) * EM / native)
        if width == 0:
            continue
        canvas = Image.new("L", (width * native // EM + native, 2 * native))
        ImageDraw.Draw(canvas).text((0, native), word, fill=255, font=font, anchor="ls")
        top = native - ABOVE * native / EM
        box = (0.0, top, width * native / EM, top + ROWS * native / EM)
        drawn = _ink(canvas.resize((width, ROWS), Image.Resampling.BILINEAR, box=box)).ravel()
        if drawn.any():
            by_width.setdefault(width, []).append((word, drawn))
    return tuple(_grouped(width, group) for width, group in sorted(by_width.items()))


def _grouped(width: int, group: list[tuple[str, Samples]]) -> Glyphs:
    patterns = np.stack([picture for _, picture in group])
    means = patterns.mean(axis=1)
    deviations = np.sqrt(((patterns - means[:, None]) ** 2).sum(axis=1))
    words = tuple(word for word, _ in group)
    return Glyphs(width, words, patterns, means, deviations, np.array([len(word) > 1 for word in words]))


@lru_cache(maxsize=512)
def ink_share(char: str, face: Path | None) -> float:
    """Give the ink height of a letter over the em, from the font's outline."""
    _, top, _, bottom = _font(face, 1000).getbbox(char, anchor="ls")
    return (bottom - top) / 1000


def known(char: str) -> bool:
    """Tell whether the shipped font draws this letter, and with ink of some height."""
    return char in _known() and char not in NO_HEIGHT


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(_letters(_font(None, EM)))


def letter_picture(char: str, em: int) -> Samples:
    """Give a letter of the shipped font as ink 0..1, cropped to its ink."""
    font = _font(None, em)
    canvas = Image.new("L", (2 * em, 2 * em))
    ImageDraw.Draw(canvas).text((em // 2, em // 2), char, fill=255, font=font)
    return _ink(canvas.crop(canvas.getbbox()))


def _letters(font: ImageFont.FreeTypeFont) -> str:
    """Give the letters that are looked for: those of the shipped font, as far as this one has them."""
    listed = shipped_font().with_suffix(".txt").read_text(encoding="utf-8")
    wanted = LATIN + STOPS + "".join(char for char in listed if "\u4e00" <= char <= "\u9fff")
    missing = bytes(font.getmask(NONCHARACTER))
    return "".join(char for char in wanted if bytes(font.getmask(char)) != missing)
