"""Changes items of a HEIF file and puts right every offset that this moves: `iloc`, `stco`, `co64`, box sizes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars import bmff, heif, heif_tables
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.heif import IN_FILE, Extent, Item, Layout, Location, Locations, Meta, Reference, Span
from aigc_label.source import Source

Spans: TypeAlias = tuple[Span, ...]
UNMOVABLE: Final = (b"moof", b"mfra", b"sidx", b"meco")  # hold offsets into the file that are not rewritten here


def growth_of(edits: Iterable[Edit]) -> int:
    return sum(len(new) - (end - start) for start, end, new in edits)


class Shift:
    """Tells where bytes of the old file stand in the new one."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        sized = sorted((e for e in edits if len(e[2]) != e[1] - e[0]), key=lambda edit: edit[:2])
        self.starts = [start for start, _, _ in sized]
        self.ends = [end for _, end, _ in sized]
        self.sums = [0, *accumulate(len(new) - (end - start) for start, end, new in sized)]

    def moved(self, start: int, length: int) -> int:
        """Give the new place of a range. Raises `MalformedFile` where an edit would tear it apart."""
        index = bisect_right(self.ends, start)
        if length and index < len(self.starts) and self.starts[index] < start + length:
            raise MalformedFile(
                Bilingual("an item's data overlap other structures", "条目数据与其他结构重叠"), offset=start
            )
        return start + self.sums[index]


class Rewriting:
    """Gathers changes to a file's items; `edits` then gives them with all offsets settled."""

    def __init__(self, source: Source, layout: Layout) -> None:
        self.source = source
        self.layout = layout
        self.loose: list[Edit] = []  # anywhere but in the structure of the main `meta` box
        self.listed: list[Edit] = []  # in the list of its items, `iinf`
        self.structure: list[Edit] = []  # in the rest of that structure
        self.moves: list[
            tuple[tuple[int, ...], Spans, bytes]
        ] = []  # items, their old place, their data in a new `mdat`
        self.arrived: dict[Spans, Span] = {}  # old place -> new place of the moved data
        self.shrunk: dict[Box, int] = {}  # mdat -> bytes cut from it

    def overwrite(self, meta: Meta, spans: Iterable[Span], at: int, new: bytes) -> None:
        """Put `new` at byte `at` of the data that `spans` make up together."""
        done = 0
        for start, end in spans:
            low, high = max(at, done), min(at + len(new), done + end - start)
            if low < high:
                self._home(meta, (start, end))
                place = start + low - done
                self.loose.append((place, place + high - low, new[low - at : high - at]))
            done += end - start

    def move(self, meta: Meta, items: Sequence[Item], spans: Spans, data: bytes) -> None:
        """Give items of the main `meta` box, which share the data at `spans`, new data; the old bytes are cut.

        Items of tracks that share them too (libavif writes sequences so) follow. Items with a content encoding lose
        it: `data` is plain.
        """
        for span in spans:
            box = self._home(meta, span)
            if box is None:
                self.loose.append((*span, b"\0" * (span[1] - span[0])))
            else:
                self.loose.append((*span, b""))
                self.shrunk[box] = self.shrunk.get(box, 0) + span[1] - span[0]
        for item in items:
            if item.encoding:
                self.listed.append((item.offset, item.end, heif_tables.item_box(item.number, item.content_type)))
        self.moves.append((tuple(item.number for item in items), spans, data))

    def add(self, meta: Meta, content_type: str, data: bytes) -> None:
        """Add a `mime` item that describes the primary picture of the main `meta` box."""
        number = heif_tables.free_number(meta)
        entry = heif_tables.item_box(number, content_type)
        table, end = meta.parts.get(b"iinf"), meta.box.end
        if table is None:
            self.structure.append((end, end, bmff.full_box(b"iinf", 0, 0, b"\0\1", entry)))
        else:
            at, width = table.body + 4, 4 if self.source.at(table.body, 1)[0] else 2
            count = int.from_bytes(self.source.at(at, width), "big") + 1
            if count >> 8 * width:
                raise bmff.outgrown(at)
            self.listed += [(at, at + width, count.to_bytes(width, "big")), (table.end, table.end, entry)]
        references = (*meta.references, Reference(b"cdsc", number, (meta.primary or 0,)))
        self.structure.append((*_place(meta, b"iref"), heif_tables.references_box(references, meta.reference_version)))
        self.moves.append(((number,), (), data))

    def edits(self) -> list[Edit]:
        """Give the edits, none of which overlap.

        Raises `UnsupportedFormat` where offsets of a kind that is not rewritten would have to move, or one outgrows its
        field; `MalformedFile` where changes overlap each other or other items.
        """
        loose = list(dict.fromkeys(self.loose))  # items may share their bytes
        for box, length in self.shrunk.items():
            loose += bmff.with_size(box, box.size - length)
        edits = self._settled(self.layout.meta, loose, self._structure(self.layout.meta)) if self.layout.meta else loose
        shift = Shift(edits)
        if shift.starts:
            edits = [*edits, *self._shifted(shift)]
        edits.sort(key=lambda edit: edit[:2])
        done = 0
        for start, end, _ in edits:
            if start < done:
                raise MalformedFile(Bilingual("metadata items overlap", "元数据条目相互重叠"), offset=start)
            done = end
        return edits

    def _home(self, meta: Meta, span: Span) -> Box | None:
        """Give the mdat box that a piece of an item lies in, None for `idat`; anything else is no place to write to."""
        idat = meta.parts.get(b"idat")
        if idat is not None and idat.body <= span[0] and span[1] <= idat.end:
            return None
        for box in self.layout.of(b"mdat"):
            if box.body <= span[0] and span[1] <= box.end:
                return box
        raise MalformedFile(
            Bilingual("a metadata item lies outside mdat and idat", "元数据条目不在 mdat 或 idat 之内"), offset=span[0]
        )

    def _structure(self, meta: Meta) -> list[Edit]:
        table = meta.parts.get(b"iinf")
        if table is None or not self.listed:
            return self.structure
        return [*bmff.with_size(table, table.size + growth_of(self.listed)), *self.listed, *self.structure]

    def _settled(self, meta: Meta, loose: list[Edit], structure: list[Edit]) -> list[Edit]:
        """Give all edits with the new `iloc`, whose own size may depend on where everything comes to lie."""
        if not self.moves and not Shift(loose).starts:
            return loose
        place = _place(meta, b"iloc")
        size = place[1] - place[0]
        for _ in range(4):
            growth = growth_of([*structure, (*place, bytes(size))])
            frame = [*loose, *self._header(meta, growth), *structure]
            rest = self._arriving(meta, growth)
            before = growth_of(edit for edit in loose if edit[1] <= meta.box.offset)
            at = meta.box.end + before + growth + 8
            locations = self._located(meta.locations, Shift([*frame, (*place, bytes(size)), *rest]), at)
            table = heif_tables.locations_box(locations) if locations.entries or size else b""
            if len(table) == size:
                return [*frame, (*place, table), *rest]
            size = len(table)
        raise bmff.outgrown(meta.box.offset)

    def _header(self, meta: Meta, growth: int) -> tuple[Edit, ...]:
        if not growth and not self.moves:
            return ()
        if meta.box.unsized:
            return (bmff.closed(meta.box, meta.box.size + growth),)
        return bmff.with_size(meta.box, meta.box.size + growth)

    def _arriving(self, meta: Meta, growth: int) -> list[Edit]:
        """Give the edit that puts the moved data behind `meta`, at the cost of a `free` box there if that is enough."""
        if not self.moves:
            return []
        end = meta.box.end
        new = bmff.box(b"mdat", *(data for _, _, data in self.moves))
        free = next((box for box in self.layout.boxes if box.offset == end and box.kind in bmff.FREE), None)
        if free is not None and not free.unsized:
            left = free.size - growth - len(new)
            if left == 0:
                return [(end, free.end, new)]
            if left >= 8:
                return [(end, free.end - left + 8, new + bmff.header(free.kind, left - 8))]
        return [(end, end, new)]

    def _located(self, old: Locations, shift: Shift, at: int) -> Locations:
        """Give the item locations in the new file, the moved data beginning at byte `at`."""
        gone = {number for numbers, _, _ in self.moves for number in numbers}
        kept = heif_tables.relocated(
            replace(old, entries=tuple(entry for entry in old.entries if entry.item not in gone)), shift.moved
        )
        entries = list(kept.entries)
        for numbers, spans, data in self.moves:
            self.arrived[spans] = (at, at + len(data))
            entries += [_whole(number, self.arrived[spans]) for number in numbers]
            at += len(data)
        return replace(kept, entries=tuple(entries))

    def _shifted(self, shift: Shift) -> list[Edit]:
        """Give the edits to the offsets that stand elsewhere: sample tables, and the items of tracks."""
        first = shift.starts[0]
        for box in self.layout.boxes:
            if box.kind in UNMOVABLE and any(one.end > first for one in self.layout.boxes):
                raise UnsupportedFormat(
                    Bilingual(
                        f"the file is fragmented (box {box.kind!r}), its offsets cannot be moved",
                        f"文件为分片结构（盒 {box.kind!r}），无法移动其偏移",
                    ),
                    remedy=Bilingual("Write the file again without fragments.", "请将文件重新写为非分片结构。"),
                    offset=box.offset,
                )
        edits = []
        for movie in self.layout.movies:
            edits += bmff.chunk_offset_edits(self.source, movie, lambda offset: shift.moved(offset, 0))
        for meta in self.layout.others:
            locations = self._followed(meta, shift)
            if locations != meta.locations:
                place, table = _place(meta, b"iloc"), heif_tables.locations_box(locations)
                if len(table) != place[1] - place[0]:
                    raise bmff.outgrown(place[0])
                edits.append((*place, table))
        return edits

    def _followed(self, meta: Meta, shift: Shift) -> Locations:
        """Give the item locations of a track: items that shared moved data go with them."""
        followers = {}
        for entry in meta.locations.entries if self.arrived else ():
            if not entry.reference and entry.method == IN_FILE:
                span = self.arrived.get(heif.spans_of(self.source, meta, entry.item) or ((0, 0),))
                if span is not None:
                    followers[entry.item] = _whole(entry.item, span)
        rest = replace(meta.locations, entries=tuple(e for e in meta.locations.entries if e.item not in followers))
        kept = iter(heif_tables.relocated(rest, shift.moved).entries)
        entries = tuple(followers.get(e.item) or next(kept) for e in meta.locations.entries)
        return replace(meta.locations, entries=entries)


def _whole(number: int, span: Span) -> Location:
    return Location(number, IN_FILE, 0, 0, (Extent(0, span[0], span[1] - span[0]),))


def _place(meta: Meta, kind: bytes) -> Span:
    """Give where a box of the `meta` box stands, or where it would be put."""
    box = meta.parts.get(kind)
    return (box.offset, box.end) if box else (meta.box.end, meta.box.end)
