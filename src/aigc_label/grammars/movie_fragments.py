"""Reads and rewrites the runs of samples in the fragments of a movie file (ISO/IEC 14496-12, 8.8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import bmff, movie_offsets
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.footage import Coded, Sample, refused, remux, run_of
from aigc_label.grammars.movie import Change, Layout, children, holding, settled
from aigc_label.grammars.moving import Moved
from aigc_label.source import Source

BASE: Final = 0x1  # tfhd: where offsets count from is stated
DESCRIPTION: Final = 0x2
DURATION: Final = 0x8
SIZE: Final = 0x10
FLAGS: Final = 0x20
FROM_FRAGMENT: Final = 0x20000  # offsets count from the fragment's own first byte
RUN_OFFSET: Final = 0x1  # trun: where the run begins
RUN_FIRST: Final = 0x4
RUN_FIELDS: Final = (0x100, 0x200, 0x400, 0x800)  # duration, size, flags, time of display, each four bytes
NOT_SYNC: Final = 0x10000  # sample flags: no keyframe
DEPENDS: Final = 0x01000000
ALONE: Final = 0x02000000
KNOWN: Final = (b"tfhd", b"tfdt", b"trun", b"free", b"skip")


@dataclass(frozen=True, slots=True)
class Entry:
    """One sample of a run: its duration, size, flags and time of display, and where it lies."""

    duration: int
    size: int
    flags: int
    shift: int
    offset: int
    decoded: int

    @property
    def sample(self) -> Sample:
        return Sample(self.offset, self.size, self.decoded + self.shift, not self.flags & NOT_SYNC)


@dataclass(frozen=True, slots=True)
class Run:
    """A `trun` box with the boxes around it, and its samples."""

    fragment: Box
    track: Box
    box: Box
    entries: tuple[Entry, ...]
    version: int
    base: int  # what its offset counts from


def runs(source: Source, layout: Layout, number: int) -> Iterator[Run]:
    """Give the runs of a track in order. Raises `UnsupportedFormat` for what a fragment's samples cannot be parted from."""
    defaults = _defaults(source, layout, number)
    clock = 0
    for fragment in layout.of(b"moof"):
        for track in children(source, fragment):
            if track.kind != b"traf":
                continue
            parts = children(source, track)
            head = next((part for part in parts if part.kind == b"tfhd"), None)
            if head is None or int.from_bytes(source.at(head.body + 4, 4), "big") != number:
                continue
            if any(part.kind not in KNOWN for part in parts):
                raise refused(
                    "its fragments say more of their samples than is known", "分片含有未知的样本描述", remux(".mp4")
                )
            own, base = _own(source, head, fragment, defaults)
            start = next((part for part in parts if part.kind == b"tfdt"), None)
            clock = _time(source, start) if start is not None else clock
            end: int | None = None
            for part in parts:
                if part.kind == b"trun":
                    run = _run(source, (fragment, track, part), own, base, clock, end)
                    yield run
                    last = run.entries[-1] if run.entries else None
                    clock, end = (last.decoded + last.duration, last.offset + last.size) if last else (clock, end)


def _defaults(source: Source, layout: Layout, number: int) -> tuple[int, int, int]:
    """Give the duration, size and flags of samples that say nothing of their own."""
    for box in children(source, layout.movie):
        if box.kind == b"mvex":
            for part in bmff.boxes(source, box.body, box.end):
                if part.kind == b"trex":
                    track, _, duration, size, flags = struct.unpack(">5I", source.at(part.body + 4, 20))
                    if track == number:
                        return duration, size, flags
    return 0, 0, 0


def _own(source: Source, head: Box, fragment: Box, defaults: tuple[int, int, int]) -> tuple[list[int], int]:
    flags = int.from_bytes(source.at(head.body + 1, 3), "big")
    if flags & DESCRIPTION and int.from_bytes(source.at(head.body + 8 + (8 if flags & BASE else 0), 4), "big") != 1:
        raise refused("its fragments change the description of samples", "分片更换了样本描述", remux(".mp4"))
    if not flags & (BASE | FROM_FRAGMENT):
        tracks = [part for part in children(source, fragment) if part.kind == b"traf"]
        if len(tracks) > 1:
            raise refused("its fragments count offsets from each other", "分片的偏移相互依赖", remux(".mp4"))
    at = head.body + 8
    base = fragment.offset
    if flags & BASE:
        base, at = int.from_bytes(source.at(at, 8), "big"), at + 8
    at += 4 if flags & DESCRIPTION else 0
    own = list(defaults)
    for index, flag in enumerate((DURATION, SIZE, FLAGS)):
        if flags & flag:
            own[index], at = int.from_bytes(source.at(at, 4), "big"), at + 4
    return own, base


def _time(source: Source, box: Box) -> int:
    wide = source.at(box.body, 1)[0]
    return int.from_bytes(source.at(box.body + 4, 8 if wide else 4), "big")


def _run(source: Source, chain: tuple[Box, Box, Box], own: list[int], base: int, clock: int, end: int | None) -> Run:
    box = chain[2]
    raw = source.at(box.body, max(8, box.end - box.body))
    version, flags, count = raw[0], int.from_bytes(raw[1:4], "big"), int.from_bytes(raw[4:8], "big")
    at = 8
    offset = end if end is not None else base
    if flags & RUN_OFFSET:
        offset, at = base + int.from_bytes(raw[at : at + 4], "big", signed=True), at + 4
    first = None
    if flags & RUN_FIRST:
        first, at = int.from_bytes(raw[at : at + 4], "big"), at + 4
    fields = [flag for flag in RUN_FIELDS if flags & flag]
    if at + 4 * len(fields) * count > len(raw) or (not fields and count > source.limits.items):
        raise MalformedFile(Bilingual("a run of samples is cut short", "样本列表不完整"), offset=box.offset)
    entries = []
    for number in range(count):
        values = dict(
            zip(fields, struct.unpack_from(f">{len(fields)}I", raw, at + 4 * len(fields) * number), strict=True)
        )
        shift = values.get(0x800, 0)
        entry = Entry(
            duration=values.get(0x100, own[0]),
            size=values.get(0x200, own[1]),
            flags=values.get(0x400, first if number == 0 and first is not None else own[2]),
            shift=shift - (1 << 32) if shift >> 31 else shift,
            offset=offset,
            decoded=clock,
        )
        entries.append(entry)
        offset, clock = offset + entry.size, clock + entry.duration
    return Run(*chain, tuple(entries), version, base)


def respelled(run: Run, pictures: list[Coded], offset: int) -> bytes:
    """Give the run's box when its first samples are `pictures`, and its data begin `offset` bytes from its base."""
    out = []
    signed = False
    for number, entry in enumerate(run.entries):
        size, flags, shift = entry.size, entry.flags, entry.shift
        if number < len(pictures):
            picture = pictures[number]
            size, flags, shift = (
                len(picture.data),
                ALONE if picture.key else DEPENDS | NOT_SYNC,
                picture.time - entry.decoded,
            )
        signed |= shift < 0
        out.append(struct.pack(">IIIi" if shift < 0 else ">IIII", entry.duration, size, flags, shift))
    flags = RUN_OFFSET | sum(RUN_FIELDS)
    head = struct.pack(">Ii", len(out), offset)
    return bmff.full_box(b"trun", 1 if signed else run.version, flags, head, *out)


def edits(source: Source, layout: Layout, number: int, pictures: list[Coded], changes: list[Change]) -> list[Edit]:
    """Give the edits that put `pictures` in place of a track's first samples, beside other `changes`.

    Runs grow by what they now say of each sample, so all is laid out once with the offsets open, and then filled in.
    """
    taken: list[tuple[Run, list[Coded]]] = []
    left = pictures
    for run in runs(source, layout, number):
        if not left:
            break
        own, left = left[: len(run.entries)], left[len(run.entries) :]
        if own:
            taken.append((run, own))
            last = run.entries[len(own) - 1]
            edit = (
                run.entries[0].offset,
                last.offset + last.size,
                cast(bytes, run_of(own)),
            )  # which behaves as bytes do
            changes.append(Change(edit, holding(layout, edit)))
    moved = Moved([change.edit for change in changes] + [_run_edit(run, own, 0) for run, own in taken])
    for run, own in taken:
        offset = moved(run.entries[0].offset) - moved(run.base)
        changes.append(Change(_run_edit(run, own, offset), (run.fragment, run.track)))
    own_runs = {run.box for run, _ in taken}
    following = [*_fields(source, layout, moved), *_other_runs(source, layout, moved, own_runs)]
    return [*settled(changes), *following, *_index_edits(source, layout, moved)]


def _run_edit(run: Run, pictures: list[Coded], offset: int) -> Edit:
    return (run.box.offset, run.box.end, respelled(run, pictures, offset))


def _fields(source: Source, layout: Layout, moved: Moved) -> Iterator[Edit]:
    """Absolute offsets: of fragments in their index, and what a fragment's own offsets count from."""
    for field in movie_offsets.offsets_of(source, layout).fields:
        new = moved(field.value)
        if new != field.value:
            yield field.at, field.at + field.width, new.to_bytes(field.width, "big")


def _other_runs(source: Source, layout: Layout, moved: Moved, own: set[Box]) -> Iterator[Edit]:
    """The runs of other tracks, and those behind the new pictures, follow what moved inside their fragments."""
    for fragment in layout.of(b"moof"):
        for track in children(source, fragment):
            if track.kind != b"traf":
                continue
            parts = children(source, track)
            head = next((part for part in parts if part.kind == b"tfhd"), None)
            if head is None:
                continue
            stated = source.at(head.body, 4)[3] & BASE
            base = int.from_bytes(source.at(head.body + 8, 8), "big") if stated else fragment.offset
            for part in parts:
                if part.kind == b"trun" and part not in own and source.at(part.body, 4)[3] & RUN_OFFSET:
                    old = int.from_bytes(source.at(part.body + 8, 4), "big", signed=True)
                    new = moved(base + old) - moved(base)
                    if new != old:
                        yield part.body + 8, part.body + 12, new.to_bytes(4, "big", signed=True)


def _index_edits(source: Source, layout: Layout, moved: Moved) -> Iterator[Edit]:
    """Give the edits of segment indexes (8.16.3) whose segments changed their size."""
    for box in layout.of(b"sidx"):
        raw = bytearray(source.at(box.body, max(32, box.end - box.body)))
        wide = 8 if raw[0] else 4
        at = 12 + wide
        start = box.end + int.from_bytes(raw[at : at + wide], "big")
        raw[at : at + wide] = (moved(start) - moved(box.end)).to_bytes(wide, "big")
        at += wide + 4
        count = int.from_bytes(raw[at - 2 : at], "big")
        if at + 12 * count > len(raw):
            raise MalformedFile(Bilingual("a segment index is cut short", "分段索引不完整"), offset=box.offset)
        for place in range(at, at + 12 * count, 12):
            size = int.from_bytes(raw[place : place + 4], "big")
            kind, size = size & 1 << 31, size & (1 << 31) - 1
            new = moved(start + size) - moved(start)
            if new >> 31:
                raise bmff.outgrown(box.offset)
            raw[place : place + 4] = (kind | new).to_bytes(4, "big")
            start += size
        yield box.body, box.end, bytes(raw)
