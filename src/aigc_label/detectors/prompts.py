"""Finds known spoken prompts in sound by correlation: the shipped voices and recordings that a caller names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.audible import SPOKEN, recording
from aigc_label.pcm import numbers_of
from aigc_label.plain_sound import plain_of
from aigc_label.sound import resampled
from aigc_label.source import BytesSource

RATE: Final = 8_000
EMPHASIS: Final = 0.9  # of a sample, taken from the next: vowels would drown everything else
CLEAR: Final = 0.5  # correlation of the whole prompt that needs no second look
REPEATED: Final = 8  # times that one prompt is looked for in one stretch
FAINT: Final = 0.1  # below it no second look is worth its time; other words stay below 0.25, in the same voice too
PIECE: Final = 0.4  # seconds of a piece: at another tempo, pieces still fit where the whole no longer does
SLACK: Final = 0.012  # seconds by which a piece may stand beside its place
GRID: Final = 16  # samples: steps in which places are compared
TEMPI: Final = tuple(round(0.96 + 0.01 * step, 2) for step in range(9))
ENOUGH: Final = 0.32  # mean correlation of the pieces
EVERY: Final = 0.2  # correlation that a piece must have to count as heard ...
MOST: Final = 0.7  # ... and the share of pieces that must be: a sentence that only begins alike is another one
PAUSE: Final = 0.02  # a piece with less than this share of the mean power is a pause

Wave = NDArray[np.float32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words that are looked for, and their sound at 8 kHz."""

    text: str
    wave: Wave

    @property
    def spoken_seconds(self) -> float:
        """How long the words take, without the silence around them."""
        heard = np.flatnonzero(np.abs(self.wave) > 0.01 * np.abs(self.wave).max())
        return float(heard[-1] + 1 - heard[0]) / RATE

    @property
    def rate(self) -> float | None:
        """Characters a minute, AI counted as two; None where the words are not Chinese."""
        han = len(re.findall(r"[\u4e00-\u9fff]", self.text))
        letters = len(re.findall(r"[A-Z]", self.text))
        return 60 * (han + letters) / self.spoken_seconds if han >= len(self.text) / 2 else None


@dataclass(frozen=True, slots=True)
class Heard:
    """A prompt that was heard: from when, how long (seconds), at which tempo, and how alike it is (0..1)."""

    prompt: Prompt
    start: float
    seconds: float
    tempo: float
    score: float


@lru_cache(maxsize=1)
def shipped() -> tuple[Prompt, ...]:
    """Give the shipped prompts."""
    found: list[Prompt] = []
    for name, text in SPOKEN.items():
        source = BytesSource((files("aigc_label") / "data" / "prompts" / f"{name}.wav").read_bytes())
        plain = plain_of(source, "wav")
        if plain is None:
            raise RuntimeError(f"the prompt {name} is damaged")
        data = source.at(plain.start, plain.frames * plain.layout.block)
        found.append(Prompt(text, numbers_of(data, plain.layout)[:, 0]))
    return tuple(found)


@lru_cache(maxsize=4)
def own(path: Path, text: str) -> Prompt:
    """Give a prompt from a recording. Raises as `audible.recording` does."""
    return Prompt(text, resampled(*recording(path), RATE))


def heard(wave: Wave, prompts: tuple[Prompt, ...]) -> tuple[Heard, ...]:
    """Give the prompts that one channel at 8 kHz holds, the most convincing first."""
    if len(wave) < RATE // 4 or not np.abs(wave).max() > 1e-5:
        return ()
    ground = _Ground(_emphasised(wave))
    found = [one for prompt in prompts for one in _heard(ground, prompt)]
    return tuple(sorted(found, key=lambda one: one.score, reverse=True))


class _Ground:
    """Sound that many pieces are looked for in: its spectrum and its running power are taken once."""

    def __init__(self, wave: Wave) -> None:
        self.length = len(wave)
        self.size = 1 << (len(wave) + 12 * RATE).bit_length()
        self.spectrum = np.fft.rfft(wave, self.size)
        self.power = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])

    def correlation(self, key: Wave) -> Scores:
        """Give the normalised correlation with `key` at each place that it fits at."""
        places = self.length - len(key) + 1
        if places < 1:
            return np.zeros(0)
        sums = np.fft.irfft(self.spectrum * np.conj(np.fft.rfft(key, self.size)), self.size)[:places]
        power = self.power[len(key) :] - self.power[: -len(key)]
        floor = 1e-4 * power.max()
        scores: Scores = sums / np.sqrt(np.maximum(power, floor) * float((key.astype(np.float64) ** 2).sum()))
        return scores


def _emphasised(wave: Wave) -> Wave:
    return np.concatenate([wave[:1], wave[1:] - np.float32(EMPHASIS) * wave[:-1]])


def _heard(ground: _Ground, prompt: Prompt) -> list[Heard]:
    key = _emphasised(prompt.wave)
    whole = ground.correlation(key)
    if not len(whole) or whole.max() < FAINT:
        return []
    found: list[Heard] = []
    while whole.max() >= CLEAR and len(found) < REPEATED:
        at = int(whole.argmax())
        found.append(Heard(prompt, at / RATE, len(key) / RATE, 1.0, min(1.0, round(float(whole[at]), 3))))
        whole[max(0, at - len(key) // 2) : at + len(key) // 2] = 0
    if found:
        return found
    faint = _in_pieces(ground, prompt, key)
    return [faint] if faint is not None else []


def _in_pieces(ground: _Ground, prompt: Prompt, key: Wave) -> Heard | None:
    """Look for the prompt at other tempi: each piece may stand a little beside its place."""
    length = round(PIECE * RATE)
    mean = float((key**2).mean())
    offsets = [
        at for at in range(0, len(key) - length + 1, length) if (key[at : at + length] ** 2).mean() > PAUSE * mean
    ]
    tracks = [_blurred(np.abs(ground.correlation(key[at : at + length]))) for at in offsets]
    best: Heard | None = None
    for tempo in TEMPI:
        places = [round(at / tempo / GRID) for at in offsets]
        shared = min((len(track) - place for track, place in zip(tracks, places, strict=True)), default=0)
        if shared < 1:
            continue
        table = np.stack([track[place : place + shared] for track, place in zip(tracks, places, strict=True)])
        scores = table.mean(axis=0) * ((table > EVERY).mean(axis=0) >= MOST)
        at = int(scores.argmax())
        if scores[at] >= ENOUGH and (best is None or scores[at] > best.score):
            seconds = len(key) / RATE / tempo
            best = Heard(prompt, at * GRID / RATE, seconds, tempo, min(1.0, round(float(scores[at]), 3)))
    return best


def _blurred(scores: Scores) -> Scores:
    """Give the best score near each place of the grid."""
    slack = round(SLACK * RATE)
    if not len(scores):
        return scores
    padded = np.pad(scores, slack)
    best: Scores = np.lib.stride_tricks.sliding_window_view(padded, 2 * slack + 1)[::GRID].max(axis=1)
    return best
