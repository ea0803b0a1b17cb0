"""Walks the directories of a TIFF structure (TIFF 6.0, BigTIFF, the block inside EXIF), classic and big, both orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

TYPE_SIZES: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825
INTEROP_IFD: Final = 0xA005
SUB_IFDS: Final = 0x014A


@dataclass(frozen=True, slots=True)
class Header:
    """Byte order and width. `entry_size`, `count_size` and `offset_size` in bytes; `pointer_at` holds the first offset."""

    little: bool
    big: bool

    @property
    def order(self) -> str:
        return "<" if self.little else ">"

    @property
    def offset_size(self) -> int:
        return 8 if self.big else 4

    @property
    def count_size(self) -> int:
        return 8 if self.big else 2

    @property
    def entry_size(self) -> int:
        return 20 if self.big else 12

    @property
    def pointer_at(self) -> int:
        return 8 if self.big else 4

    def offset(self, data: bytes) -> int:
        return int.from_bytes(data, "little" if self.little else "big")

    def packed(self, value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if self.little else "big")


@dataclass(frozen=True, slots=True)
class Entry:
    """One directory entry. `at` is where the entry stands, `value_offset..+value_length` where its value stands."""

    tag: int
    kind: int
    count: int
    at: int
    value_offset: int
    value_length: int


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory at byte `at`; `next_at` is where the offset of the next one stands, `next` its value."""

    header: Header
    at: int
    entries: tuple[Entry, ...]
    next_at: int
    next: int

    def find(self, tag: int) -> Entry | None:
        return next((entry for entry in self.entries if entry.tag == tag), None)


def header_of(source: Source) -> Header:
    """Give the header. Raises `MalformedFile` where there is none."""
    head = source.upto(0, 8)
    known = {b"II*\0": (True, False), b"MM\0*": (False, False), b"II+\0": (True, True), b"MM\0+": (False, True)}
    if head[:4] not in known:
        raise MalformedFile(Bilingual("no TIFF header", "缺少 TIFF 文件头"), offset=0)
    header = Header(*known[head[:4]])
    if header.big and (header.offset(head[4:6]), header.offset(head[6:8])) != (8, 0):
        raise MalformedFile(Bilingual("the BigTIFF header is wrong", "BigTIFF 文件头有误"), offset=4)
    return header


def directory_at(source: Source, header: Header, at: int) -> Directory:
    """Give the directory at byte `at`. Raises `MalformedFile` where it leaves the file, `LimitExceeded` for its count."""
    count = header.offset(source.at(at, header.count_size))
    if count > source.limits.items:
        raise LimitExceeded(
            Bilingual(f"a directory declares {count} entries", f"目录声明了 {count} 个条目"), limit="items", offset=at
        )
    start = at + header.count_size
    raw = source.at(start, count * header.entry_size + header.offset_size)
    layout = Struct(f"{header.order}HH{'Q8s' if header.big else 'I4s'}")
    entries = []
    for index in range(count):
        tag, kind, number, inline = layout.unpack_from(raw, index * header.entry_size)
        length = TYPE_SIZES.get(kind, 1) * number
        entry_at = start + index * header.entry_size
        value_at = (
            entry_at + header.entry_size - header.offset_size if length <= header.offset_size else header.offset(inline)
        )
        entries.append(Entry(tag, kind, number, entry_at, value_at, length))
    next_at = start + count * header.entry_size
    return Directory(header, at, tuple(entries), next_at, header.offset(raw[-header.offset_size :]))


def directories(source: Source) -> Iterator[Directory]:
    """Give every directory: the main chain in order, each followed by its EXIF, GPS, interoperability and sub-IFDs.

    Raises `MalformedFile` for a cycle and for offsets outside the file, `LimitExceeded` for more than `limits.items`.
    """
    header = header_of(source)
    seen: set[int] = set()
    waiting = [header.offset(source.at(header.pointer_at, header.offset_size))]
    while waiting:
        at = waiting.pop(0)
        if at == 0:
            continue
        if at in seen:
            raise MalformedFile(Bilingual("the directories form a loop", "目录形成循环"), offset=at)
        seen.add(at)
        if len(seen) > source.limits.items:
            raise LimitExceeded(Bilingual("too many directories", "目录过多"), limit="items", offset=at)
        directory = directory_at(source, header, at)
        yield directory
        waiting = [*_children(source, directory), directory.next, *waiting]


def _children(source: Source, directory: Directory) -> list[int]:
    found = []
    for tag in (EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS):
        entry = directory.find(tag)
        if entry is not None and entry.count <= source.limits.items:
            found += numbers(source, directory.header, entry)
    return found


def numbers(source: Source, header: Header, entry: Entry) -> list[int]:
    """Give an entry's value as whole numbers (BYTE, SHORT, LONG, LONG8, IFD)."""
    size = TYPE_SIZES.get(entry.kind, 1)
    data = source.at(entry.value_offset, entry.value_length)
    return [header.offset(data[at : at + size]) for at in range(0, len(data), size)]
