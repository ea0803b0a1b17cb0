"""Finds the pictures in a PNG or APNG file, the default image and the animation's frames, and rewrites their data."""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack
from typing import Final, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.png import Chunk, chunk
from aigc_label.markers.png_canvas import Canvas
from aigc_label.markers.zlib_streams import deflated, inflated
from aigc_label.source import Source

Edit: TypeAlias = tuple[int, int, bytes]

DISPOSE_NONE: Final = 0
DISPOSE_BACKGROUND: Final = 1
DISPOSE_PREVIOUS: Final = 2
BLEND_SOURCE: Final = 0
BLEND_OVER: Final = 1
SEQUENCE: Final = 4  # bytes of the sequence number before an fdAT chunk's data
PIXELS: Final = 40  # so many times `limits.pixels` may be decoded in one animation
READ: Final = 1 << 24  # bytes of frame data read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of the file: a rectangle of the canvas. `control` is its fcTL chunk; None for a default image that
    is not part of an animation. `data` are its IDAT or fdAT chunks."""

    control: Chunk | None
    data: tuple[Chunk, ...]
    left: int = 0
    top: int = 0
    width: int
    height: int
    dispose: int = DISPOSE_NONE
    blend: int = BLEND_SOURCE

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def skipped(self) -> int:
        return 0 if self.data[0].kind == b"IDAT" else SEQUENCE


def frames_of(source: Source, parts: list[Chunk], canvas: Canvas) -> list[Frame]:
    """Give the file's pictures in order. Without an acTL chunk before the first IDAT, there is only the default image.

    Raises `MalformedFile` where the animation breaks its rules, `LimitExceeded` for more than `limits.frames`.
    """
    kinds = [part.kind for part in parts]
    if b"IDAT" not in kinds:
        raise MalformedFile(Bilingual("there is no IDAT chunk", "缺少 IDAT 数据块"), offset=parts[-1].offset)
    if b"acTL" not in kinds[: kinds.index(b"IDAT")]:
        still = tuple(part for part in parts if part.kind == b"IDAT")
        return [Frame(control=None, data=still, width=canvas.width, height=canvas.height)]
    frames: list[Frame] = []
    control: Chunk | None = None
    data: list[Chunk] = []
    for part in parts:
        if part.kind in (b"fcTL", b"IEND"):
            if data:
                frames.append(_frame(source, control, tuple(data), canvas))
            elif control:
                raise MalformedFile(Bilingual("a frame has no data", "某帧没有数据"), offset=control.offset)
            control, data = part, []
        elif part.kind in (b"IDAT", b"fdAT"):
            if (part.kind == b"fdAT" and (control is None or part.length < SEQUENCE)) or (
                data and data[0].kind != part.kind
            ):
                raise MalformedFile(Bilingual("frame data out of place", "帧数据位置有误"), offset=part.offset)
            data.append(part)
    if len(frames) > source.limits.frames:
        raise LimitExceeded(Bilingual(f"there are {len(frames)} frames", f"共有 {len(frames)} 帧"), limit="frames")
    if sum(frame.width * frame.height for frame in frames) > PIXELS * source.limits.pixels:
        raise LimitExceeded(Bilingual("the animation has too many pixels", "动画的总像素过多"), limit="pixels")
    return frames


def _frame(source: Source, control: Chunk | None, data: tuple[Chunk, ...], canvas: Canvas) -> Frame:
    if control is None:
        return Frame(control=None, data=data, width=canvas.width, height=canvas.height)
    if control.length != 26:
        raise MalformedFile(Bilingual("fcTL has not 26 bytes", "fcTL 的长度不是 26 字节"), offset=control.offset)
    _, width, height, left, top, _, dispose, blend = unpack(">IIIIIIBB", control.data(source))
    whole = (left, top, width, height) == (0, 0, canvas.width, canvas.height)
    if (
        not (width and height and left + width <= canvas.width and top + height <= canvas.height)
        or (data[0].kind == b"IDAT" and not whole)
        or dispose > DISPOSE_PREVIOUS
        or blend > BLEND_OVER
    ):
        raise MalformedFile(Bilingual("a frame leaves the canvas", "某帧超出画布"), offset=control.offset)
    return Frame(
        control=control, data=data, left=left, top=top, width=width, height=height, dispose=dispose, blend=blend
    )


def stream_of(source: Source, canvas: Canvas, frame: Frame) -> bytearray:
    """Give a frame's filtered rows, inflated to no more than its size implies."""
    pieces = []
    for part in frame.data:
        start, end = part.data_at + frame.skipped, part.data_at + part.length
        pieces += [source.at(at, min(READ, end - at)) for at in range(start, end, READ)]
    return inflated(b"".join(pieces), canvas.stream_size(frame.width, frame.height))


def rewritten(source: Source, frame: Frame, stream: bytearray) -> list[Edit]:
    """Give the edits that put a new stream into a frame's chunks.

    An fdAT chunk stays as many chunks as it was, so no sequence number in the file changes.
    """
    first, *others = frame.data
    stored = deflated(stream, sum(part.length - frame.skipped for part in frame.data))
    if first.kind == b"IDAT":
        return [(first.offset, first.end, chunk(b"IDAT", stored)), *((p.offset, p.end, b"") for p in others)]
    share = -(-len(stored) // len(frame.data))
    return [
        (
            part.offset,
            part.end,
            chunk(b"fdAT", source.at(part.data_at, SEQUENCE) + stored[index * share : (index + 1) * share]),
        )
        for index, part in enumerate(frame.data)
    ]
