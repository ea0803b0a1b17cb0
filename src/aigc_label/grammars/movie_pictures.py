"""Knows where MP4 and QuickTime files keep their pictures, and puts others in their place."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import Final, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import bmff, heif, heif_tables, movie_descriptors, movie_fragments, movie_offsets, movie_tables
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.footage import Coded, Footage, Sample, refused, run_of
from aigc_label.grammars.movie import Change, Layout, children, holding, is_compressed, layout_of, settled
from aigc_label.grammars.movie_tables import Tables
from aigc_label.grammars.moving import Moved
from aigc_label.source import Source
from aigc_label.splice import Plan, replaced

VIDEO: Final = b"vide"
ENTRY: Final = 78  # bytes of a visual sample entry before its boxes (ISO/IEC 14496-12, 12.1.3)
CONFIGURATIONS: Final = (b"avcC", b"hvcC", b"av1C", b"vpcC", b"esds", b"glbl", b"d263")
APERTURE: Final = struct.Struct(">8I")  # a clean aperture: width, height, offsets, each a fraction (12.1.4)
REFUSED: Final = {  # boxes of a sample entry that say that there is more to a picture than its pixels
    b"dvcC": ("Dolby Vision", "杜比视界"),
    b"dvvC": ("Dolby Vision", "杜比视界"),
    b"dvwC": ("Dolby Vision", "杜比视界"),
    b"lhvC": ("a second picture for the other eye or of other quality", "供另一只眼或其他质量层使用的第二画面"),
    b"sinf": ("encryption", "加密"),
    b"mvcC": ("a second picture for the other eye", "供另一只眼使用的第二画面"),
}


def footage_of(source: Source) -> Footage:
    """Give the video track of a movie file. Raises `UnsupportedFormat` by name where it cannot be changed."""
    layout = layout_of(source)
    tables = _track(source, layout)
    entry, _ = _entry(source, layout, tables)
    scale, start, odd = _timing(source, tables)
    box = next((part for part in _entry_boxes(source, entry) if part.kind in CONFIGURATIONS), None)
    return Footage(
        codec=entry.kind.decode("latin-1"),
        configuration=_configuration(source, box),
        unit=Fraction(1, scale),
        start=start,
        count=movie_tables.count_of(source, tables) or None,
        samples=lambda: _samples(source, layout, tables),
        odd=odd,
    )


def shown_share(source: Source) -> Fraction:
    """Give the least share of width or height that players show of a video track's pictures (a clean aperture)."""
    layout = layout_of(source)
    if is_compressed(source, layout.movie):
        raise refused("its movie box is compressed", "moov 盒已压缩")
    shares = [Fraction(1)]
    for track in children(source, layout.movie):
        tables = movie_tables.of_track(source, layout, track, VIDEO) if track.kind == b"trak" else None
        box = tables.boxes.get(b"stsd") if tables is not None else None
        for entry in bmff.boxes(source, box.body + 8, box.end) if box is not None else ():
            size = struct.unpack(">2H", source.at(entry.body + 24, 4))
            for part in _entry_boxes(source, entry):
                if part.kind == b"clap":
                    wide, by, high, of, *_ = APERTURE.unpack(source.at(part.body, APERTURE.size))
                    shares += [Fraction(wide, (by or 1) * (size[0] or 1)), Fraction(high, (of or 1) * (size[1] or 1))]
    return min(shares)


def _samples(source: Source, layout: Layout, tables: Tables) -> Iterator[Sample]:
    if not layout.of(b"moof"):
        return movie_tables.samples(source, tables)
    every = movie_fragments.runs(source, layout, _number(source, tables))
    return (entry.sample for run in every for entry in run.entries)


def _number(source: Source, tables: Tables) -> int:
    """Give the number of the track."""
    box = tables.boxes.get(b"tkhd")
    if box is None:
        raise MalformedFile(Bilingual("the video track has no header", "视频轨缺少轨道头"))
    return int.from_bytes(source.at(box.body + (20 if source.at(box.body, 1)[0] else 12), 4), "big")


def _configuration(source: Source, box: Box | None) -> bytes:
    """Give what the decoder is told before the first picture."""
    if box is None:
        return b""
    return movie_descriptors.specific(box.data(source)) if box.kind == b"esds" else box.data(source)


def _track(source: Source, layout: Layout) -> Tables:
    if is_compressed(source, layout.movie):
        raise refused("its movie box is compressed", "moov 盒已压缩")
    found = [tables for box in children(source, layout.movie) if (tables := _tables(source, layout, box))]
    if not found:
        raise refused("it holds no video", "文件不含视频")
    if len(found) > 1:
        raise refused(f"it has {len(found)} video tracks", f"文件含有 {len(found)} 条视频轨")
    return found[0]


def _tables(source: Source, layout: Layout, track: Box) -> Tables | None:
    """Give the tables of a track that is video and has samples."""
    if track.kind != b"trak":
        return None
    tables = movie_tables.of_track(source, layout, track, VIDEO)
    if tables is None:
        return None
    inside = bool(movie_tables.count_of(source, tables))
    if inside and layout.of(b"moof"):
        raise refused("only a part of it is in fragments", "文件只有一部分为分片结构")
    return tables if inside or layout.of(b"moof") else None


def _entry(source: Source, layout: Layout, tables: Tables) -> tuple[Box, int]:
    """Give the sample description of the first samples, and its number."""
    box = tables.boxes.get(b"stsd")
    if box is None:
        raise MalformedFile(Bilingual("the video track has no sample description", "视频轨缺少样本描述"))
    entries = list(bmff.boxes(source, box.body + 8, box.end))
    first = next(movie_tables.chunks(source, tables), None)
    number = 1 if layout.of(b"moof") else first.description if first is not None else 0
    if not 1 <= number <= len(entries):
        raise MalformedFile(Bilingual("the video track has no samples", "视频轨没有样本"), offset=box.offset)
    entry = entries[number - 1]
    for part in _entry_boxes(source, entry):
        if part.kind in REFUSED:
            raise refused(f"its pictures have {REFUSED[part.kind][0]}", f"画面带有{REFUSED[part.kind][1]}")
    return entry, number


def _entry_boxes(source: Source, entry: Box) -> list[Box]:
    return list(bmff.boxes(source, entry.body + ENTRY, entry.end)) if entry.end - entry.body > ENTRY else []


def _timing(source: Source, tables: Tables) -> tuple[int, int, str]:
    """Give the units in a second, the time of the first picture shown, and what is odd about the edit list."""
    media = tables.boxes.get(b"mdhd")
    head = source.at(media.body, 24) if media is not None else bytes(24)
    scale = int.from_bytes(head[20:24] if head[0] else head[12:16], "big")
    if not scale:
        raise MalformedFile(Bilingual("the video track has no time scale", "视频轨缺少时间刻度"))
    box = tables.boxes.get(b"elst")
    if box is None:
        return scale, 0, ""
    head = source.at(box.body, 8)
    form = struct.Struct(">QqI" if head[0] else ">IiI")
    count = int.from_bytes(head[4:], "big")
    edits = [edit for edit in form.iter_unpack(source.at(box.body + 8, form.size * count)) if edit[1] >= 0]
    if not edits:
        return scale, 0, ""
    odd = "edits" if len(edits) > 1 or edits[0][2] != 1 << 16 else ""
    return scale, edits[0][1], odd


def with_pictures(source: Source, footage: Footage, pictures: list[Coded], configuration: bytes) -> Plan:
    """Give the file whose first samples are `pictures`; every other sample and every other track stays as it is.

    What the old samples held is in no byte of it. Raises `UnsupportedFormat` where an offset outgrows its field.
    """
    layout = layout_of(source)
    tables = _track(source, layout)
    entry, number = _entry(source, layout, tables)
    changes: list[Change] = []
    if configuration != footage.configuration:
        changes += _changed_configuration(source, tables, entry, configuration)
    if layout.of(b"moof"):
        edits = movie_fragments.edits(source, layout, _number(source, tables), pictures, changes)
        return replaced(source.size, edits)
    changes += movie_tables.changes(source, tables, pictures)
    for edit in _media_edits(source, tables, pictures, number):
        changes.append(Change(edit, holding(layout, edit)))
    moved = Moved(change.edit for change in changes)
    offsets = movie_offsets.offsets_of(source, layout)
    if offsets.fields or offsets.across:
        raise refused("it has indexes of fragments", "文件带有分片索引")
    edits = settled(changes) + bmff.chunk_offset_edits(source, layout.movie, moved)
    for box in offsets.locations:
        edits += _moved_items(source, box, moved)
    return replaced(source.size, edits)


def _changed_configuration(source: Source, tables: Tables, entry: Box, configuration: bytes) -> Iterator[Change]:
    box = next(part for part in _entry_boxes(source, entry) if part.kind in CONFIGURATIONS)
    chain = (*tables.chain, tables.boxes[b"stsd"], entry)
    own = box.kind == b"esds"
    content = movie_descriptors.with_specific(box.data(source), configuration) if own else configuration
    yield Change((box.offset, box.end, bmff.box(box.kind, content)), chain)


def _media_edits(source: Source, tables: Tables, pictures: list[Coded], description: int) -> Iterator[Edit]:
    """Give one edit for each chunk that holds samples to be replaced."""
    waiting = iter(pictures)
    sized = iter(movie_tables.sizes(source, tables))
    left = len(pictures)
    for chunk in movie_tables.chunks(source, tables):
        count = min(left, chunk.count)
        if not count:
            return
        if chunk.description != description:
            raise refused("its first pictures have several descriptions", "起始画面使用了多个样本描述")
        old = sum(next(sized) for _ in range(count))
        new = run_of(islice(waiting, count))
        yield chunk.offset, chunk.offset + old, cast(bytes, new)  # which behaves as bytes do
        left -= count


def _moved_items(source: Source, box: Box, moved: Moved) -> list[Edit]:
    meta = heif.meta_of(source, box)
    after = heif_tables.relocated(meta.locations, lambda start, _: moved(start))
    if after == meta.locations:
        return []
    place, new = meta.parts[b"iloc"], heif_tables.locations_box(after)
    if len(new) != place.size:
        raise bmff.outgrown(place.offset)
    return [(place.offset, place.end, new)]
