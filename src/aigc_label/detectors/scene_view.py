"""Draws triangles as a camera sees them: nearest first, textures in perspective, and nothing that light would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded
from aigc_label.scenery import Camera, Grid

SHORTEST: Final = 720  # pixels of the view's shorter side
USUAL: Final = 16 / 9  # width over height of a window where the camera states none
NARROWEST: Final = 0.25  # the same, of views that are drawn
WIDEST: Final = 4.0
MOST_DRAWN: Final = 6_000_000  # pixels, counted once for each triangle's rectangle


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """How triangles look: a texture (height, width, 4) in sRGB, `tiled` or not, times `factor` in linear light; what
    covers less than `cut` is not there. `two_sided` where their backs are seen."""

    texture: NDArray[np.uint8]
    factor: tuple[float, float, float, float]
    tiled: tuple[bool, bool]
    blended: bool
    cut: float
    two_sided: bool


class View:
    """What a camera sees, (height, width, 3) sRGB 0..1, on a backdrop of one grey."""

    def __init__(self, camera: Camera, backdrop: float) -> None:
        wide, high = camera.slopes
        aspect = min(WIDEST, max(NARROWEST, USUAL if wide is None else wide / high))
        self.camera = camera
        self.slopes = np.array([high * aspect, high])
        self.size = np.array([round(SHORTEST * max(1.0, aspect)), round(SHORTEST / min(1.0, aspect))])
        self.pixels = np.full((self.size[1], self.size[0], 3), backdrop, np.float32)
        self.depths = np.full((self.size[1], self.size[0]), np.inf)
        self.drawn = 0

    def draw(self, corners: Grid, across: Grid, surface: Surface) -> None:
        """Draw triangles (n, 3, 3) in the camera's space with their places on the texture (n, 3, 2), the farthest first.

        Those that reach beyond the near or far plane are left out. Raises `LimitExceeded` for too many.
        """
        depth = -corners[..., 2]
        seen = ((depth >= self.camera.near) & (depth <= self.camera.far)).all(axis=1)
        for at in np.flatnonzero(seen)[np.argsort(-depth[seen].min(axis=1), kind="stable")]:
            self._triangle(corners[at], across[at], surface)

    def placed(self, corners: Grid) -> Grid:
        """Give where points (..., 3) of the camera's space fall, in pixels from the upper left: (..., 2)."""
        spread = -corners[..., 2:] if self.camera.perspective else np.ones_like(corners[..., 2:])
        shares = corners[..., :2] / (spread * self.slopes)
        return np.asarray((shares * (1, -1) + 1) / 2 * self.size)

    def _triangle(self, corners: Grid, across: Grid, surface: Surface) -> None:
        points = self.placed(corners)
        left, top = np.clip(np.floor(points.min(axis=0)), 0, self.size).astype(int)
        right, bottom = np.clip(np.ceil(points.max(axis=0)), 0, self.size).astype(int)
        (ax, ay), (bx, by), (cx, cy) = points
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)  # below 0 where the front is seen: y points down here
        if right <= left or bottom <= top or not area or (area > 0 and not surface.two_sided):
            return
        self.drawn += int((right - left) * (bottom - top))
        if self.drawn > MOST_DRAWN:
            raise LimitExceeded(Bilingual("the scene has too many triangles", "场景三角形过多"), limit="pixels")
        y, x = np.mgrid[top:bottom, left:right] + 0.5
        second = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
        third = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
        shares = np.stack([1 - second - third, second, third], axis=-1)
        depth = -corners[:, 2]
        if self.camera.perspective:
            shares = shares / depth
            shares = shares / shares.sum(axis=-1, keepdims=True)
        at = shares @ depth
        window = (slice(top, bottom), slice(left, right))
        shown = (np.minimum(1 - second - third, np.minimum(second, third)) >= -1e-9) & (at <= self.depths[window])
        colours = sampled(surface, (shares @ across)[shown])
        clear = colours[:, 3:] if surface.blended else (colours[:, 3:] >= surface.cut).astype(np.float32)
        behind = self.pixels[window][shown]
        self.pixels[window][shown] = behind + (colours[:, :3] - behind) * clear
        self.depths[window][shown] = np.where(clear[:, 0] > 0, at[shown], self.depths[window][shown])


def sampled(surface: Surface, across: Grid) -> NDArray[np.float32]:
    """Give the colours (n, 4) at places (n, 2) of a texture, between its pixels as far as they are near."""
    high, wide = surface.texture.shape[:2]
    places = np.where(surface.tiled, across - np.floor(across), np.clip(across, 0, 1)) * (wide, high) - 0.5
    first = np.floor(places)
    share = (places - first).astype(np.float32)
    found: Any = 0.0
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        x, y = np.clip(first[:, 0] + dx, 0, wide - 1).astype(int), np.clip(first[:, 1] + dy, 0, high - 1).astype(int)
        weight = np.abs(1 - dx - share[:, 0]) * np.abs(1 - dy - share[:, 1])
        found = found + surface.texture[y, x] / np.float32(255) * weight[:, None]
    if surface.factor != (1, 1, 1, 1):
        light = _linear(found[:, :3]) * np.array(surface.factor[:3], np.float32)
        found = np.concatenate([_display(light), found[:, 3:] * np.float32(surface.factor[3])], axis=1)
    return np.asarray(found, np.float32)


def _linear(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _display(light: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.abs(light) ** (1 / 2.4) - 0.055).astype(np.float32)
