"""Walks and builds the chunks of a RIFF file (also RF64 and BW64): lists, odd padding, sizes that lie.

It judges nothing: a chunk that declares more than there is comes with what there is, and says so in `lies`. WAV files
that were streamed have such sizes and are sound; a WebP picture with one is cut off. That is for adapters to know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

KINDS: Final = (b"RIFF", b"RF64", b"BW64")
CREDENTIALS: Final = b"C2PA"  # C2PA specification, embedding into RIFF
LIST: Final = b"LIST"
MAX_SIZE: Final = (
    0xFFFF_FFFF  # also what RF64 writes where the real size stands in ds64, and streams where it is unknown
)
MEDIA_SHARE: Final = 50  # so many times `limits.items` of the kinds that an adapter calls media


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its header at `offset`, `length` bytes of data that are really there, `end` behind its pad byte."""

    kind: bytes
    offset: int
    length: int
    declared: int
    end: int

    @property
    def data_at(self) -> int:
        return self.offset + 8

    @property
    def lies(self) -> bool:
        """Tell whether the chunk declares more bytes than its parent holds."""
        return self.declared != self.length

    @property
    def unpadded(self) -> bool:
        """Tell whether the pad byte behind an odd length is missing: what follows must bring it."""
        return bool(self.length & 1) and self.end == self.data_at + self.length

    def data(self, source: Source) -> bytes:
        return source.at(self.data_at, self.length)

    def list_type(self, source: Source) -> bytes:
        """Give the type of a LIST or RIFF chunk (`INFO`, `hdrl` ...), b"" where there is no room for one."""
        return source.at(self.data_at, 4) if self.length >= 4 else b""


@dataclass(frozen=True, slots=True)
class RiffForm:
    """A whole RIFF form: its header at `offset`, its type (`WEBP`, `WAVE`, `AVI `), its chunks in `body..end`.

    `sizes` are the 64-bit sizes that RF64 keeps in `ds64`, by chunk kind. `declared` counts from `offset + 8`.
    """

    kind: bytes
    type: bytes
    offset: int
    declared: int
    end: int
    lies: bool
    sizes: Mapping[bytes, int] = field(default_factory=dict)

    @property
    def body(self) -> int:
        return self.offset + 12


def form_of(source: Source, offset: int = 0) -> RiffForm:
    """Give the form that begins at `offset` (an AVI file may hold several, one behind the other).

    A size of 0 or 0xFFFFFFFF (a stream) or beyond the file counts up to the file's end, and `lies` says so. Raises
    `MalformedFile` where there is no RIFF header, `LimitExceeded` for a ds64 table without bound.
    """
    head = source.upto(offset, 12)
    kind = head[:4]
    if len(head) < 12 or kind not in KINDS:
        raise MalformedFile(Bilingual("no RIFF header", "缺少 RIFF 文件头"), offset=offset)
    declared = int.from_bytes(head[4:8], "little")
    sizes: dict[bytes, int] = {}
    if kind != b"RIFF":
        sizes, whole = _ds64(source, offset + 12)
        declared = whole if declared == MAX_SIZE else declared
    end = offset + 8 + declared
    lies = declared < 4 or end > source.size
    if lies:
        end = source.size
    elif end & 1 != offset & 1 and source.upto(end, 1) == b"\0":  # the form's own pad byte
        end += 1
    return RiffForm(kind, head[8:12], offset, declared, end, lies, sizes)


def _ds64(source: Source, at: int) -> tuple[dict[bytes, int], int]:
    """Give the sizes in the ds64 chunk (EBU Tech 3306): by kind, and that of the whole form."""
    head = source.at(at, 8)
    length = int.from_bytes(head[4:], "little")
    if head[:4] != b"ds64" or length < 28:
        raise MalformedFile(Bilingual("an RF64 file without a ds64 chunk", "RF64 文件缺少 ds64 块"), offset=at)
    data = source.at(at + 8, length)
    count = int.from_bytes(data[24:28], "little")
    if count > source.limits.items:
        raise LimitExceeded(
            Bilingual(f"ds64 declares {count} sizes", f"ds64 声明了 {count} 个长度"), limit="items", offset=at
        )
    entries = [data[i : i + 12] for i in range(28, min(len(data), 28 + 12 * count) - 11, 12)]
    sizes = {entry[:4]: int.from_bytes(entry[4:], "little") for entry in reversed(entries)}
    sizes[b"data"] = int.from_bytes(data[8:16], "little")
    return sizes, int.from_bytes(data[:8], "little")


def chunks(source: Source, form: RiffForm, media: Collection[bytes] = ()) -> Iterator[Chunk]:
    """Give the form's own chunks in order; data and lists are not entered.

    Fewer than eight bytes behind the last chunk are no chunk. Raises `LimitExceeded` for more than `limits.items`
    chunks (of the `media` kinds: 50 times as many).
    """
    counts = [source.limits.items, source.limits.items * MEDIA_SHARE]
    for chunk in _between(source, form.body, form.end, form.sizes):
        yield chunk
        which = chunk.kind in media
        counts[which] -= 1
        if counts[which] < 0:
            raise _too_many(chunk)


def walk(source: Source, form: RiffForm, into: Collection[bytes]) -> Iterator[tuple[tuple[bytes, ...], Chunk]]:
    """Give every chunk of the form with the types of the lists it lies in, outermost first, in file order.

    Lists are entered where their type is one of `into`. Raises `LimitExceeded` for too many chunks or too deep a nest.
    """
    left = source.limits.items
    waiting: list[tuple[tuple[bytes, ...], Iterator[Chunk]]] = [((), _between(source, form.body, form.end, form.sizes))]
    while waiting:
        path, run = waiting[-1]
        chunk = next(run, None)
        if chunk is None:
            waiting.pop()
            continue
        yield path, chunk
        left -= 1
        if left < 0:
            raise _too_many(chunk)
        if chunk.kind == LIST and (kind := chunk.list_type(source)) in into:
            if len(waiting) >= source.limits.depth:
                raise LimitExceeded(
                    Bilingual("lists are nested too deep", "LIST 块嵌套过深"), limit="depth", offset=chunk.offset
                )
            inner = _between(source, chunk.data_at + 4, chunk.data_at + chunk.length, {})
            waiting.append(((*path, kind), inner))


def _between(source: Source, start: int, end: int, sizes: Mapping[bytes, int]) -> Iterator[Chunk]:
    at = start
    while end - at >= 8:
        head = source.at(at, 8)
        kind = head[:4]
        declared = int.from_bytes(head[4:], "little")
        if declared == MAX_SIZE:
            declared = sizes.get(kind, declared)
        length = min(declared, end - at - 8)
        behind = min(at + 8 + length + (length & 1), end)
        yield Chunk(kind, at, length, declared, behind)
        at = behind


def _too_many(chunk: Chunk) -> LimitExceeded:
    return LimitExceeded(Bilingual("too many chunks", "块过多"), limit="items", offset=chunk.offset)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Give a chunk's bytes, padded to an even length."""
    return kind + size_field(len(data)) + data + b"\0" * (len(data) & 1)


def size_field(size: int) -> bytes:
    """Give four bytes of size. Raises `LimitExceeded` where RIFF cannot say it."""
    if size > MAX_SIZE:
        raise LimitExceeded(
            Bilingual(f"{size} bytes do not fit into a RIFF chunk", f"{size} 字节超出 RIFF 块的上限"), limit="block"
        )
    return size.to_bytes(4, "little")


def size_edits(form: RiffForm, growth: int) -> list[tuple[int, int, bytes]]:
    """Give the edits `(start, end, new)` that let the form's size follow a change of `growth` bytes; none for 0.

    RF64 keeps its size in ds64. A size that lied (a stream's) stays as it is: its readers go by the file's end.
    """
    if growth == 0 or form.lies:
        return []
    size = form.end + growth - form.offset - 8
    if form.kind != b"RIFF":
        return [(form.offset + 20, form.offset + 28, size.to_bytes(8, "little"))]
    return [(form.offset + 4, form.offset + 8, size_field(size))]


def list_edits(chunk: Chunk, growth: int) -> list[tuple[int, int, bytes]]:
    """Give the edit that lets a LIST's size follow a change of `growth` bytes inside it."""
    return [(chunk.offset + 4, chunk.offset + 8, size_field(chunk.length + growth))] if growth else []
