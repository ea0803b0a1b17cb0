"""Reads what a WAV file says of its samples, and names every place that counts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.riff import MAX_SIZE, Chunk, RiffForm
from aigc_label.source import Source

PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
GUID_TAIL: Final = bytes.fromhex("000000001000800000aa00389b71")  # of every sub-format that is a plain format code
TIME_REFERENCE: Final = 338  # EBU Tech 3285: 256 + 32 + 32 + 10 + 8 bytes into `bext`


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFormat:
    """The `fmt ` chunk; `code` is the sub-format's where the chunk is an extensible one."""

    code: int
    channels: int
    rate: int
    block: int
    bits: int
    valid: int


def format_of(source: Source, part: Chunk) -> WaveFormat:
    """Give what the `fmt ` chunk says. Raises `MalformedFile` where it is too short or counts nothing."""
    data = source.at(part.data_at, min(part.length, 40))
    if len(data) < 16:
        raise MalformedFile(Bilingual("the fmt chunk is too short", "fmt 块过短"), offset=part.offset)
    code, channels, rate, block, bits = _numbers(data)
    valid = bits
    if code == EXTENSIBLE and len(data) >= 40 and data[26:40] == GUID_TAIL:
        code = int.from_bytes(data[24:26], "little")
        valid = int.from_bytes(data[18:20], "little") or bits
    if not channels or not rate or not block or valid > bits:
        raise MalformedFile(Bilingual("the fmt chunk contradicts itself", "fmt 块自相矛盾"), offset=part.offset)
    return WaveFormat(code=code, channels=channels, rate=rate, block=block, bits=bits, valid=valid)


def _numbers(data: bytes) -> tuple[int, int, int, int, int]:
    code, channels, rate, block, bits = (
        int.from_bytes(data[start:end], "little") for start, end in ((0, 2), (2, 4), (4, 8), (12, 14), (14, 16))
    )
    return code, channels, rate, block, bits


def counted(source: Source, part: Chunk, frames: int) -> Iterator[tuple[int, int, bytes]]:
    """Give the edits that let `fact` follow `frames` more sound frames."""
    if part.length >= 4:
        old = int.from_bytes(source.at(part.data_at, 4), "little")
        if old not in (0, MAX_SIZE):
            yield part.data_at, part.data_at + 4, _number(old + frames, part.offset)


def shifted(
    source: Source, part: Chunk, moved: Callable[[int], int], channels: int
) -> Iterator[tuple[int, int, bytes]]:
    """Give the edits that let one chunk's positions follow; `moved` gives the new place of a sound frame."""
    fields: list[int] = []
    data = source.at(part.data_at, part.length) if part.kind in (b"cue ", b"smpl", b"PEAK") else b""
    if part.kind == b"cue " and len(data) >= 4:
        points = range(4, 4 + 24 * _count(source, data[:4], part.offset), 24)
        fields = [at + inside for at in points if data[at + 8 : at + 12] == b"data" for inside in (4, 20)]
    elif part.kind == b"smpl" and len(data) >= 36:
        loops = range(36, 36 + 24 * _count(source, data[28:32], part.offset), 24)
        fields = [at + inside for at in loops for inside in (8, 12)]
    elif part.kind == b"PEAK":
        fields = [8 + 8 * channel + 4 for channel in range(channels)]
    for field in fields:
        if field + 4 > len(data):
            raise MalformedFile(Bilingual("a chunk ends inside an entry", "块在条目内部结束"), offset=part.offset)
        old = int.from_bytes(data[field : field + 4], "little")
        yield part.data_at + field, part.data_at + field + 4, _number(moved(old), part.offset)
    if part.kind == b"bext" and part.length >= TIME_REFERENCE + 8:
        at = part.data_at + TIME_REFERENCE
        since_midnight = int.from_bytes(source.at(at, 8), "little")
        yield at, at + 8, max(0, since_midnight - moved(0)).to_bytes(8, "little")  # the content keeps its time of day


def _count(source: Source, data: bytes, offset: int) -> int:
    count = int.from_bytes(data, "little")
    if count > source.limits.items:
        raise LimitExceeded(Bilingual("too many entries in a chunk", "块中条目过多"), limit="items", offset=offset)
    return count


def _number(value: int, offset: int) -> bytes:
    if value > MAX_SIZE:
        raise MalformedFile(Bilingual("a position leaves the sound", "位置超出音频范围"), offset=offset)
    return value.to_bytes(4, "little")


def long_size_edits(
    source: Source, form: RiffForm, part: Chunk, frames: int, growth: int
) -> Iterator[tuple[int, int, bytes]]:
    """Give the edits that let the size of the `data` chunk follow, in its header or in RF64's ds64.

    A size that lied (a stream's) stays as it is.
    """
    field = int.from_bytes(source.at(part.offset + 4, 4), "little")
    if field != MAX_SIZE:
        if not part.lies and field:
            yield part.offset + 4, part.offset + 8, _size(field + growth)
        return
    if b"data" in form.sizes:
        at = form.offset + 28
        yield at, at + 8, (part.declared + growth).to_bytes(8, "little")
        count = int.from_bytes(source.at(at + 8, 8), "little")
        if count:
            yield at + 8, at + 16, (count + frames).to_bytes(8, "little")


def _size(size: int) -> bytes:
    if size >= MAX_SIZE:
        raise LimitExceeded(Bilingual("the WAV file is full (4 GiB)", "WAV 文件已达 4 GiB 上限"), limit="block")
    return size.to_bytes(4, "little")
