"""Puts coded sound before and after the one sound track of an MP4 file: tables, times and offsets follow."""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars import bmff, movie_descriptors, movie_tables
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.movie import Change, Layout, children, is_compressed, layout_of, nested, settled
from aigc_label.grammars.movie_tables import Tables
from aigc_label.grammars.moving import Moved
from aigc_label.source import Source
from aigc_label.splice import Plan, replaced

SOUND: Final = b"soun"
ENTRY: Final = 28  # bytes of a sound sample entry before its boxes (ISO/IEC 14496-12, 12.2.3)
SAMPLES: Final = 1024  # of an AAC access unit
COOKIE: Final = 24  # bytes in which ALAC keeps its settings: samples of a packet first, hertz last
RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
LOW_COMPLEXITY: Final = 2
GAPLESS: Final = re.compile(rb"iTunSMPB.{16} 00000000 ([0-9A-F]{8}) ([0-9A-F]{8}) ([0-9A-F]{16})", re.DOTALL)
REFUSED: Final = (b"ctts", b"stps", b"saiz", b"saio", b"subs", b"stz2", b"stdp", b"padb")
NERO_UNITS: Final = 10_000_000  # of a second, in which `chpl` counts


@dataclass(frozen=True, slots=True)
class Coding:
    """Hertz, the channels as the decoder is told them, samples of a unit; ALAC's settings, b"" for AAC."""

    rate: int
    configuration: int
    samples: int = SAMPLES
    cookie: bytes = b""


@dataclass(frozen=True, slots=True)
class Track:
    """The sound track: its boxes, how it is coded, how its time is edited.

    `skipped` are the samples left out at the start, `length` all samples together, those included.
    """

    layout: Layout
    tables: Tables
    box: Box
    coding: Coding
    skipped: int
    length: int
    size: int
    others: tuple[Box, ...]

    @property
    def rate(self) -> int:
        return self.coding.rate

    @property
    def bitrate(self) -> int:
        return round(8 * self.size * self.rate / max(1, self.length))


def track_of(source: Source) -> Track:
    """Give the sound track of a file that holds one, as plain AAC-LC or ALAC and not in fragments.

    Raises `UnsupportedFormat` where the file is none of these, `MalformedFile`.
    """
    layout = layout_of(source)
    if is_compressed(source, layout.movie) or layout.of(b"moof"):
        raise _refused("it is in fragments or compressed", "文件为分片结构或已压缩")
    tracks = [box for box in children(source, layout.movie) if box.kind == b"trak"]
    found = [(box, tables) for box in tracks if (tables := _tables(source, layout, box)) is not None]
    if len(found) != 1:
        raise _refused(f"it has {len(found)} sound tracks", f"文件含有 {len(found)} 条音频轨")
    box, tables = found[0]
    odd = next((kind for kind in REFUSED if kind in tables.boxes), None)
    if odd is not None:
        raise _refused(f"its sound track has a table {odd.decode()}", f"音频轨含有 {odd.decode()} 表")
    coding = _coding(source, tables)
    runs = tables.numbers(source, b"stts", per=2)
    length = sum(count * step for count, step in zip(runs[::2], runs[1::2], strict=True))
    if _scale(source, tables.boxes[b"mdhd"]) != coding.rate:
        raise _refused("its time is not counted in samples", "时间不以采样为单位")
    size = sum(movie_tables.sizes(source, tables))
    others = tuple(one for one in tracks if one is not box)
    skipped = _skipped(source, tables)
    return Track(layout, tables, box, coding, skipped, length, size, others)


def _tables(source: Source, layout: Layout, track: Box) -> Tables | None:
    tables = movie_tables.of_track(source, layout, track, SOUND)
    if tables is None:
        return None
    needed = (b"stsd", b"stts", b"stsz", b"stsc", b"mdhd", b"tkhd")
    if any(kind not in tables.boxes for kind in needed) or not {b"stco", b"co64"} & tables.boxes.keys():
        raise MalformedFile(Bilingual("the sound track lacks a table", "音频轨缺少必要的表"), offset=track.offset)
    return tables


def _coding(source: Source, tables: Tables) -> Coding:
    """Give how the sound is coded from the decoder's own data (ISO/IEC 14496-3, 1.6.2.1; Apple's ALACMagicCookie)."""
    entries = list(bmff.boxes(source, tables.boxes[b"stsd"].body + 8, tables.boxes[b"stsd"].end))
    entry = entries[0] if len(entries) == 1 else None
    if entry is not None and entry.kind == b"alac" and not _version(source, entry):
        return _lossless(source, entry)
    if entry is None or entry.kind != b"mp4a":
        name = entries[0].kind.decode("latin-1") if entries else "-"
        raise _refused(f"its sound is coded as {name}", f"音频编码为 {name}")
    inside = list(bmff.boxes(source, entry.body + ENTRY, entry.end)) if not _version(source, entry) else []
    box = next((part for part in inside if part.kind == b"esds"), None)
    data = movie_descriptors.specific(box.data(source)) if box is not None else b""
    bits = int.from_bytes(data[:2], "big")
    kind, index, configuration = bits >> 11, bits >> 7 & 15, bits >> 3 & 15
    if len(data) < 2 or kind != LOW_COMPLEXITY or index >= len(RATES) or bits & 4:
        raise _refused("its sound is not plain AAC-LC", "音频不是普通的 AAC-LC")
    return Coding(RATES[index], configuration)


def _lossless(source: Source, entry: Box) -> Coding:
    box = next((part for part in bmff.boxes(source, entry.body + ENTRY, entry.end) if part.kind == b"alac"), None)
    data = box.data(source)[4:] if box is not None else b""
    if len(data) < COOKIE or not int.from_bytes(data[:4], "big") or not data[9]:
        raise MalformedFile(Bilingual("the ALAC settings are cut short", "ALAC 参数不完整"), offset=entry.offset)
    samples, rate = int.from_bytes(data[:4], "big"), int.from_bytes(data[20:24], "big")
    return Coding(rate, data[9], samples, data[:COOKIE])


def _version(source: Source, entry: Box) -> int:
    return int.from_bytes(source.at(entry.body + 8, 2), "big")  # QuickTime's sound descriptions have longer ones


def _scale(source: Source, box: Box) -> int:
    """Give the time scale of an mdhd or mvhd box."""
    head = source.at(box.body, 24)
    return int.from_bytes(head[20:24] if head[0] else head[12:16], "big")


def _edit_form(raw: bytes) -> struct.Struct:
    return struct.Struct(">QqI" if raw[0] else ">IiI")


def _skipped(source: Source, tables: Tables) -> int:
    """Give the samples that the edit list leaves out at the start. Raises where it says anything else."""
    box = tables.boxes.get(b"elst")
    if box is None:
        return 0
    raw = box.data(source)
    form = _edit_form(raw)
    edits = list(form.iter_unpack(raw[8 : 8 + form.size * int.from_bytes(raw[4:8], "big")]))
    if len(edits) != 1 or edits[0][1] < 0 or edits[0][2] != 1 << 16:
        raise _refused("its edit list does more than trim", "编辑列表不只是裁剪")
    return int(edits[0][1])


def with_sound(source: Source, track: Track, before: Sequence[bytes], behind: Sequence[bytes]) -> Plan:
    """Give the file with access units before and behind the track's own, which stay as they are.

    Raises `UnsupportedFormat` where times of another track would have to move, or an offset outgrows its field.
    """
    if before and track.others:
        raise UnsupportedFormat(
            Bilingual("chapters or pictures with times would have to move", "带时间的章节或画面需要随之移动"),
            remedy=Bilingual("Put the mark at the end: `--position end`.", "请将标识放在末尾：`--position end`。"),
        )
    boxes = _media(track.layout, before, behind)
    changes = [*_counted(source, track, before, behind), *_timed(source, track, len(before), len(behind))]
    changes += _gapless(source, track, len(before), len(behind))
    table = track.tables.boxes.get(b"co64") or track.tables.boxes[b"stco"]
    count = int.from_bytes(source.at(table.body + 4, 4), "big") + len(boxes)
    width = 8 if table.kind == b"co64" else 4
    room = (table.offset, table.end, bytes(16 + width * count))
    shape = [*(change.edit for change in changes), room, *(edit for edit, _ in boxes)]
    offsets = _moved_offsets(
        source, track, table, Moved(shape), [(_start(shape, edit), first) for edit, first in boxes]
    )
    changes.append(Change((table.offset, table.end, offsets), track.tables.chain))
    others = bmff.chunk_offset_edits(source, track.layout.movie, Moved(shape))
    own = range(table.offset, table.end)
    edits = [*settled(changes), *(edit for edit in others if edit[0] not in own), *(edit for edit, _ in boxes)]
    return replaced(source.size, edits)


def _media(layout: Layout, before: Sequence[bytes], behind: Sequence[bytes]) -> list[tuple[Edit, bool]]:
    """Give a media box for each side that has units: its edit, and whether it comes first in the sound."""
    media = [box for box in layout.boxes if box.kind == b"mdat"]
    if not media:
        raise MalformedFile(Bilingual("there is no media box", "缺少 mdat 盒"))
    head, last = media[0].offset, media[-1]
    tail = last.offset if last.unsized else last.end
    sides = ((head, before, True), (tail, behind, False))
    return [((place, place, bmff.box(b"mdat", *units)), first) for place, units, first in sides if units]


def _start(shape: list[Edit], edit: Edit) -> int:
    """Give where the content of an inserted media box stands in the new file."""
    growth = 0
    for start, end, new in sorted(shape, key=lambda one: one[:2]):
        if (start, end, new) == edit:
            break
        growth += len(new) - (end - start)
    return edit[0] + growth + 8


def _moved_offsets(source: Source, track: Track, table: Box, moved: Moved, added: list[tuple[int, bool]]) -> bytes:
    """Give the chunk offset table with a chunk for each side that was added."""
    code = "Q" if table.kind == b"co64" else "I"
    own = [moved(chunk.offset) for chunk in movie_tables.chunks(source, track.tables)]
    every = [*(at for at, first in added if first), *own, *(at for at, first in added if not first)]
    try:
        numbers = array(code, every)
    except OverflowError as problem:
        raise bmff.outgrown(table.offset) from problem
    bmff.swapped(numbers)
    return bmff.full_box(table.kind, 0, 0, struct.pack(">I", len(every)), numbers.tobytes())


def _counted(source: Source, track: Track, before: Sequence[bytes], behind: Sequence[bytes]) -> Iterator[Change]:
    """Sizes, durations, chunks and sample groups, each with what was added at its head and at its tail."""
    tables = track.tables
    sizes = array("I", [*map(len, before), *movie_tables.sizes(source, tables), *map(len, behind)])
    count = len(sizes)
    bmff.swapped(sizes)
    yield _rewritten(tables, b"stsz", struct.pack(">II", 0, count), sizes.tobytes())
    steps = tables.numbers(source, b"stts", per=2)
    step = track.coding.samples
    runs = [*_run(len(before), step), *zip(steps[::2], steps[1::2], strict=True), *_run(len(behind), step)]
    yield _rewritten(tables, b"stts", struct.pack(">I", len(runs)), *(struct.pack(">II", *run) for run in runs))
    yield _rewritten(tables, b"stsc", *_chunked(source, tables, len(before), len(behind)))
    for box in tables.groups:
        yield Change((box.offset, box.end, _grouped(source, box, len(before), len(behind))), tables.chain)


def _run(count: int, step: int) -> list[tuple[int, int]]:
    return [(count, step)] if count else []


def _rewritten(tables: Tables, kind: bytes, *parts: bytes) -> Change:
    box = tables.boxes[kind]
    return Change((box.offset, box.end, bmff.full_box(kind, 0, 0, *parts)), tables.chain)


def _chunked(source: Source, tables: Tables, before: int, behind: int) -> Iterator[bytes]:
    old = tables.numbers(source, b"stsc", per=3)
    total = sum(1 for _ in movie_tables.chunks(source, tables))
    shift = 1 if before else 0
    entries = [(1, before, 1)] if before else []
    entries += [(old[at] + shift, old[at + 1], old[at + 2]) for at in range(0, len(old), 3)]
    entries += [(total + shift + 1, behind, 1)] if behind else []
    yield struct.pack(">I", len(entries))
    for entry in entries:
        yield struct.pack(">III", *entry)


def _grouped(source: Source, box: Box, before: int, behind: int) -> bytes:
    """Added units belong to the group of their neighbours: how far a decoder has to roll in is the same for all."""
    raw = box.data(source)
    at = 12 if raw[0] else 8
    runs = list(struct.iter_unpack(">II", raw[at + 4 : at + 4 + 8 * int.from_bytes(raw[at : at + 4], "big")]))
    if raw[4:8] != b"roll" or not runs:
        raise _refused("it has sample groups of an unknown kind", "含有未知类型的样本组")
    runs = [(before, runs[0][1]), *runs, (behind, runs[-1][1])]
    kept = [run for run in runs if run[0]]
    packed = b"".join(struct.pack(">II", *run) for run in kept)
    return bmff.full_box(
        b"sbgp", raw[0], int.from_bytes(raw[1:4], "big"), raw[4:at], struct.pack(">I", len(kept)), packed
    )


def _timed(source: Source, track: Track, before: int, behind: int) -> Iterator[Change]:
    """Durations of media, track and movie, the edit list, and Nero's chapters."""
    movie = next(box for box in children(source, track.layout.movie) if box.kind == b"mvhd")
    scale = _scale(source, movie)
    length = track.length + track.coding.samples * (before + behind)
    trimmed = track.coding.samples * before * scale // track.rate
    boxes, chain = track.tables.boxes, track.tables.chain
    edit = boxes.get(b"elst")
    if edit is not None:
        raw = edit.data(source)
        form = _edit_form(raw)
        old, media, rate = form.unpack(raw[8 : 8 + form.size])
        shown = (length - track.skipped) * scale // track.rate if behind else old + trimmed
        holders = _holders(source, track, edit)
        yield Change((edit.body + 8, edit.body + 8 + form.size, form.pack(shown, media, rate)), holders)
    else:
        shown = length * scale // track.rate
    yield _duration(source, boxes[b"mdhd"], 16, 24, length, chain)
    yield _duration(source, boxes[b"tkhd"], 20, 28, shown, chain)
    yield _duration(source, movie, 16, 24, max(shown, _stated(source, movie, 16, 24) if track.others else 0), chain)
    if before:
        yield from _chapters(source, track, track.coding.samples * before)


def _holders(source: Source, track: Track, wanted: Box) -> tuple[Box, ...]:
    return (track.layout.movie, *next(above for above, box in nested(source, track.box) if box == wanted))


def _stated(source: Source, box: Box, short: int, wide: int) -> int:
    version = source.at(box.body, 1)[0]
    at, width = (wide, 8) if version else (short, 4)
    return int.from_bytes(source.at(box.body + at, width), "big")


def _duration(source: Source, box: Box, short: int, wide: int, value: int, chain: tuple[Box, ...]) -> Change:
    """Give the change of a duration that stands at byte `short` of the content, or at `wide` where it has 64 bits."""
    at, width = (wide, 8) if source.at(box.body, 1)[0] else (short, 4)
    if value >> 8 * width:
        raise bmff.outgrown(box.offset)
    return Change((box.body + at, box.body + at + width, value.to_bytes(width, "big")), chain)


def _chapters(source: Source, track: Track, samples: int) -> Iterator[Change]:
    """Nero's chapters in `chpl`: version, flags, four bytes or one, a count, then a time and a named length each."""
    for _, box in nested(source, track.layout.movie):
        if box.kind != b"chpl":
            continue
        raw = box.data(source)
        at = 9 if raw[0] else 5
        for _ in range(raw[at - 1] if len(raw) >= at else 0):
            if at + 9 > len(raw):
                raise MalformedFile(Bilingual("a chapter is cut short", "章节不完整"), offset=box.offset)
            time = int.from_bytes(raw[at : at + 8], "big") + samples * NERO_UNITS // track.rate
            yield Change((box.body + at, box.body + at + 8, time.to_bytes(8, "big")), ())
            at += 9 + raw[at + 8]


def _gapless(source: Source, track: Track, before: int, behind: int) -> Iterator[Change]:
    """iTunes' own note of delay, padding and length follows; what it cut off at the end is silence between now."""
    movie = track.layout.movie
    found = GAPLESS.search(source.at(movie.body, movie.end - movie.body))
    if found is None:
        return
    delay, padding, total = (int(one, 16) for one in found.groups())
    total += track.coding.samples * (before + behind) + (padding if behind else 0)
    new = b"%08X %08X %016X" % (delay, 0 if behind else padding, total)
    at = movie.body + found.start(1)
    yield Change((at, at + len(new), new), ())


def _refused(en: str, zh: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual(
            f"no mark can be put into this file without encoding it anew: {en}",
            f"无法在不重新编码的情况下添加标识：{zh}",
        ),
        remedy=Bilingual(
            "Mark the sound before it is encoded, or export it as plain AAC in M4A.",
            "请在编码之前添加显式标识，或导出为普通 AAC 的 M4A。",
        ),
    )
