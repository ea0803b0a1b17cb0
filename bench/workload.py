"""Makes the files that are measured on: pictures with the spectrum and grain of photographs, the same on every machine."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE: Final = 1024
BASES: Final = 8  # pictures drawn; the others are rolled and mirrored copies, encoded each on its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is made and how often each command runs."""

    jpegs: int
    pngs: int
    marked_jpegs: int
    marked_pngs: int
    large_mib: int
    object_mib: int
    film_times: int  # of 20 seconds, some 21 MB each
    mp3s: int
    rounds: int


SCALES: Final = {
    "small": Scale(
        jpegs=100,
        pngs=12,
        marked_jpegs=10,
        marked_pngs=4,
        large_mib=100,
        object_mib=100,
        film_times=3,
        mp3s=8,
        rounds=1,
    ),
    "full": Scale(
        jpegs=1000,
        pngs=100,
        marked_jpegs=100,
        marked_pngs=16,
        large_mib=500,
        object_mib=1024,
        film_times=30,
        mp3s=40,
        rounds=5,
    ),
}


def picture(seed: int, wide: int, high: int, grain: float) -> NDArray[np.uint8]:
    """Give a colour picture with a 1/f spectrum, soft discs and grain."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(high)[:, None], np.fft.rfftfreq(wide)[None, :])
    frequency[0, 0] = 1

    def field(slope: float) -> NDArray[np.float32]:
        waves = frequency ** (-slope / 2) * np.exp(2j * np.pi * rng.random(frequency.shape))
        waves[0, 0] = 0
        plane = np.fft.irfft2(waves, s=(high, wide))
        return (plane / plane.std()).astype(np.float32)

    light = 128 + 38 * field(2.6)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    for _ in range(12):
        radius = (0.04 + 0.18 * rng.random()) * min(wide, high)
        away = np.hypot(x - rng.random() * wide, y - rng.random() * high) - radius
        light += (rng.random() - 0.5) * 90 / (1 + np.exp(np.clip(away / 3, -40, 40)))
    noise = rng.normal(0, grain, (high, wide)).astype(np.float32)
    planes = [light + 22 * field(3.4) + noise for _ in range(3)]
    return np.clip(np.stack(planes, axis=-1), 0, 255).astype(np.uint8)


def _variants(count: int, grain: float) -> list[Image.Image]:
    drawn = [picture(seed, SIDE, SIDE, grain) for seed in range(min(BASES, count))]
    made = []
    for number in range(count):
        pixels = np.roll(drawn[number % len(drawn)], (number * 37 % SIDE, number * 91 % SIDE), (0, 1))
        made.append(Image.fromarray(np.ascontiguousarray(pixels[:, ::-1] if number & 8 else pixels)))
    return made


def _folder(root: Path, name: str, count: int) -> Path | None:
    """Give the folder to fill, or None where it is full already."""
    folder = root / f"{name}-{count}"
    if folder.is_dir() and len(list(folder.iterdir())) == count:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def jpegs(root: Path, count: int) -> Path:
    """Give a folder of JPEG pictures of about 300 KB."""
    if folder := _folder(root, "jpeg", count):
        for number, image in enumerate(_variants(count, 6.0)):
            image.save(folder / f"{number:05d}.jpg", quality=84)
    return root / f"jpeg-{count}"


def pngs(root: Path, count: int) -> Path:
    """Give a folder of PNG pictures of about 1.5 MB."""
    if folder := _folder(root, "png", count):
        for number, image in enumerate(_variants(count, 0.5)):
            image.save(folder / f"{number:05d}.png")
    return root / f"png-{count}"


def large_jpeg(root: Path) -> Path:
    """Give one JPEG of 24 megapixels."""
    path = root / "24-megapixels.jpg"
    if not path.exists():
        Image.fromarray(picture(99, 6000, 4000, 6.0)).save(path, quality=88)
    return path


def large_tiff(root: Path, mebibytes: int) -> Path:
    """Give one uncompressed TIFF, 8192 pixels wide, its strips behind the directory."""
    path = root / f"large-{mebibytes}.tif"
    wide, strip_rows = 8192, 128
    strip = wide * 3 * strip_rows
    strips = mebibytes * 2**20 // strip
    if path.exists():
        return path
    band = picture(7, wide, strip_rows, 8.0).tobytes()
    tables = 8 + 2 + 10 * 12 + 4
    start = tables + 6 + 8 * strips
    entries = [
        (256, 4, 1, wide),
        (257, 4, 1, strips * strip_rows),
        (258, 3, 3, tables),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, strips, tables + 6),
        (277, 3, 1, 3),
        (278, 4, 1, strip_rows),
        (279, 4, strips, tables + 6 + 4 * strips),
        (284, 3, 1, 1),
    ]
    with path.open("wb") as file:
        file.write(b"II*\0" + struct.pack("<IH", 8, len(entries)))
        file.write(b"".join(struct.pack("<HHII", *entry) for entry in entries) + b"\0\0\0\0")
        file.write(struct.pack("<3H", 8, 8, 8))
        file.write(struct.pack(f"<{strips}I", *(start + strip * number for number in range(strips))))
        file.write(struct.pack(f"<{strips}I", *([strip] * strips)))
        for number in range(strips):
            turn = number * 3 * 97
            file.write(band[turn:] + band[:turn])
    return path
