"""Labels TIFF and BigTIFF pictures: XMP in tag 700 of the first directory, without moving a byte of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from aigc_label import exif_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import tiff, tiff_media
from aigc_label.grammars.tiff import Directory, Entry
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced

XMP: Final = 700
C2PA: Final = 0xCD41
BYTE: Final = 1  # of our entry: ISO 16684-3 allows BYTE and UNDEFINED, libtiff and exiftool write BYTE
MARGIN: Final = 1 << 20  # room for the directory behind the packet: at most 65,536 entries of 12 bytes
PICTURES: Final = (tiff.PAGE, tiff.SUB_IFDS)  # directories that describe pictures; the others hold metadata alone

Edits = list[tuple[int, int, bytes]]


@dataclass(frozen=True, slots=True)
class Pages:
    """What matters for labels in a file's pages and sub-pictures. A packet that several of them share is there once."""

    first: Directory
    packets: tuple[Entry, ...]
    credentials: tuple[Entry, ...]


def read(source: Source) -> Survey:
    """Give every label text of all pages and sub-pictures, their EXIF included.

    The guide names the first directory (PRIMARY); a label in another one is COMPATIBLE.
    """
    pages = _pages(source)
    own = pages.first.find(XMP)
    found = [exif_label.survey_tags(source, "tiff")]
    for entry in pages.packets:
        standing = Standing.PRIMARY if entry == own else Standing.COMPATIBLE
        carrier = "tiff.xmp" if entry == own else "tiff.page.xmp"
        found.append(xmp_label.survey(_packet(source, entry), entry.value_offset, carrier, standing, source.limits))
    notices = [
        Notice(kind=NoticeKind.C2PA, offset=entry.value_offset, detail=f"tag {C2PA}") for entry in pages.credentials
    ]
    return xmp_label.merged([*found, Survey(notices=tuple(notices))])


def plan(source: Source, text: str) -> Plan:
    """Give the picture with the label in tag 700 of the first directory.

    A packet that has room is overwritten where it is. Otherwise the new packet goes to the end of the file, and either
    the entry that points at it changes or, where there was none, a longer copy of the first directory follows the
    packet and the header points at that: a writer may append first and then change one pointer, so that a crash leaves
    the old picture or the new one. Raises `UnsupportedFormat` where a classic TIFF would grow over 4 GiB.
    """
    pages = _pages(source)
    own = pages.first.find(XMP)
    edits = exif_label.blanks_of_tags(source)
    for entry in pages.packets:
        if entry != own:
            edits += _cleared(source, entry)
    edits += _added(source, pages.first, text) if own is None else _changed(source, pages.first, own, text)
    return replaced(source.size, _apart(source, edits))


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the strips and tiles of all pages and sub-pictures, with the colour maps and JPEG tables they need."""
    ranges = tiff_media.pieces(source, _pictures(source))
    return tuple(Keep(start, end - start) for start, end in ranges)


def _pages(source: Source) -> Pages:
    first: Directory | None = None
    packets: dict[int, Entry] = {}
    credentials = []
    for directory in _pictures(source):
        first = first or directory
        if (packet := directory.find(XMP)) is not None:
            packets.setdefault(packet.value_offset, packet)
        if (entry := directory.find(C2PA)) is not None:
            credentials.append(entry)
    if first is None:
        raise MalformedFile(Bilingual("the TIFF file has no directory", "TIFF 文件没有目录"), offset=4)
    if sum(packet.value_length for packet in packets.values()) > source.size:
        raise MalformedFile(
            Bilingual("XMP packets share the same bytes", "多个 XMP 数据包占用相同的字节"), offset=first.at
        )
    return Pages(first, tuple(packets.values()), tuple(credentials))


def _pictures(source: Source) -> Iterator[Directory]:
    """A page or sub-picture that cannot be read makes the file malformed; damaged EXIF is a notice of `exif_label`."""
    for found in tiff.walk(source):
        if found.via in PICTURES:
            if isinstance(found, tiff.Unreadable):
                raise found.problem
            yield found


def _packet(source: Source, entry: Entry) -> bytes:
    return source.at(entry.value_offset, entry.value_length)


def _cleared(source: Source, entry: Entry) -> Edits:
    old = _packet(source, entry)
    new = xmp_label.without_label(old, source.limits)
    return [] if new == old else [(entry.value_offset, entry.value_offset + len(old), new)]


def _changed(source: Source, first: Directory, entry: Entry, text: str) -> Edits:
    """An existing packet: in place where the new one is as long, else at the end, the entry pointing there."""
    old = _packet(source, entry)
    new = xmp_label.with_label(old, text, source.limits)
    if new == old:
        return []
    if len(new) == len(old) and entry.value_length > first.header.offset_size:
        return [(entry.value_offset, entry.value_offset + len(old), new)]
    tail, at = _tail(source, first, new)
    pointed = _entry(first, at, len(new), entry.kind if tiff.TYPE_SIZES.get(entry.kind) == 1 else BYTE)
    edits = [(entry.at, entry.at + first.header.entry_size, pointed), (source.size, source.size, tail)]
    return edits if entry.value_length <= first.header.offset_size else [*edits, *_cleared(source, entry)]


def _added(source: Source, first: Directory, text: str) -> Edits:
    """No packet yet: a new one at the end, behind it the first directory with one entry more."""
    header = first.header
    tail, at = _tail(source, first, xmp_label.with_label(None, text, source.limits))
    end = source.size + len(tail)
    tail += b"\0" * (-end % header.alignment)
    directory_at = source.size + len(tail)
    _within(source, first, directory_at)
    old = [source.at(entry.at, header.entry_size) for entry in first.entries]
    place = next((i for i, entry in enumerate(first.entries) if entry.tag > XMP), len(old))  # sorted by number
    old.insert(place, _entry(first, at, end - at, BYTE))
    count = header.packed(len(old), header.count_size)
    tail += count + b"".join(old) + header.packed(first.next, header.offset_size)
    pointer = (header.pointer_at, header.pointer_at + header.offset_size)
    return [(*pointer, header.packed(directory_at, header.offset_size)), (source.size, source.size, tail)]


def _tail(source: Source, first: Directory, packet: bytes) -> tuple[bytes, int]:
    """Give what to append for a packet, and where the packet will stand: offsets are even (TIFF 6.0, section 2)."""
    fill = b"\0" * (-source.size % first.header.alignment)
    at = source.size + len(fill)
    _within(source, first, at + len(packet))
    return fill + packet, at


def _entry(first: Directory, at: int, length: int, kind: int) -> bytes:
    header = first.header
    width = header.offset_size
    return header.packed(XMP, 2) + header.packed(kind, 2) + header.packed(length, width) + header.packed(at, width)


def _within(source: Source, first: Directory, end: int) -> None:
    if not first.header.big and end + MARGIN > 1 << 32:
        raise UnsupportedFormat(
            Bilingual("a classic TIFF file ends at 4 GiB", "经典 TIFF 文件不能超过 4 GiB"),
            remedy=Bilingual("Convert the picture to BigTIFF, then label it.", "请先转换为 BigTIFF 再添加标识。"),
        )


def _apart(source: Source, edits: Edits) -> Edits:
    """Structures of a file made to mislead may share bytes: then no edit of one is safe for the other."""
    pictures = tiff_media.pieces(source, _pictures(source))
    changed = [(start, end) for start, end, _ in edits if start < end]
    for (_, end), (start, _) in pairwise(sorted(pictures + changed)):
        if start < end:
            raise MalformedFile(
                Bilingual("two structures share the same bytes", "两个结构占用相同的字节"), offset=start
            )
    return edits
