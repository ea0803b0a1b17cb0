"""Lays the words out as a plate on a slide or page, as large and where they would stand on a picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from aigc_label import badge
from aigc_label.lettering import size_for
from aigc_label.marking import Mark

SIDE: Final = 720  # pixels of the shorter side at which a page is laid out


@dataclass(frozen=True, slots=True)
class Plate:
    """The words and their plate, in the page's own unit; `size` is the font's, `plate` and `ink` are sRGB grey levels."""

    words: str
    left: float
    top: float
    width: float
    height: float
    size: float
    plate: int
    ink: int


def laid_out(mark: Mark, width: float, height: float) -> Plate:
    """Give the plate for a page of this size. Raises `InvalidMark` where the words do not fit onto it.

    5.1 gives words in a text no size; that they are as tall as 5.2 e asks of a picture is our choice.
    """
    unit = min(width, height) / SIDE
    drawn = badge.design(mark, round(width / unit), round(height / unit))
    wanted = ceil(mark.height_share * min(drawn.width, drawn.height) - 1e-9)
    size = size_for(drawn.words.replace("\n", ""), mark.font, wanted)
    box = drawn.box
    left, top, wide, high, letters = (unit * one for one in (box.left, box.top, box.width, box.height, size))
    return Plate(drawn.words, left, top, wide, high, letters, drawn.plate, drawn.ink)
