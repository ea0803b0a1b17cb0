"""Walks the chunks of an AIFF or AIFC form, reads what it says of its samples, names every place that counts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

MAX_SIZE: Final = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of the form: header at `offset`, data at `data..data + size`, the next chunk at `end`."""

    kind: bytes
    offset: int
    size: int

    @property
    def data(self) -> int:
        return self.offset + 8

    @property
    def end(self) -> int:
        return self.data + self.size + (self.size & 1)


def form_end(source: Source) -> int:
    """Give where the form ends. Raises `MalformedFile` where there is none, or it is longer than the file."""
    head = source.at(0, 12)
    if head[:4] != b"FORM" or head[8:] not in (b"AIFF", b"AIFC"):
        raise MalformedFile(Bilingual("no AIFF form", "不是 AIFF 文件"), offset=0)
    end = 8 + int.from_bytes(head[4:8], "big")
    if end > source.size:
        raise MalformedFile(Bilingual("the form is longer than the file", "文件头声明的长度超出文件"), offset=4)
    return end


def chunks(source: Source) -> Iterator[Chunk]:
    """Give the chunks in order. Raises `MalformedFile` where one leaves the form, `LimitExceeded` for their count."""
    at, end = 12, form_end(source)
    for _ in range(source.limits.items):
        if at + 8 > end:
            return
        head = source.at(at, 8)
        chunk = Chunk(head[:4], at, int.from_bytes(head[4:], "big"))
        if chunk.data + chunk.size > end:
            raise MalformedFile(Bilingual("a chunk leaves the form", "数据块超出文件"), offset=at)
        yield chunk
        at = chunk.end
    raise LimitExceeded(Bilingual("too many chunks", "数据块过多"), limit="items", offset=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The COMM chunk. `compression` is `NONE` in a plain AIFF file; `rate` is rounded to whole hertz."""

    channels: int
    frames: int
    bits: int
    rate: int
    compression: bytes


def common_of(source: Source, chunk: Chunk) -> Common:
    """Give what the COMM chunk says. Raises `MalformedFile` where it is too short or counts nothing."""
    data = source.at(chunk.data, min(chunk.size, 22))
    if len(data) < 18:
        raise MalformedFile(Bilingual("the COMM chunk is too short", "COMM 块过短"), offset=chunk.offset)
    channels, frames, bits = (int.from_bytes(data[a:b], "big") for a, b in ((0, 2), (2, 6), (6, 8)))
    exponent, mantissa = int.from_bytes(data[8:10], "big") - 16383 - 63, int.from_bytes(data[10:18], "big")
    rate = round(mantissa * 2.0**exponent) if -63 <= exponent < 0 else 0  # 80-bit extended precision
    if not channels or not rate or not 1 <= bits <= 64:
        raise MalformedFile(Bilingual("the COMM chunk contradicts itself", "COMM 块自相矛盾"), offset=chunk.offset)
    return Common(channels=channels, frames=frames, bits=bits, rate=rate, compression=data[18:22] or b"NONE")


def counted(chunk: Chunk, common: Common, frames: int) -> tuple[int, int, bytes]:
    """Give the edit that lets COMM follow `frames` more sound frames."""
    return chunk.data + 2, chunk.data + 6, _number(common.frames + frames, chunk.offset)


def resized(chunk: Chunk, growth: int) -> tuple[int, int, bytes]:
    """Give the edit that lets a chunk's size follow."""
    return chunk.offset + 4, chunk.offset + 8, _number(chunk.size + growth, chunk.offset)


def shifted(source: Source, chunk: Chunk, moved: Callable[[int], int]) -> Iterator[tuple[int, int, bytes]]:
    """Give the edits that let the markers of a MARK chunk follow; `moved` gives the new place of a sound frame."""
    data = source.at(chunk.data, chunk.size)
    at = 2
    for _ in range(int.from_bytes(data[:2], "big")):
        if at + 7 > len(data):
            raise MalformedFile(Bilingual("a chunk ends inside an entry", "块在条目内部结束"), offset=chunk.offset)
        old = int.from_bytes(data[at + 2 : at + 6], "big")
        yield chunk.data + at + 2, chunk.data + at + 6, _number(moved(old), chunk.offset)
        name = 1 + data[at + 6]
        at += 6 + name + (name & 1)


def _number(value: int, offset: int) -> bytes:
    if value > MAX_SIZE:
        raise LimitExceeded(
            Bilingual("the AIFF file is full (4 GiB)", "AIFF 文件已达 4 GiB 上限"), limit="block", offset=offset
        )
    return value.to_bytes(4, "big")
