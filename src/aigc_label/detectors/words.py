"""Finds the words of a mark in a picture, wherever and however large they are, and measures what it sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.detectors.correlation import Match, matches
from aigc_label.detectors.glyphs import ABOVE, EM, ROWS, Samples, words_picture
from aigc_label.detectors.measuring import measured
from aigc_label.detectors.reading import Line, Words, letters, run_around
from aigc_label.evidence import Sighting
from aigc_label.marking import GENERATION_ELEMENT, MIN_HEIGHT_SHARE, complies, has_ai_element

SEARCH_EM: Final = 14  # pixels: size of the letters while searching; Han are just told apart
LEAST_EM: Final = 8.0  # pixels in the picture itself: smaller Han cannot be read by anyone
STEP: Final = 1.1  # between sizes that are searched: half a step off costs a tenth of the correlation
EXPECTED: Final = (
    0.0745,
    0.0677,
    0.082,
    0.0616,
)  # ems over the shortest side: letters of 5 to 6 % and what they vary by
SMALLEST: Final = 0.034  # ems over the shortest side: letters of 3 %
LARGEST: Final = 0.7
LIKELY: Final = 0.55  # correlation from which a place is looked at closely
CERTAIN: Final = 0.62  # and from which it holds the words, once size and place are exact
REACH: Final = 16  # ems to either side in which words belong to a mark
LINES: Final = 4.5  # ems above and below, the same


@lru_cache(maxsize=8)
def _patterns(em: int, words: tuple[str, ...]) -> tuple[Samples, ...]:
    return tuple(words_picture(each, em) for each in words)


def sightings(pixels: NDArray[np.uint8]) -> tuple[Sighting, ...]:
    """Give every mark seen in a picture (height, width, 3), the most convincing first.

    A mark is found by its generation element; words that lack an element are reported as they read, they do not comply.
    """
    picture = Image.fromarray(pixels).convert("L")
    grey = np.asarray(picture)
    base = picture
    if min(picture.size) > 2 * SEARCH_EM / SMALLEST:  # one halfway size serves every search
        base = picture.reduce(int(min(picture.size) * SMALLEST / SEARCH_EM))
    found: list[Sighting] = []
    for share in _shares(min(picture.size)):
        for line in _candidates(picture, base, share):
            words = _read(picture, line)
            if not words:
                continue
            seen = measured(pixels, grey, words)
            if seen is not None and not any(_same(seen, other) for other in found):
                found.append(seen)
        if any(complies(seen.text) and (seen.height_share or 0) >= MIN_HEIGHT_SHARE for seen in found):
            break
    return tuple(sorted(found, key=lambda seen: (not complies(seen.text), -seen.confidence)))


def _same(one: Sighting, other: Sighting) -> bool:
    a, b = one.box, other.box
    return (
        a is not None
        and b is not None
        and a.left < b.right
        and b.left < a.right
        and a.top < b.bottom
        and b.top < a.bottom
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


def _candidates(picture: Image.Image, base: Image.Image, share: float) -> Iterator[Line]:
    """Give the lines on which 生成 or 合成 stands at about this size, their size and place made exact."""
    scale = SEARCH_EM / (share * min(picture.size))
    wide, high = (max(1, round(side * scale)) for side in picture.size)
    small = np.asarray(base.resize((wide, high), Image.Resampling.BILINEAR), dtype=np.float32)
    patterns = _patterns(SEARCH_EM, GENERATION_ELEMENT)
    for match in matches(small, patterns, LIKELY, 3):
        pattern = patterns[match.pattern]
        x = (match.left + pattern.shape[1] / 2) * picture.width / wide
        y = (match.top + pattern.shape[0] / 2) * picture.height / high
        exact = _exact(picture, match, (x, y), SEARCH_EM / scale)
        if exact is not None:
            yield exact


def _exact(picture: Image.Image, match: Match, centre: tuple[float, float], em: float) -> Line | None:
    """Try sizes around the one found and give the best line, or None where none is convincing."""
    pattern = _patterns(EM, GENERATION_ELEMENT)[match.pattern]
    best: tuple[float, Line] | None = None
    for factor in (0.925, 0.95, 0.975, 1.0, 1.025, 1.05, 1.075):
        size = em * factor
        pixel = size / EM
        left, top = centre[0] - 1.6 * size, centre[1] - 1.1 * size
        window = _window(picture, left, top, pixel, (round(3.2 * EM), round(2.2 * EM)))
        (place, *_) = matches(_filled(window), (pattern,), 0.0, 1) or (None,)
        if place is not None and place.score * match.score > 0 and (best is None or abs(place.score) > best[0]):
            baseline = top + (place.top + BASELINE) * pixel
            best = abs(place.score), Line(left + place.left * pixel, baseline, size, place.score > 0)
    return best[1] if best is not None and best[0] >= CERTAIN else None


BASELINE: Final = 18  # rows of `words_picture` above the baseline at EM


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
    out[y : y + high, x : x + wide] = np.asarray(picture.resize((wide, high), Image.Resampling.BILINEAR, box=box))
    return out


def _filled(samples: Samples) -> Samples:
    return np.nan_to_num(samples, nan=float(np.nanmean(samples)) if not np.isnan(samples).all() else 0.0)


def _read(picture: Image.Image, line: Line) -> tuple[Words, ...]:
    """Read the line, and those above and below where it lacks the AI element."""
    own = _read_line(picture, line)
    if own is None:
        return ()
    if has_ai_element(own.text):
        return (own,)
    near = sorted(_neighbours(picture, own), key=lambda words: words.line.baseline)
    return tuple(sorted((own, *near), key=lambda words: words.line.baseline))


def _read_line(picture: Image.Image, line: Line) -> Words | None:
    """Read the words around `line.left`, where a known word begins."""
    pixel = line.em / EM
    start = line.left - REACH * line.em
    samples = _window(picture, start, line.baseline - ABOVE * pixel, pixel, (2 * REACH * EM, ROWS))
    known = samples[:, REACH * EM : (REACH + 1) * EM]
    low, high = np.nanpercentile(known, (10, 90))
    plate, ink = (low, high) if line.light else (high, low)
    if plate == ink:
        return None
    covered = np.nan_to_num(np.clip((samples - plate) / (ink - plate), -0.2, 1.2))
    run = run_around(letters(line, covered), (REACH + 0.3) * EM)
    return Words(replace(line, left=start), tuple(run)) if run else None


def _neighbours(picture: Image.Image, own: Words) -> Iterator[Words]:
    """Find the AI element on the lines above and below, in letters of the same size and shade."""
    pixel = own.line.em / EM
    left = own.line.left + own.run[0].left * pixel - REACH / 2 * own.line.em
    top = own.line.baseline - LINES * own.line.em
    window = _window(picture, left, top, pixel, (REACH * EM, round(2 * LINES * EM)))
    signed = _filled(window if own.line.light else -window)
    for match in matches(signed, _patterns(EM, ("人工智能", "AI")), CERTAIN, 3):
        baseline = top + (match.top + BASELINE) * pixel
        if match.score < 0 or abs(baseline - own.line.baseline) < own.line.em:
            continue
        words = _read_line(picture, replace(own.line, left=left + match.left * pixel, baseline=baseline))
        if words is not None and has_ai_element(words.text):
            yield words
            return
