"""Draws words as ink and measures it: a text height is what can be seen, never a font size."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark

SHIPPED: Final = "aigc-label-sans.otf"
INK: Final = 128  # coverage from which a pixel counts as ink: half covered, the edge that an eye or a threshold sees
FLAT: Final = "一"  # one stroke: its ink is a line, so its height says nothing about the size of the letters
MIN_FONT_SIZE: Final = (
    12.0  # pixels: Han of about 11 px of ink, the least at which 智能 can be told from its neighbours
)
PROBE: Final = 200.0  # pixels: large enough that proportions measured here hold at every size
NONCHARACTER: Final = "\uffff"  # no font maps it, so it draws the font's "missing glyph"

Coverage = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """Words drawn as lines of ink: `coverage` (height, width) 0..255, cropped to the ink, lines aligned left.

    `smallest` is the ink height in pixels of the smallest letter or digit, punctuation and 一 left out: rows in which
    it covers at least half a pixel. `size` is the font size in pixels that this took.
    """

    coverage: Coverage
    smallest: int
    size: float


def shipped_font() -> Path:
    """Give the path of the font that ships with the package: AIGC Label Sans, a subset of Noto Sans CJK SC Bold."""
    return Path(__file__).with_name("data") / SHIPPED


@lru_cache(maxsize=1)
def _shipped() -> bytes:
    return shipped_font().read_bytes()


def face(font: Path | None, size: float) -> ImageFont.FreeTypeFont:
    """Give the user's font, or the shipped one, at `size` pixels; raises `InvalidMark` where it cannot be read."""
    try:
        where = str(font) if font is not None else io.BytesIO(_shipped())
        return ImageFont.truetype(where, size, layout_engine=ImageFont.Layout.BASIC)
    except (OSError, ValueError) as problem:
        raise InvalidMark(
            Bilingual(f"the font {font} cannot be used: {problem}", f"无法使用字体 {font}：{problem}"),
            remedy=Bilingual(
                "Give a TrueType or OpenType font that holds the words.",
                "请提供包含所需文字的 TrueType 或 OpenType 字体。",
            ),
        ) from problem


def letter(char: str, drawn_by: ImageFont.FreeTypeFont) -> Coverage:
    """Give the ink of one letter, cropped; (0, 0) where it has none."""
    mask, _ = drawn_by.getmask2(char, mode="L", anchor="ls")
    canvas = Image.new("L", mask.size)
    canvas.im.paste(mask, (0, 0, *mask.size))  # five times faster than numpy's walk over the mask
    return np.asarray(canvas)


def counts(char: str) -> bool:
    """Tell whether a character is a letter or digit whose height the 5 % rule asks about."""
    return char.isalnum() and char not in FLAT


def ink_height(coverage: Coverage) -> int:
    """Give the height in pixels from the first to the last row of ink."""
    rows = np.flatnonzero((coverage >= INK).any(axis=1))
    return int(rows[-1] - rows[0]) + 1 if len(rows) else 0


@lru_cache(maxsize=64)
def check_glyphs(words: str, font: Path | None) -> None:
    """Raise `InvalidMark` with every character that the font would draw as a box, or as nothing."""
    probe = face(font, PROBE / 4)
    missing = letter(NONCHARACTER, probe)

    def lacks(char: str) -> bool:
        drawn = letter(char, probe)
        return drawn.shape == missing.shape and bool((drawn == missing).all())

    lacking = "".join(char for char in dict.fromkeys(words) if not char.isspace() and lacks(char))
    if lacking:
        name_en, name_zh = ("the shipped font", "内置字体") if font is None else (f"the font {font}", f"字体 {font}")
        raise InvalidMark(
            Bilingual(f"{name_en} has no glyph for {lacking}", f"{name_zh}中没有以下文字的字形：{lacking}"),
            remedy=Bilingual(
                "Name a font that has them with --font, or choose other words.",
                "请用 --font 指定包含这些文字的字体，或改用其他文字。",
            ),
        )


def smallest_ink(words: str, drawn_by: ImageFont.FreeTypeFont) -> int:
    """Give the ink height in pixels of the smallest letter among `words`."""
    return min((ink_height(letter(char, drawn_by)) for char in set(words) if counts(char)), default=0)


@lru_cache(maxsize=256)
def size_for(words: str, font: Path | None, smallest: int) -> float:
    """Give the least font size, in half pixels, whose smallest letter has `smallest` pixels of ink once rasterised."""
    size = max(MIN_FONT_SIZE, ceil(2 * PROBE * (smallest - 1) / smallest_ink(words, face(font, PROBE))) / 2)
    while smallest_ink(words, face(font, size)) < smallest:
        size += 0.5
    return size


def set_lines(lines: tuple[str, ...], font: Path | None, size: float) -> Lettering:
    """Draw lines of words under one another, with a quarter of the size between their ink."""
    drawn_by = face(font, size)
    drawn = [_line(words, drawn_by) for words in lines]
    gap = max(2, round(size / 4))
    coverage = np.zeros(
        (sum(len(line) for line in drawn) + gap * (len(drawn) - 1), max(line.shape[1] for line in drawn)), np.uint8
    )
    top = 0
    for line in drawn:
        coverage[top : top + len(line), : line.shape[1]] = line
        top += len(line) + gap
    return Lettering(coverage=coverage, smallest=smallest_ink("".join(lines), drawn_by), size=size)


def _line(words: str, drawn_by: ImageFont.FreeTypeFont) -> Coverage:
    left, top, right, bottom = drawn_by.getbbox(words, anchor="ls")
    canvas = Image.new("L", (ceil(right - left) + 4, ceil(bottom - top) + 4))
    ImageDraw.Draw(canvas).text((2 - left, 2 - top), words, fill=255, font=drawn_by, anchor="ls")
    drawn = np.asarray(canvas)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    return drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
