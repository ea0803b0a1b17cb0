"""Puts metadata into a large movie file without copying it: each step leaves a file that plays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.movie import Layout, settled
from aigc_label.grammars.movie_edit import HEADER, ROOM, Insertion, applied, lead_of
from aigc_label.patching import Stages
from aigc_label.source import Source
from aigc_label.splice import PAGE, Plan, replaced

SLOW_START: Final = Bilingual(
    "the movie's index now stands at the file's end: the file no longer starts playing while it loads; "
    "write to another path (-o) to keep that",
    "影片索引现位于文件末尾，无法再边下载边播放；如需保留此特性，请用 -o 写到其他路径",
)
FRAGMENTS: Final = (b"moof", b"mfra", b"sidx", b"styp")


def stages_of(source: Source, layout: Layout, new: Insertion, blanks: Sequence[Edit]) -> Stages | None:
    """Give the steps that carry out an insertion and then the `blanks` (edits of equal size); None where none is safe.

    A `moov` box at the end grows over a new `udta` that was appended; a `free` box behind `moov` is filled in and then
    taken over; else a new `moov` is appended, and the old one becomes free space. Only then is the old `udta` freed: at
    every moment a reader finds one whole movie box, and all metadata in it at least once.
    """
    last = layout.boxes[-1]
    following = layout.behind[0] if layout.behind else None
    if last.unsized or layout.end != source.size or layout.spare_movies:
        return None
    if not new.in_front:
        steps = (
            _into_free(source, layout.movie, following, new, blanks)
            if following is not None
            else _at_the_end(source, layout.movie, new, blanks)
        )
        if steps:
            return _staged(source.size, [*steps, *_freed(new)], blanks)
    if layout.of(*FRAGMENTS):
        return None
    says = SLOW_START if any(box.kind == b"mdat" for box in layout.behind) else NOTHING
    return _staged(source.size, _moved_to_the_end(source, layout.movie, new, blanks), blanks, says)


def _staged(size: int, steps: Iterable[Sequence[Edit]], blanks: Sequence[Edit], says: Bilingual = NOTHING) -> Stages:
    plans: list[Plan] = []
    for step in (*steps, *_by_page(blanks)):
        plans.append(replaced(size, step))
        size += sum(len(fresh) - (end - start) for start, end, fresh in step)
    return Stages(tuple(plans), says)


def _by_page(edits: Iterable[Edit]) -> Iterator[list[Edit]]:
    """Cut edits of equal size at the borders of pages: each part reaches the file in one piece."""
    for start, end, new in edits:
        at = start
        while at < end:
            stop = min(end, at - at % PAGE + PAGE)
            yield [(at, stop, new[at - start : stop - start])]
            at = stop


def _user_box(source: Source, new: Insertion, blanks: Iterable[Edit], at: int) -> bytes:
    """Give the whole new `udta` box as it will stand at byte `at`."""
    if new.wrapped:
        return new.spelled(ROOM, lead_of(source.size, new, at - new.start))
    user = new.chain[-1]
    edits = settled(new.changes(ROOM, lead_of(source.size, new, at - user.offset)))
    return applied(source, user.offset, user.end, [*edits, *new.beside(blanks)])


def _freed(new: Insertion) -> list[list[Edit]]:
    return [] if new.wrapped else [[(new.chain[-1].offset + 4, new.chain[-1].offset + 8, b"free")]]


def _at_the_end(source: Source, movie: Box, new: Insertion, blanks: Sequence[Edit]) -> list[list[Edit]]:
    size = source.size
    user = _user_box(source, new, blanks, size)
    return [[*bmff.with_size(movie, movie.size + len(user)), (size, size, user)]]


def _into_free(source: Source, movie: Box, free: Box, new: Insertion, blanks: Sequence[Edit]) -> list[list[Edit]]:
    """Write a `udta` inside the free box, cut that down to its bare header, then let `moov` grow over both."""
    at = free.offset + HEADER
    if free.kind not in bmff.FREE or free.body != at:
        return []
    user = _user_box(source, new, blanks, at)
    rest = free.end - at - len(user)
    if rest < 0 or 0 < rest < HEADER:
        return []
    inert = user + (bmff.header(b"free", rest - HEADER) if rest else b"")
    return [
        *_by_page([(at, at + len(inert), inert)]),
        [(free.offset, free.offset + 4, HEADER.to_bytes(4, "big"))],
        list(bmff.with_size(movie, movie.size + HEADER + len(user))),
    ]


def _moved_to_the_end(source: Source, movie: Box, new: Insertion, blanks: Sequence[Edit]) -> list[list[Edit]]:
    size = source.size
    edits = [*settled(new.changes(ROOM, lead_of(size, new, size - movie.offset))), *new.beside(blanks)]
    whole = applied(source, movie.offset, movie.end, edits)
    return [[(movie.offset + 4, movie.offset + 8, b"free"), (size, size, whole)]]
