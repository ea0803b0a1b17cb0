"""Knows where AVI files keep their pictures, and puts others in their place; sound chunks and all else stay."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import riff
from aigc_label.grammars.bmff import Edit
from aigc_label.grammars.footage import Clock, Coded, Footage, Sample, refused, remux
from aigc_label.grammars.moving import Moved
from aigc_label.grammars.riff import Chunk
from aigc_label.source import Source
from aigc_label.splice import Plan, replaced

LISTS: Final = (b"hdrl", b"strl", b"movi", b"rec ")
KEY: Final = 0x10  # AVIIF_KEYFRAME


@dataclass(frozen=True, slots=True)
class Layout:
    """The picture chunks in order, the lists around each, the index, and the stream's header and format."""

    pictures: tuple[tuple[Chunk, tuple[Chunk, ...], int], ...]  # each with its place among all, empty ones counted
    number: int
    header: bytes
    format: bytes
    movie: Chunk
    index: Chunk | None


def shown_share(source: Source) -> Fraction:
    """No player is known to cut what an AVI holds; the frame of a `vprp` header describes the signal it came from."""
    return Fraction(1)


def footage_of(source: Source) -> Footage:
    """Give the video track of an AVI file in one piece. Raises `UnsupportedFormat` by name where it cannot be changed."""
    layout = _layout(source)
    scale, rate = struct.unpack("<II", layout.header[20:28])
    if not scale or not rate:
        raise MalformedFile(Bilingual("the film has no frame rate", "影片缺少帧率"))
    keys = {place for place, flags, _ in _entries(source, layout) if flags & KEY}
    base = _base(source, layout)
    return Footage(
        codec=layout.format[16:20].decode("latin-1"),
        configuration=b"",
        unit=Fraction(scale, rate),
        start=0,
        count=len(layout.pictures),
        samples=lambda: (
            Sample(chunk.data_at, chunk.length, number, not keys or chunk.offset - base in keys)
            for chunk, _, number in layout.pictures
        ),
        clock=Clock.COUNTED,
    )


def _layout(source: Source) -> Layout:
    form = riff.form_of(source)
    if form.type != b"AVI " or source.upto(form.end, 4) == b"RIFF":
        raise refused("it has several parts (OpenDML)", "文件分为多个部分（OpenDML）", remux(".avi"))
    streams: list[dict[bytes, bytes]] = []
    found: list[tuple[Chunk, tuple[Chunk, ...], int]] = []
    count = 0
    movie = index = None
    number = -1
    open_lists: list[Chunk] = []
    for _, part in _walk(source, form):
        open_lists = [each for each in open_lists if part.offset < each.end]
        if part.kind == riff.LIST:
            kind = part.list_type(source)
            open_lists.append(part)
            movie = part if kind == b"movi" else movie
            if kind == b"strl":
                streams.append({})
        elif part.kind in (b"strh", b"strf") and streams:
            streams[-1][part.kind] = part.data(source)
        elif part.kind == b"indx" or part.kind[:2] == b"ix":
            raise refused("it has an OpenDML index", "文件使用 OpenDML 索引", remux(".avi"))
        elif part.kind == b"idx1":
            index = part
        elif movie is not None and part.offset < movie.end and part.kind[2:] in (b"dc", b"db"):
            number = _number(streams) if number < 0 else number
            if part.kind[:2] == b"%02d" % number:
                found += (
                    [(part, tuple(open_lists), count)] if part.length else []
                )  # an empty one repeats what was before
                count += 1
    if movie is None or not found:
        raise refused("it holds no video", "文件不含视频", remux(".avi"))
    stream = streams[number]
    header, form_of_pictures = (stream.get(kind, b"").ljust(56, b"\0") for kind in (b"strh", b"strf"))
    return Layout(tuple(found), number, header, form_of_pictures, movie, index)


def _walk(source: Source, form: riff.RiffForm) -> Iterator[tuple[int, Chunk]]:
    """Give the chunks in order, lists entered; many more than other structures have, so bounded by the file's size."""
    waiting = [(form.body, form.end)]
    while waiting:
        at, end = waiting.pop()
        if end - at < 8:
            continue
        head = source.at(at, 8)
        length = int.from_bytes(head[4:], "little")
        if at + 8 + length > end:
            raise MalformedFile(Bilingual("a chunk leaves its list", "数据块超出所在列表"), offset=at)
        part = Chunk(head[:4], at, length, length, min(end, at + 8 + length + (length & 1)))
        yield len(waiting), part
        waiting.append((part.end, end))
        if part.kind == riff.LIST and part.list_type(source) in LISTS:
            if len(waiting) > source.limits.depth:
                raise MalformedFile(Bilingual("lists are nested too deep", "列表嵌套过深"), offset=at)
            waiting.append((part.data_at + 4, part.data_at + length))


def _number(streams: list[dict[bytes, bytes]]) -> int:
    videos = [number for number, stream in enumerate(streams) if stream.get(b"strh", b"")[:4] == b"vids"]
    if len(videos) != 1:
        raise refused(f"it has {len(videos)} video tracks", f"文件含有 {len(videos)} 条视频轨", remux(".avi"))
    return videos[0]


def _entries(source: Source, layout: Layout) -> Iterator[tuple[int, int, int]]:
    """Give place, flags and size of each picture in the index."""
    if layout.index is None:
        return
    wanted = b"%02d" % layout.number
    for kind, flags, place, size in struct.iter_unpack("<4sIII", _index(source, layout.index)):
        if kind[:2] == wanted and kind[2:] in (b"dc", b"db"):
            yield place, flags, size


def _index(source: Source, index: Chunk) -> bytes:
    return source.at(index.data_at, index.length // 16 * 16)


def _base(source: Source, layout: Layout) -> int:
    """Give from where the index counts: the beginning of the movi list's content, or of the file."""
    first = next(_entries(source, layout), None)
    chunk = layout.pictures[0][0]
    return chunk.offset - first[0] if first is not None else layout.movie.data_at


def with_pictures(source: Source, footage: Footage, pictures: list[Coded], configuration: bytes) -> Plan:
    """Give the file whose first pictures are `pictures`; every other chunk stays as it is."""
    layout = _layout(source)
    edits: list[Edit] = []
    growth: dict[Chunk, int] = {}
    whole = 0
    for (chunk, lists, _), picture in zip(layout.pictures, pictures, strict=False):
        pad = b"\0" * (len(picture.data) & 1)
        edits.append((chunk.offset + 4, chunk.offset + 8, riff.size_field(len(picture.data))))
        edits.append((chunk.data_at, chunk.data_at + chunk.length, cast(bytes, picture.data)))
        edits.append((chunk.data_at + chunk.length, chunk.end, pad))
        more = len(picture.data) + len(pad) - (chunk.end - chunk.data_at)
        whole += more
        for each in lists:
            growth[each] = growth.get(each, 0) + more
    for each, more in growth.items():
        edits.append((each.offset + 4, each.offset + 8, riff.size_field(each.length + more)))
    edits += riff.size_edits(riff.form_of(source), whole)
    if layout.index is not None:
        edits.append(_new_index(source, layout, Moved(edits), pictures))
    return replaced(source.size, edits)


def _new_index(source: Source, layout: Layout, moved: Moved, pictures: list[Coded]) -> Edit:
    """Give the index for the new places, sizes and keyframes."""
    index = cast(Chunk, layout.index)
    base = _base(source, layout)
    new = {chunk.offset: picture for (chunk, _, _), picture in zip(layout.pictures, pictures, strict=False)}
    out = []
    for kind, flags, place, size in struct.iter_unpack("<4sIII", _index(source, index)):
        picture = new.get(base + place)
        if picture is not None:
            flags, size = flags & ~KEY | (KEY if picture.key else 0), len(picture.data)
        new_place = moved(base + place) - moved(base)
        if not 0 <= new_place < 1 << 32:
            raise MalformedFile(Bilingual("the index leads out of the file", "索引指向文件之外"), offset=index.offset)
        out.append(struct.pack("<4sIII", kind, flags, new_place, size))
    return (index.data_at, index.data_at + 16 * len(out), b"".join(out))
