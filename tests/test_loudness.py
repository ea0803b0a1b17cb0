"""Loudness as EBU R 128 measures it, and marks that follow it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from aigc_label import loudness
from aigc_label.audible import ALONE, LOUDEST, QUIETEST, designed, level_beside
from aigc_label.formats import BY_NAME
from aigc_label.marking import Mark, Position, SoundForm
from aigc_label.sound import whole
from aigc_label.source import BytesSource

SOURCES = {
    "sine": "sine=f=1000:d=5:r=48000,volume=-20dB",
    "low sine": "sine=f=60:d=5:r=48000",
    "pink noise": "anoisesrc=d=6:c=pink:a=0.3:seed=1:r=44100",
    "speech-like bursts": "anoisesrc=d=8:c=pink:a=0.2:seed=2:r=16000,tremolo=f=0.5:d=1",
    "stereo": "aevalsrc=0.1*sin(880*2*PI*t)|0.3*sin(200*2*PI*t):d=5:s=44100",
}


def made(path: Path, source: str) -> Path:
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", source, "-c:a", "pcm_f32le", str(path)], check=True
    )
    return path


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_ffmpeg_measures_the_same_loudness(source: str, tmp_path: Path) -> None:
    path = made(tmp_path / "a.wav", source)
    said = subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-i", str(path), "-af", "ebur128", "-f", "null", "-"],
        capture_output=True,
        check=True,
    ).stderr.decode()
    theirs = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
    found = whole(BytesSource(path.read_bytes()), BY_NAME["wav"])
    assert loudness.integrated(found.samples, found.rate) == pytest.approx(theirs, abs=0.15)


def test_silence_has_no_loudness() -> None:
    assert loudness.integrated(np.zeros((48_000, 2), np.float32), 48_000) == loudness.SILENT


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize(("volume", "expected"), [("-50dB", QUIETEST), ("6dB", LOUDEST), ("-20dB", -24.0)])
def test_the_level_of_a_mark_follows_the_content_within_limits(volume: str, expected: float, tmp_path: Path) -> None:
    path = made(tmp_path / "a.wav", f"sine=f=1000:d=3:r=44100,volume=15dB,volume={volume}")
    level = level_beside(BytesSource(path.read_bytes()), BY_NAME["wav"])
    assert level == pytest.approx(expected, abs=3.0)
    assert QUIETEST <= level <= LOUDEST


def test_beside_silence_the_level_is_that_of_broadcasting(tmp_path: Path) -> None:
    path = made(tmp_path / "a.wav", "anullsrc=d=1:r=8000")
    assert level_beside(BytesSource(path.read_bytes()), BY_NAME["wav"]) == ALONE


@pytest.mark.parametrize("form", list(SoundForm))
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000])
def test_a_mark_is_as_loud_as_asked_and_begins_and_ends_in_silence(form: SoundForm, channels: int, rate: int) -> None:
    design = designed(Mark(sound=form), Position.START, rate, channels, -23.0)
    sounding = design.samples[np.abs(design.samples).max(axis=1) > 0.001]
    assert loudness.ungated(sounding, rate) == pytest.approx(-23.0, abs=1.0)
    assert not design.samples[: rate // 20].any()
    assert not design.samples[-rate // 10 :].any()
    assert np.abs(np.diff(design.samples, axis=0)).max() < 0.6  # nothing clicks
    assert not design.samples[:, 2:].any()  # the front pair carries it
