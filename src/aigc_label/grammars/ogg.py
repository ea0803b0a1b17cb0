"""Walks Ogg pages (RFC 3533), takes packets out of them and lays packets out on pages again."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

MAGIC: Final = b"OggS"
CONTINUED, FIRST, LAST = 1, 2, 4
SEGMENTS: Final = 255
NO_PACKET_ENDS: Final = b"\xff" * 8
REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its header at `offset`, its segment lengths, its data at `data..end`."""

    offset: int
    flags: int
    granule: bytes
    serial: int
    sequence: int
    checksum: int
    lacing: bytes

    @property
    def data(self) -> int:
        return self.offset + 27 + len(self.lacing)

    @property
    def end(self) -> int:
        return self.data + sum(self.lacing)


def page_at(source: Source, at: int) -> Page:
    """Give the page at `at`. Raises `MalformedFile` where there is none or it leaves the file."""
    head = source.at(at, 27)
    if head[:5] != MAGIC + b"\0":
        raise MalformedFile(Bilingual("no Ogg page", "此处不是 Ogg 页"), offset=at)
    serial, sequence, checksum = (int.from_bytes(head[i : i + 4], "little") for i in (14, 18, 22))
    page = Page(at, head[5], head[6:14], serial, sequence, checksum, source.at(at + 27, head[26]))
    if page.end > source.size:
        raise MalformedFile(Bilingual("an Ogg page leaves the file", "Ogg 页超出文件"), offset=at)
    return page


def pages(source: Source, at: int = 0) -> Iterator[Page]:
    """Give the pages from `at` to the end of the file, without reading their data."""
    while at < source.size:
        page = page_at(source, at)
        yield page
        at = page.end


def last_page(source: Source) -> Page | None:
    """Give the last page, found from the end of the file; None where the end holds none (a cut-off file)."""
    start = max(0, source.size - 2 * 65_307)
    tail = source.upto(start, source.size - start)
    at = tail.rfind(MAGIC)
    while at >= 0:
        try:
            page = page_at(source, start + at)
        except MalformedFile:
            page = None
        if page is not None and page.end == source.size:
            return page
        at = tail.rfind(MAGIC, 0, at)
    return None


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet that begins a page: its bytes, the pages it lies on, and what else those pages hold behind it."""

    data: bytes
    pages: tuple[Page, ...]
    rest_lacing: bytes
    rest: bytes


def second_packet(source: Source, serial: int, at: int) -> Packet:
    """Give the second packet of the stream `serial` whose first page ends at `at`: where comments stand.

    Raises `MalformedFile` where the packet does not begin a page, `LimitExceeded` where it is too large.
    """
    own: list[Page] = []
    data: list[bytes] = []
    length = looked = 0
    for page in pages(source, at):
        looked += 1
        if looked > source.limits.items or length > source.limits.packet:
            raise LimitExceeded(Bilingual("an Ogg packet is too large", "Ogg 包过大"), limit="packet", offset=at)
        if page.serial != serial:
            continue
        if bool(page.flags & CONTINUED) != bool(own):
            raise MalformedFile(
                Bilingual("a header packet is not at its place", "头部包位置不正确"), offset=page.offset
            )
        own.append(page)
        taken = _packet_end(page.lacing)
        size = sum(page.lacing[:taken])
        data.append(source.at(page.data, size))
        length += size
        if taken and page.lacing[taken - 1] < SEGMENTS:
            rest = source.at(page.data + size, page.end - page.data - size)
            return Packet(b"".join(data), tuple(own), page.lacing[taken:], rest)
    raise MalformedFile(Bilingual("the comment packet is not complete", "注释包不完整"), offset=at)


def _packet_end(lacing: bytes) -> int:
    """Give how many segments belong to the packet that begins (or goes on) at the start of this page."""
    for index, length in enumerate(lacing):
        if length < SEGMENTS:
            return index + 1
    return len(lacing)


def lacing_of(size: int) -> bytes:
    """Give the segment lengths of a whole packet."""
    return b"\xff" * (size // SEGMENTS) + bytes((size % SEGMENTS,))


def headers(source: Source, serial: int, at: int, count: int) -> tuple[list[bytes], int]:
    """Give the next `count` packets of the stream `serial` from the page at `at` on, and where the page behind them begins.

    Raises `MalformedFile` where the last of them does not end its page, as a header does, `LimitExceeded`.
    """
    found: list[bytes] = []
    held = b""
    for page in pages(source, at):
        data, place = source.at(page.data, page.end - page.data), 0
        for length in page.lacing if page.serial == serial else b"":
            held, place = held + data[place : place + length], place + length
            if length < SEGMENTS:
                found.append(held)
                held = b""
        if len(held) > source.limits.packet:
            raise LimitExceeded(Bilingual("an Ogg packet is too large", "Ogg 包过大"), limit="packet", offset=at)
        if len(found) >= count:
            if len(found) > count or held:
                raise MalformedFile(
                    Bilingual("sound begins on a page of the headers", "音频数据从头部页开始"), offset=page.offset
                )
            return found, page.end
    raise MalformedFile(Bilingual("the headers are not complete", "头部不完整"), offset=at)


def timed(source: Source, start: int, timer: Callable[[bytes], int]) -> Iterator[tuple[Page, int, bytes]]:
    """Give the pages from `start` with the samples of the packets that end on each, and how the last of these begins.

    `timer` tells the samples of a packet by its first two bytes.
    """
    begin = last = b""
    for page in pages(source, start):
        total, at, fresh = 0, page.data, not page.flags & CONTINUED
        for length in page.lacing:
            if fresh:
                begin = source.upto(at, min(2, length))
            at += length
            fresh = length < SEGMENTS
            if fresh:
                total += timer(begin)
                last = begin
        yield page, total, last


def laid_out(packet: Packet, data: bytes) -> list[bytes]:
    """Give the packet's pages anew with `data` in its place, what stood behind it following on."""
    lacing = lacing_of(len(data)) + packet.rest_lacing
    body = data + packet.rest
    first, last = packet.pages[0], packet.pages[-1]
    ends = len(lacing_of(len(data)))
    out: list[bytes] = []
    done = at = 0
    while done < len(lacing):
        part = lacing[done : done + SEGMENTS]
        final = done + len(part) == len(lacing)
        flags = (CONTINUED if done and lacing[done - 1] == SEGMENTS else 0) | (last.flags & LAST if final else 0)
        whole = any(length < SEGMENTS for length in part)
        granule = last.granule if final and done + len(part) >= ends else first.granule if whole else NO_PACKET_ENDS
        size = sum(part)
        out.append(page_bytes(flags, granule, first.serial, first.sequence + len(out), part, body[at : at + size]))
        done, at = done + len(part), at + size
    return out


def headed(comments: bytes, setup: bytes, serial: int) -> list[bytes]:
    """Give the pages of a stream's second and third header, from page 1 on."""
    page = Page(0, 0, bytes(8), serial, 1, 0, b"")
    return laid_out(Packet(comments, (page,), lacing_of(len(setup)), setup), comments)


def page_bytes(flags: int, granule: bytes, serial: int, sequence: int, lacing: bytes, data: bytes) -> bytes:
    """Give a page's bytes, its checksum included."""
    head = MAGIC + bytes((0, flags)) + granule + serial.to_bytes(4, "little") + sequence.to_bytes(4, "little")
    tail = bytes((len(lacing),)) + lacing + data
    return head + checksum(head + b"\0\0\0\0" + tail).to_bytes(4, "little") + tail


def renumbered(source: Source, page: Page, sequence: int) -> bytes:
    """Give a page's header and segment table with another sequence number; its data stays where it is."""
    return rewritten(source, page, sequence, page.granule, page.flags)


def rewritten(source: Source, page: Page, sequence: int, granule: bytes, flags: int) -> bytes:
    """Give a page's header and segment table with another number, position and flags; its data stays where it is."""
    whole = bytearray(source.at(page.offset, page.end - page.offset))
    whole[5:14] = bytes((flags,)) + granule
    whole[18:22] = sequence.to_bytes(4, "little")
    whole[22:26] = bytes(4)
    whole[22:26] = checksum(bytes(whole)).to_bytes(4, "little")
    return bytes(whole[: page.data - page.offset])


def is_intact(source: Source, page: Page) -> bool:
    """Tell whether a page's checksum is right."""
    whole = bytearray(source.at(page.offset, page.end - page.offset))
    whole[22:26] = bytes(4)
    return checksum(bytes(whole)) == page.checksum


def checksum(data: bytes) -> int:
    """Give Ogg's CRC: polynomial 0x04C11DB7, most significant bit first, no inversion: zlib's, mirrored."""
    mirrored = zlib.crc32(data.translate(REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
