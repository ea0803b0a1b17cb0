"""Reads and rewrites the tables that say where a track's samples lie and when each is shown (ISO/IEC 14496-12, 8.6 f.)."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain as joined
from itertools import groupby, repeat
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box
from aigc_label.grammars.footage import Coded, Sample, refused
from aigc_label.grammars.movie import Change, Layout, nested
from aigc_label.source import Source

SIGNED: Final = 1  # version of `ctts` whose offsets have a sign
UNKNOWN: Final = 0  # `sdtp`: nothing is said about what depends on a sample
CLEARED: Final = (b"rap ", b"roll", b"prol", b"sync", b"tsas", b"stsa", b"tele")  # groups that old pictures were in


@dataclass(frozen=True, slots=True)
class Tables:
    """The boxes of one track by kind, and the boxes that hold its sample table, the outermost first."""

    boxes: Mapping[bytes, Box]
    chain: tuple[Box, ...]
    groups: tuple[Box, ...]

    def numbers(self, source: Source, kind: bytes, at: int = 4, width: int = 4, per: int = 1) -> array[int]:
        """Give a table's numbers: a count at byte `at` of its content, then `per` numbers for each; empty without one."""
        box = self.boxes.get(kind)
        if box is None:
            return array("I")
        count = int.from_bytes(source.at(box.body + at, 4), "big") * per
        if box.body + at + 4 + count * width > box.end:
            raise MalformedFile(
                Bilingual(f"the table {kind.decode()} is cut short", f"表 {kind.decode()} 不完整"), offset=box.offset
            )
        found = array("I" if width == 4 else "Q", source.at(box.body + at + 4, count * width))
        bmff.swapped(found)
        return found


def of_track(source: Source, layout: Layout, track: Box, handler: bytes) -> Tables | None:
    """Give the tables of a track, None where its handler is another."""
    boxes: dict[bytes, Box] = {}
    groups: list[Box] = []
    chain: tuple[Box, ...] = ()
    for above, box in nested(source, track):
        if box.kind == b"hdlr" and above[-1].kind == b"mdia" and source.at(box.body + 8, 4) != handler:
            return None
        if box.kind == b"stsz":
            chain = (layout.movie, *above)
        if box.kind == b"sbgp":
            groups.append(box)
        boxes.setdefault(box.kind, box)
    return Tables(boxes, chain, tuple(groups))


def sizes(source: Source, tables: Tables) -> Iterable[int]:
    """Give every sample's size in bytes."""
    box = tables.boxes.get(b"stsz")
    if box is None:
        raise refused("the sizes of its samples stand in a form that cannot be changed", "样本大小表的形式无法修改")
    same, count = struct.unpack(">II", source.at(box.body + 4, 8))
    return repeat(same, count) if same else tables.numbers(source, b"stsz", 8)


def count_of(source: Source, tables: Tables) -> int:
    """Give how many samples there are."""
    box = tables.boxes.get(b"stsz")
    return int.from_bytes(source.at(box.body + 8, 4), "big") if box is not None else 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of samples that lie together: where, how many, and which sample description is theirs."""

    offset: int
    count: int
    description: int


def chunks(source: Source, tables: Tables) -> Iterator[Chunk]:
    """Give the chunks in order."""
    wide = b"co64" in tables.boxes
    offsets = tables.numbers(source, b"co64" if wide else b"stco", width=8 if wide else 4)
    runs = tables.numbers(source, b"stsc", per=3)
    for at in range(0, len(runs), 3):
        first, each, description = runs[at : at + 3]
        last = runs[at + 3] if at + 3 < len(runs) else len(offsets) + 1
        if not 0 < first < last <= len(offsets) + 1:
            raise MalformedFile(Bilingual("the chunks are counted wrongly", "块的计数有误"))
        for number in range(first, last):
            yield Chunk(offsets[number - 1], each, description)


def samples(source: Source, tables: Tables) -> Iterator[Sample]:
    """Give the samples in decoding order, each with its presentation time in units of the track."""
    keys = set(tables.numbers(source, b"stss")) if b"stss" in tables.boxes else None
    sized = iter(sizes(source, tables))
    timed = zip(decoding_times(source, tables), offsets(source, tables), strict=False)
    number = 0
    for chunk in chunks(source, tables):
        at = chunk.offset
        for _ in range(chunk.count):
            size, when = next(sized, None), next(timed, None)
            if size is None or when is None:
                return
            number += 1
            yield Sample(at, size, when[0] + when[1], keys is None or number in keys)
            at += size


def decoding_times(source: Source, tables: Tables) -> Iterator[int]:
    """Give when each sample is decoded."""
    runs = tables.numbers(source, b"stts", per=2)
    at = 0
    for count, step in zip(runs[::2], runs[1::2], strict=True):
        for _ in range(count):
            yield at
            at += step


def offsets(source: Source, tables: Tables) -> Iterator[int]:
    """Give how long after its decoding each sample is shown; zeros without end behind the table."""
    return joined.from_iterable((*(repeat(step, count) for count, step in _offset_runs(source, tables)), repeat(0)))


def _offset_runs(source: Source, tables: Tables) -> list[tuple[int, int]]:
    runs = tables.numbers(source, b"ctts", per=2)
    # version 0 has no sign, but some writers put negative offsets there and every player takes them so
    steps = (step - (1 << 32) if step >> 31 else step for step in runs[1::2])
    return list(zip(runs[::2], steps, strict=True))


def changes(source: Source, tables: Tables, pictures: list[Coded]) -> Iterator[Change]:
    """Give the changes of every table but the chunk offsets and the sample description when `pictures` come first."""
    yield from _changed_sizes(source, tables, pictures)
    yield from _changed_keys(source, tables, pictures)
    yield from _changed_offsets(source, tables, pictures)
    if (box := tables.boxes.get(b"sdtp")) is not None:
        end = min(box.end, box.body + 4 + len(pictures))
        yield Change((box.body + 4, end, bytes(end - box.body - 4)), tables.chain)
    for box in tables.groups:
        yield from _changed_groups(source, box, tables.chain, len(pictures))


def _changed_sizes(source: Source, tables: Tables, pictures: list[Coded]) -> Iterator[Change]:
    box = tables.boxes[b"stsz"]
    new = [len(picture.data) for picture in pictures]
    if int.from_bytes(source.at(box.body + 4, 4), "big") == 0:
        yield Change((box.body + 12, box.body + 12 + 4 * len(new), struct.pack(f">{len(new)}I", *new)), tables.chain)
        return
    every = array("I", sizes(source, tables))
    every[: len(new)] = array("I", new)
    bmff.swapped(every)
    whole = bmff.full_box(b"stsz", 0, 0, struct.pack(">II", 0, len(every)), every.tobytes())
    yield Change((box.offset, box.end, whole), tables.chain)


def _changed_keys(source: Source, tables: Tables, pictures: list[Coded]) -> Iterator[Change]:
    box = tables.boxes.get(b"stss")
    if box is None:
        if not all(picture.key for picture in pictures):
            count = count_of(source, tables)
            keys = [n for n, each in enumerate(pictures, 1) if each.key] + list(range(len(pictures) + 1, count + 1))
            whole = bmff.full_box(b"stss", 0, 0, struct.pack(f">I{len(keys)}I", len(keys), *keys))
            end = tables.boxes[b"stsz"].end
            yield Change((end, end, whole), tables.chain)
        return
    old = tables.numbers(source, b"stss")
    keys = [n for n, each in enumerate(pictures, 1) if each.key] + [n for n in old if n > len(pictures)]
    if keys != list(old):
        whole = bmff.full_box(b"stss", 0, 0, struct.pack(f">I{len(keys)}I", len(keys), *keys))
        yield Change((box.offset, box.end, whole), tables.chain)


def _changed_offsets(source: Source, tables: Tables, pictures: list[Coded]) -> Iterator[Change]:
    new = [each.time - at for each, at in zip(pictures, decoding_times(source, tables), strict=False)]
    box = tables.boxes.get(b"ctts")
    if box is None:
        if any(new):
            raise MalformedFile(Bilingual("the samples are shown out of order", "样本的显示顺序有误"))
        return
    runs = [(len(list(same)), step) for step, same in groupby(new)]
    done, before = len(new), 0
    for count, step in _offset_runs(source, tables):
        if before + count > done:
            runs.append((before + count - max(before, done), step))
        before += count
    version = SIGNED if any(step < 0 for _, step in runs) else source.at(box.body, 1)[0]
    content = b"".join(struct.pack(">Ii" if step < 0 else ">II", count, step) for count, step in runs)
    whole = bmff.full_box(b"ctts", version, 0, struct.pack(">I", len(runs)), content)
    yield Change((box.offset, box.end, whole), tables.chain)


def _changed_groups(source: Source, box: Box, chain: tuple[Box, ...], count: int) -> Iterator[Change]:
    """Take the first `count` samples out of a sample group (8.9.2), whose description was of the old pictures."""
    raw = source.at(box.body, max(16, box.end - box.body))
    if raw[4:8] not in CLEARED:
        raise refused("its samples are in groups of a kind that is not known", "样本属于未知类型的样本组")
    at = 12 if raw[0] else 8
    listed = source.at(box.body + at + 4, 8 * int.from_bytes(raw[at : at + 4], "big"))
    runs = list(struct.iter_unpack(">II", listed))
    new = [(count, 0)]
    before = 0
    for length, group in runs:
        if before + length > count:
            new.append((before + length - max(before, count), group))
        before += length
    content = b"".join(struct.pack(">II", *run) for run in new)
    whole = bmff.full_box(b"sbgp", raw[0], 0, raw[4:at], struct.pack(">I", len(new)), content)
    yield Change((box.offset, box.end, whole), chain)
