"""Draws the demo's pictures from numbers alone: mountains, a nebula, a night skyline, spheres, a flower.

Every scene is an array (height, width, 3) of float32 in 0..1; the same seed gives the same picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Grid = NDArray[np.float32]

DAWN = ((0.16, 0.22, 0.42), (0.98, 0.67, 0.45), (0.86, 0.56, 0.52), (0.07, 0.10, 0.17))
NOON = ((0.22, 0.45, 0.78), (0.86, 0.93, 0.97), (0.62, 0.74, 0.84), (0.06, 0.19, 0.16))
DUSK = ((0.11, 0.09, 0.29), (0.93, 0.43, 0.38), (0.56, 0.29, 0.47), (0.06, 0.04, 0.12))


def fractal(rng: np.random.Generator, shape: tuple[int, int], slope: float) -> Grid:
    """Give a random field with a 1/f spectrum, like clouds and rock: mean 0, deviation 1."""
    high, wide = shape
    frequency = np.hypot(np.fft.fftfreq(high)[:, None], np.fft.rfftfreq(wide)[None, :])
    frequency[0, 0] = 1
    spectrum = frequency ** (-slope / 2) * np.exp(2j * np.pi * rng.random(frequency.shape))
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, s=shape)
    return (field / field.std()).astype(np.float32)


def blended(low: object, high: object, share: Grid) -> Picture:
    """Give the colours from `low` to `high` by `share` (height, width)."""
    return np.float32(low) + (np.float32(high) - np.float32(low)) * share[..., None]


def finished(picture: Picture, rng: np.random.Generator, grain: float = 0.012) -> Picture:
    """Add a sensor's grain and darker corners."""
    high, wide = picture.shape[:2]
    y, x = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
    shade = 1 - 0.16 * (x * x + y * y) / 2
    noise = rng.normal(0, grain, (high, wide, 1))
    return np.clip(picture * shade[..., None] + noise, 0, 1).astype(np.float32)


def mountains(wide: int, high: int, seed: int, palette: tuple[tuple[float, ...], ...] = DAWN) -> Picture:
    """Ridges in haze before a low sun, mirrored in a lake."""
    rng = np.random.default_rng(seed)
    zenith, horizon, haze, near = palette
    unit = max(high, min(wide, 3 * high) // 3)
    shore = int(high * 0.74)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    sky = blended(zenith, horizon, np.clip(y / shore, 0, 1) ** 1.4)
    clouds = np.clip(fractal(rng, (high, wide), 3.2) * 0.35 - 0.12, 0, 0.6) * np.clip(1 - y / shore, 0, 1)
    sky += clouds[..., None] * (np.float32(horizon) * 0.9)
    sun_x, sun_y = wide * (0.25 + 0.5 * rng.random()), shore * 0.62
    distance = np.hypot(x - sun_x, y - sun_y) / unit
    sky += np.exp(-distance * 7)[..., None] * np.float32((0.5, 0.34, 0.16))
    sky += (1 / (1 + np.exp(np.clip((distance - 0.045) * 400, -30, 30))))[..., None] * np.float32((0.7, 0.62, 0.4))
    layers = 6
    for layer in range(layers):
        depth = layer / (layers - 1)
        line = fractal(rng, (1, 2 * wide), 2.1 + 0.5 * (1 - depth))[0, :wide]
        top = shore * (0.60 + 0.36 * depth) - line * unit * (0.055 - 0.02 * depth)
        body = 1 / (1 + np.exp(np.clip((top - y) * 0.9, -30, 30)))
        rock = np.clip(fractal(rng, (high, wide), 2.6) * 0.05 * (0.3 + depth), -0.2, 0.2)
        colour = blended(haze, near, np.full((high, wide), depth**0.8, np.float32)) + rock[..., None]
        mist = np.clip((y - top) / (unit * 0.22), 0, 1) * 0.35 * (1 - depth)
        colour = colour + (np.float32(horizon) - colour) * mist[..., None]
        sky = sky + (colour - sky) * body[..., None]
    rows = np.clip(2 * shore - np.arange(high), 0, high - 1)
    shift = (np.sin(np.arange(high) * 0.9) * np.linspace(0, 7, high)).astype(int)
    lake = np.stack([np.roll(sky[row], move, axis=0) for row, move in zip(rows, shift, strict=True)])
    lake = lake * 0.72 + np.float32((0.02, 0.05, 0.09)) + fractal(rng, (high, wide), 1.6)[..., None] * 0.012
    water = 1 / (1 + np.exp(np.clip(shore - y, -30, 30)))
    return finished(sky + (lake - sky) * water[..., None], rng)


def nebula(wide: int, high: int, seed: int) -> Picture:
    """Glowing gas, dust lanes and stars."""
    rng = np.random.default_rng(seed)
    shape = (high, wide)
    gas, dust, tint = fractal(rng, shape, 3.0), fractal(rng, shape, 2.6), fractal(rng, shape, 3.4)
    y, x = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
    glow = np.clip(np.exp(-(x * x + y * y) * 1.1) * (0.75 + 0.4 * gas), 0, 1.4)
    picture = glow[..., None] * blended((0.75, 0.25, 0.55), (0.2, 0.55, 0.85), np.clip(0.5 + 0.4 * tint, 0, 1))
    picture += np.clip(glow - 0.95, 0, 0.5)[..., None] * np.float32((1.1, 0.9, 0.6))
    picture *= 1 - np.clip(dust * 0.45 - 0.1, 0, 0.8)[..., None]
    for _ in range(wide * high // 1800):
        size, row, column = rng.exponential(0.5), rng.integers(2, high - 2), rng.integers(2, wide - 2)
        colour = np.float32((1, 0.85 + 0.15 * rng.random(), 0.7 + 0.3 * rng.random())) * min(1.0, 0.3 + size)
        picture[row, column] += colour
        picture[row - 1 : row + 2, column - 1 : column + 2] += colour * 0.25 * size
    return finished(picture.astype(np.float32) + np.float32((0.015, 0.015, 0.03)), rng, 0.008)


def skyline(wide: int, high: int, seed: int) -> Picture:
    """A town at night: lit windows, a bridge of lamps, their light in the river."""
    rng = np.random.default_rng(seed)
    y = np.mgrid[0:high, 0:wide][0].astype(np.float32)
    shore = int(high * 0.78)
    picture = blended((0.03, 0.05, 0.13), (0.35, 0.22, 0.33), np.clip(y / shore, 0, 1) ** 2)
    for layer, light in ((0, 0.35), (1, 0.8)):
        at = 0
        while at < wide:
            broad = int(high * (0.08 + 0.14 * rng.random()))
            tall = int(shore * (0.25 + 0.5 * rng.random() ** 1.6) * (1 - 0.25 * layer))
            top, right = shore - tall, min(wide, at + broad)
            picture[top:shore, at:right] = np.float32((0.05, 0.06, 0.11)) * (1.5 - 0.6 * layer)
            step = max(4, high // 48)
            for row in range(top + step, shore - step, step):
                for column in range(at + step // 2, right - step, step):
                    if rng.random() < 0.42:
                        warm = np.float32((1.0, 0.78 + 0.15 * rng.random(), 0.42 + 0.3 * rng.random()))
                        picture[row : row + step // 2, column : column + step // 2] = warm * light
            at = right + int(high * 0.02 * rng.random())
    rows = np.clip(2 * shore - np.arange(shore, high), 0, shore - 1)
    ripple = (np.sin(np.arange(high - shore) * 0.7) * 3).astype(int)
    mirrored = np.stack([np.roll(picture[row], move, axis=0) for row, move in zip(rows, ripple, strict=True)])
    picture[shore:] = mirrored * 0.55 + np.float32((0.01, 0.02, 0.05))
    glow = np.exp(-np.abs(y - shore) / (high * 0.09))[..., None] * np.float32((0.22, 0.14, 0.08))
    return finished(picture + glow, rng)


def spheres(wide: int, high: int, seed: int, turn: float = 0.0) -> Picture:
    """Glazed balls on a table, lit from the left; `turn` in 0..1 moves them round for animations."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    unit = min(wide, high)
    table = int(high * 0.58)
    picture = blended((0.80, 0.78, 0.73), (0.93, 0.91, 0.86), np.clip(y / table, 0, 1))
    wood = np.clip(0.5 + 0.10 * fractal(rng, (high, wide), 2.2) + 0.25 * np.sin(y / unit * 90 + x / unit * 3), 0, 1)
    picture = np.where((y > table)[..., None], blended((0.42, 0.27, 0.17), (0.58, 0.40, 0.26), wood), picture)
    colours = ((0.80, 0.22, 0.18), (0.13, 0.45, 0.62), (0.93, 0.70, 0.20), (0.25, 0.55, 0.36))
    balls = []
    for number, colour in enumerate(colours):
        angle = 2 * np.pi * (turn + number / len(colours))
        depth = 0.5 + 0.5 * np.sin(angle)
        balls.append((depth, wide / 2 + unit * 0.30 * np.cos(angle), unit * (0.10 + 0.055 * depth), colour))
    for depth, centre, radius, colour in sorted(balls):
        floor = table + (high - table) * (0.12 + 0.42 * depth)
        middle = floor - radius
        shadow = np.exp(-(((x - centre - radius * 0.5) / (radius * 1.15)) ** 2 + ((y - floor) / (radius * 0.28)) ** 2))
        picture = picture * (1 - 0.6 * shadow[..., None])
        u, v = (x - centre) / radius, (y - middle) / radius
        squared = u * u + v * v
        w = np.sqrt(np.clip(1 - squared, 0, 1))
        diffuse = np.clip(-0.55 * u - 0.6 * v + 0.58 * w, 0, 1)
        shine = np.clip(-0.36 * u - 0.42 * v + 0.83 * w, 0, 1) ** 60
        body = np.float32(colour) * (0.22 + 0.85 * diffuse)[..., None] + shine[..., None] * 0.9
        edge = np.clip((1 - np.sqrt(squared)) * radius, 0, 1)
        picture = picture + (body - picture) * edge[..., None]
    return finished(picture.astype(np.float32), rng, 0.006)


def flower(wide: int, high: int, seed: int) -> tuple[Picture, Grid]:
    """A blossom of overlapping petals, with its coverage 0..1 for formats that know transparency."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = (x - wide / 2) / min(wide, high) * 2, (y - high / 2) / min(wide, high) * 2
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    picture = np.zeros((high, wide, 3), np.float32)
    coverage = np.zeros((high, wide), np.float32)
    for ring, (reach, petals) in enumerate(((0.93, 9), (0.70, 8), (0.46, 7))):
        folded = np.cos(petals * (angle + ring * 0.31)) * 0.5 + 0.5
        border = reach * (0.52 + 0.48 * folded**0.55)
        inside = np.clip((border - radius) * min(wide, high) / 3, 0, 1)
        shade = np.clip(radius / reach, 0, 1) * (0.55 + 0.45 * folded)
        colour = blended((0.55, 0.06, 0.30), (0.99, 0.62, 0.72), np.clip(shade + 0.1 * ring, 0, 1))
        colour += (np.sin(angle * petals * 9) * 0.03 * shade)[..., None]
        picture = picture + (colour - picture) * inside[..., None]
        coverage = np.maximum(coverage, inside)
    heart = np.clip((0.15 - radius) * min(wide, high) / 3, 0, 1)
    seeds = 0.75 + 0.25 * np.sin(radius * 160) * np.sin(angle * 21)
    picture = picture + (seeds[..., None] * np.float32((0.98, 0.80, 0.25)) - picture) * heart[..., None]
    return finished(picture, rng, 0.006), coverage


def in_bytes(picture: Picture) -> NDArray[np.uint8]:
    """Give the scene as 8-bit sRGB levels."""
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
