"""Measures words that were read: the ink of each letter in the picture's own pixels, and its contrast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.detectors.glyphs import EM, NO_HEIGHT, ink_share
from aigc_label.detectors.reading import Letter, Line, Words, elements
from aigc_label.evidence import Box, Sighting, SightingKind

NAME: Final = "words"
SURE: Final = 0.85  # correlation from which the height of a letter between the elements counts
INK_ABOVE: Final = 0.95  # ems above the baseline in which a letter's ink may lie
INK_BELOW: Final = 0.16
INSET: Final = 0.03  # ems taken off a letter's sides, so that its neighbour's ink is not measured with it
TALLER: Final = 1.06  # over what a letter of this size should be: typefaces differ by less
OURS: Final = 0.85  # correlation from which letters are those of the face that was looked for, on an even ground
UNLIKE: Final = (
    0.003  # of the shortest side: by how much a height may err where they only resemble them (docs/detector.md)
)
CORE: Final = 0.85  # of the way from plate to ink: surely ink; mirrored, surely plate
ADVERSE: Final = 90  # percentile of what lies behind that comes closest to the ink

Grey = NDArray[np.uint8]


def measured(pixels: NDArray[np.uint8], grey: Grey, lines: Sequence[Words], shortest: int) -> Sighting | None:
    """Give what is seen of these words in `pixels` (height, width, 3) and its grey picture; None if the ink is lost.

    Shares are of the `shortest` side of the picture, of which this may be a part.
    """
    boxes: list[Box] = []
    heights: list[float] = []
    certainty: list[float] = []
    for words in lines:
        known = elements(words.run)
        level = _threshold(grey, words)
        for at, letter in enumerate(words.run):
            box = _ink(grey, words.line, letter, level)
            if box is None:
                continue
            boxes.append(box)
            if at in known:
                certainty.append(letter.score)
            if at in known or (min(known) < at < max(known) and letter.score >= SURE and letter.char not in NO_HEIGHT):
                heights.append(_height(box, words.line, letter))
    if not certainty:
        return None
    box = Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )
    edge = min(box.left, box.top, grey.shape[1] - box.right, grey.shape[0] - box.bottom)
    confidence = round(float(np.mean(certainty)), 3)
    return Sighting(
        kind=SightingKind.WORDS,
        text=" ".join(words.text for words in lines),
        detector=NAME,
        confidence=confidence,
        box=box,
        height_share=min(heights) / shortest,
        height_error=0.0 if confidence >= OURS else UNLIKE,
        contrast=min(_contrast(pixels, grey, words) for words in lines),
        edge_share=edge / shortest,
        across=(box.left + box.right) / 2 / grey.shape[1],
        down=(box.top + box.bottom) / 2 / grey.shape[0],
    )


def _cell(line: Line, letter: Letter, shape: tuple[int, ...]) -> tuple[slice, slice]:
    pixel = line.em / EM
    left = round(line.left + letter.left * pixel + INSET * line.em)
    right = round(line.left + letter.right * pixel - INSET * line.em)
    top, bottom = round(line.baseline - INK_ABOVE * line.em), round(line.baseline + INK_BELOW * line.em)
    return slice(max(0, top), max(0, min(bottom, shape[0]))), slice(max(0, left), max(0, min(right, shape[1])))


def _strip(words: Words, grey: Grey) -> tuple[slice, slice]:
    """Give the part of the picture from the first letter's cell to the last one's."""
    rows, first = _cell(words.line, words.run[0], grey.shape)
    _, last = _cell(words.line, words.run[-1], grey.shape)
    return rows, slice(first.start, last.stop)


def _levels(grey: Grey, words: Words) -> tuple[float, float]:
    """Give the grey levels of plate and ink: the medians of the two sides of Otsu's threshold, ink at its fullest."""
    values = grey[_strip(words, grey)].ravel()
    counts = np.bincount(values, minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    sums = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    parted = int(np.nan_to_num(between).argmax())
    dark, bright = values[values <= parted], values[values > parted]
    if not len(dark) or not len(bright):
        return 0.0, 0.0
    if words.line.light:
        return float(np.median(dark)), float(np.percentile(bright, 75))
    return float(np.median(bright)), float(np.percentile(dark, 25))


def _threshold(grey: Grey, words: Words) -> float:
    return sum(_levels(grey, words)) / 2


def _ink(grey: Grey, line: Line, letter: Letter, level: float) -> Box | None:
    rows, columns = _cell(line, letter, grey.shape)
    cell = grey[rows, columns]
    ink = cell >= level if line.light else cell <= level
    high, wide = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(high):
        return None
    return Box(
        left=columns.start + int(wide[0]),
        top=rows.start + int(high[0]),
        right=columns.start + int(wide[-1]) + 1,
        bottom=rows.start + int(high[-1]) + 1,
    )


def _height(box: Box, line: Line, letter: Letter) -> float:
    """Give a letter's ink height in pixels: as counted, unless a busy picture behind it was counted too."""
    drawn = ink_share(letter.char, line.face) * line.em
    return drawn if box.height > TALLER * drawn + 1 else box.height


def _contrast(pixels: NDArray[np.uint8], grey: Grey, words: Words) -> float:
    """Give the WCAG 2.2 ratio between the ink and the part of its surroundings that comes closest to it."""
    plate, ink = _levels(grey, words)
    if plate == ink:
        return 1.0
    part = _strip(words, grey)
    way = (grey[part].astype(np.float64) - plate) / (ink - plate)
    bright = luminance(pixels[part])
    inside, behind = bright[way >= CORE], bright[_clear(way)]
    if not len(inside) or not len(behind):
        return 1.0
    one = float(np.median(inside))
    other = float(np.percentile(behind, ADVERSE if words.line.light else 100 - ADVERSE))
    return round((max(one, other) + 0.05) / (min(one, other) + 0.05), 2)


def _clear(way: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Give the pixels behind the letters that no ink touches: not ink, nor beside it."""
    ink = np.pad(way > 0.5, 1)
    near = ink[1:-1, 1:-1] | ink[:-2, 1:-1] | ink[2:, 1:-1] | ink[1:-1, :-2] | ink[1:-1, 2:]
    near |= ink[:-2, :-2] | ink[:-2, 2:] | ink[2:, :-2] | ink[2:, 2:]
    return ~near


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Give the relative luminance 0..1 of sRGB pixels (WCAG 2.2)."""
    value = pixels / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))
