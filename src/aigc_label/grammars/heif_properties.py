"""Reads and edits the properties of HEIF items: what `ipco` holds, and which item `ipma` gives what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.heif import Cursor, Meta
from aigc_label.source import Source

ESSENTIAL: Final = 1  # the top bit of an association


@dataclass(frozen=True, slots=True)
class Association:
    """One property of one item: the property box, and the `width` bytes at `at` that name it by its number."""

    property: Box
    at: int
    width: int
    essential: bool


@dataclass(frozen=True, slots=True)
class Properties:
    """The `iprp` box of a `meta` box: `boxes` in their order (the first has number 1), the associations of each item."""

    outer: Box
    container: Box
    boxes: tuple[Box, ...]
    items: dict[int, tuple[Association, ...]]

    def of(self, item: int) -> tuple[Box, ...]:
        """Give an item's properties in the order in which they apply."""
        return tuple(entry.property for entry in self.items.get(item, ()))

    def first(self, item: int, kind: bytes) -> Box | None:
        return next((box for box in self.of(item) if box.kind == kind), None)


def properties_of(source: Source, meta: Meta) -> Properties:
    """Give the properties. Raises `MalformedFile` where the tables lie, `LimitExceeded` for their counts."""
    outer = meta.parts.get(b"iprp")
    inner = {box.kind: box for box in bmff.boxes(source, outer.body, outer.end)} if outer else {}
    if outer is None or b"ipco" not in inner:
        raise MalformedFile(Bilingual("the items have no properties", "条目缺少属性"), offset=meta.box.offset)
    boxes = tuple(bmff.boxes(source, inner[b"ipco"].body, inner[b"ipco"].end))
    items: dict[int, tuple[Association, ...]] = {}
    for table in bmff.boxes(source, outer.body, outer.end):
        if table.kind == b"ipma":
            _associations(source, table, boxes, items)
    return Properties(outer, inner[b"ipco"], boxes, items)


def _associations(source: Source, table: Box, boxes: Sequence[Box], items: dict[int, tuple[Association, ...]]) -> None:
    cursor = Cursor(table.data(source), table.body)
    head = cursor.number(4)
    width = 2 if head & 1 else 1
    left = source.limits.items
    for _ in range(cursor.number(4)):
        item, count = cursor.number(4 if head >> 24 else 2), cursor.number(1)
        left -= 1 + count
        if left < 0:
            raise LimitExceeded(
                Bilingual("too many item properties", "条目属性过多"), limit="items", offset=table.offset
            )
        found = []
        for _ in range(count):
            at, value = table.body + cursor.at, cursor.number(width)
            number, top = value & ~(1 << 8 * width - 1), value >> 8 * width - 1
            if number > len(boxes):
                raise MalformedFile(
                    Bilingual("an item names a property that is not there", "条目引用了不存在的属性"), offset=at
                )
            if number:
                found.append(Association(boxes[number - 1], at, width, top == ESSENTIAL))
        items[item] = (*items.get(item, ()), *found)


def changed(properties: Properties, changes: Iterable[tuple[int, Box, bytes]]) -> list[Edit]:
    """Give the edits for `(item, old property, new bytes)`; a property that other items share is left to them.

    Raises `UnsupportedFormat` where a number or size outgrows its field.
    """
    edits: list[Edit] = []
    added = b""
    number = len(properties.boxes)
    for item, old, new in changes:
        sharing = [entry for entries in properties.items.values() for entry in entries if entry.property == old]
        own = [entry for entry in properties.items[item] if entry.property == old]
        if len(sharing) == len(own):
            edits.append((old.offset, old.end, new))
            continue
        added, number = added + new, number + 1
        for entry in own:
            top = 1 << 8 * entry.width - 1
            if number >= top:
                raise bmff.outgrown(entry.at)
            value = number | top if entry.essential else number
            edits.append((entry.at, entry.at + entry.width, value.to_bytes(entry.width, "big")))
    end = properties.container.end
    growth = len(added) + sum(len(new) - (stop - start) for start, stop, new in edits)
    if added:
        edits.append((end, end, added))
    for box in (properties.container, properties.outer):
        edits += bmff.with_size(box, box.size + growth)
    return edits


def alone(brand: bytes, kind: bytes, properties: Sequence[bytes], data: bytes) -> bytes:
    """Give a file that holds one picture item and nothing else: for decoders that only take whole files."""
    number = (1).to_bytes(2, "big")
    handler = bmff.full_box(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13))
    primary = bmff.full_box(b"pitm", 0, 0, number)
    entry = bmff.full_box(b"infe", 2, 0, number, bytes(2), kind, b"\0")
    held = b"".join(bytes((0x80 | index,)) for index in range(1, len(properties) + 1))
    owned = bmff.full_box(b"ipma", 0, 0, (1).to_bytes(4, "big"), number, bytes((len(properties),)), held)
    parts = (
        handler,
        primary,
        bmff.full_box(b"iinf", 0, 0, number, entry),
        bmff.box(b"iprp", bmff.box(b"ipco", *properties), owned),
    )
    start = bmff.box(b"ftyp", brand, bytes(4), brand, b"mif1")
    place = (
        len(start) + 12 + sum(map(len, parts)) + 30 + 8
    )  # behind ftyp, the head of meta, its parts, iloc, the head of mdat
    where = b"\x44\0" + number + number + bytes(2) + number + place.to_bytes(4, "big") + len(data).to_bytes(4, "big")
    table = bmff.full_box(b"iloc", 0, 0, where)
    return start + bmff.full_box(b"meta", 0, 0, *parts, table) + bmff.box(b"mdat", data)
