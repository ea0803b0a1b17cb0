"""Finds the rhythm short-long short-short in sound, whatever its tempo, its gaps and its pitch, and says what it measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.marking import RHYTHM

RATE: Final = 8_000  # hertz of what is looked at
WINDOW: Final = 256  # samples of one spectrum: 32 ms
HOP: Final = 40  # 5 ms
LOWEST: Final = 300.0  # hertz
HIGHEST: Final = 3_000.0
STEP: Final = 4.0  # decibels between the levels at which a pitch counts as sounding
RANGE: Final = 44.0  # decibels below the loudest moment that are looked at
SHORT: Final = (0.05, 0.27)  # seconds of a short tone
ALIKE: Final = 1.6  # the longest of the three shorts over the shortest
LONG: Final = (1.7, 4.6)  # the long tone over a short one
GAP: Final = (0.35, 4.2)  # each silence over a short tone
ALONE: Final = 1.4  # silence before and after the four, over a short tone, or the end of the sound
STEADY: Final = 4.0  # decibels by which the four tones may differ
PURE: Final = (0.15, 0.4)  # share of all that sounds which the tone's own pitch has: beeps have one or two, voices many
OUT_OF_REACH: Final = 10 * float(np.log10(PURE[0]))  # decibels of a pitch below all that sounds with it ...
LEAST: Final = 8  # ... which it must pass for so many moments, or no score convinces
WANDER: Final = (4.0, 8.0)  # hertz within a tone: a machine's stands still, a voice's glides
DRIFT: Final = (10.0, 20.0)  # hertz between the four
CONVINCING: Final = 0.5
SURE: Final = 0.9

Decibels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Four tones that were heard: when the first begins, all lengths in seconds, the pitch in hertz.

    `clearance` is how far the tones stand above what sounds between them and with them, in decibels; `score` is in 0..1.
    """

    start: float
    tones: tuple[float, ...]
    gaps: tuple[float, ...]
    pitch: float
    clearance: float
    score: float

    @property
    def seconds(self) -> float:
        return sum(self.tones) + sum(self.gaps)

    @property
    def told(self) -> str:
        """The measured times, as `·– ·· 100-300 100-100 ms, gaps 100 300 100 ms, 900 Hz`."""
        one, two, three, four = (round(1000 * tone) for tone in self.tones)
        gaps = " ".join(str(round(1000 * gap)) for gap in self.gaps)
        return f"{RHYTHM} {one}-{two} {three}-{four} ms, gaps {gaps} ms, {self.pitch:.0f} Hz"


def rhythms(wave: NDArray[np.float32]) -> tuple[Rhythm, ...]:
    """Give the rhythms in one channel at 8 kHz, the most convincing first; those that overlap count once."""
    levels, total = _levels(wave)
    if not levels.size:
        return ()
    found = sorted(_candidates(levels, total), key=lambda rhythm: rhythm.score, reverse=True)
    apart: list[Rhythm] = []
    for rhythm in found:
        if rhythm.score < CONVINCING:
            break
        if all(abs(rhythm.start - other.start) > 0.5 * other.seconds for other in apart):
            apart.append(rhythm)
    return tuple(apart)


def _levels(wave: NDArray[np.float32]) -> tuple[Decibels, Decibels]:
    """Give the level of every pitch and of all pitches together, moment by moment, in decibels."""
    if len(wave) < 4 * WINDOW:
        return np.zeros((0, 0), np.float32), np.zeros(0, np.float32)
    padded = np.concatenate([np.zeros(WINDOW // 2, np.float32), wave, np.zeros(WINDOW // 2, np.float32)])
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectra = np.fft.rfft(views * np.hanning(WINDOW).astype(np.float32), axis=1)
    power = (spectra.real**2 + spectra.imag**2).astype(np.float32)
    lowest, highest = round(LOWEST * WINDOW / RATE), round(HIGHEST * WINDOW / RATE)
    # the three bins that a steady tone fills
    tone = power[:, lowest - 1 : highest] + power[:, lowest : highest + 1] + power[:, lowest + 1 : highest + 2]
    floor = np.float32(1e-7)
    return 10 * np.log10(tone.T + floor), 10 * np.log10(power[:, 3:].sum(axis=1) + floor)


def _candidates(levels: Decibels, total: Decibels) -> Iterator[Rhythm]:
    top = float(levels.max())
    if top < -20:  # nothing sounds
        return
    pitches = np.flatnonzero(((levels - total) > OUT_OF_REACH).sum(axis=1) >= LEAST)
    sure: list[float] = []  # when the tones begin that need no second measure
    for pitch in sorted(pitches.tolist(), key=lambda pitch: -float(levels[pitch].max())):
        track = levels[pitch]
        loudest = float(track.max())
        for threshold in np.arange(loudest - STEP, max(top - RANGE, loudest - RANGE), -STEP):
            starts, stops = _runs(track > threshold)
            if len(starts) >= 4:
                for first in _fitting(starts, stops):
                    if any(abs(starts[first] * HOP / RATE - start) < SHORT[0] for start in sure):
                        continue
                    four = slice(first, first + 4)
                    found = _measured(starts[four], stops[four], pitch, levels, total)
                    if found.score >= SURE:
                        sure.append(found.start)
                    yield found


def _runs(on: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give where stretches of True begin and end; breaks of 10 ms do not count."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]])))
    starts, stops = edges[::2], edges[1::2]
    if len(starts) < 2:
        return starts, stops
    kept = (starts[1:] - stops[:-1]) > 2
    return starts[np.concatenate([[True], kept])], stops[np.concatenate([kept, [True]])]


def _fitting(starts: NDArray[np.int64], stops: NDArray[np.int64]) -> list[int]:
    """Give the first of every four runs in a row whose lengths are short, long, short, short."""
    tones = (stops - starts) * HOP / RATE
    gaps = (starts[1:] - stops[:-1]) * HOP / RATE
    shorts = np.stack([tones[:-3], tones[2:-1], tones[3:]])
    low, high = shorts.min(axis=0), shorts.max(axis=0)
    fits = (low >= SHORT[0]) & (high <= SHORT[1]) & (high <= ALIKE * low)
    if not fits.any():
        return []
    short = np.sort(shorts, axis=0)[1]
    apart = np.concatenate([[np.inf], gaps, [np.inf]])
    inner = np.stack([gaps[:-2], gaps[1:-1], gaps[2:]])
    fits &= (tones[1:-2] >= LONG[0] * short) & (tones[1:-2] <= LONG[1] * short) & (tones[1:-2] > 1.3 * high)
    fits &= (inner >= GAP[0] * short).all(axis=0) & (inner <= GAP[1] * short).all(axis=0)
    fits &= (apart[: len(short)] >= ALONE * short) & (apart[4 : 4 + len(short)] >= ALONE * short)
    found: list[int] = np.flatnonzero(fits).tolist()
    return found


def _measured(
    starts: NDArray[np.int64], stops: NDArray[np.int64], pitch: int, levels: Decibels, total: Decibels
) -> Rhythm:
    """Score four tones by what marks have and music and speech have not: alike, steady, pure, silence between."""
    track = levels[pitch]
    inside = [_middle(track, start, stop) for start, stop in zip(starts, stops, strict=True)]
    heights = np.array([float(np.median(part)) for part in inside])
    wobble = float(np.mean([np.std(part) for part in inside]))
    between = np.concatenate([_middle(track, stop, start) for stop, start in zip(stops[:-1], starts[1:], strict=True)])
    depth = float(heights.mean() - np.median(between))
    on = np.concatenate([_middle(total, start, stop) for start, stop in zip(starts, stops, strict=True)])
    off = np.concatenate([_middle(total, stop, start) for stop, start in zip(stops[:-1], starts[1:], strict=True)])
    clearance = float(10 * np.log10(_mean_power(on)) - 10 * np.log10(_mean_power(off)))
    places, wander = _places(levels, pitch, starts, stops)
    share = _mean_power(np.concatenate(inside)) / _mean_power(on)
    score = (
        _falling(float(np.ptp(heights)), 2.0, STEADY + 4)
        * _falling(wobble, 1.2, 3.5)
        * _rising(depth, 5.0, 14.0)
        * _rising(clearance, 1.0, 8.0)
        * _rising(share, *PURE)
        * _falling(wander, *WANDER)
        * _falling(float(np.ptp(places)), *DRIFT)
    )
    return Rhythm(
        start=float(starts[0]) * HOP / RATE,
        tones=tuple(((stops - starts) * HOP / RATE).tolist()),
        gaps=tuple(((starts[1:] - stops[:-1]) * HOP / RATE).tolist()),
        pitch=float(np.mean(places)),
        clearance=clearance,
        score=round(score, 3),
    )


def _middle(values: Decibels, start: int, stop: int) -> Decibels:
    """Give the inner part of a stretch: its edges blur into what is beside it."""
    edge = min(4, (stop - start - 1) // 2)
    return values[start + edge : stop - edge]


def _mean_power(decibels: Decibels) -> float:
    return float(np.mean(10 ** (decibels.astype(np.float64) / 10)))


def _places(
    levels: Decibels, pitch: int, starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[NDArray[np.float64], float]:
    """Give each tone's frequency by the balance of neighbouring pitches, and by how much it wanders while it sounds."""
    lowest = max(0, pitch - 2)
    near = levels[lowest : pitch + 3].astype(np.float64)
    bins = (np.arange(len(near)) + lowest + round(LOWEST * WINDOW / RATE)) * RATE / WINDOW
    tracks = []
    for start, stop in zip(starts, stops, strict=True):
        edge = min(4, (stop - start - 1) // 2)
        powers = 10 ** (near[:, start + edge : stop - edge] / 10)
        tracks.append((powers * bins[:, None]).sum(axis=0) / powers.sum(axis=0))
    return np.array([track.mean() for track in tracks]), float(np.mean([track.std() for track in tracks]))


def _rising(value: float, none: float, full: float) -> float:
    return min(1.0, max(0.0, (value - none) / (full - none)))


def _falling(value: float, full: float, none: float) -> float:
    return _rising(-value, -none, -full)
