"""Walks the directories of a TIFF structure (TIFF 6.0, BigTIFF, the block inside EXIF), classic and big, both orders."""

from __future__ import annotations

import sys
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
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
CHILDREN: Final = (EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS)
ENTRIES: Final = 50  # times `limits.items`: entries of all directories together, and the children they name
PAGE: Final = 0  # stands for the main chain where a directory says which entry led to it
INTEGERS: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}  # type -> array code of its size


@dataclass(frozen=True, slots=True)
class Header:
    """Byte order and width. `entry_size`, `count_size` and `offset_size` in bytes; `pointer_at` holds the first offset."""

    little: bool
    big: bool

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
    def alignment(self) -> int:
        """Directories and values begin at multiples of this: 2 in TIFF 6.0, 8 as BigTIFF writers have it."""
        return 8 if self.big else 2

    @property
    def pointer_at(self) -> int:
        return 8 if self.big else 4

    def offset(self, data: bytes) -> int:
        return int.from_bytes(data, "little" if self.little else "big")

    def packed(self, value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if self.little else "big")


class Entry(NamedTuple):  # there may be 10^5 of them: a tuple is made five times faster than a frozen dataclass
    """One directory entry. `at` is where the entry stands, `value_offset..+value_length` where its value stands."""

    tag: int
    kind: int
    count: int  # type: ignore[assignment]  # the specification's own word for it; no one counts the tuple
    at: int
    value_offset: int
    value_length: int


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory at byte `at`; `next_at` is where the offset of the next one stands, `next` its value.

    `via` is the entry that led to it: `PAGE` in the main chain, else one of `CHILDREN`.
    """

    header: Header
    at: int
    entries: tuple[Entry, ...]
    next_at: int
    next: int
    via: int = PAGE

    def find(self, tag: int) -> Entry | None:
        return next((entry for entry in self.entries if entry.tag == tag), None)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in the place of a directory that cannot be read: where it was to be, and the problem."""

    at: int
    via: int
    problem: AigcLabelError


LAYOUTS: Final = {
    Header(little, big): Struct(f"{'<' if little else '>'}HH{'Q8s' if big else 'I4s'}")
    for little in (True, False)
    for big in (True, False)
}


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


def directory_at(source: Source, header: Header, at: int, via: int = PAGE) -> Directory:
    """Give the directory at byte `at`. Raises `MalformedFile` where it leaves the file, `LimitExceeded` for its count."""
    count = header.offset(source.at(at, header.count_size))
    if count > source.limits.items:
        raise LimitExceeded(
            Bilingual(f"a directory declares {count} entries", f"目录声明了 {count} 个条目"), limit="items", offset=at
        )
    start = at + header.count_size
    raw = source.at(start, count * header.entry_size + header.offset_size)
    width, inside = header.offset_size, header.entry_size - header.offset_size
    entries = []
    entry_at = start
    for tag, kind, number, value in LAYOUTS[header].iter_unpack(raw[:-width]):
        length = TYPE_SIZES.get(kind, 1) * number
        value_at = entry_at + inside if length <= width else header.offset(value)
        entries.append(Entry(tag, kind, number, entry_at, value_at, length))
        entry_at += header.entry_size
    next_at = start + count * header.entry_size
    return Directory(header, at, tuple(entries), next_at, header.offset(raw[-header.offset_size :]), via)


def directories(source: Source) -> Iterator[Directory]:
    """Give every directory: the main chain in order, each followed by its EXIF, GPS, interoperability and sub-IFDs.

    Raises `MalformedFile` for a cycle and for offsets outside the file, `LimitExceeded` for more than `limits.items`.
    """
    for found in walk(source):
        if isinstance(found, Unreadable):
            raise found.problem
        yield found


def walk(source: Source) -> Iterator[Directory | Unreadable]:
    """Give the same directories, and the problem in the place of each that cannot be read; the walk goes on behind it.

    The chain is followed from pages and sub-IFDs alone: behind EXIF, GPS and interoperability directories real files
    have garbage there. A directory that two entries point at is given once.

    Raises `MalformedFile` for a wrong header, `LimitExceeded` for too many directories or entries in all.
    """
    header = header_of(source)
    seen: set[int] = set()
    budget = source.limits.items * ENTRIES
    waiting = deque([(header.offset(source.at(header.pointer_at, header.offset_size)), PAGE)])
    while waiting:
        at, via = waiting.popleft()
        if at in seen and via == PAGE:
            loop = MalformedFile(Bilingual("the directories form a loop", "目录形成循环"), offset=at)
            yield Unreadable(at, via, loop)
        if at in seen or at == 0:
            continue
        seen.add(at)
        try:
            directory = directory_at(source, header, at, via)
            children = _children(directory)
            budget -= len(directory.entries) + sum(child.count for child in children)
            below = _below(source, directory, children) if budget >= 0 else []
        except AigcLabelError as problem:
            yield Unreadable(at, via, problem)
            continue
        if budget < 0 or len(seen) + len(waiting) + len(below) > source.limits.items:
            raise LimitExceeded(Bilingual("too many directories", "目录过多"), limit="items", offset=at)
        yield directory
        waiting.extendleft(reversed(below))


def _children(directory: Directory) -> list[Entry]:
    found = (directory.find(tag) for tag in CHILDREN)
    return [entry for entry in found if entry is not None and entry.kind in INTEGERS]


def _below(source: Source, directory: Directory, children: list[Entry]) -> list[tuple[int, int]]:
    found = [(at, child.tag) for child in children for at in numbers(source, directory.header, child) if at]
    if directory.next and directory.via in (PAGE, SUB_IFDS):
        found.append((directory.next, directory.via))
    return found


def numbers(source: Source, header: Header, entry: Entry) -> array[int]:
    """Give an entry's value as whole numbers, packed: a table of 10^5 offsets takes 400 kB.

    Raises `MalformedFile` where the entry is of another type or leaves the file.
    """
    if entry.kind not in INTEGERS:
        raise MalformedFile(
            Bilingual(f"entry {entry.tag} has type {entry.kind}", f"条目 {entry.tag} 的类型为 {entry.kind}"),
            offset=entry.at,
        )
    found = array(INTEGERS[entry.kind], source.at(entry.value_offset, entry.value_length))
    if header.little != (sys.byteorder == "little"):
        found.byteswap()
    return found
