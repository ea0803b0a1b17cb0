"""Draws a badge into every displayed frame of a WebP animation, rewriting only the frames that must change.

What a person sees is the canvas, and a frame changes only a rectangle of it. The badge is opaque, so it is enough to know
which of its pixels the canvas shows already: a frame that draws there gets the badge into its own pixels, a frame that
draws elsewhere leaves the badge standing. Only where a frame's disposal wiped some of the badge, and the next frame does
not cover that, has this next frame to be widened and composed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import Box
from aigc_label.formats import BY_NAME
from aigc_label.grammars import riff
from aigc_label.grammars.riff import Chunk
from aigc_label.markers import webp_bitstreams
from aigc_label.markers.webp_bitstreams import OPAQUE, PICTURE, Bitstream, Pixels
from aigc_label.raster import opened, told
from aigc_label.source import Source

HEADER: Final = 16  # bytes of an ANMF chunk before its own chunks: place, size, duration, flags
FLAGS_AT: Final = 15
OVERWRITES: Final = 2  # flag: the frame replaces the canvas, else it is blended over it
CLEARS: Final = 1  # flag: the frame's rectangle is cleared once its time is over
CANVASES: Final = 40  # so many times `limits.pixels` may be composed in one animation


@dataclass(frozen=True, slots=True)
class Frame:
    """One ANMF chunk: where on the canvas it draws, its 16-byte header, its bitstream and all its chunks."""

    chunk: Chunk
    place: Box
    header: bytes
    stream: Bitstream
    parts: tuple[Chunk, ...]

    @property
    def clears(self) -> bool:
        return bool(self.header[FLAGS_AT] & CLEARS)


@dataclass(frozen=True, slots=True)
class Marked:
    """The edits to the file, how many frames were coded anew, and True where transparency is now used (else None)."""

    edits: list[tuple[int, int, bytes]]
    count: int
    transparent: bool | None


def frames_of(source: Source, chunks: Sequence[Chunk], canvas: tuple[int, int]) -> tuple[Frame, ...]:
    """Give the frames of an animation. Raises `MalformedFile` for one outside the canvas, `LimitExceeded` for too many."""
    if len(chunks) > source.limits.frames:
        raise LimitExceeded(
            Bilingual(f"the animation has {len(chunks)} frames", f"动画有 {len(chunks)} 帧"), limit="frames"
        )
    if len(chunks) * canvas[0] * canvas[1] > CANVASES * source.limits.pixels:
        raise LimitExceeded(Bilingual("the animation has too many pixels", "动画的总像素过多"), limit="pixels")
    return tuple(_frame(source, chunk, canvas) for chunk in chunks)


def _frame(source: Source, chunk: Chunk, canvas: tuple[int, int]) -> Frame:
    header = source.at(chunk.data_at, HEADER) if chunk.length >= HEADER else b""
    left, top, wide, high = (int.from_bytes(header[at : at + 3], "little") for at in (0, 3, 6, 9))
    place = Box(left=2 * left, top=2 * top, right=2 * left + wide + 1, bottom=2 * top + high + 1)
    if not header or place.right > canvas[0] or place.bottom > canvas[1]:
        raise MalformedFile(Bilingual("a frame leaves the canvas", "某一帧超出画布"), offset=chunk.offset)
    parts = webp_bitstreams.inner_chunks(source, chunk, HEADER)
    stream = webp_bitstreams.bitstream_of(source, parts, chunk.offset)
    if (stream.width, stream.height) != (place.width, place.height):
        raise MalformedFile(
            Bilingual("a frame has another size than its bitstream", "帧尺寸与码流不符"), offset=chunk.offset
        )
    return Frame(chunk, place, header, stream, parts)


def marked(source: Source, frames: Sequence[Frame], box: Box, levels: badge.Levels) -> Marked:
    """Give the edits after which the canvas shows the badge in `box` during every frame.

    Durations, loop count, background and every frame that need not change stay byte for byte.
    """
    showing = np.zeros(levels.shape, bool)  # where the canvas shows the badge
    uncleared: Box | None = None  # what the file would have cleared by now, and we have not
    canvases = Canvases(source)
    edits: list[tuple[int, int, bytes]] = []
    transparent = None
    for index, frame in enumerate(frames):
        drawn = _common(frame.place, box)
        _set(showing, box, drawn, True)
        if uncleared is not None or not showing.all():
            area = _around(frame.place, box, uncleared)
            pixels = canvases.during(index)[area.top : area.bottom, area.left : area.right].copy()
            webp_bitstreams.draw(pixels, area, box, levels)
            transparent = transparent or bool((pixels[:, :, 3] < OPAQUE).any()) or None
            edits.append(_rewritten(source, frame, area, pixels))
            showing[:] = True
            uncleared = frame.place if frame.clears else None
            continue
        if drawn is not None:
            pixels = webp_bitstreams.decoded(source, frame.stream)
            webp_bitstreams.draw(pixels, frame.place, box, levels)
            edits.append(_rewritten(source, frame, None, pixels))
        if frame.clears:
            _set(showing, box, drawn, False)
    return Marked(edits, len(edits), transparent)


class Canvases:
    """Gives what a viewer shows during a frame, (height, width, 4); asked for in rising order only."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.image: Image.Image | None = None

    def during(self, index: int) -> Pixels:
        with told(BY_NAME["webp"]), catch_warnings():
            simplefilter("ignore")
            if self.image is None:
                self.image = opened(self.source, BY_NAME["webp"])
            self.image.seek(index)
            return np.array(self.image.convert("RGBA"))


def _rewritten(source: Source, frame: Frame, area: Box | None, pixels: Pixels) -> tuple[int, int, bytes]:
    """Give the edit for a frame with new pixels; with an `area`, it replaces the canvas there and leaves it uncleared."""
    header = frame.header
    if area is not None:
        sides = (area.left // 2, area.top // 2, area.width - 1, area.height - 1)
        flags = (header[FLAGS_AT] | OVERWRITES) & ~CLEARS
        header = b"".join(side.to_bytes(3, "little") for side in sides) + header[12:FLAGS_AT] + bytes((flags,))
    new = webp_bitstreams.coded(source, pixels, frame.stream)
    others = b"".join(riff.chunk(part.kind, part.data(source)) for part in frame.parts if part.kind not in PICTURE)
    return frame.chunk.offset, frame.chunk.end, riff.chunk(frame.chunk.kind, header + new.alpha + new.picture + others)


def _common(one: Box, other: Box) -> Box | None:
    left, top = max(one.left, other.left), max(one.top, other.top)
    right, bottom = min(one.right, other.right), min(one.bottom, other.bottom)
    return Box(left=left, top=top, right=right, bottom=bottom) if left < right and top < bottom else None


def _around(first: Box, *others: Box | None) -> Box:
    boxes = [first, *(box for box in others if box is not None)]
    return Box(
        left=min(box.left for box in boxes) // 2 * 2,  # ANMF counts places in steps of two pixels
        top=min(box.top for box in boxes) // 2 * 2,
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


def _set(showing: NDArray[np.bool_], box: Box, part: Box | None, value: bool) -> None:
    if part is not None:
        showing[part.top - box.top : part.bottom - box.top, part.left - box.left : part.right - box.left] = value
