"""Knows where Matroska and WebM files keep their pictures, and puts others in their place (RFC 9559)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import ebml
from aigc_label.grammars.bmff import Edit
from aigc_label.grammars.ebml import Element
from aigc_label.grammars.footage import Coded, Footage, Sample, refused
from aigc_label.grammars.matroska_positions import positions
from aigc_label.source import Source
from aigc_label.splice import Plan, replaced

INFO: Final = 0x1549A966
TIMESTAMP_SCALE: Final = 0x2AD7B1
TRACKS: Final = 0x1654AE6B
TRACK_ENTRY: Final = 0xAE
TRACK_NUMBER: Final = 0xD7
TRACK_TYPE: Final = 0x83
CODEC: Final = 0x86
CODEC_PRIVATE: Final = 0x63A2
ENCODINGS: Final = 0x6D80
SPEED: Final = 0x23314F
VIDEO: Final = 0xE0
ALPHA: Final = 0x53C0
WIDTH: Final = 0xB0
HEIGHT: Final = 0xBA
CROPPED: Final = {
    0x54CC: WIDTH,
    0x54DD: WIDTH,
    0x54BB: HEIGHT,
    0x54AA: HEIGHT,
}  # pixels cut at left, right, top, bottom
MAPPING: Final = 0x41E4
MAPPING_TYPE: Final = 0x41E7
TIMESTAMP: Final = 0xE7
SIMPLE_BLOCK: Final = 0xA3
BLOCK_GROUP: Final = 0xA0
BLOCK: Final = 0xA1
ADDITIONS: Final = 0x75A1
DURATION: Final = 0x9B
REFERENCE: Final = 0xFB
KEY: Final = 0x80
INVISIBLE: Final = 0x08
LACED: Final = 0x06
DOLBY: Final = tuple(int.from_bytes(kind, "big") for kind in (b"dvcC", b"dvvC", b"dvwC"))


@dataclass(frozen=True, slots=True)
class Track:
    """The video track: its number as blocks spell it, and where its codec's private data stand."""

    entry: Element
    number: bytes
    codec: str
    private: Element | None


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the video track: the element that stands in the cluster, the block proper, its time and data."""

    cluster: Element
    base: int  # the cluster's time
    whole: Element
    sample: Sample
    flags: int


def footage_of(source: Source) -> Footage:
    """Give the video track of a Matroska file. Raises `UnsupportedFormat` by name where it cannot be changed."""
    segment = _segment(source)
    track = _track(source, segment)
    private = source.at(track.private.data, track.private.size) if track.private is not None else b""
    return Footage(
        codec=track.codec,
        configuration=private,
        unit=Fraction(_scale(source, segment), 10**9),
        start=-(1 << 62),
        count=None,
        samples=lambda: (block.sample for block in _blocks(source, segment, track)),
    )


def _segment(source: Source) -> Element:
    at = 0
    for _ in range(source.limits.depth):
        element = ebml.element_at(source, at, source.size)
        if element.id == ebml.SEGMENT:
            return element
        at = element.end
    raise MalformedFile(Bilingual("no segment", "缺少 Segment"), offset=at)


def _part(source: Source, segment: Element, number: int) -> Element | None:
    """Give the first part of this kind before the clusters."""
    for part in ebml.level_one(source, segment):
        if part.id in (number, ebml.CLUSTER):
            return part if part.id == number else None
    return None


def _scale(source: Source, segment: Element) -> int:
    part = _part(source, segment, INFO)
    inside = ebml.children(source, part) if part is not None else ()
    scale = next((ebml.unsigned(source, each) for each in inside if each.id == TIMESTAMP_SCALE), 1_000_000)
    if not scale:
        raise MalformedFile(Bilingual("the film has no time scale", "影片缺少时间刻度"))
    return scale


def _track(source: Source, segment: Element) -> Track:
    tracks = _part(source, segment, TRACKS)
    entries = ebml.children(source, tracks) if tracks is not None else ()
    found = [track for entry in entries if entry.id == TRACK_ENTRY and (track := _video(source, entry))]
    if len(found) != 1:
        raise refused(f"it has {len(found)} video tracks", f"文件含有 {len(found)} 条视频轨")
    return found[0]


def _video(source: Source, entry: Element) -> Track | None:
    parts = {part.id: part for part in ebml.children(source, entry)}
    if TRACK_TYPE not in parts or ebml.unsigned(source, parts[TRACK_TYPE]) != 1:
        return None
    if ENCODINGS in parts:
        raise refused("its pictures are compressed or encrypted by the container", "画面数据经容器压缩或加密")
    if SPEED in parts and source.at(parts[SPEED].data, parts[SPEED].size) not in (
        b"\x3f\x80\0\0",
        bytes.fromhex("3ff0") + bytes(6),
    ):
        raise refused("its video has a time scale of its own", "视频轨使用独立的时间倍率")
    if VIDEO in parts and any(
        part.id == ALPHA and ebml.unsigned(source, part) for part in ebml.children(source, parts[VIDEO])
    ):
        raise refused("its pictures are transparent (alpha)", "画面带有透明通道")
    for mapping in ebml.children(source, entry):
        if mapping.id == MAPPING and any(
            part.id == MAPPING_TYPE and ebml.unsigned(source, part) in DOLBY for part in ebml.children(source, mapping)
        ):
            raise refused("its pictures have Dolby Vision", "画面带有杜比视界")
    number = parts.get(TRACK_NUMBER)
    codec = parts.get(CODEC)
    if number is None or codec is None or codec.size > 64:
        raise MalformedFile(Bilingual("a track has no number or codec", "轨道缺少编号或编码"), offset=entry.offset)
    name = source.at(codec.data, codec.size).rstrip(b"\0").decode("latin-1")
    return Track(entry, ebml.size_bytes(ebml.unsigned(source, number)), name, parts.get(CODEC_PRIVATE))


def shown_share(source: Source) -> Fraction:
    """Give the least share of width or height that players show of a video track's pictures (PixelCrop)."""
    shares = [Fraction(1)]
    segment = _segment(source)
    behind = (part for part in ebml.level_one(source, segment) if part.id == TRACKS)  # where mkvpropedit found no room
    tracks = _part(source, segment, TRACKS) or next(behind, None)
    for entry in ebml.children(source, tracks) if tracks is not None else ():
        for video in ebml.children(source, entry) if entry.id == TRACK_ENTRY else ():
            if video.id != VIDEO:
                continue
            told = {part.id: ebml.unsigned(source, part) for part in ebml.children(source, video) if part.size <= 8}
            for side in (WIDTH, HEIGHT):
                cut = sum(told.get(name, 0) for name, of in CROPPED.items() if of == side)
                shares.append(1 - Fraction(cut, told.get(side) or 1))
    return min(shares)


def _blocks(source: Source, segment: Element, track: Track) -> Iterator[Block]:
    """Give the track's blocks in decoding order."""
    for cluster in ebml.level_one(source, segment):
        if cluster.id != ebml.CLUSTER:
            continue
        base = 0
        for part in ebml.children(source, cluster):
            if part.id == TIMESTAMP:
                base = ebml.unsigned(source, part)
            elif part.id == SIMPLE_BLOCK:
                block = _block(source, cluster, base, part, part, None)
                if block is not None and source.upto(part.data, len(track.number)) == track.number:
                    yield block
            elif part.id == BLOCK_GROUP:
                inside = {each.id: each for each in ebml.children(source, part)}
                proper = inside.get(BLOCK)
                if proper is not None and source.upto(proper.data, len(track.number)) == track.number:
                    if ADDITIONS in inside:
                        raise refused("its pictures have additions (alpha, HDR10+)", "画面带有附加数据（透明、HDR10+）")
                    yield _block(source, cluster, base, part, proper, REFERENCE not in inside)


def _block(source: Source, cluster: Element, base: int, whole: Element, proper: Element, key: bool | None) -> Block:
    head = source.at(proper.data, min(proper.size, 11))
    width = 9 - head[0].bit_length() if head else 9
    if len(head) < width + 3:
        raise MalformedFile(Bilingual("a block is cut short", "数据块不完整"), offset=proper.offset)
    time = base + int.from_bytes(head[width : width + 2], "big", signed=True)
    flags = head[width + 2]
    if flags & LACED:
        raise refused("several pictures share a block", "多幅画面共用一个数据块")
    at = proper.data + width + 3
    sample = Sample(at, proper.end - at, time, bool(flags & KEY) if key is None else key)
    return Block(cluster, base, whole, sample, flags)


def with_pictures(source: Source, footage: Footage, pictures: list[Coded], configuration: bytes) -> Plan:
    """Give the file whose first samples are `pictures`; every other block and all else stays as it is."""
    segment = _segment(source)
    track = _track(source, segment)
    places = [block for block, _ in zip(_blocks(source, segment, track), pictures, strict=False)]
    edits: list[Edit] = []
    before: int | None = None
    for block, picture in zip(places, pictures, strict=True):
        edits += _replaced(source, track, block, picture, before)
        before = picture.time
    if configuration != footage.configuration and track.private is not None:
        edits += _changed_private(source, segment, track, configuration)
    keys = {
        block.whole.offset: next(
            (p.whole.offset for p, c in zip(places, pictures, strict=True) if c.time == time), None
        )
        for block, time in ((block, block.sample.time) for block in places if block.sample.key)
    }
    return replaced(source.size, positions(source, segment, edits, keys))


def _replaced(source: Source, track: Track, block: Block, picture: Coded, before: int | None) -> Iterator[Edit]:
    """Give the edits that put another picture in a block's place, in the form that the block has."""
    time = picture.time - block.base
    if not -0x8000 <= time < 0x8000:
        raise refused("its clusters are too long", "Cluster 时长过大")
    simple = block.whole.id == SIMPLE_BLOCK
    flags = (block.flags & ~(KEY | INVISIBLE | 1)) | (KEY if simple and picture.key else 0)
    head = track.number + time.to_bytes(2, "big", signed=True) + bytes((flags,))
    size = len(head) + len(picture.data)
    start, end = block.whole.offset, block.whole.end
    data = cast(bytes, picture.data)  # which behaves as bytes do
    if simple:
        yield start, start + 1, ebml.identity(SIMPLE_BLOCK) + ebml.size_bytes(size) + head
        yield start + 1, end, data
        return
    parts = []
    for part in ebml.children(source, block.whole):
        same_time = part.id == DURATION and picture.time == block.sample.time
        if same_time or part.id not in (BLOCK, REFERENCE, DURATION, ebml.VOID, ebml.CRC):
            parts.append(source.at(part.offset, part.end - part.offset))
    if not picture.key:
        back = (before if before is not None else picture.time) - picture.time
        width = (back.bit_length() + 8) // 8
        parts.append(ebml.element(REFERENCE, back.to_bytes(width, "big", signed=True)))
    behind = b"".join(parts)
    head = ebml.identity(BLOCK) + ebml.size_bytes(size) + head
    yield start, start + 1, ebml.identity(BLOCK_GROUP) + ebml.size_bytes(len(head) + len(data) + len(behind)) + head
    yield start + 1, start + 2, data
    yield start + 2, end, behind


def _changed_private(source: Source, segment: Element, track: Track, configuration: bytes) -> list[Edit]:
    """Replace the codec's private data, and with it all of Tracks where that carries a checksum."""
    tracks = _part(source, segment, TRACKS)
    if tracks is None or track.private is None:
        raise MalformedFile(Bilingual("the film has no tracks", "影片没有轨道"))
    new = ebml.element(CODEC_PRIVATE, configuration)
    grown = len(new) - (track.private.end - track.private.offset)
    entry = ebml.identity(TRACK_ENTRY) + ebml.size_bytes(track.entry.size + grown)
    before = source.at(tracks.data, track.entry.offset - tracks.data)
    inside = source.at(track.entry.data, track.private.offset - track.entry.data)
    after = source.at(track.private.end, tracks.end - track.private.end)
    content = ebml.checked(before + entry + inside + new + after)
    return [(tracks.offset, tracks.end, ebml.element(TRACKS, content))]
