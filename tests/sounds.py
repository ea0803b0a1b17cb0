"""Makes sounds for tests: tones, patterns of tones, music-like and noise-like content, speech by espeak-ng, transcodes."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]
SCALE = [220 * 2 ** (step / 12) for step in (0, 2, 4, 5, 7, 9, 11, 12, 14, 16)]
SENTENCES = (
    ("cmn", "今天天气很好，我们去公园散步吧。这篇报道由记者现场采写。"),
    ("cmn", "人工智能技术正在改变我们的生活，生成式模型越来越多。"),
    ("en-us", "The quick brown fox jumps over the lazy dog while artificial intelligence generates text."),
    ("en-us", "Welcome to the morning news. This audio was recorded live in the studio by our team."),
)


def tone(hertz: Sequence[float], seconds: float, rate: int = 8_000, ramp: float = 0.008) -> Wave:
    """Give the mean of sines that rise and fall as a raised cosine."""
    times = np.arange(round(seconds * rate)) / rate
    edge = np.minimum(times, times[::-1])
    sound = sum(np.sin(2 * np.pi * one * times) for one in hertz) / len(hertz)
    return (sound * (0.5 - 0.5 * np.cos(np.pi * np.minimum(edge / ramp, 1)))).astype(np.float32)


def silence(seconds: float, rate: int = 8_000) -> Wave:
    return np.zeros(round(seconds * rate), np.float32)


def pattern(
    tones: Sequence[float], gaps: Sequence[float], hertz: Sequence[float] = (900.0,), rate: int = 8_000
) -> Wave:
    """Give tones of these seconds with these silences between them, as loud as the contents below."""
    parts = [part for pair in zip(tones, (*gaps, 0.0), strict=True) for part in _pair(*pair, hertz, rate)]
    return 0.2 * np.concatenate(parts)


def _pair(sounding: float, gap: float, hertz: Sequence[float], rate: int) -> tuple[Wave, Wave]:
    return tone(hertz, sounding, rate), silence(gap, rate)


def noise(seconds: float, seed: int, rate: int = 8_000) -> Wave:
    """Give 1/f noise."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.standard_normal(round(seconds * rate)))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20))
    return levelled(np.fft.irfft(spectrum, round(seconds * rate)))


def music(seconds: float, seed: int, rate: int = 8_000) -> Wave:
    """Give a melody of notes that fade, chords under it, and a drum."""
    random = np.random.default_rng(seed)
    beat = 60 / random.integers(70, 160)
    out = np.zeros(round((seconds + 4) * rate))
    at = 0.0
    while at < seconds:
        length = beat * random.choice([0.25, 0.5, 0.5, 1, 1, 2])
        _put(out, at, _note(random, length, rate), rate)
        at += length
    for number in range(int(seconds / beat)):
        times = np.arange(rate // 10) / rate
        _put(out, number * beat, 0.3 * random.standard_normal(len(times)) * np.exp(-60 * times), rate)
        if number % 4 == 0:
            chord = np.arange(int(4 * beat * rate)) / rate
            _put(out, number * beat, sum(0.06 * np.sin(2 * np.pi * f * chord) for f in random.choice(SCALE, 3)), rate)
    return levelled(out[: round(seconds * rate)])


def _note(random: np.random.Generator, seconds: float, rate: int) -> NDArray[np.float64]:
    pitch, times = random.choice(SCALE) * random.choice([1, 1, 2, 4]), np.arange(int(seconds * rate)) / rate
    harmonics = (random.uniform(0.1, 1) / n * np.sin(2 * np.pi * pitch * n * times) for n in range(1, 6))
    return 0.2 * sum(harmonics) * np.exp(-times * random.uniform(1, 6))


def _put(out: NDArray[np.float64], at: float, part: NDArray[np.float64], rate: int) -> None:
    start = int(at * rate)
    out[start : start + len(part)] += part[: max(0, len(out) - start)]


def speech(number: int, rate: int = 8_000, speed: int = 150) -> Wave:
    """Give a sentence by espeak-ng."""
    voice, words = SENTENCES[number % len(SENTENCES)]
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(30 + 7 * (number % 6)), "--stdout", words]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    samples = np.frombuffer(wav[44:], "<i2").astype(np.float64)
    size = len(samples) * rate // 22_050
    return levelled(np.fft.irfft(np.fft.rfft(samples)[: size // 2 + 1], size))


def levelled(samples: NDArray[np.float64]) -> Wave:
    return (samples / np.std(samples) * 0.1).astype(np.float32)


def transcoded(wave: Wave, folder: Path, suffix: str, *options: str, rate: int = 8_000) -> Wave:
    """Give what ffmpeg makes of a sound on the way through another format."""
    file = folder / f"coded.{suffix}"
    raw = ["-f", "f32le", "-ar", str(rate), "-ac", "1"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *raw, "-i", "-", *options, str(file)], input=wave.tobytes(), check=True
    )
    out = subprocess.run(["ffmpeg", "-v", "error", "-i", str(file), *raw, "-"], capture_output=True, check=True).stdout
    return np.frombuffer(out, np.float32)
