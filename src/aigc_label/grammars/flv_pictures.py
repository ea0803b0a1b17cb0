"""Knows where Flash video files keep their pictures, and puts others in their place."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, cast

from aigc_label.errors import MalformedFile
from aigc_label.grammars import amf, flv
from aigc_label.grammars.bmff import Edit
from aigc_label.grammars.flv import Tag
from aigc_label.grammars.footage import Coded, Footage, Sample, refused, remux
from aigc_label.grammars.moving import Moved
from aigc_label.source import Source
from aigc_label.splice import Plan, replaced

VIDEO: Final = 9
AVC: Final = 7
KEY: Final = 1
INTER: Final = 2
COMMAND: Final = 5  # frame type of tags that hold no picture
ENHANCED: Final = 0x80  # first byte: a coding by four characters follows
DESCRIPTION: Final = 0
PICTURE: Final = 1
METADATA: Final = b"onMetaData"
OFFSETS: Final = ("filesize", "lastkeyframelocation")
SIZES: Final = ("datasize", "videosize")


@dataclass(frozen=True, slots=True)
class Video:
    """One video tag: its time, its coding, what it is to others, and where its picture begins."""

    tag: Tag
    time: int
    coding: int
    key: bool
    packet: int
    shift: int

    @property
    def data_at(self) -> int:
        return self.tag.data_at + (5 if self.coding == AVC else 1)


def _tags(source: Source) -> Iterator[Tag]:
    at = flv.first_tag(source)
    while at + flv.HEAD + flv.BACK <= source.size:
        head = source.at(at, flv.HEAD)
        end = at + flv.HEAD + int.from_bytes(head[1:4], "big")
        if end + flv.BACK > source.size:
            return  # a recording that broke off
        yield Tag(head[0] & 0x1F, at, end, head[0] & flv.ENCRYPTED)
        at = end + flv.BACK


def _videos(source: Source) -> Iterator[Video]:
    """Give the video tags in order. Raises `UnsupportedFormat` for a coding that is none of the old ones."""
    for tag in _tags(source):
        if tag.kind != VIDEO or tag.size < 2:
            continue
        if tag.encrypted:
            raise refused("its pictures are encrypted", "画面已加密", remux(".flv"))
        clock = source.at(tag.offset + 4, 4)
        head = source.at(tag.data_at, min(tag.size, 5))
        if head[0] & ENHANCED:
            raise refused(
                "its coding is of a kind that FLV learnt later", "使用了 FLV 后来扩展的编码方式", remux(".flv")
            )
        if head[0] >> 4 == COMMAND:
            continue
        coding = head[0] & 0x0F
        shift = int.from_bytes(head[2:5], "big", signed=True) if coding == AVC else 0
        packet = head[1] if coding == AVC else PICTURE
        time = int.from_bytes(clock[3:] + clock[:3], "big")
        yield Video(tag, time, coding, head[0] >> 4 == KEY, packet, shift)


def _pictures(source: Source) -> Iterator[Video]:
    seen = False
    for video in _videos(source):
        if video.packet == PICTURE:
            seen = True
            yield video
        elif video.packet == DESCRIPTION and seen:
            raise refused("its pictures are described anew on the way", "画面描述在中途改变", remux(".flv"))


def shown_share(source: Source) -> Fraction:
    """FLV has no field by which players cut pictures."""
    return Fraction(1)


def footage_of(source: Source) -> Footage:
    """Give the video track of an FLV file. Raises `UnsupportedFormat` by name where it cannot be changed."""
    first = next(_videos(source), None)
    if first is None:
        raise refused("it holds no video", "文件不含视频", remux(".flv"))
    described = _description(source)
    return Footage(
        codec=str(first.coding),
        configuration=source.at(described.data_at, described.tag.data_end - described.data_at) if described else b"",
        unit=Fraction(1, 1000),
        start=0,
        count=None,
        samples=lambda: (
            Sample(video.data_at, video.tag.data_end - video.data_at, video.time + video.shift, video.key)
            for video in _pictures(source)
        ),
    )


def _description(source: Source) -> Video | None:
    first = next(_videos(source), None)
    return first if first is not None and first.coding == AVC and first.packet == DESCRIPTION else None


def with_pictures(source: Source, footage: Footage, pictures: list[Coded], configuration: bytes) -> Plan:
    """Give the file whose first pictures are `pictures`; every other tag stays as it is."""
    edits: list[Edit] = []
    described = _description(source)
    if configuration != footage.configuration and described is not None:
        edits += _resized(described, configuration)
    for video, picture in zip(_pictures(source), pictures, strict=False):
        shift = picture.time - video.time
        kind = bytes(((KEY if picture.key else INTER) << 4 | video.coding,))
        own = bytes((PICTURE,)) + shift.to_bytes(3, "big", signed=True) if video.coding == AVC else b""
        edits.append((video.tag.data_at, video.data_at, kind + own))
        edits += _resized(video, cast(bytes, picture.data))
    return replaced(source.size, [*edits, *_positions(source, Moved(edits))])


def _resized(video: Video, new: bytes) -> list[Edit]:
    growth = len(new) - (video.tag.data_end - video.data_at)
    return [(video.data_at, video.tag.data_end, new), *flv.resized(video.tag, growth)]


def _positions(source: Source, moved: Moved) -> Iterator[Edit]:
    """Give the edits of the offsets and sizes that onMetaData states, in doubles."""
    for tag in flv.leading_tags(source):
        if tag.kind != flv.SCRIPT:
            continue
        reader = amf.Reader(source.at(tag.data_at, tag.size), source.limits)
        if reader.text(0) != METADATA:
            continue
        for held in reader.members(reader.end_of(0)).properties:
            if held.kind == amf.NUMBER and held.name in OFFSETS:
                yield from _number(reader, tag, held.at + 1, moved)
            elif held.kind == amf.NUMBER and held.name in SIZES:
                growth = moved(source.size) - source.size
                yield from _number(reader, tag, held.at + 1, lambda old: old + growth)  # noqa: B023  used at once
            elif held.name == "keyframes" and held.kind in (amf.OBJECT, amf.ECMA_ARRAY):
                for inner in reader.members(held.at).properties:
                    if inner.name == "filepositions":
                        for place, _ in reader.numbers(inner.at):
                            yield from _number(reader, tag, place, moved)


def _number(reader: amf.Reader, tag: Tag, place: int, moved: Callable[[int], int]) -> Iterator[Edit]:
    old = reader.number(place - 1)
    if not 0 <= old < 1 << 53:
        return
    try:
        new = float(moved(int(old)))
    except MalformedFile:  # it leads nowhere already
        return
    if new != old:
        at = tag.data_at + place
        yield at, at + 8, struct.pack(">d", new)
