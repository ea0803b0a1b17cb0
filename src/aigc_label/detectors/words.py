"""Finds the words of a mark in a picture, wherever and however large they are, and measures what it sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.bilingual import Bilingual
from aigc_label.detectors.correlation import Match, matches, peak, top_of
from aigc_label.detectors.glyphs import ABOVE, EM, ROWS, Samples, word_picture
from aigc_label.detectors.measuring import measured
from aigc_label.detectors.reading import Line, Words, letters, run_around
from aigc_label.errors import LimitExceeded
from aigc_label.evidence import Box, Sighting
from aigc_label.marking import AI_ELEMENT, GENERATION_ELEMENT, MIN_HEIGHT_SHARE, complies, has_ai_element

SEARCH_EM: Final = 14  # pixels: size of the letters while searching; Han are just told apart
LEAST_EM: Final = 8.0  # pixels in the picture itself: smaller Han cannot be read by anyone
STEP: Final = 1.1  # between sizes that are searched: half a step off costs a tenth of the correlation
EXPECTED: Final = (0.0745, 0.0677, 0.082, 0.0616)  # ems over the shortest side: letters of 5 to 6 %, most marks
SMALLEST: Final = 0.034  # ems over the shortest side: letters of 3 %
LARGEST: Final = 0.7
LIKELY: Final = 0.55  # correlation from which a place is looked at closely
CERTAIN: Final = 0.6  # and from which it holds the words, once size and place are exact
CANDIDATES: Final = 3  # places looked at closely for each size
MOST_READ: Final = 24  # lines read in one picture: a page full of such words is no mark
FINE: Final = 1.03  # between sizes that are tried to make it exact
FINEST: Final = 8  # steps up or down at most
MOST_SEARCHED: Final = 50_000_000  # pixels of the picture scaled for the smallest letters
REACH: Final = 16  # ems to either side in which words belong to a mark
LINES: Final = 4.5  # ems above and below, the same
BASELINE: Final = ceil(0.9 * EM)  # rows of `word_picture` above the baseline

Grey: TypeAlias = NDArray[np.uint8]
Faces: TypeAlias = Sequence[Path | None]


@dataclass(slots=True)
class Picture:
    """A picture that is looked at, in the three forms that this takes, and where lines in it were read."""

    pixels: NDArray[np.uint8]
    grey: Image.Image
    small: Image.Image  # large enough for every search
    shortest: int  # side of the whole picture, of which this may be a part
    read: list[Line]


def sightings(pixels: NDArray[np.uint8], faces: Faces = (None,)) -> tuple[Sighting, ...]:
    """Give every mark seen in a picture (height, width, 3), the most convincing first.

    A mark is found by its generation element, in letters like those of `faces` (font files; None is the shipped font).
    Words that lack an element are reported as they read; they do not comply. Seeing nothing is an empty result. Raises
    `LimitExceeded` for a picture that is hundreds of times as long as wide.
    """
    return _found(pixels, min(pixels.shape[:2]), faces)


def sightings_near(pixels: NDArray[np.uint8], place: Box, faces: Faces = (None,)) -> tuple[Sighting, ...]:
    """Give the marks seen in a box of a picture and a little around it, measured as in the whole: far quicker."""
    high, wide = pixels.shape[:2]
    shortest, more = min(high, wide), place.height // 2
    left, top = max(0, place.left - more), max(0, place.top - more)
    part = pixels[top : place.bottom + more, left : place.right + more]
    if not part.size:
        return ()
    return tuple(_moved(seen, left, top, (wide, high)) for seen in _found(part, shortest, faces))


def _moved(seen: Sighting, x: int, y: int, size: tuple[int, int]) -> Sighting:
    """Give a sighting of a part, which began at x and y, as one of the whole picture."""
    if seen.box is None:
        return seen
    a = seen.box
    box = Box(left=a.left + x, top=a.top + y, right=a.right + x, bottom=a.bottom + y)
    edge = min(box.left, box.top, size[0] - box.right, size[1] - box.bottom)
    return replace(seen, box=box, edge_share=edge / min(size))


def _found(pixels: NDArray[np.uint8], shortest: int, faces: Faces) -> tuple[Sighting, ...]:
    """Search a picture, or a part of one whose `shortest` side is given."""
    _bound(pixels.shape[0], pixels.shape[1], shortest)
    grey = Image.fromarray(pixels).convert("L")
    factor = max(1, int(shortest * SMALLEST / SEARCH_EM))
    picture = Picture(pixels, grey, grey.reduce(factor) if factor > 1 else grey, shortest, [])
    found: list[Sighting] = []
    for share in _shares(picture.shortest):
        for line in _candidates(picture, share, faces):
            words = _read(picture, line)
            seen = measured(pixels, np.asarray(grey), words, shortest) if words else None
            if seen is not None and not any(seen.overlaps(other) for other in found):
                found.append(seen)
        if any(complies(seen.text) and (seen.height_share or 0) >= MIN_HEIGHT_SHARE for seen in found):
            break
    return tuple(sorted(found, key=lambda seen: (not complies(seen.text), -seen.confidence)))


def _bound(high: int, wide: int, shortest: int) -> None:
    searched = high * wide * (SEARCH_EM / max(SMALLEST * shortest, LEAST_EM)) ** 2
    if shortest * LARGEST >= LEAST_EM and searched > MOST_SEARCHED:
        raise LimitExceeded(
            Bilingual(
                f"a picture of {wide} x {high} pixels is too long to be searched for marks",
                f"{wide} x {high} 像素的图片过长，无法检索显式标识",
            ),
            limit="pixels",
        )


def _shares(shortest: int) -> Iterator[float]:
    """Give the sizes to search, in ems over the shortest side: those that marks usually have first."""
    least = max(SMALLEST, LEAST_EM / shortest)
    yield from (share for share in EXPECTED if least <= share)
    share = LARGEST
    while share >= least:
        if all(abs(share / done - 1) > 0.02 for done in EXPECTED):
            yield share
        share /= STEP


def _candidates(picture: Picture, share: float, faces: Faces) -> Iterator[Line]:
    """Give the lines on which 生成 or 合成 stands at about this size, their size and place made exact."""
    em = share * picture.shortest
    wide, high = (max(1, round(side * SEARCH_EM / em)) for side in picture.grey.size)
    scaled = np.asarray(picture.small.resize((wide, high), Image.Resampling.BILINEAR)).astype(np.float32)
    drawn = [word_picture(word, SEARCH_EM, face) for face in faces for word in GENERATION_ELEMENT]
    for match in matches(scaled, drawn, LIKELY, CANDIDATES):
        x = (match.left + drawn[match.pattern].shape[1] / 2) * picture.grey.width / wide
        y = (match.top + drawn[match.pattern].shape[0] / 2) * picture.grey.height / high
        if len(picture.read) < MOST_READ and not any(_within(line, x, y, em) for line in picture.read):
            exact = _exact(picture.grey, Line(x, y, em, match.score > 0, None), faces)
            if exact is not None:
                picture.read.append(exact)
                yield exact


def _within(line: Line, x: float, y: float, em: float) -> bool:
    """Tell whether a place is where a line's known word was read, at nearly the same size."""
    off_x, off_y = x - line.left - line.em, y - line.baseline + 0.4 * line.em
    return abs(off_x) < line.em and abs(off_y) < line.em / 2 and 0.8 < em / line.em < 1.25


def _exact(picture: Image.Image, rough: Line, faces: Faces) -> Line | None:
    """Try sizes around a word's rough middle and give the line it begins, or None where none is convincing.

    生成 and 合成 in every face are tried at each: the search, at the wrong size, may take one for the other.
    """
    tried = {step: _tried(picture, rough, faces, rough.em * FINE**step) for step in (-1, 0, 1)}
    while abs(best := max(tried, key=lambda step: tried[step][0])) < FINEST and {best - 1, best + 1} - set(tried):
        for step in {best - 1, best + 1} - set(tried):
            tried[step] = _tried(picture, rough, faces, rough.em * FINE**step)
    if best - 1 in tried and best + 1 in tried:
        before, here, after = (tried[step][0] for step in (best - 1, best, best + 1))
        finer = rough.em * FINE ** (best + top_of(before, here, after))
        tried[FINEST + 1] = _tried(picture, rough, faces, finer)
    score, line = max(tried.values(), key=lambda each: each[0])
    return line if score >= CERTAIN else None


def _tried(picture: Image.Image, rough: Line, faces: Faces, em: float) -> tuple[float, Line]:
    """Give how well either word fits around a rough middle at one size, and the line that it begins there."""
    pixel = em / EM
    left, top = rough.left - 1.6 * em, rough.baseline - 1.1 * em
    window = _window(picture, left, top, pixel, (round(3.2 * EM), round(2.2 * EM)))
    signed = _filled(window if rough.light else -window)
    score, x, y = 0.0, 0.0, 0.0
    face = None
    for each in faces:
        for word in GENERATION_ELEMENT:
            found = peak(signed, word_picture(word, EM, each))
            if found[0] > score:
                (score, x, y), face = found, each
    baseline = top + (y + BASELINE) * pixel
    return score, replace(rough, left=left + x * pixel, baseline=baseline, em=em, face=face)


def _window(picture: Image.Image, left: float, top: float, pixel: float, size: tuple[int, int]) -> Samples:
    """Give `size` samples of `pixel` picture pixels each; NaN beyond the picture."""
    right, bottom = left + size[0] * pixel, top + size[1] * pixel
    box = (max(0.0, left), max(0.0, top), min(float(picture.width), right), min(float(picture.height), bottom))
    out = np.full((size[1], size[0]), np.nan, np.float32)
    if box[2] - box[0] < 1 or box[3] - box[1] < 1:
        return out
    x, y = round((box[0] - left) / pixel), round((box[1] - top) / pixel)
    wide = min(size[0] - x, max(1, round((box[2] - box[0]) / pixel)))
    high = min(size[1] - y, max(1, round((box[3] - box[1]) / pixel)))
    if wide > 0 and high > 0:
        out[y : y + high, x : x + wide] = np.asarray(picture.resize((wide, high), Image.Resampling.BILINEAR, box=box))
    return out


def _filled(samples: Samples) -> Samples:
    known = samples[~np.isnan(samples)]
    return np.nan_to_num(samples, nan=float(known.mean()) if known.size else 0.0)


def _read(picture: Picture, line: Line) -> tuple[Words, ...]:
    """Read the line, and those above and below where it lacks the AI element."""
    own = _read_line(picture.grey, line)
    if own is None:
        return ()
    if has_ai_element(own.text):
        return (own,)
    return tuple(sorted((own, *_neighbours(picture.grey, own)), key=lambda words: words.line.baseline))


def _read_line(picture: Image.Image, line: Line) -> Words | None:
    """Read the words around `line.left`, where a known word begins."""
    pixel = line.em / EM
    before = min(REACH * EM, max(0, ceil(line.left / pixel)))
    after = min(REACH * EM, max(EM, ceil((picture.width - line.left) / pixel)))
    start = line.left - before * pixel
    samples = _window(picture, start, line.baseline - ABOVE * pixel, pixel, (before + after, ROWS))
    known = samples[:, before : before + EM]
    if np.isnan(known).all():
        return None
    low, high = np.nanpercentile(known, (10, 90))
    if low == high:
        return None
    plate, ink = (low, high) if line.light else (high, low)
    covered = np.nan_to_num(np.clip((samples - plate) / (ink - plate), -0.2, 1.2)).astype(np.float32)
    run = run_around(letters(line, covered), before + 0.3 * EM)
    return Words(replace(line, left=start), tuple(run)) if run else None


def _neighbours(picture: Image.Image, own: Words) -> Iterator[Words]:
    """Find the AI element on the lines above and below, in letters of the same size and shade."""
    line = own.line
    pixel = line.em / EM
    left = line.left + own.run[0].left * pixel - REACH / 2 * line.em
    top = line.baseline - LINES * line.em
    window = _window(picture, left, top, pixel, (REACH * EM, round(2 * LINES * EM)))
    signed = _filled(window if line.light else -window)
    found: list[Match] = matches(signed, [word_picture(word, EM, line.face) for word in AI_ELEMENT], CERTAIN, 3)
    for match in found:
        baseline = top + (match.top + BASELINE) * pixel
        if match.score > 0 and abs(baseline - line.baseline) >= line.em:
            words = _read_line(picture, replace(line, left=left + match.left * pixel, baseline=baseline))
            if words is not None and has_ai_element(words.text):
                yield words
                return
