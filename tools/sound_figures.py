"""Measures the detectors of sound: `python -m tools.sound_figures` prints the tables of docs/detector.md, "Sound".

Contents are made here: melodies with chords and drums, 1/f noise, sentences by espeak-ng at 110 to 190 words a minute.
Transcodes are ffmpeg's. Fixed seeds.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from aigc_label.detectors.prompts import heard, shipped
from aigc_label.detectors.rhythm import rhythms
from aigc_label.detectors.speech import is_speech_like
from tests.sounds import Wave, music, noise, pattern, silence, speech, transcoded

SHAPES = {
    "ours: 100/300 ms, letter gap 300 ms, 900 Hz": ((0.1, 0.3, 0.1, 0.1), (0.1, 0.3, 0.1), (900.0,)),
    "in the wild: 120/360 ms, all gaps 120 ms, 1046.5 Hz": ((0.12, 0.36, 0.12, 0.12), (0.12, 0.12, 0.12), (1046.5,)),
    "in the wild: 90/260 ms, gaps 70 and 180 ms, 660+880 Hz": (
        (0.09, 0.26, 0.09, 0.09),
        (0.07, 0.18, 0.07),
        (660.0, 880.0),
    ),
    "in the wild: 120/360 ms, all gaps 120 ms, 800 Hz": ((0.12, 0.36, 0.12, 0.12), (0.12, 0.12, 0.12), (800.0,)),
    "60 ms unit": ((0.06, 0.18, 0.06, 0.06), (0.06, 0.18, 0.06), (500.0,)),
    "250 ms unit": ((0.25, 0.75, 0.25, 0.25), (0.25, 0.75, 0.25), (2500.0,)),
}
CONTENTS: dict[str, Callable[[int], Wave]] = {
    "music": lambda seed: music(10, seed),
    "speech": lambda seed: speech(seed, speed=110 + seed * 13 % 80),
    "noise": lambda seed: noise(8, seed),
}
WAYS: dict[str, tuple[str, ...]] = {
    "as it is": (),
    "MP3 32 kbit/s": ("mp3", "-ar", "24000", "-b:a", "32k"),
    "Opus 16 kbit/s": ("opus", "-b:a", "16k"),
}
SEEDS = range(8)


def beside(mark: Wave, content: Wave, seed: int) -> tuple[Wave, float]:
    """Give the mark before the content or behind it, and when it begins."""
    if seed % 2:
        return np.concatenate([content, silence(0.2), mark, silence(0.1)]), len(content) / 8000 + 0.2
    return np.concatenate([silence(0.1), mark, silence(0.2), content]), 0.1


def through(wave: Wave, way: tuple[str, ...]) -> Wave:
    if not way:
        return wave
    with tempfile.TemporaryDirectory() as folder:
        return transcoded(wave, Path(folder), *way)


def marks() -> None:
    for shape, (tones, gaps, hertz) in SHAPES.items():
        for way, options in WAYS.items():
            hits = tried = 0
            for content in CONTENTS.values():
                for seed in SEEDS:
                    wave, start = beside(pattern(tones, gaps, hertz), content(seed), seed)
                    found = rhythms(through(wave, options))
                    hits += bool(found) and abs(found[0].start - start) < 0.1
                    tried += 1
            print(f"| {shape} | {way} | {hits} of {tried} |")


def against() -> None:
    """Marks set right against the content, without a silence, as public programs set them."""
    for shape, (tones, gaps, hertz) in SHAPES.items():
        hits = tried = 0
        for content in CONTENTS.values():
            for seed in SEEDS:
                parts = [pattern(tones, gaps, hertz), content(seed)]
                start = 0.0 if seed % 2 else len(parts[1]) / 8000
                found = rhythms(np.concatenate(parts if seed % 2 else parts[::-1]))
                hits += bool(found) and abs(found[0].start - start) < 0.1
                tried += 1
        print(f"| {shape} | set right against the content | {hits} of {tried} |")


def overlaid() -> None:
    for decibels in (12, 6, 0):
        hits = tried = 0
        for content in CONTENTS.values():
            for seed in SEEDS:
                wave = content(seed).copy()
                mark = pattern(*SHAPES[next(iter(SHAPES))])
                sounding = np.sqrt((mark[mark != 0] ** 2).mean())
                mark *= 0.1 * 10 ** (decibels / 20) / sounding
                wave[4000 : 4000 + len(mark)] += mark
                hits += bool(rhythms(wave))
                tried += 1
        print(f"| ours laid over content, {decibels} dB above it | as it is | {hits} of {tried} |")


def voices() -> None:
    changes = {**WAYS, "tempo −3 %": ("wav", "-af", "atempo=0.97"), "tempo +3 %": ("wav", "-af", "atempo=1.03")}
    changes |= {"played 1 % slower": ("wav", "-af", "asetrate=7920,aresample=8000")}
    for way, options in changes.items():
        scores = []
        for prompt in shipped():
            voice = prompt.wave / np.std(prompt.wave) * 0.1
            for content in CONTENTS.values():
                for seed in range(4):
                    found = heard(through(beside(voice, content(seed), seed)[0], options), shipped())
                    scores.append(found[0].score if found and found[0].prompt is prompt else 0.0)
        hits = sum(score > 0 for score in scores)
        print(f"| shipped prompts, {way} | {hits} of {len(scores)} | least {min(scores):.2f} |")


def alarms() -> None:
    for name, content in CONTENTS.items():
        seconds = rhythmic = prompted = spoken = 0.0
        for seed in range(200, 360):
            wave = content(seed)
            seconds += len(wave) / 8000
            rhythmic += bool(rhythms(wave))
            prompted += bool(heard(wave, shipped()))
            spoken += is_speech_like(wave)
        print(f"| {name} | {seconds / 60:.0f} min | {rhythmic:.0f} | {prompted:.0f} | {spoken / 160:.0%} |")


def times() -> None:
    wave = music(20, 1)
    for name, work in (("rhythm", lambda: rhythms(wave)), ("prompts", lambda: heard(wave, shipped()))):
        work()
        begun = time.process_time()
        for _ in range(10):
            work()
        print(f"{name}: {100 * (time.process_time() - begun):.0f} ms for 20 s of sound")


if __name__ == "__main__":
    marks()
    against()
    overlaid()
    voices()
    alarms()
    times()
