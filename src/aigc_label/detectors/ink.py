"""Measures letters in any typeface whose words are known: how tall their ink is, and how far it stands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.detectors.glyphs import Samples, ink_share, known, letter_picture
from aigc_label.detectors.measuring import luminance
from aigc_label.evidence import Box
from aigc_label.ocr import Line

HEIGHT: Final = 64  # pixels: the line is brought to this height, so that one pixel is a hundredth of a letter or two
MARGIN: Final = 0.35  # of the line's height, around it, so that what lies behind is seen
STROKE: Final = 19  # pixels: strokes are thinner than this, what lies behind a letter is wider
FLAT: Final = 10.0  # grey levels by which letters have to stand out at all
FULL: Final = 95  # percentile of a line's samples that is ink at its fullest
CORE: Final = 0.8  # of that: surely ink
NEAR: Final = (1, 3)  # pixels from the ink: what lies directly behind it, an outline if there is one
LINE: Final = 1.35  # ems in a line's height, about
THREADS: Final = 12  # pixels by which a thin stroke reaches out from a thicker one
APART: Final = 2  # rows without ink that part lines
BREAK: Final = 0.35  # ems without ink that end a letter
AGREE: Final = 0.12  # by which typefaces and noise make a letter differ from its share of the em
ALIKE: Final = (
    0.25  # least correlation of the letters with those of the shipped font: they differ, but are the same words
)
SIDE: Final = 24  # pixels of a letter that is compared
MEASURED: Final = 0.5  # least share of the letters that agree on the size of the em

Places: TypeAlias = Sequence[tuple[str, float]]  # letters and their middles


@dataclass(frozen=True, slots=True)
class Ink:
    """What was measured: the ink's box, the smallest letter's height and by how much that may err, in pixels; contrast."""

    box: Box
    height: float
    error: float
    contrast: float
    likeness: float


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter and where its ink is in the line's samples."""

    char: str
    left: int
    right: int
    top: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top


def measured(pixels: NDArray[np.uint8], line: Box, read: Line, counted: str) -> Ink | None:
    """Give what is seen of letters in a box of the picture (height, width, 3); None where they cannot be told apart.

    The height is that of the smallest of the letters that are `counted`. Letters are strokes: what is thinner than a
    stroke and lighter, or darker, than its surroundings, whatever these are.
    """
    scale = HEIGHT / line.height
    margin = round(MARGIN * line.height)
    window = Box(left=line.left - margin, top=line.top - margin, right=line.right + margin, bottom=line.bottom + margin)
    view = _scaled(pixels, window, scale)
    places = [(letter.char, margin * scale + letter.middle * line.width * scale) for letter in read]
    found = [one for strokes in _strokes(view) if (one := _measured(view, strokes, places, counted))]
    if not found:
        return None
    ink = max(found, key=lambda one: one.likeness)
    return Ink(
        box=Box(
            left=max(0, window.left + int(ink.box.left / scale)),
            top=max(0, window.top + int(ink.box.top / scale)),
            right=min(pixels.shape[1], window.left + int(np.ceil(ink.box.right / scale))),
            bottom=min(pixels.shape[0], window.top + int(np.ceil(ink.box.bottom / scale))),
        ),
        height=ink.height / scale,
        error=ink.error / scale,
        contrast=ink.contrast,
        likeness=ink.likeness,
    )


def _scaled(pixels: NDArray[np.uint8], window: Box, scale: float) -> NDArray[np.uint8]:
    """Give a window of the picture, its edge repeated where the window goes beyond."""
    high, wide = pixels.shape[:2]
    rows = np.clip(np.arange(window.top, window.bottom), 0, high - 1)
    columns = np.clip(np.arange(window.left, window.right), 0, wide - 1)
    view = Image.fromarray(pixels[rows[:, None], columns])
    size = max(1, round(window.width * scale)), max(1, round(window.height * scale))
    return np.asarray(view.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0))


def _strokes(view: NDArray[np.uint8]) -> Iterator[Samples]:
    """Give by how much each sample is lighter than its surroundings, then by how much darker.

    White is also told by the least of its colours and black by the greatest: what is colourful is neither.
    """
    grey = np.asarray(Image.fromarray(view).convert("L")).astype(np.float32)
    colours = view.astype(np.float32)
    for signed in (grey, colours.min(axis=2), 255 - grey, 255 - colours.max(axis=2)):
        yield signed - _widest(_widest(signed, STROKE, np.minimum), STROKE, np.maximum)


def _widest(samples: Samples, size: int, best: np.ufunc) -> Samples:
    """Give the least or greatest sample of each square of `size`."""
    for axis in (0, 1):
        padded = np.pad(samples, [(size // 2, size // 2) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
        views = np.lib.stride_tricks.sliding_window_view(padded, size, axis=axis)
        samples = best.reduce(views, axis=-1)
    return samples


def _measured(view: NDArray[np.uint8], strokes: Samples, places: Places, counted: str) -> Ink | None:
    margin = round(MARGIN * HEIGHT)
    full = float(np.percentile(strokes[margin:-margin, margin:-margin], FULL))
    if full < FLAT:
        return None
    ink = _own_line(_without_specks(strokes >= full / 2))
    letters = _letters(ink, places)
    ems = {letter: letter.height / ink_share(letter.char, None) for letter in letters if known(letter.char)}
    if not ems:
        return None
    em = float(np.median(list(ems.values())))
    agreeing = [letter for letter, own in ems.items() if abs(own / em - 1) <= AGREE]
    likeness = float(np.mean([_likeness(strokes, letter) for letter in ems]))
    if len(agreeing) < MEASURED * len(ems) or likeness < ALIKE:
        return None
    sure = min((letter.height for letter in agreeing if letter.char in counted), default=None)
    shares = [ink_share(char, None) * em for char in counted if known(char)]
    if sure is None or not shares:
        return None
    height = min(sure, *shares)
    # a letter that is smaller than it should be may be drawn so, or its ink may be lost: that much is not known
    lowest = min(letter.height for letter in ems if letter.char in counted)
    return Ink(
        box=Box(
            left=min(letter.left for letter in letters),
            top=min(letter.top for letter in agreeing),
            right=max(letter.right for letter in letters),
            bottom=max(letter.bottom for letter in agreeing),
        ),
        height=height,
        error=max(abs(sure - min(shares)), height - lowest),
        contrast=min(_contrast(view, strokes >= CORE * full, ink, letter) for letter in agreeing),
        likeness=round(likeness, 3),
    )


def _without_specks(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep what hangs together with a stroke of some width."""
    kept = _grown(~_grown(~ink, 1), 1)
    for _ in range(THREADS):
        kept = _grown(kept, 1) & ink
    return kept


def _own_line(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the line in the middle: lines above and below it stand apart, as no part of a letter does in a whole line."""
    rows = ink.sum(axis=1) >= 2
    middle = len(rows) // 2
    held = np.flatnonzero(rows)
    if not len(held):
        return ink
    centre = int(held[np.abs(held - middle).argmin()])
    breaks = np.flatnonzero(np.diff(held) > APART)
    first = max((int(held[at + 1]) for at in breaks if held[at + 1] <= centre), default=int(held[0]))
    last = min((int(held[at]) for at in breaks if held[at] >= centre), default=int(held[-1]))
    kept = np.zeros_like(ink)
    kept[first : last + 1] = ink[first : last + 1]
    return kept


def _letters(ink: NDArray[np.bool_], places: Places) -> list[Letter]:
    """Give the ink of each letter of a line: parted half-way between their middles, or where there is least ink nearby."""
    middles = [middle for _, middle in places]
    if not middles:
        return []
    em = HEIGHT / LINE
    columns = ink.sum(axis=0)
    between = [_valley(columns, (one + other) / 2, 0.2 * em) for one, other in pairwise(middles)]
    first, last = (_end(columns, middles[at], side * em) for at, side in ((0, -1), (-1, 1)))
    letters = []
    for (char, _), left, right in zip(places, [first, *between], [*between, last], strict=True):
        rows = _run(ink[:, left:right].sum(axis=1) >= min(2, max(1, right - left)), BREAK * em)
        if rows is not None:
            letters.append(Letter(char, left, right, *rows))
    return letters


def _end(columns: NDArray[np.int64], middle: float, reach: float) -> int:
    """Give where the ink of the first or last letter ends: the first gap from half a letter on, a letter at most."""
    way = 1 if reach > 0 else -1
    for step in range(round(0.3 * abs(reach)), round(0.75 * abs(reach))):
        at = round(middle + way * step)
        if not 0 <= at < len(columns) or not columns[at]:
            return min(max(0, at), len(columns))
    return min(max(0, round(middle + 0.6 * reach)), len(columns))


def _valley(columns: NDArray[np.int64], near: float, reach: float) -> int:
    low, high = max(0, round(near - reach)), min(len(columns), round(near + reach) + 1)
    part = columns[low:high]
    least = np.flatnonzero(part == part.min()) + low
    return int(least[np.abs(least - near).argmin()])


def _run(rows: NDArray[np.bool_], gap: float) -> tuple[int, int] | None:
    """Give the first and the end of the longest stretch of rows that has no break of `gap`."""
    held = np.flatnonzero(rows)
    if not len(held):
        return None
    breaks = np.flatnonzero(np.diff(held) > gap)
    starts, stops = held[np.concatenate([[0], breaks + 1])], held[np.concatenate([breaks, [len(held) - 1]])]
    longest = int((stops - starts).argmax())
    return int(starts[longest]), int(stops[longest]) + 1


def _likeness(strokes: Samples, letter: Letter) -> float:
    """Give the correlation of a letter with that of the shipped font, both brought to one size."""
    part = strokes[letter.top : letter.bottom, letter.left : letter.right]
    held = np.flatnonzero(part.max(axis=0) >= part.max() / 2)
    seen = _squared(part[:, held[0] : held[-1] + 1])
    model = _model(letter.char)
    if model is None:
        return 1.0
    seen = seen - seen.mean()
    spread = float(np.sqrt((seen * seen).sum()))
    return float((seen * model).sum()) / spread if spread else 0.0


@lru_cache(maxsize=256)
def _model(char: str) -> Samples | None:
    """Give a letter of the shipped font, centred and of unit length; None for a bar such as I, which tells nothing."""
    picture = letter_picture(char, 2 * SIDE)
    square = _squared(picture)
    square = square - square.mean()
    length = float(np.sqrt((square * square).sum()))
    return square / length if length > 0.1 * SIDE else None


def _squared(picture: Samples) -> Samples:
    image = Image.fromarray(np.asarray(picture, np.float32))
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)).astype(np.float32)


def _contrast(view: NDArray[np.uint8], core: NDArray[np.bool_], ink: NDArray[np.bool_], letter: Letter) -> float:
    """Give the WCAG 2.2 ratio between a letter's ink and what lies directly behind it."""
    margin = NEAR[1]
    cell = (
        slice(max(0, letter.top - margin), letter.bottom + margin),
        slice(max(0, letter.left - margin), letter.right + margin),
    )
    near, far = (_grown(ink[cell], reach) for reach in NEAR)
    bright = luminance(view[cell])
    inside, behind = bright[core[cell]], bright[far & ~near]
    if not len(inside) or not len(behind):
        return 1.0
    one, other = float(np.median(inside)), float(np.median(behind))
    return round((max(one, other) + 0.05) / (min(one, other) + 0.05), 2)


def _grown(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    return np.asarray(_widest(mask.astype(np.float32), 2 * reach + 1, np.maximum) > 0)
