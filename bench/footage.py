"""Makes the sound and film that are measured on: music with chords and noise, a pan over a large picture with grain."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from bench.workload import Scale, picture

BASE_SECONDS: Final = 20  # encoded once; longer films repeat it packet for packet
GROUP: Final = 60  # pictures: two seconds at 30 a second
PAN: Final = (
    "[0:v]crop=1920:1080:x='(iw-1920)*(0.5+0.5*sin(t/5))':y='(ih-1080)*(0.5+0.5*cos(t/7))'[bg];"
    "[bg][1:v]overlay=x='mod(t*90,1440)':y=700,noise=alls=5:allf=t,format=yuv420p[v]"
)


def ffmpeg(*arguments: str | Path) -> None:
    """Run FFmpeg, which must succeed."""
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def music(path: Path, seconds: float, seed: int, rate: int = 44_100) -> Path:
    """Give a WAV of 16-bit stereo: chords that die away, noise for drums."""
    rng = np.random.default_rng(seed)
    beat = np.arange(rate // 2) / rate
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(rate)
        for _ in range(round(seconds * 2)):
            root = 110 * 2 ** (rng.integers(0, 12) / 12)
            chord = [np.sin(2 * np.pi * root * 2 ** (step / 12) * beat) * np.exp(-3 * beat) for step in (0, 4, 7, 12)]
            drum = rng.normal(0, 0.4, len(beat)) * np.exp(-30 * beat)
            sides = np.stack([chord[0] + chord[2] + drum, chord[1] + chord[3] + drum], axis=1)
            sides += rng.normal(0, 0.02, sides.shape)
            out.writeframesraw((np.clip(sides / 4, -1, 1) * 32_000).astype("<i2").tobytes())
    return path


def wav(root: Path, seconds: int) -> Path:
    """Give one long WAV."""
    path = root / f"long-{seconds}.wav"
    return path if path.exists() else music(path, seconds, 3)


def mp3s(root: Path, count: int) -> Path:
    """Give a folder of MP3 files of three minutes at 192 kbit/s, four different ones."""
    folder = root / f"mp3-{count}"
    if folder.is_dir() and len(list(folder.iterdir())) == count:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        target = folder / f"{number:05d}.mp3"
        if number >= 4:
            shutil.copyfile(folder / f"{number % 4:05d}.mp3", target)
            continue
        plain = music(root / "song.wav", 180, 50 + number)
        ffmpeg("-i", plain, "-c:a", "libmp3lame", "-b:a", "192k", "-metadata", f"title=Song {number}", target)
        plain.unlink()
    return folder


def _base(root: Path) -> Path:
    path = root / "base.mp4"
    if not path.exists():
        still, tune = root / "still.png", music(root / "tune.wav", BASE_SECONDS, 7, 48_000)
        Image.fromarray(picture(5, 4096, 2304, 4.0)).save(still)
        ffmpeg(
            *("-loop", "1", "-framerate", "30", "-t", str(BASE_SECONDS), "-i", still),
            *("-f", "lavfi", "-t", str(BASE_SECONDS), "-i", "testsrc2=s=480x270:r=30", "-i", tune),
            *("-filter_complex", PAN, "-map", "[v]", "-map", "2:a", "-c:v", "libx264", "-preset", "veryfast"),
            *("-g", str(GROUP), "-b:v", "8M", "-maxrate", "8M", "-bufsize", "16M", "-c:a", "aac", "-b:a", "160k", path),
        )
        still.unlink()
        tune.unlink()
    return path


def film(root: Path, times: int, suffix: str = ".mp4", *options: str) -> Path:
    """Give a film of 1080p H.264 with groups of two seconds and AAC, `times` 20 seconds long."""
    path = root / f"film-{times}{'-front' if options else ''}{suffix}"
    if not path.exists():
        ffmpeg("-stream_loop", str(times - 1), "-i", _base(root), "-map", "0", "-c", "copy", *options, path)
    return path


def front(root: Path, scale: Scale) -> Path:
    """Give the film with `moov` before its media."""
    return film(root, scale.film_times, ".mp4", "-movflags", "+faststart")
