"""Measures pure tones that stand apart at the beginning of a sound: what a beep is that is no rhythm mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8_000
WINDOW: Final = 256
HOP: Final = 40
PURE: Final = 0.8  # share of all power in one pitch
SILENT: Final = 1e-3  # power below the loudest moment's that counts as silence
NOTHING: Final = 1e-6  # power of a spectrum in which nothing sounds
LOWEST: Final = 9  # numbers of the pitches that beeps have: 280 Hz ...
HIGHEST: Final = 97  # ... to 3 kHz
APART: Final = 0.12  # seconds of silence behind the last tone
SHORTEST: Final = 0.03
MOST: Final = 8  # tones
LONGEST: Final = 4.0  # seconds together
LATEST: Final = 0.6  # seconds until the first begins, and between two
BLURRED: Final = 0.06  # seconds in which one tone turns into another


@dataclass(frozen=True, slots=True)
class Tone:
    """One tone: its length in seconds, its pitch in hertz."""

    seconds: float
    pitch: float


@dataclass(frozen=True, slots=True)
class Beeps:
    """Tones in a row, silence or another pitch between them; times in seconds."""

    start: float
    seconds: float
    tones: tuple[Tone, ...]


def told(tones: Sequence[Tone]) -> str:
    """Say what was measured, as `3 tones: 150 300 300 ms, 660 880 660 Hz`."""
    lengths = " ".join(str(round(1000 * tone.seconds)) for tone in tones)
    pitches = " ".join(f"{tone.pitch:.0f}" for tone in tones)
    return f"{len(tones)} tone{'s' if len(tones) > 1 else ''}: {lengths} ms, {pitches} Hz"


def apart(wave: NDArray[np.float32]) -> Beeps | None:
    """Give the pure tones with which the sound begins, if silence follows them; None where it begins another way."""
    wave = wave[: round((LATEST + LONGEST + 2 * APART) * RATE)]
    if len(wave) < 4 * WINDOW:
        return None
    pitch = _pitches(wave)
    sounding = np.flatnonzero(pitch >= 0)
    if not len(sounding) or sounding[0] * HOP / RATE > LATEST:
        return None
    first = end = int(sounding[0])
    tones: list[Tone] = []
    other = 0.0  # seconds of what is no tone since the last one
    quiet = 0.0  # seconds of silence between that and the last tone
    for start, stop, number in _steady(pitch, first):
        length = (stop - start) * HOP / RATE
        if (start - end) * HOP / RATE > LATEST:
            return _group(first, end, tones)
        if number and length >= SHORTEST:
            tones.append(Tone(length, number * RATE / WINDOW))
            end, other = stop, 0.0
            continue
        quiet = quiet if other else (start - end) * HOP / RATE
        other += length
        if other > BLURRED:  # the content begins
            return _group(first, end, tones) if quiet >= APART else None
    return None


def _group(first: int, end: int, tones: list[Tone]) -> Beeps | None:
    seconds = (end - first) * HOP / RATE
    if not 1 <= len(tones) <= MOST or seconds > LONGEST:
        return None
    return Beeps(first * HOP / RATE, seconds, tuple(tones))


def _pitches(wave: NDArray[np.float32]) -> NDArray[np.int64]:
    """Give for each moment the number of the pitch that is nearly all of it, 0 where there is none, -1 for silence."""
    padded = np.concatenate([np.zeros(WINDOW // 2, np.float32), wave, np.zeros(WINDOW // 2, np.float32)])
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP] * np.hanning(WINDOW).astype(np.float32)
    spectra = np.fft.rfft(views, axis=1)
    power = spectra.real**2 + spectra.imag**2
    total = power.sum(axis=1)
    if not total.max() > NOTHING:
        return np.full(len(total), -1)
    peak = power[:, LOWEST:HIGHEST].argmax(axis=1) + LOWEST
    rows = np.arange(len(power))
    near = sum(power[rows, peak + step] for step in (-2, -1, 0, 1, 2))
    found = np.where(near >= PURE * total, peak, 0)
    return np.where(total < SILENT * total.max(), -1, found).astype(np.int64)


def _steady(pitch: NDArray[np.int64], first: int) -> list[tuple[int, int, int]]:
    """Give stretches (start, stop, pitch) in which the pitch stays within one number; silence is left out."""
    found: list[tuple[int, int, int]] = []
    start = first
    for at in range(first + 1, len(pitch) + 1):
        if at < len(pitch) and abs(pitch[at] - pitch[start]) <= 1 and np.sign(pitch[at]) == np.sign(pitch[start]):
            continue
        if pitch[start] >= 0:
            found.append((start, at, int(pitch[start])))
        start = at
    return found
