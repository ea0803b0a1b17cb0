"""Reads the `meta` box of HEIF and AVIF: its items, where their data lie, how they refer to each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box
from aigc_label.source import Source

Span: TypeAlias = tuple[int, int]  # start and end in the file, in bytes

IN_FILE: Final = 0  # iloc construction methods (ISO/IEC 14496-12, 8.11.3)
IN_IDAT: Final = 1
IN_ITEM: Final = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One `infe` entry, its box at `offset..end`. `content_type` and `encoding` are there for `mime` items only."""

    number: int
    kind: bytes
    content_type: str
    encoding: str
    protected: bool
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Extent:
    index: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Location:
    """One `iloc` entry: where an item's data lies. `reference` is 0 for data in this file."""

    item: int
    method: int
    reference: int
    base: int
    extents: tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class Locations:
    """The `iloc` box. Sizes of its number fields are 0, 4 or 8 bytes."""

    version: int
    offset_size: int
    length_size: int
    base_size: int
    index_size: int
    entries: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of `iref`: item `origin` refers to `targets`."""

    kind: bytes
    origin: int
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meta:
    """A `meta` box and what it says about its items."""

    box: Box
    parts: dict[bytes, Box]  # the first box of each kind inside
    primary: int | None
    items: tuple[Item, ...]
    locations: Locations
    places: dict[int, Location]  # the same by item
    references: tuple[Reference, ...]
    reference_version: int
    groups: frozenset[int]  # ids that entity groups take from the same numbers


@dataclass(frozen=True, slots=True)
class Layout:
    """The file's own boxes (up to `end`), its `meta` box, those inside `moov` or surplus, and the movies themselves.

    `meta` is None where no box of the file itself names a primary picture (a pure image sequence).
    """

    boxes: tuple[Box, ...]
    end: int
    meta: Meta | None
    others: tuple[Meta, ...]
    movies: tuple[Box, ...]

    @property
    def metas(self) -> tuple[Meta, ...]:
        return (self.meta, *self.others) if self.meta else self.others

    def of(self, kind: bytes, uuid: bytes = b"") -> list[Box]:
        return [box for box in self.boxes if box.kind == kind and box.uuid == uuid]


class Cursor:
    """Reads big-endian numbers and strings one after the other. Raises `MalformedFile` where the data ends before."""

    def __init__(self, data: bytes, offset: int) -> None:
        self.data = data
        self.offset = offset  # where the data begins in the file
        self.at = 0

    def number(self, size: int) -> int:
        end = self.at + size
        if end > len(self.data):
            raise MalformedFile(Bilingual("an item table is cut short", "条目表不完整"), offset=self.offset + self.at)
        value = int.from_bytes(self.data[self.at : end], "big")
        self.at = end
        return value

    def text(self) -> str:
        """Give the string up to its NUL, or to the end where there is none."""
        found = self.data.find(b"\0", self.at)
        end = len(self.data) if found < 0 else found
        value = self.data[self.at : end].decode("utf-8", "replace")
        self.at = end + 1
        return value


def layout_of(source: Source) -> Layout:
    """Give the file's layout. Raises `MalformedFile` where it is not in the form of ISO base media files."""
    boxes, end = bmff.top(source)
    if not boxes or boxes[0].kind != b"ftyp":
        raise MalformedFile(Bilingual("the file does not begin with an ftyp box", "文件不以 ftyp 盒开头"), offset=0)
    metas = [meta_of(source, box) for box in boxes if box.kind == b"meta"]
    movies = tuple(box for box in boxes if box.kind == b"moov")
    inner = [
        meta_of(source, box)
        for movie in movies
        for _, box in bmff.walk(source, movie.body, movie.end)
        if box.kind == b"meta"
    ]
    first = metas[0] if metas and metas[0].primary is not None else None
    return Layout(boxes, end, first, (*metas[1 if first else 0 :], *inner), movies)


def meta_of(source: Source, box: Box) -> Meta:
    """Give what a `meta` box says. Raises `MalformedFile` where its tables lie, `LimitExceeded` for their counts."""
    parts: dict[bytes, Box] = {}
    for part in bmff.boxes(source, bmff.content_of(source, box, 4), box.end):
        parts.setdefault(part.kind, part)
    references, version = _references(source, parts.get(b"iref"))
    locations = _locations(source, parts.get(b"iloc"))
    return Meta(
        box,
        parts,
        _primary(source, parts.get(b"pitm")),
        _items(source, parts.get(b"iinf")),
        locations,
        {entry.item: entry for entry in reversed(locations.entries)},
        references,
        version,
        _groups(source, parts.get(b"grpl")),
    )


def _primary(source: Source, box: Box | None) -> int | None:
    if box is None:
        return None
    cursor = Cursor(box.data(source), box.body)
    version = cursor.number(4) >> 24
    return cursor.number(4 if version else 2)


def _items(source: Source, box: Box | None) -> tuple[Item, ...]:
    if box is None:
        return ()
    width = 4 if source.at(box.body, 4)[0] else 2
    start = box.body + 4 + width
    found = tuple(_item(source, part) for part in bmff.boxes(source, start, box.end) if part.kind == b"infe")
    declared = int.from_bytes(source.at(box.body + 4, width), "big")
    if declared != len(found):  # readers that count would miss what is added behind
        raise MalformedFile(
            Bilingual(
                f"{declared} items are declared, {len(found)} listed", f"声明了 {declared} 个条目，列出 {len(found)} 个"
            ),
            offset=box.offset,
        )
    return found


def _item(source: Source, box: Box) -> Item:
    cursor = Cursor(box.data(source), box.body)
    version = cursor.number(4) >> 24
    number = cursor.number(4 if version > 2 else 2)
    protected = cursor.number(2) > 0
    kind = cursor.number(4).to_bytes(4, "big") if version > 1 else b"mime"
    cursor.text()
    content_type, encoding = (cursor.text(), cursor.text()) if kind == b"mime" else ("", "")
    return Item(number, kind, content_type, encoding, protected, box.offset, box.end)


def _references(source: Source, box: Box | None) -> tuple[tuple[Reference, ...], int]:
    if box is None:
        return (), 0
    version = source.at(box.body, 4)[0]
    width = 4 if version else 2
    found = []
    left = source.limits.items
    for part in bmff.boxes(source, box.body + 4, box.end):
        cursor = Cursor(part.data(source), part.body)
        origin, count = cursor.number(width), _counted(cursor.number(2), left, box)
        left -= count
        found.append(Reference(part.kind, origin, tuple(cursor.number(width) for _ in range(count))))
    return tuple(found), version


def _groups(source: Source, box: Box | None) -> frozenset[int]:
    if box is None:
        return frozenset()
    return frozenset(
        int.from_bytes(source.at(part.body + 4, 4), "big")
        for part in bmff.boxes(source, box.body, box.end)
        if part.end - part.body >= 8
    )


def _locations(source: Source, box: Box | None) -> Locations:
    if box is None:
        return Locations(0, 4, 4, 0, 0, ())
    cursor = Cursor(box.data(source), box.body)
    version = cursor.number(4) >> 24
    sizes = cursor.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    index_size = index_size if version else 0
    if version > 2 or not {offset_size, length_size, base_size, index_size} <= {0, 4, 8}:
        raise MalformedFile(
            Bilingual("the item location box is of no known form", "条目位置盒的形式未知"), offset=box.offset
        )
    limit = source.limits.items
    count = _counted(cursor.number(4 if version == 2 else 2), limit, box)
    extents_left = limit
    entries = []
    for _ in range(count):
        item = cursor.number(4 if version == 2 else 2)
        method = cursor.number(2) & 15 if version else IN_FILE
        reference, base = cursor.number(2), cursor.number(base_size)
        extent_count = _counted(cursor.number(2), extents_left, box)
        extents_left -= extent_count
        extents = tuple(
            Extent(cursor.number(index_size), cursor.number(offset_size), cursor.number(length_size))
            for _ in range(extent_count)
        )
        entries.append(Location(item, method, reference, base, extents))
    return Locations(version, offset_size, length_size, base_size, index_size, tuple(entries))


def _counted(count: int, limit: int, box: Box) -> int:
    if count > limit:
        raise LimitExceeded(
            Bilingual(f"a table declares {count} entries", f"某表声明了 {count} 个条目"),
            limit="items",
            offset=box.offset,
        )
    return count


def spans_of(source: Source, meta: Meta, item: int) -> tuple[Span, ...]:
    """Give where an item's data lies in the file, piece by piece, by any construction method; () where it has none.

    Raises `MalformedFile` for data outside the file, outside `idat` or in another file, and for items that are made of
    each other; `LimitExceeded` for items made of too many pieces.
    """
    return _spans(source, meta, item, {})


def _spans(source: Source, meta: Meta, item: int, known: dict[int, tuple[Span, ...] | None]) -> tuple[Span, ...]:
    """`known` holds the items met so far, None for those still being put together: meeting one of these is a loop."""
    entry = meta.places.get(item)
    if entry is None:
        return ()
    if entry.reference:
        raise MalformedFile(Bilingual(f"the data of item {item} is elsewhere", f"条目 {item} 的数据不在本文件中"))
    known[item] = None
    found: list[Span] = []
    pieces = 0
    for extent in entry.extents:
        start = entry.base + extent.offset
        end = start + extent.length
        if entry.method == IN_ITEM:
            below = _below(source, meta, _made_of(meta, item, extent.index), known)
            pieces = _counted(pieces + len(below), source.limits.items, meta.box)
            found += _slice(below, start, end)
        elif extent.length:
            first, last = _room(source, meta, entry.method)
            if first + end > last:
                raise MalformedFile(
                    Bilingual(f"the data of item {item} leaves the file", f"条目 {item} 的数据超出文件"),
                    offset=meta.box.offset,
                )
            found.append((first + start, first + end))
    known[item] = tuple(found)
    return tuple(found)


def _below(source: Source, meta: Meta, item: int, known: dict[int, tuple[Span, ...] | None]) -> tuple[Span, ...]:
    if item not in known:
        if len(known) >= source.limits.depth:
            raise LimitExceeded(
                Bilingual("an item is made of too many others", "条目嵌套引用过多"),
                limit="depth",
                offset=meta.box.offset,
            )
        return _spans(source, meta, item, known)
    spans = known[item]
    if spans is None:
        raise MalformedFile(Bilingual("items are made of each other", "条目相互引用构成循环"), offset=meta.box.offset)
    return spans


def _room(source: Source, meta: Meta, method: int) -> Span:
    if method == IN_FILE:
        return 0, source.size
    idat = meta.parts.get(b"idat")
    if method != IN_IDAT or idat is None:
        raise MalformedFile(Bilingual("an item's data is nowhere", "某条目的数据无处可寻"), offset=meta.box.offset)
    return idat.body, idat.end


def _made_of(meta: Meta, item: int, index: int) -> int:
    targets = [t for ref in meta.references if (ref.kind, ref.origin) == (b"iloc", item) for t in ref.targets]
    at = max(index, 1) - 1
    if at >= len(targets):
        raise MalformedFile(
            Bilingual(f"item {item} is made of nothing", f"条目 {item} 缺少来源"), offset=meta.box.offset
        )
    return targets[at]


def _slice(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Give the part `start..end` of the bytes that `spans` make up together."""
    found = []
    at = 0
    for first, last in spans:
        length = last - first
        low, high = max(start - at, 0), min(end - at, length)
        if low < high:
            found.append((first + low, first + high))
        at += length
    if at < end:
        raise MalformedFile(Bilingual("an item reaches beyond the item it is made of", "条目超出其来源条目的范围"))
    return found
