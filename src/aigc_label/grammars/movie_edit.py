"""Puts metadata into a movie file at the least cost: into free room, at the file's tail, or by moving the media on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.movie import Change, Layout, children, settled
from aigc_label.source import Source
from aigc_label.splice import PAGE

ROOM: Final = 1024  # bytes of free space behind new metadata: a later change keeps the file's size
LARGE: Final = 4 << 20  # from here on media move by whole pages, so that file systems can share their blocks
HEADER: Final = 8


@dataclass(frozen=True, slots=True)
class Insertion:
    """The bytes `start..end` inside `chain` (outermost box first) give way to `content` and free space behind it.

    `wrapped` is the kind of the box that has to be made around both, empty where there is one already. `cut` is a box
    in the same chain that goes because `content` holds what it held. An `in_front` insertion has to stay before others.
    """

    chain: tuple[Box, ...]
    start: int
    end: int
    content: bytes
    wrapped: bytes = b""
    cut: Box | None = None
    in_front: bool = False

    def spelled(self, free: int, lead: int = 0) -> bytes:
        """Give the new bytes with `free` bytes of free space behind the content and `lead` before it."""
        inner = _free(lead) + self.content + _free(free)
        return bmff.box(self.wrapped, inner) if self.wrapped else inner

    @property
    def missing(self) -> int:
        """Give how many bytes it takes beyond those it replaces, without any free space."""
        return len(self.spelled(0)) - (self.end - self.start) - (self.cut.size if self.cut else 0)

    def changes(self, free: int, lead: int = 0) -> list[Change]:
        """Give the insertion with so much free space behind and before the content."""
        own = Change((self.start, self.end, self.spelled(free, lead)), self.chain)
        return [own, Change((self.cut.offset, self.cut.end, b""), self.chain)] if self.cut else [own]

    def beside(self, edits: Iterable[Edit]) -> list[Edit]:
        """Give those of the edits that lie outside of what this replaces."""
        gone = [(self.start, self.end), *([(self.cut.offset, self.cut.end)] if self.cut else [])]
        return [edit for edit in edits if not any(start <= edit[0] < end for start, end in gone)]


def _free(size: int) -> bytes:
    return bmff.box(b"free", bytes(size - HEADER)) if size else b""


def end_of_room(source: Source, box: Box, start: int) -> int:
    """Give where the free space ends that begins at `start` of a container; `start` itself where there is none."""
    parts = children(source, box)
    return next((p.end for p in parts if p.offset == start and p.kind in bmff.FREE and not p.unsized), start)


def end_of_content(source: Source, box: Box) -> int:
    """Give where a new box goes: before the free space at the end, and before the zeros that end a QuickTime `udta`."""
    parts = [part for part in children(source, box) if not part.unsized]
    if parts and parts[-1].kind in bmff.FREE:
        return parts[-1].offset
    return parts[-1].end if parts else bmff.content_of(source, box, 0)


def edits_of(source: Source, layout: Layout, new: Insertion) -> list[Edit]:
    """Give the edits that carry an insertion out, with the sizes and offsets that follow from it.

    Free space next to it gives or takes; else the file's tail grows, or a `free` box behind `moov` shrinks, or what
    stands behind `moov` moves on. Raises as `movie_offsets.moved` does.
    """
    spare = -new.missing
    if spare == 0 or spare >= HEADER:
        return _settled(new, spare)
    if all(box.kind in bmff.FREE for box in layout.behind):
        return _settled(new, ROOM, lead_of(source.size, new))
    return _from_free(layout, new) or _moving(source, layout, new)


def lead_of(size: int, new: Insertion, moved: int = 0) -> int:
    """Give the free space before the content of a large file with which it and its room lie within one page.

    A change inside one page can be made in place. `moved` is how far the insertion's own place moves.
    """
    at = new.start + moved + (HEADER if new.wrapped else 0)
    length = len(new.content) + ROOM
    if size <= LARGE or length > PAGE or at % PAGE + length <= PAGE:
        return 0
    lead = -at % PAGE
    return lead if lead >= HEADER else lead + PAGE


def _settled(new: Insertion, free: int, lead: int = 0) -> list[Edit]:
    return settled(new.changes(free, lead))


def _from_free(layout: Layout, new: Insertion) -> list[Edit]:
    """Take the bytes from a `free` box right behind `moov`, so that nothing moves; no edits where it is too small."""
    box = layout.behind[0]
    if box.kind not in bmff.FREE or box.unsized:
        return []
    growth = new.missing + ROOM
    if growth + HEADER <= box.size:
        rest = bmff.header(box.kind, box.size - growth - HEADER)
        return [*_settled(new, ROOM), (box.offset, box.offset + growth + HEADER, rest)]
    left = box.size - new.missing
    if left == 0 or left >= HEADER:
        return [*_settled(new, left), (box.offset, box.end, b"")]
    return []


def _moving(source: Source, layout: Layout, new: Insertion) -> list[Edit]:
    from aigc_label.grammars import movie_offsets  # movies with the index behind the media need no offsets

    offsets = movie_offsets.offsets_of(source, layout)
    wider: tuple[movie_offsets.Table, ...] = ()
    while True:
        widened = sum(4 * table.count for table in wider)
        lead = lead_of(source.size, new, sum(4 * table.count for table in wider if table.box.end <= new.start))
        growth = new.missing + ROOM + lead + widened
        growth += -growth % PAGE if source.size > LARGE else 0
        before, wider = wider, movie_offsets.outgrowing(offsets, layout.movie, growth)
        if len(wider) <= len(before):  # each round only adds tables, so the rounds end
            break
    free = growth - new.missing - lead - widened
    return settled([*new.changes(free, lead), *movie_offsets.moved(source, layout, offsets, growth)])


def applied(source: Source, start: int, end: int, edits: Iterable[Edit]) -> bytes:
    """Give the bytes `start..end` of the source after those of the edits that lie inside; these must not overlap."""
    out: list[bytes] = []
    for first, last, new in sorted(edits, key=lambda edit: edit[:2]):
        if start <= first and last <= end:
            out += (source.at(start, first - start), new)
            start = last
    return b"".join((*out, source.at(start, end - start)))
