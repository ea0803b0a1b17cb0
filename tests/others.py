"""Draws marks as others might: in letters that our own detector does not know, so that text recognition is asked."""

from __future__ import annotations

import numpy as np
from PIL import Image

from aigc_label.badge import Badge

NARROW = 0.6  # of their width: the shipped font's letters, squeezed to another typeface


def squeezed(levels: np.ndarray, plate: int) -> np.ndarray:
    """Give the levels of a plate with its letters squeezed; their heights stay."""
    small = np.asarray(Image.fromarray(levels).resize((round(NARROW * levels.shape[1]), levels.shape[0])))
    left = (levels.shape[1] - small.shape[1]) // 2
    out = np.full_like(levels, plate)
    out[:, left : left + small.shape[1]] = small
    return out


def waves(wide: int, high: int) -> np.ndarray:
    """Give a picture (height, width, 3) with soft spots of two colours."""
    y, x = np.mgrid[:high, :wide]
    one = 90 + 50 * np.sin(x / 230) + 40 * np.cos(y / 170)
    return np.clip(np.stack([one, one, 180 - one / 2], axis=2), 0, 255).astype(np.uint8)


def with_badge(pixels: np.ndarray, badge: Badge, levels: np.ndarray) -> np.ndarray:
    out, box = pixels.copy(), badge.box
    out[box.top : box.bottom, box.left : box.right] = levels[..., None]
    return out
