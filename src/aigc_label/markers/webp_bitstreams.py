"""Decodes and codes the bitstreams inside a WebP container, one still picture or one frame of an animation at a time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.badge import Levels
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.formats import BY_NAME
from aigc_label.grammars import riff, vp8
from aigc_label.grammars.riff import Chunk, RiffForm
from aigc_label.limits import Limits
from aigc_label.raster import opened, told
from aigc_label.source import BytesSource, Source

Pixels = NDArray[np.uint8]

LOSSY: Final = b"VP8 "
LOSSLESS: Final = b"VP8L"
ALPHA: Final = b"ALPH"
PICTURE: Final = (LOSSY, LOSSLESS, ALPHA)
ALPHA_BIT: Final = 0x10  # of VP8X's flags
OPAQUE: Final = 255


@dataclass(frozen=True, slots=True)
class Bitstream:
    """One coded picture: its VP8 or VP8L chunk, the ALPH chunk before it if there is one, its size in pixels."""

    picture: Chunk
    alpha: Chunk | None
    width: int
    height: int

    @property
    def lossless(self) -> bool:
        return self.picture.kind == LOSSLESS


@dataclass(frozen=True, slots=True)
class Coded:
    """A new bitstream: the bytes of its picture chunk and of its ALPH chunk (b"" where it needs none)."""

    picture: bytes
    alpha: bytes


def bitstream_of(source: Source, chunks: Sequence[Chunk], offset: int) -> Bitstream:
    """Give the picture among chunks. Raises `MalformedFile` where there is none, or its header is wrong."""
    pictures = [part for part in chunks if part.kind in (LOSSY, LOSSLESS)]
    if len(pictures) != 1:
        raise MalformedFile(
            Bilingual(
                f"{len(pictures)} bitstreams where one picture belongs", f"此处应有一个码流，实有 {len(pictures)} 个"
            ),
            offset=offset,
        )
    alpha = next((part for part in chunks if part.kind == ALPHA), None)
    head = source.upto(pictures[0].data_at, min(pictures[0].length, 10))
    if pictures[0].kind == LOSSLESS and len(head) >= 5 and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return Bitstream(pictures[0], None, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if pictures[0].kind == LOSSY and len(head) == 10 and head[3:6] == b"\x9d\x01\x2a":
        wide, high = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return Bitstream(pictures[0], alpha, wide, high)
    raise MalformedFile(
        Bilingual("the picture's bitstream has no valid header", "图像码流头无效"), offset=pictures[0].offset
    )


def decoded(source: Source, stream: Bitstream) -> Pixels:
    """Give the pixels (height, width, 3 or 4), colours under transparent pixels as they are.

    Raises `MalformedFile` where the decoder gives up, `LimitExceeded` for too many pixels.
    """
    parts = [riff.chunk(stream.picture.kind, stream.picture.data(source))]
    if stream.alpha is not None:
        parts.insert(0, riff.chunk(ALPHA, stream.alpha.data(source)))
        size = b"".join((side - 1).to_bytes(3, "little") for side in (stream.width, stream.height))
        parts.insert(0, riff.chunk(b"VP8X", bytes((ALPHA_BIT, 0, 0, 0)) + size))
    body = b"WEBP" + b"".join(parts)
    return _pixels(riff.chunk(b"RIFF", body), source.limits)


def _pixels(data: bytes, limits: Limits) -> Pixels:
    with told(BY_NAME["webp"]), catch_warnings():
        simplefilter("ignore")
        image = opened(BytesSource(data, limits=limits), BY_NAME["webp"])
        return np.array(image)


def coded(source: Source, pixels: Pixels, like: Bitstream) -> Coded:
    """Code pixels as `like` is coded: without loss, or as coarsely as its own quantisers say.

    Colours under transparent pixels stay, alpha is always without loss. Raises `ToolFailed` where the encoder fails.
    """
    if like.lossless:
        options: dict[str, int | bool] = {"lossless": True}
    else:
        options = {"quality": quality_of(source, like), "alpha_quality": 100}
    out = io.BytesIO()
    with told(BY_NAME["webp"]):
        Image.fromarray(pixels).save(out, "WEBP", exact=True, **options)
    new = BytesSource(out.getvalue(), limits=source.limits)
    parts = {part.kind: part for part in riff.chunks(new, riff.form_of(new))}
    picture = parts.get(LOSSLESS if like.lossless else LOSSY)
    if picture is None:
        raise UnsupportedFormat(Bilingual("the encoder changed the kind of WebP", "编码器改变了 WebP 类型"))
    alpha = parts.get(ALPHA)
    return Coded(
        riff.chunk(picture.kind, picture.data(new)), riff.chunk(ALPHA, alpha.data(new)) if alpha is not None else b""
    )


def quality_of(source: Source, stream: Bitstream) -> int:
    """Give the libwebp quality 0..100 whose quantisers come nearest to those of a lossy picture.

    libwebp turns quality into a quantiser as q = 127 x (1 - c), c the cube root of a piecewise linear curve; this is that,
    backwards, for the mean of the segments.
    """
    quantisers = vp8.quantisers_of(source.upto(stream.picture.data_at, min(stream.picture.length, 512)))
    curve = (1 - sum(quantisers) / len(quantisers) / vp8.COARSEST) ** 3
    return round(100 * (1.5 * curve if curve < 0.5 else (curve + 1) / 2))


def draw(pixels: Pixels, area: Box, box: Box, levels: Levels) -> None:
    """Put as much of the badge at `box` into `pixels` as lies in `area`, the part of the canvas that they show."""
    left, top = max(area.left, box.left), max(area.top, box.top)
    right, bottom = min(area.right, box.right), min(area.bottom, box.bottom)
    inside = pixels[top - area.top : bottom - area.top, left - area.left : right - area.left]
    inside[:, :, :3] = levels[top - box.top : bottom - box.top, left - box.left : right - box.left, None]
    inside[:, :, 3:] = OPAQUE


def inner_chunks(source: Source, part: Chunk, skipped: int) -> tuple[Chunk, ...]:
    """Give the chunks inside a chunk's data, behind its first `skipped` bytes; raises `MalformedFile` for one that lies."""
    first = part.data_at + skipped
    found = tuple(riff.chunks(source, RiffForm(b"RIFF", part.kind, first - 12, 0, part.data_at + part.length, False)))
    liar = next((inner for inner in found if inner.lies), None)
    if liar is not None:
        raise MalformedFile(
            Bilingual("a size is larger than what is there", "声明的长度超出实际内容"), offset=liar.offset
        )
    return found
