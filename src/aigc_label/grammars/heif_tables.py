"""Writes the tables of a HEIF `meta` box, and lets their offsets follow what moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import bmff
from aigc_label.grammars.heif import IN_FILE, Location, Locations, Meta, Reference

NARROW: Final = 1 << 16  # ids below fit into 16 bits


def free_number(meta: Meta) -> int:
    """Give an item id that nothing in the `meta` box uses yet."""
    used = {item.number for item in meta.items} | {entry.item for entry in meta.locations.entries} | meta.groups
    used |= {number for ref in meta.references for number in (ref.origin, *ref.targets)} | {meta.primary or 0, 0}
    highest = max(used)
    return (
        highest + 1 if highest + 1 < NARROW else next(number for number in range(1, NARROW << 1) if number not in used)
    )


def item_box(number: int, content_type: str) -> bytes:
    """Give the `infe` box of a plain `mime` item."""
    wide = number >= NARROW
    body = number.to_bytes(4 if wide else 2, "big") + b"\0\0mime\0" + content_type.encode() + b"\0"
    return bmff.full_box(b"infe", 3 if wide else 2, 0, body)


def references_box(references: Iterable[Reference], version: int) -> bytes:
    """Give the `iref` box, in 32-bit form where the version or an id asks for it."""
    listed = tuple(references)
    wide = version > 0 or any(number >= NARROW for ref in listed for number in (ref.origin, *ref.targets))
    width = 4 if wide else 2
    return bmff.full_box(
        b"iref",
        int(wide),
        0,
        *(
            bmff.box(
                ref.kind,
                ref.origin.to_bytes(width, "big"),
                len(ref.targets).to_bytes(2, "big"),
                *(target.to_bytes(width, "big") for target in ref.targets),
            )
            for ref in listed
        ),
    )


def relocated(locations: Locations, moved: Callable[[int, int], int]) -> Locations:
    """Give the table after its file moved: what stood at byte `start`, `length` bytes long, stands at `moved(...)`."""
    return replace(locations, entries=tuple(_relocated(entry, moved) for entry in locations.entries))


def _relocated(entry: Location, moved: Callable[[int, int], int]) -> Location:
    if entry.method != IN_FILE or entry.reference:
        return entry
    places = [moved(entry.base + extent.offset, extent.length) for extent in entry.extents]
    shifts = {place - entry.base - extent.offset for place, extent in zip(places, entry.extents, strict=True)}
    if shifts <= {0}:
        return entry
    if len(shifts) == 1 and entry.base + min(shifts) >= 0 and entry.base:
        return replace(entry, base=entry.base + shifts.pop())
    extents = tuple(replace(extent, offset=place) for extent, place in zip(entry.extents, places, strict=True))
    return replace(entry, base=0, extents=extents)


def locations_box(locations: Locations) -> bytes:
    """Give the `iloc` box; its number fields are as wide as before, or wider where a number asks for it."""
    entries = locations.entries
    extents = [extent for entry in entries for extent in entry.extents]
    offset_size = _width(locations.offset_size, (extent.offset for extent in extents))
    length_size = _width(locations.length_size, (extent.length for extent in extents))
    base_size = _width(locations.base_size, (entry.base for entry in entries))
    version = max(
        locations.version,
        2 if len(entries) >= NARROW or any(entry.item >= NARROW for entry in entries) else 0,
        1 if any(entry.method for entry in entries) else 0,
    )
    id_size = 4 if version == 2 else 2
    sizes = offset_size << 12 | length_size << 8 | base_size << 4 | locations.index_size
    out = [sizes.to_bytes(2, "big"), len(entries).to_bytes(id_size, "big")]
    for entry in entries:
        out.append(entry.item.to_bytes(id_size, "big"))
        if version:
            out.append(entry.method.to_bytes(2, "big"))
        out += (entry.reference.to_bytes(2, "big"), entry.base.to_bytes(base_size, "big"))
        out.append(len(entry.extents).to_bytes(2, "big"))
        for extent in entry.extents:
            out += (
                extent.index.to_bytes(locations.index_size, "big"),
                extent.offset.to_bytes(offset_size, "big"),
                extent.length.to_bytes(length_size, "big"),
            )
    return bmff.full_box(b"iloc", version, 0, *out)


def _width(floor: int, numbers: Iterable[int]) -> int:
    highest = max(numbers, default=0)
    if highest >= 1 << 64:
        raise MalformedFile(Bilingual("an item lies beyond any file", "条目位置超出任何文件的范围"))
    return max(floor, 0 if highest == 0 else 4 if highest < 1 << 32 else 8)
