"""Walks the boxes of ISO base media files (ISO/IEC 14496-12) and of their cousins JPEG 2000 and JPEG XL."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.source import Source

Edit: TypeAlias = tuple[int, int, bytes]  # (start, end, new): the bytes `start..end` of the file give way to `new`

XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # XMP specification, part 3
C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # C2PA specification, "Embedding manifests"
FREE: Final = (b"free", b"skip")

MOVIE: Final[Mapping[bytes, int]] = {  # kinds that hold boxes -> bytes of their own before the first one
    b"moov": 0,
    b"trak": 0,
    b"mdia": 0,
    b"minf": 0,
    b"stbl": 0,
    b"edts": 0,
    b"udta": 0,
    b"moof": 0,
    b"traf": 0,
    b"mfra": 0,
    b"meta": 4,
}

TOP: Final = frozenset(  # kinds that stand in a file of their own: with a wrong size they are damage, not other bytes
    b"ftyp styp meta moov mdat imda moof mfra sidx uuid free skip wide pdin meco".split()
    + b"jp2h jp2c jp2i asoc ftbl jumb jxlc jxlp jxll jxli jbrd brob Exif".split()
    + [b"xml ", b"JXL ", b"jP  "]
)


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its header at `offset..body`, its content at `body..end`, byte offsets in the file.

    `uuid` is the 16-byte extended type of a `uuid` box (part of the header here); `wide` says that the size has 64
    bits, `unsized` that the size field is 0 and the box runs to the end of what holds it.
    """

    kind: bytes
    offset: int
    body: int
    end: int
    uuid: bytes = b""
    wide: bool = False
    unsized: bool = False

    @property
    def size(self) -> int:
        return self.end - self.offset

    def data(self, source: Source) -> bytes:
        """Give the content, bounded by `limits.block`."""
        return source.at(self.body, self.end - self.body)


def box_at(source: Source, at: int, end: int) -> Box:
    """Give the box at byte `at` of a container that ends at `end`.

    Raises `MalformedFile` where the header does not fit, or declares a size that leaves the container.
    """
    head = source.at(at, 8)
    size, kind, body = int.from_bytes(head[:4], "big"), head[4:], at + 8
    wide, unsized = size == 1, size == 0
    if wide:
        size, body = int.from_bytes(source.at(body, 8), "big"), at + 16
    elif unsized:
        size = end - at
    uuid = source.at(body, 16) if kind == b"uuid" else b""
    body += len(uuid)
    if (
        at + size > end or body > at + size or (unsized and end != source.size)
    ):  # only the file's last box may be unsized
        raise MalformedFile(
            Bilingual(
                f"the box {kind!r} declares {size} bytes, {end - at} are left",
                f"盒 {kind!r} 声明了 {size} 字节，而此处只剩 {end - at} 字节",
            ),
            offset=at,
        )
    return Box(kind, at, body, at + size, uuid, wide, unsized)


def boxes(source: Source, start: int, end: int) -> Iterator[Box]:
    """Give the boxes of a container's content `start..end`, in order.

    A remainder of zeros too short for a box (QuickTime ends `udta` so) is passed over. Raises `MalformedFile` where a
    size is wrong, `LimitExceeded` for more than `limits.items` boxes.
    """
    at = start
    for _ in range(source.limits.items):
        if end - at < 8:
            if any(source.upto(at, max(end - at, 0))):
                raise MalformedFile(Bilingual("stray bytes between boxes", "盒之间存在多余字节"), offset=at)
            return
        box = box_at(source, at, end)
        yield box
        at = box.end
    raise _too_many(at)


def top(source: Source) -> tuple[tuple[Box, ...], int]:
    """Give the file's own boxes and where they end: what follows (padding, another file) is not in box form.

    Raises `MalformedFile` where a box of a known kind leaves the file: that file was cut short.
    """
    found: list[Box] = []
    at = 0
    while at < source.size:
        kind = source.upto(at + 4, 4)
        if len(kind) < 4 or not all(0x20 <= byte <= 0x7E or byte == 0xA9 for byte in kind):
            break
        try:
            found.append(box_at(source, at, source.size))
        except MalformedFile:
            if kind in TOP:
                raise
            break
        at = found[-1].end
        if len(found) > source.limits.items:
            raise _too_many(at)
    return tuple(found), at


def walk(
    source: Source, start: int, end: int, containers: Mapping[bytes, int] = MOVIE
) -> Iterator[tuple[tuple[bytes, ...], Box]]:
    """Give every box below `start..end` with the kinds of the boxes that hold it, in document order.

    Raises `LimitExceeded` for nesting over `limits.depth` and for more than `limits.items` boxes in all.
    """
    waiting: list[tuple[tuple[bytes, ...], Iterator[Box]]] = [((), boxes(source, start, end))]
    count = 0
    while waiting:
        path, siblings = waiting[-1]
        box = next(siblings, None)
        if box is None:
            waiting.pop()
            continue
        count += 1
        if count > source.limits.items:
            raise _too_many(box.offset)
        yield path, box
        if box.kind in containers:
            if len(waiting) >= source.limits.depth:
                raise LimitExceeded(
                    Bilingual("boxes are nested too deep", "盒嵌套过深"), limit="depth", offset=box.offset
                )
            inside = content_of(source, box, containers[box.kind])
            waiting.append(((*path, box.kind), boxes(source, inside, box.end)))


def content_of(source: Source, box: Box, own: int) -> int:
    """Give where the first box inside `box` begins. QuickTime writes `meta` without version and flags: both are met."""
    if box.kind == b"meta" and source.upto(box.body + 4, 4) == b"hdlr":
        return box.body
    return box.body + own


def box(kind: bytes, *parts: bytes) -> bytes:
    """Give a box's bytes, with a 64-bit size where 32 bits do not hold it."""
    return header(kind, sum(map(len, parts))) + b"".join(parts)


def header(kind: bytes, length: int) -> bytes:
    """Give the header of a box whose content has `length` bytes."""
    if length + 8 < 1 << 32:
        return struct.pack(">I4s", length + 8, kind)
    return struct.pack(">I4sQ", 1, kind, length + 16)


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """Give a box that begins with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def with_size(box: Box, size: int) -> tuple[Edit, ...]:
    """Give the edit that makes a box's size field say `size`, in the width that it has.

    Raises `UnsupportedFormat` where a 32-bit field cannot hold it.
    """
    if box.unsized or size == box.size:
        return ()
    if box.wide:
        return ((box.offset + 8, box.offset + 16, size.to_bytes(8, "big")),)
    if size >= 1 << 32:
        raise outgrown(box.offset)
    return ((box.offset, box.offset + 4, size.to_bytes(4, "big")),)


def closed(box: Box, size: int) -> Edit:
    """Give the edit that states the size of a box whose size field is 0, so that another box can follow it.

    Raises `UnsupportedFormat` where its 32 bits cannot hold the size.
    """
    if size >= 1 << 32:
        raise outgrown(box.offset)
    return (box.offset, box.offset + 4, size.to_bytes(4, "big"))


def appended(boxes: Sequence[Box], end: int, new: bytes) -> list[Edit]:
    """Give the edits that put a box behind the file's last one, which ends at `end`; nothing moves.

    A last box without a stated size gets one. Raises `UnsupportedFormat` where that is over 4 GiB.
    """
    return [*(closed(box, box.size) for box in boxes[-1:] if box.unsized), (end, end, new)]


def content_edits(source: Source, box: Box, content: bytes) -> list[Edit]:
    """Give the edits that make `content` the content of a box; none where it is that already."""
    if len(content) == box.end - box.body and content == box.data(source):
        return []
    return [*with_size(box, box.body - box.offset + len(content)), (box.body, box.end, content)]


def chunk_offset_edits(source: Source, movie: Box, moved: Callable[[int], int]) -> list[Edit]:
    """Give the edits of a `moov` box's chunk offset tables when what stood at byte n will stand at `moved(n)`.

    Raises `UnsupportedFormat` where an offset outgrows its table, `MalformedFile` where a table does not fit its box.
    """
    edits = []
    for path, table in walk(source, movie.body, movie.end):
        if path[-1:] != (b"stbl",) or table.kind not in (b"stco", b"co64"):
            continue
        code = "I" if table.kind == b"stco" else "Q"
        raw = table.data(source)
        length = int.from_bytes(raw[4:8], "big") * (4 if code == "I" else 8)
        if len(raw) < 8 + length:
            raise MalformedFile(Bilingual("a chunk offset table is cut short", "块偏移表不完整"), offset=table.offset)
        offsets = array(code, raw[8 : 8 + length])
        swapped(offsets)
        try:
            new = array(code, [moved(offset) for offset in offsets])
        except OverflowError as problem:
            raise outgrown(table.offset) from problem
        if new != offsets:
            swapped(new)
            edits.append((table.body + 8, table.body + 8 + len(new) * new.itemsize, new.tobytes()))
    return edits


def swapped(numbers: array[int]) -> None:
    """Turn numbers between this machine's byte order and the file's, in place."""
    if sys.byteorder == "little":
        numbers.byteswap()


def tiff_start(block: bytes) -> int:
    """Give where the TIFF header stands in an `Exif` box or item: behind a 4-byte offset (ISO/IEC 23008-12, A.2.1)."""
    start = 4 + int.from_bytes(block[:4], "big")
    return start + 6 if block[start : start + 6] == b"Exif\0\0" else start


def outgrown(offset: int) -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual("a size or offset would outgrow its 32-bit field", "某个大小或偏移将超出其 32 位字段"),
        remedy=Bilingual(
            "Rewrite the file with 64-bit offsets, or split it.", "请将文件重写为 64 位偏移，或拆分文件。"
        ),
        offset=offset,
    )


def _too_many(offset: int) -> LimitExceeded:
    return LimitExceeded(Bilingual("too many boxes", "盒过多"), limit="items", offset=offset)
