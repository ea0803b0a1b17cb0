"""Tells whether sound is like speech, which nobody here understands: then "no mark found" does not mean "no mark"."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8_000
FRAME: Final = 320  # 40 ms
HOP: Final = 80  # 10 ms
PITCHES: Final = (70.0, 400.0)  # hertz of a voice
VOICED: Final = 0.6  # of the sound's power repeats after one period
QUIET: Final = 35.0  # decibels below the loudest moment
GLIDE: Final = (0.004, 0.06)  # octaves that a speaking voice moves in 10 ms; notes stand still or jump
SHARE: Final = 0.35  # of all voiced moments, that glide: speech has over 0.55, music under 0.35 (docs/detector.md)
SECONDS: Final = 0.6  # of gliding that make words


def is_speech_like(wave: NDArray[np.float32]) -> bool:
    """Tell whether one channel at 8 kHz holds stretches of a voice whose pitch glides as in speech."""
    pitch = pitches(wave)
    if not len(pitch):
        return False
    moved = np.abs(np.diff(np.log2(np.maximum(pitch, 1))))
    both = (pitch[1:] > 0) & (pitch[:-1] > 0)
    gliding = both & (moved > GLIDE[0]) & (moved < GLIDE[1])
    enough = gliding.sum() * HOP / RATE >= SECONDS
    return bool(enough and gliding.sum() >= SHARE * max(1, int(both.sum())))


def pitches(wave: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give the voice's pitch in hertz every 10 ms, 0 where there is none."""
    if len(wave) < 2 * FRAME:
        return np.zeros(0)
    views = np.lib.stride_tricks.sliding_window_view(wave, FRAME)[::HOP] * np.hanning(FRAME).astype(np.float32)
    spectra = np.fft.rfft(views, 2 * FRAME, axis=1)
    likeness = np.fft.irfft(np.abs(spectra) ** 2, axis=1)
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(FRAME), 2 * FRAME)) ** 2)
    shortest, longest = int(RATE / PITCHES[1]), int(RATE / PITCHES[0])
    power = np.maximum(likeness[:, 0], 1e-9)
    shares = (likeness[:, : longest + 2] / power[:, None]) / (window[: longest + 2] / window[0])
    best = shortest + shares[:, shortest : longest + 1].argmax(axis=1)
    rows = np.arange(len(best))
    left, middle, right = (shares[rows, best + step] for step in (-1, 0, 1))
    curve = left - 2 * middle + right
    finer = best + np.where(curve < -1e-6, 0.5 * (left - right) / np.where(curve < -1e-6, curve, 1), 0)
    heard = (power > power.max() * 10 ** (-QUIET / 10)) & (middle > VOICED)
    found: NDArray[np.float64] = np.where(heard, RATE / finer, 0.0)
    return found
