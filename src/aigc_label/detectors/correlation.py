"""Compares a small picture with every place of a large one: normalised cross-correlation by Fourier transform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aigc_label.detectors.glyphs import Samples

TILE = 768  # pixels: larger pictures are compared in tiles, so memory does not grow with them
FLAT = 5.0  # grey levels: where the picture varies less, there is nothing to read


@dataclass(frozen=True, slots=True)
class Match:
    """A place where a pattern was found: its left and top in the picture searched; score in -1..1, negative if dark."""

    pattern: int
    left: int
    top: int
    score: float


def scores(picture: Samples, patterns: Sequence[Samples]) -> list[Samples]:
    """Give for each pattern its correlation coefficient (-1..1) at every place where it fits into `picture`."""
    rows, columns = (_smooth(length) for length in picture.shape)
    moved = picture - picture.mean()  # a mean near zero keeps the sums exact in single precision
    spectrum = np.fft.rfft2(moved, (rows, columns))
    out: list[Samples] = []
    deviations: dict[tuple[int, ...], Samples] = {}
    for pattern in patterns:
        high, wide = pattern.shape
        if high > picture.shape[0] or wide > picture.shape[1]:
            out.append(np.zeros((0, 0), np.float32))
            continue
        if pattern.shape not in deviations:
            deviations[pattern.shape] = _deviation(moved, high, wide)
        centred = pattern - pattern.mean()
        unit = centred / np.sqrt((centred * centred).sum())
        product = np.fft.irfft2(spectrum * np.conj(np.fft.rfft2(unit, (rows, columns))), (rows, columns))
        inside = product[: picture.shape[0] - high + 1, : picture.shape[1] - wide + 1]
        out.append((inside / deviations[pattern.shape]).astype(np.float32))
    return out


def _deviation(picture: Samples, high: int, wide: int) -> Samples:
    """Give sqrt(sum of squared differences from the mean) of each window, infinite where it is flat."""
    wide_picture = picture.astype(np.float64)
    mean = _window_sums(wide_picture, high, wide) / (high * wide)
    spread = _window_sums(wide_picture * wide_picture, high, wide) - mean * mean * (high * wide)
    spread[spread < FLAT * FLAT * high * wide] = np.inf
    return np.sqrt(spread).astype(np.float32)


def _window_sums(values: np.ndarray, high: int, wide: int) -> np.ndarray:
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(np.cumsum(values, axis=0), axis=1, out=sums[1:, 1:])
    return sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]


def _smooth(length: int) -> int:
    """Give the next length whose transform is fast: a product of 2, 3 and 5."""
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 1


def matches(picture: Samples, patterns: Sequence[Samples], least: float, most: int) -> list[Match]:
    """Give at most `most` places with a score of at least `least` in size, best first, none twice."""
    high = max(pattern.shape[0] for pattern in patterns)
    wide = max(pattern.shape[1] for pattern in patterns)
    found: list[Match] = []
    for left, top, tile in _tiles(picture, high, wide):
        for number, score in enumerate(scores(tile, patterns)):
            found += _peaks(score, number, (left, top), least, most)
    found.sort(key=lambda match: -abs(match.score))
    kept: list[Match] = []
    for match in found:
        if all(abs(match.left - k.left) > wide // 2 or abs(match.top - k.top) > high // 2 for k in kept):
            kept.append(match)
    return kept[:most]


def _tiles(picture: Samples, high: int, wide: int) -> Iterator[tuple[int, int, Samples]]:
    for top in range(0, max(1, picture.shape[0] - high), TILE):
        for left in range(0, max(1, picture.shape[1] - wide), TILE):
            yield left, top, picture[top : top + TILE + high, left : left + TILE + wide]


def _peaks(score: Samples, number: int, origin: tuple[int, int], least: float, most: int) -> Iterator[Match]:
    size = np.abs(score)
    rows, columns = np.nonzero(size >= least)
    order = np.argsort(-size[rows, columns])[: 40 * most]
    taken: list[tuple[int, int]] = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if len(taken) == most:
            return
        if all(abs(row - r) > 4 or abs(column - c) > 4 for r, c in taken):
            taken.append((row, column))
            yield Match(number, origin[0] + column, origin[1] + row, float(score[row, column]))


def peak(picture: Samples, pattern: Samples) -> tuple[float, float, float]:
    """Give the best score of one pattern in a small picture, and its left and top to a fraction of a pixel."""
    (score,) = scores(picture, (pattern,))
    if not score.size:
        return 0.0, 0.0, 0.0
    top, left = (int(at) for at in np.unravel_index(int(score.argmax()), score.shape))
    return float(score[top, left]), left + _top_of(score[top, :], left), top + _top_of(score[:, left], top)


def _top_of(values: Samples, at: int) -> float:
    if not 0 < at < len(values) - 1:
        return 0.0
    return top_of(*(float(value) for value in values[at - 1 : at + 2]))


def top_of(before: float, here: float, after: float) -> float:
    """Give where between -0.5 and 0.5 the parabola through three neighbours is highest, the middle one at 0."""
    bend = before - 2 * here + after
    return max(-0.5, min(0.5, 0.5 * (before - after) / bend)) if bend < 0 else 0.0
