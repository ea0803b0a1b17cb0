"""Walks the marker segments of a JPEG stream (ITU-T T.81) up to its entropy-coded data, and finds where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import HEAD, Source

SOI: Final = 0xD8
EOI: Final = 0xD9
SOS: Final = 0xDA
COM: Final = 0xFE
APP0: Final = 0xE0
APP15: Final = 0xEF
STANDALONE: Final = {0x01, *range(0xD0, 0xD8)}
FRAMES: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
MAX_SEGMENT: Final = 65_533  # bytes of data behind the two length bytes
SCAN: Final = 1 << 20  # bytes looked at together when the end of the entropy-coded data is searched
TAIL: Final = 8 * 1024  # bytes at a file's end that are looked at before anyone reads all of it
MARKER: Final = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")  # neither stuffing, nor fill, nor a restart marker


class Segment(NamedTuple):
    """One marker segment: `offset..end` in the file, its data at `offset + 4`."""

    marker: int
    offset: int
    end: int

    def data(self, source: Source) -> bytes:
        return source.at(self.offset + 4, self.end - self.offset - 4)


def segments(source: Source, start: int = 0) -> Iterator[Segment]:
    """Give the segments from the SOI at `start` up to and with the first SOS.

    Raises `MalformedFile` where markers or lengths are wrong, `LimitExceeded` for too many.
    """
    if source.upto(start, 2) != b"\xff\xd8":
        raise MalformedFile(Bilingual("no SOI marker", "缺少 SOI 标记"), offset=start)
    at = start + 2
    window = source.upto(start, HEAD)  # most files have all their segments in it
    for _ in range(source.limits.items):
        head = window[at - start : at - start + 4]
        if len(head) < 4:
            head = source.at(at, 4)
        fill = 0
        while head[0] == 0xFF and head[1] == 0xFF:  # fill bytes before a marker
            fill += 1
            if fill > 4096:
                raise MalformedFile(Bilingual("endless fill bytes", "填充字节过多"), offset=at)
            at += 1
            head = source.at(at, 4)
        if head[0] != 0xFF or head[1] in (0, SOI, EOI):
            raise MalformedFile(
                Bilingual(f"a marker was expected, found {head[:2].hex()}", f"此处应为标记，实为 {head[:2].hex()}"),
                offset=at,
            )
        if head[1] in STANDALONE:
            at += 2
            continue
        length = int.from_bytes(head[2:4], "big")
        if length < 2 or at + 2 + length > source.size:
            raise MalformedFile(
                Bilingual(
                    f"a segment declares {length} bytes, more than the file holds",
                    f"某段声明了 {length} 字节，超出文件",
                ),
                offset=at,
            )
        segment = Segment(head[1], at, at + 2 + length)
        yield segment
        if segment.marker == SOS:
            return
        at = segment.end
    raise LimitExceeded(Bilingual("too many segments", "段过多"), limit="items", offset=at)


def end_of_image(source: Source, scan: int) -> int:
    """Give the offset behind the EOI that ends the picture whose first entropy-coded byte is at `scan`.

    Gives where the next SOI begins, or the file's size, if there is no EOI. Cost: one pass over the compressed data in C;
    marker segments between scans (progressive files) are stepped over, so an `FF D9` inside them does not count. Raises
    `LimitExceeded` for too many of those.
    """
    look, at, block = scan, scan, b""
    for _ in range(source.limits.items):
        while (found := MARKER.search(block, look - at) if look < at + len(block) else None) is None:
            look = max(look, at + len(block) - 1)  # the last byte may be the first of a marker
            at, block = look, source.upto(look, SCAN)
            if len(block) < 2:
                return source.size
        place = at + found.start()
        if block[found.start() + 1] == EOI:
            return place + 2
        if block[found.start() + 1] == SOI:
            return place
        look = place + 2 + max(2, int.from_bytes(source.upto(place + 2, 2), "big"))
    raise LimitExceeded(Bilingual("too many segments", "段过多"), limit="items", offset=at)


def likely_end(source: Source, scan: int) -> int:
    """Give the same, but without reading the compressed data where the file's last bytes say enough.

    In compressed data `FF D9` cannot stand. So a file whose last 8 KiB hold one EOI, as their last two bytes, ends with
    its picture, unless a second stream of more than 8 KiB is hung behind the first. That one case is left to whoever
    reads files to the last byte: finding it here would cost a pass over every file there is.
    """
    at = max(scan, source.size - TAIL)
    tail = source.upto(at, source.size - at)
    if tail.find(b"\xff\xd9") == len(tail) - 2 >= 0:
        return source.size
    return end_of_image(source, scan)


def segment(marker: int, data: bytes) -> bytes:
    """Give a segment's bytes. Raises `LimitExceeded` where the data is longer than a segment can be."""
    if len(data) > MAX_SEGMENT:
        raise LimitExceeded(
            Bilingual(f"{len(data)} bytes do not fit into one JPEG segment", f"{len(data)} 字节无法放入一个 JPEG 段"),
            limit="packet",
        )
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data
