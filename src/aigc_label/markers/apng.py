"""Keeps a mark in sight on every frame of an APNG animation, whatever its frames cover, blend and clear."""

from __future__ import annotations

from struct import pack
from typing import TypeAlias

import numpy as np

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars.png import chunk
from aigc_label.markers.png_frames import (
    BLEND_OVER,
    BLEND_SOURCE,
    DISPOSE_BACKGROUND,
    DISPOSE_NONE,
    DISPOSE_PREVIOUS,
    Edit,
    Frame,
    rewritten,
    stream_of,
)
from aigc_label.markers.png_transparency import Transparency
from aigc_label.markers.samples import Samples
from aigc_label.source import Source

Area: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom


def shows_throughout(frames: list[Frame], box: Box) -> bool:
    """Tell whether the whole box is marked on every frame when each frame is marked where its own rectangle meets it.

    It is not where a frame clears a part of the box that the next frame does not draw again, or where the first frame
    of an animation with a separate default image is smaller than the canvas.
    """
    marked = np.zeros((box.height, box.width), bool)
    for index, frame in enumerate(frames):
        before = marked.copy()
        inside = _inside(frame, box)
        marked[inside] = True
        if not marked.all():
            return False
        if frame.dispose == DISPOSE_BACKGROUND or (frame.dispose == DISPOSE_PREVIOUS and index == 0):
            marked[inside] = False
        elif frame.dispose == DISPOSE_PREVIOUS:
            marked = before
    return True


def _inside(frame: Frame, box: Box) -> tuple[slice, slice]:
    """Give the part of the box that a frame's rectangle meets."""
    return (
        slice(max(0, frame.top - box.top), max(0, frame.bottom - box.top)),
        slice(max(0, frame.left - box.left), max(0, frame.right - box.left)),
    )


def flattened(source: Source, frames: list[Frame], transparency: Transparency, box: Box, badge: Samples) -> list[Edit]:
    """Give the edits after which every frame replaces what differs from the frame before, and nothing is cleared.

    Frames look as they did, apart from the mark: each is composed as APNG asks, and stores the pixels of its own
    rectangle and of what was cleared before it. Raises `UnsupportedFormat` where such pixels would have to be
    transparent and the colour type cannot say so.
    """
    canvas = transparency.canvas
    screen = Screen(transparency)
    edits: list[Edit] = []
    stale = (0, 0, canvas.width, canvas.height)  # what the frame has to store whatever it draws: all, for the first
    for index, frame in enumerate(frames):
        kept = screen.copy()
        screen.show(frame, canvas.decoded(stream_of(source, canvas, frame), (frame.width, frame.height)))
        area = _joined(stale, _rectangle(frame))
        edits += _stored(source, frame, area, canvas.encoded(screen.with_badge(box, badge, area)))
        if frame.dispose == DISPOSE_BACKGROUND or (frame.dispose == DISPOSE_PREVIOUS and index == 0):
            screen.clear(frame)
        elif frame.dispose == DISPOSE_PREVIOUS:
            screen = kept
        stale = _rectangle(frame) if frame.dispose != DISPOSE_NONE else (canvas.width, canvas.height, 0, 0)
    return edits


class Screen:
    """The output buffer of an APNG player, in the file's own samples; `shown` is where something was drawn."""

    def __init__(self, transparency: Transparency) -> None:
        canvas = transparency.canvas
        self.transparency = transparency
        self.samples = np.zeros((canvas.height, canvas.width, canvas.channels), np.uint16)
        self.shown = np.zeros((canvas.height, canvas.width), bool)

    def copy(self) -> Screen:
        twin = Screen(self.transparency)
        twin.samples[:], twin.shown[:] = self.samples, self.shown
        return twin

    def clear(self, frame: Frame) -> None:
        self.shown[frame.top : frame.bottom, frame.left : frame.right] = False

    def show(self, frame: Frame, new: Samples) -> None:
        """Draw a frame by its blend operation; partial transparency by the formula of the PNG specification."""
        place = slice(frame.top, frame.bottom), slice(frame.left, frame.right)
        old, shown = self.samples[place], self.shown[place]
        if frame.blend == BLEND_OVER:
            alpha, opaque = self.transparency.alpha(new), self.transparency.opaque
            under = np.where(shown, self.transparency.alpha(old), 0)
            mixed = (alpha > 0) & (alpha < opaque) & (under > 0)
            replaces = ((alpha == opaque) | ((alpha > 0) & (under == 0)) | ~shown)[:, :, None]
            if mixed.any():
                new = np.where(mixed[:, :, None], self._blended(new, old, under), new)
                replaces = replaces | mixed[:, :, None]
            new = np.where(replaces, new, old)
        old[:] = new
        shown[:] = True

    def _blended(self, new: Samples, old: Samples, under: Samples) -> Samples:
        if not self.transparency.canvas.has_alpha:
            raise _inexpressible()
        opaque = self.transparency.opaque
        upper = new[:, :, -1].astype(np.uint64) * opaque
        lower = (opaque - new[:, :, -1].astype(np.uint64)) * under.astype(np.uint64)
        total = upper + lower
        colours = new[:, :, :-1] * upper[:, :, None] + old[:, :, :-1] * lower[:, :, None]
        out = new.copy()
        out[:, :, :-1] = colours // np.maximum(total, 1)[:, :, None]
        out[:, :, -1] = total // opaque
        return out

    def with_badge(self, box: Box, badge: Samples, area: Area) -> Samples:
        """Give the pixels of `area` with the badge on them, what was never drawn or was cleared as transparent."""
        left, top, right, bottom = area
        samples, shown = self.samples.copy(), self.shown.copy()
        samples[box.top : box.bottom, box.left : box.right] = badge
        shown[box.top : box.bottom, box.left : box.right] = True
        samples, shown = samples[top:bottom, left:right], shown[top:bottom, left:right]
        if not shown.all():
            clear = self.transparency.clear()
            if clear is None:
                raise _inexpressible()
            samples[~shown] = clear
        return samples


def _rectangle(frame: Frame) -> Area:
    return frame.left, frame.top, frame.right, frame.bottom


def _joined(one: Area, other: Area) -> Area:
    """Give the rectangle around two others; one without pixels adds nothing."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _stored(source: Source, frame: Frame, area: Area, stream: bytearray) -> list[Edit]:
    control = frame.control
    if control is None:
        raise ValueError("a default image outside the animation has nothing to be flattened")
    data = control.data(source)
    left, top, right, bottom = area
    place = pack(">IIII", right - left, bottom - top, left, top)
    new = data[:4] + place + data[20:24] + bytes((DISPOSE_NONE, BLEND_SOURCE))
    return [
        (control.offset, control.end, chunk(b"fcTL", new)),
        *rewritten(source, frame, stream),
    ]


def _inexpressible() -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual(
            "a frame clears a part of the mark, and the colour type of this animation cannot hold what is shown there",
            "某帧会清除标识的一部分，而该动画的颜色类型无法表达清除后显示的内容",
        ),
        remedy=Bilingual(
            "Save the animation as RGBA with frames that fill the canvas (for instance with ffmpeg), then mark it.",
            "请将动画另存为每帧铺满画布的 RGBA 格式（例如用 ffmpeg），再添加显式标识。",
        ),
    )
