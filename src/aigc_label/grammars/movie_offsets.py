"""Puts right every offset into a movie file when the bytes behind its `moov` box move on."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.movie import Change, Layout, nested
from aigc_label.source import Source

NARROW: Final = 1 << 32  # what a 32-bit offset cannot reach
BASE_OFFSET: Final = 1  # tfhd flag: an absolute base data offset is present (ISO/IEC 14496-12, 8.8.7)
SELF_CONTAINED: Final = 1  # data reference flag: the media are in this file (8.7.2)


@dataclass(frozen=True, slots=True)
class Table:
    """A chunk offset table: `count` offsets of `width` bytes, of which the highest and the lowest are known."""

    box: Box
    chain: tuple[Box, ...]
    count: int
    width: int
    lowest: int
    highest: int

    @property
    def first(self) -> int:
        """Give where the first offset stands."""
        return self.box.body + 8


@dataclass(frozen=True, slots=True)
class Field:
    """One other absolute offset of `width` bytes that stands at byte `at`."""

    at: int
    width: int
    value: int


@dataclass(frozen=True, slots=True)
class Offsets:
    """All that points into a file: chunk tables, single fields, those that look across the movie box from before it
    (relative ones, which grow with it), and the `meta` boxes with item locations."""

    tables: tuple[Table, ...]
    fields: tuple[Field, ...]
    across: tuple[Field, ...]
    locations: tuple[Box, ...]


def offsets_of(source: Source, layout: Layout) -> Offsets:
    """Give what points into the file.

    Raises `UnsupportedFormat` where media lie in other files, `MalformedFile` where a table does not fit its box.
    """
    tables: list[Table] = []
    fields: list[Field] = []
    across: list[Field] = []
    locations: list[Box] = []
    for top in layout.boxes:
        if top.kind == b"sidx":
            across += _across(source, top, layout.movie)
        elif top.kind in (b"moov", b"moof", b"mfra", b"meta", b"meco"):
            for chain, box in nested(source, top):
                if box.kind in (b"stco", b"co64"):
                    tables.append(_table(source, box, chain))
                elif box.kind == b"saio" and chain[-1].kind == b"stbl":
                    fields += _auxiliary(source, box)
                elif box.kind == b"tfhd":
                    fields += _base(source, box)
                elif box.kind == b"tfra":
                    fields += _random_access(source, box)
                elif chain[-1].kind == b"dref":
                    _check_own(source, box)
                elif box.kind == b"iloc":
                    locations.append(chain[-1])
    return Offsets(tuple(tables), tuple(fields), tuple(across), tuple(locations))


def _table(source: Source, box: Box, chain: tuple[Box, ...]) -> Table:
    width = 4 if box.kind == b"stco" else 8
    count = int.from_bytes(source.at(box.body + 4, 4), "big") if box.end - box.body >= 8 else 0
    if box.body + 8 + count * width > box.end:
        raise MalformedFile(Bilingual("a chunk offset table is cut short", "块偏移表不完整"), offset=box.offset)
    numbers = _numbers(source, box.body + 8, count, width)
    return Table(box, chain, count, width, min(numbers, default=0), max(numbers, default=0))


def _numbers(source: Source, at: int, count: int, width: int) -> array[int]:
    numbers = array("I" if width == 4 else "Q", source.at(at, count * width))
    bmff.swapped(numbers)
    return numbers


def _across(source: Source, box: Box, movie: Box) -> list[Field]:
    """A segment index counts from its own end (8.16.3): only one that stands before the movie box changes."""
    wide = 8 if source.at(box.body, 1)[0] else 4
    at = box.body + 12 + wide
    value = int.from_bytes(source.at(at, wide), "big")
    return [Field(at, wide, value)] if box.end <= movie.offset and box.end + value >= movie.end else []


def _auxiliary(source: Source, box: Box) -> list[Field]:
    version, flags = source.at(box.body, 1)[0], source.at(box.body + 3, 1)[0]
    at = box.body + 4 + (8 if flags & 1 else 0)
    return _fields(source, box, at + 4, int.from_bytes(source.at(at, 4), "big"), 8 if version else 4)


def _fields(source: Source, box: Box, at: int, count: int, width: int, stride: int = 0) -> list[Field]:
    """Give `count` offsets of `width` bytes, one every `stride` bytes."""
    stride = stride or width
    length = (count - 1) * stride + width if count else 0
    if at + length > box.end:
        raise MalformedFile(Bilingual("a table of offsets is cut short", "偏移表不完整"), offset=box.offset)
    raw = source.at(at, length)
    return [Field(at + n, width, int.from_bytes(raw[n : n + width], "big")) for n in range(0, length, stride)]


def _base(source: Source, box: Box) -> list[Field]:
    if not source.at(box.body, 4)[3] & BASE_OFFSET:
        return []
    return _fields(source, box, box.body + 8, 1, 8)


def _random_access(source: Source, box: Box) -> list[Field]:
    """Fragment random access (8.8.10): a time, the offset of a `moof`, three numbers of varying width."""
    head = source.at(box.body, 16)
    width = 8 if head[0] else 4
    sizes = int.from_bytes(head[8:12], "big")
    stride = 2 * width + 3 + (sizes >> 4 & 3) + (sizes >> 2 & 3) + (sizes & 3)
    count = int.from_bytes(head[12:16], "big")
    return _fields(source, box, box.body + 16 + width, count, width, stride)


def _check_own(source: Source, box: Box) -> None:
    own = source.at(box.body, 4)[3] & SELF_CONTAINED if box.end - box.body >= 4 else SELF_CONTAINED
    if not own and any(source.upto(box.body + 4, min(box.end - box.body - 4, 64))):
        raise UnsupportedFormat(
            Bilingual("the movie's media lie in other files", "该影片的媒体数据位于其他文件中"),
            remedy=Bilingual("Save the movie as a self-contained file.", "请将影片另存为自包含文件。"),
            offset=box.offset,
        )


def outgrowing(offsets: Offsets, movie: Box, growth: int) -> tuple[Table, ...]:
    """Give the 32-bit tables that do not reach their chunks any more once these stand `growth` bytes further on."""
    return tuple(
        table
        for table in offsets.tables
        if table.width == 4 and table.count and table.highest >= movie.end and table.highest + growth >= NARROW
    )


def moved(source: Source, layout: Layout, offsets: Offsets, growth: int) -> Iterator[Change]:
    """Give the changes that follow what stood behind the movie box, which is `growth` bytes further on.

    32-bit tables become 64-bit ones where they must. Raises `UnsupportedFormat` where another 32-bit field is too small,
    `MalformedFile` where media lie inside the movie box.
    """
    movie = layout.movie
    wider = outgrowing(offsets, movie, growth)
    for table in offsets.tables:
        if table.highest >= movie.offset:
            yield _moved_table(source, table, movie, growth, 8 if table in wider else table.width)
    for field in offsets.fields:
        yield _moved_field(field, _moved(field.value, movie, growth))
    for field in offsets.across:
        yield _moved_field(field, field.value + growth)
    for box in offsets.locations:
        for edit in _moved_items(source, box, movie, growth):
            yield Change(edit, ())


def _moved(offset: int, movie: Box, growth: int) -> int:
    if movie.offset <= offset < movie.end:
        raise MalformedFile(Bilingual("media lie inside the movie box", "媒体数据位于 moov 盒内部"), offset=offset)
    return offset + growth if offset >= movie.end else offset


def _moved_field(field: Field, value: int) -> Change:
    if value >> 8 * field.width:
        raise bmff.outgrown(field.at)
    return Change((field.at, field.at + field.width, value.to_bytes(field.width, "big")), ())


def _moved_table(source: Source, table: Table, movie: Box, growth: int, width: int) -> Change:
    if table.lowest >= movie.end and width == table.width and table.highest + growth < 1 << 8 * width:
        new = _added(source.at(table.first, table.count * width), width, growth)
    else:
        numbers = _numbers(source, table.first, table.count, table.width)
        try:
            far = array("I" if width == 4 else "Q", (_moved(offset, movie, growth) for offset in numbers))
        except OverflowError as problem:
            raise bmff.outgrown(table.box.offset) from problem
        bmff.swapped(far)
        new = far.tobytes()
    if width == table.width:
        return Change((table.first, table.first + len(new), new), ())
    whole = bmff.full_box(b"co64", 0, 0, struct.pack(">I", table.count), new)
    return Change((table.box.offset, table.box.end, whole), table.chain)


def _added(raw: bytes, width: int, growth: int) -> bytes:
    """Add `growth` to every big-endian number in `raw`, all at once: none may overflow its `width` bytes."""
    each = int.from_bytes((bytes(width - 1) + b"\1") * (len(raw) // width), "big")
    return (int.from_bytes(raw, "big") + each * growth).to_bytes(len(raw), "big")


def _moved_items(source: Source, box: Box, movie: Box, growth: int) -> list[Edit]:
    """Item locations (8.11.3) count from the file's start too."""
    from aigc_label.grammars import heif, heif_tables  # few movies have items: the others need no reader of them

    meta = heif.meta_of(source, box)
    after = heif_tables.relocated(meta.locations, lambda start, _: _moved(start, movie, growth))
    if after == meta.locations:
        return []
    place, new = meta.parts[b"iloc"], heif_tables.locations_box(after)
    if len(new) != place.size:
        raise bmff.outgrown(place.offset)
    return [(place.offset, place.end, new)]
