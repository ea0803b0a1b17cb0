"""Takes the frames of a GIF apart and puts them together again, LZW by Pillow's codec in C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import Box
from aigc_label.grammars import gif
from aigc_label.markers.inks import Colours
from aigc_label.source import Source

Indices: TypeAlias = NDArray[np.uint8]

DESCRIPTOR: Final = 10  # bytes of an image descriptor
LOCAL: Final = 0x80  # flags of an image descriptor
INTERLACED: Final = 0x40
TRANSPARENT: Final = 1  # flag of a graphic control extension
CLEAR: Final = 2  # disposal methods: restore to background, which every browser takes for "transparent"
RESTORE: Final = 3
READ: Final = 1 << 24
PIXELS: Final = 40  # so many times `limits.pixels` may be decoded in one animation


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One image block, with the graphic control extension in front of it (`control`), if there is one.

    `table` is the colour table it uses, its own or the file's; `transparent` the index that draws nothing.
    """

    block: gif.Block
    control: gif.Block | None
    place: Box
    interlaced: bool
    code_size: int
    table: Colours
    disposal: int
    transparent: int | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a frame is to become: its place and pixels, and its own colour table where it needs one (else None)."""

    place: Box
    indices: Indices
    table: Colours | None
    transparent: int | None


def frames_of(source: Source) -> tuple[tuple[int, int], list[Frame]]:
    """Give the size of the screen and its frames.

    Raises `MalformedFile` for a file without frames, `LimitExceeded` for more than `limits.frames` or too many pixels.
    """
    screen = source.at(6, 7)
    shared = _colours(source.at(13, gif.body_of(source) - 13))
    control: gif.Block | None = None
    frames: list[Frame] = []
    for block in gif.blocks(source):
        if block.label == gif.GRAPHIC_CONTROL:
            control = block
        elif block.label == gif.PLAIN_TEXT:
            control = None
        elif block.label == gif.IMAGE:
            frames.append(_frame(source, block, control, shared))
            control = None
            if len(frames) > source.limits.frames:
                raise LimitExceeded(
                    Bilingual("there are more frames than allowed", "帧数超过上限"), limit="frames", offset=block.offset
                )
    if not frames:
        raise MalformedFile(Bilingual("the file has no frame", "文件中没有任何帧"), offset=13)
    width, height = int.from_bytes(screen[:2], "little"), int.from_bytes(screen[2:4], "little")
    size = (width, height) if width and height else (frames[0].place.right, frames[0].place.bottom)
    pixels = sum(frame.place.width * frame.place.height for frame in frames)
    if size[0] * size[1] > source.limits.pixels or pixels > PIXELS * source.limits.pixels:
        raise LimitExceeded(Bilingual("the animation has too many pixels", "动画的总像素过多"), limit="pixels")
    return size, frames


def _colours(table: bytes) -> Colours:
    return np.frombuffer(table, np.uint8).reshape(-1, 3)


def _frame(source: Source, block: gif.Block, control: gif.Block | None, shared: Colours) -> Frame:
    head = source.at(block.offset, block.data_at - block.offset)
    left, top, wide, high = (int.from_bytes(head[at : at + 2], "little") for at in (1, 3, 5, 7))
    flags, code_size = head[9], head[-1]
    if not (wide and high and 1 <= code_size <= 8):
        raise MalformedFile(
            Bilingual("a frame has no pixels or a wrong code size", "某帧没有像素或编码位数有误"), offset=block.offset
        )
    fields = source.upto(control.data_at, 5) if control else bytes(5)
    return Frame(
        block=block,
        control=control,
        place=Box(left=left, top=top, right=left + wide, bottom=top + high),
        interlaced=bool(flags & INTERLACED),
        code_size=code_size,
        table=_colours(head[DESCRIPTOR:-1]) if flags & LOCAL else shared,
        disposal=fields[1] >> 2 & 7,
        transparent=fields[4] if fields[0] == 4 and fields[1] & TRANSPARENT else None,
    )


def decoded(source: Source, frame: Frame) -> Indices:
    """Give a frame's indices, (height, width). Raises `MalformedFile` where its data is damaged or ends early."""
    start, end = frame.block.data_at, frame.block.end
    data = b"".join(source.at(at, min(READ, end - at)) for at in range(start, end, READ))
    size = frame.place.width, frame.place.height
    try:
        image = Image.frombytes("L", size, data, "gif", (frame.code_size, int(frame.interlaced)))
    except (ValueError, OSError) as problem:
        raise MalformedFile(
            Bilingual(f"a frame cannot be decoded: {problem}", f"某帧无法解码：{problem}"), offset=start
        ) from problem
    return np.array(image)


def rewritten(source: Source, frame: Frame, drawn: Drawn) -> list[tuple[int, int, bytes]]:
    """Give the edits after which a frame is as drawn; its delay, disposal and interlacing stay."""
    edits = []
    if drawn.transparent != frame.transparent and drawn.transparent is not None:
        edits.append(_transparency(source, frame, drawn.transparent))
    head = bytearray(source.at(frame.block.offset, frame.block.data_at - frame.block.offset))
    place, own = drawn.place, drawn.table
    for at, side in ((1, place.left), (3, place.top), (5, place.width), (7, place.height)):
        head[at : at + 2] = side.to_bytes(2, "little")
    code_size = max(2, frame.code_size)
    table = bytes(head[DESCRIPTOR:-1])
    if own is not None:
        depth = max(1, (len(own) - 1).bit_length())
        table = own.tobytes().ljust(3 << depth, b"\0")
        head[9] = head[9] & ~0x27 | LOCAL | (depth - 1)
        code_size = max(code_size, depth)
    image = Image.frombytes("L", (place.width, place.height), drawn.indices.tobytes())
    data = image.tobytes("gif", ("L", code_size, int(frame.interlaced)))
    new = bytes(head[:DESCRIPTOR]) + table + bytes((code_size,)) + data + b"\0"  # the codec leaves the terminator to us
    edits.append((frame.block.offset, frame.block.end, new))
    return edits


def _transparency(source: Source, frame: Frame, index: int) -> tuple[int, int, bytes]:
    """Let a frame's control extension name a transparent index; GIF89a gets one where the frame has none."""
    if frame.control is None:
        new = gif.extension(gif.GRAPHIC_CONTROL, bytes((TRANSPARENT, 0, 0, index)))
        return frame.block.offset, frame.block.offset, new
    at = frame.control.data_at
    fields = bytearray(source.at(at, 5))
    fields[1] |= TRANSPARENT
    fields[4] = index
    return at, at + 5, bytes(fields)
