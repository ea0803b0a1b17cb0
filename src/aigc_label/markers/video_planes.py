"""Draws a badge on the planes of a decoded picture, in its own colours and depth; no other sample of it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.badge import Badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.film import HLG, PQ, WHITE_NITS, Screen, nits, samples

if TYPE_CHECKING:
    from av import VideoFrame

FULL: Final = 2  # colour ranges (AVColorRange)
LIMITED_BLACK: Final = 16 / 256
LIMITED_WHITE: Final = 235 / 256


@dataclass(frozen=True, slots=True)
class Stamp:
    """A badge as it is stored: where, and its grey levels 0..255 in sRGB."""

    box: Box
    levels: NDArray[np.uint8]


def stamp_of(badge: Badge, screen: Screen) -> Stamp:
    """Give the badge turned back to the stored orientation, and squeezed where pixels are not square."""
    box, levels = badge.stored(screen.orientation)
    place = screen.stored(box)
    if (place.width, place.height) != (box.width, box.height):
        image = Image.fromarray(levels).resize((place.width, place.height), Image.Resampling.BOX)
        levels = np.asarray(image)
    return Stamp(place, levels)


def drawn(frame: VideoFrame, stamp: Stamp, full_range: bool) -> VideoFrame:
    """Give the frame with the stamp on it; the frame's own samples, which others may still refer to, are copied first."""
    frame.make_writable()
    codes = _codes(frame, full_range)
    kind = frame.format
    for index, component in enumerate(kind.components):
        chroma = not kind.is_rgb and index in (1, 2)
        # how many picture samples one sample of this plane stands for
        wide, high = (_step(kind.width, component.width), _step(kind.height, component.height))
        bits = component.bits
        rows = samples(frame, index)
        inside = Box(
            left=stamp.box.left // wide,
            top=stamp.box.top // high,
            right=-(-stamp.box.right // wide),
            bottom=-(-stamp.box.bottom // high),
        )
        view = rows[inside.top : inside.bottom, inside.left : inside.right]
        view[...] = (1 << bits - 1) if chroma else np.rint(codes[stamp.levels] * (1 << bits)).astype(rows.dtype)
    return frame


def _step(whole: int, part: int) -> int:
    return max(1, round(whole / part)) if part else 1


def _codes(frame: VideoFrame, full_range: bool) -> NDArray[np.float64]:
    """Give the code value, as a share of all values, of each sRGB grey level 0..255."""
    level = np.arange(256) / 255
    if frame.color_trc in (PQ, HLG):
        linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
        code = np.linspace(0, 1, 4096)
        level = np.interp(linear * WHITE_NITS, nits(code, frame.color_trc), code)
    if full_range:
        return np.asarray(level * 255 / 256)
    return np.asarray(LIMITED_BLACK + level * (LIMITED_WHITE - LIMITED_BLACK))


def check_planes(frame: VideoFrame) -> None:
    """Raise `UnsupportedFormat` where the picture is not made of planes of numbers that we can draw on."""
    kind = frame.format
    planar = len(frame.planes) == len(kind.components)
    if kind.has_palette or kind.is_bit_stream or kind.is_big_endian or not planar:
        raise UnsupportedFormat(
            Bilingual(f"pictures stored as {kind.name} cannot be drawn on", f"无法在 {kind.name} 像素格式的画面上绘制"),
            remedy=Bilingual("Export the film as H.264 MP4.", "请将影片导出为 H.264 MP4。"),
        )
