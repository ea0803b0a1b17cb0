"""Reads what a JPEG's coefficients stand on (ITU-T T.81): frame, components, tables, scans; and sews frames together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import jpeg
from aigc_label.grammars.jpeg import Segment
from aigc_label.source import Source

DQT: Final = 0xDB
DHT: Final = 0xC4
DRI: Final = 0xDD
APP14: Final = 0xEE
PROGRESSIVE: Final = 0xC2
BLOCK: Final = 8  # samples along the edge of a block
MARKER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # what ends entropy-coded data: neither stuffing nor restart
LONGEST_WINDOW: Final = 1 << 20
STANDARD_COUNTS: Final = {  # Huffman tables of T.81 annex K.3 by the number of codes of each length
    (0, 0): bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)),
    (0, 1): bytes((0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0)),
    (1, 0): bytes((0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D)),
    (1, 1): bytes((0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77)),
}


@dataclass(frozen=True, slots=True)
class Component:
    """One colour plane: its id, sampling factors, and the slot of its quantisation table."""

    id: int
    across: int
    down: int
    table: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What one SOS declares: component indices, spectral selection, successive approximation; and how many bytes of
    entropy-coded data follow."""

    components: tuple[int, ...]
    start: int
    end: int
    high: int
    low: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A JPEG picture without its coefficients. Width and height in pixels as stored; offsets in bytes.

    `tables` holds the quantisation tables by slot, in zigzag order. `head` are the segments before the first scan,
    `between` the segments between scans; `end` is the offset behind EOI, 0 where there is no EOI.
    """

    marker: int
    precision: int
    width: int
    height: int
    components: tuple[Component, ...]
    tables: dict[int, tuple[int, ...]]
    restart_interval: int
    adobe_transform: int | None
    standard_huffman: bool
    head: tuple[Segment, ...]
    between: tuple[Segment, ...]
    scans: tuple[Scan, ...]
    end: int

    @property
    def sampling(self) -> tuple[int, int]:
        """Give the largest sampling factors."""
        return max(part.across for part in self.components), max(part.down for part in self.components)

    @property
    def grid(self) -> tuple[int, int]:
        """Give the size in pixels of what can be changed without touching a neighbour."""
        if len(self.components) == 1:  # a single component's scans are not interleaved: its blocks stand alone
            return BLOCK, BLOCK
        across, down = self.sampling
        return BLOCK * across, BLOCK * down


def frame_of(source: Source) -> Frame:
    """Give the frame of the picture at the file's start, every scan header up to its EOI included.

    Cost: one pass over the compressed data in C. Raises `MalformedFile` where segments contradict each other,
    `LimitExceeded` for too many scans.
    """
    head = tuple(jpeg.segments(source))
    frames = [part for part in head if part.marker in jpeg.FRAMES]
    if len(frames) != 1 or head[-1].marker != jpeg.SOS:
        raise MalformedFile(
            Bilingual(f"{len(frames)} frame headers before the first scan", f"首个扫描前有 {len(frames)} 个帧头")
        )
    precision, height, width, components = _declared(source, frames[0])
    between, scans, end = _scans(source, head[-1], frames[0].marker, components)
    tables, huffman = _tables(source, (*head, *between))
    restarts = [int.from_bytes(part.data(source)[:2], "big") for part in head if part.marker == DRI]
    return Frame(
        marker=frames[0].marker,
        precision=precision,
        width=width,
        height=height,
        components=components,
        tables=tables,
        restart_interval=restarts[-1] if restarts else 0,
        adobe_transform=_adobe(source, head),
        standard_huffman=all(STANDARD_COUNTS.get(slot) == counts for slot, counts in huffman),
        head=head,
        between=between,
        scans=scans,
        end=end,
    )


def _declared(source: Source, part: Segment) -> tuple[int, int, int, tuple[Component, ...]]:
    data = part.data(source)
    if len(data) < 6 or len(data) < 6 + 3 * data[5] or not 1 <= data[5] <= 4:
        raise MalformedFile(Bilingual("the frame header is wrong", "帧头有误"), offset=part.offset)
    components = tuple(
        Component(data[at], data[at + 1] >> 4, data[at + 1] & 15, data[at + 2]) for at in range(6, 6 + 3 * data[5], 3)
    )
    height, width = int.from_bytes(data[1:3], "big"), int.from_bytes(data[3:5], "big")
    if not height or not width or any(not (1 <= c.across <= 4 and 1 <= c.down <= 4) for c in components):
        raise MalformedFile(
            Bilingual("the frame header declares an impossible size or sampling", "帧头声明的尺寸或采样率不合法"),
            offset=part.offset,
        )
    return data[0], height, width, components


def _scans(
    source: Source, first: Segment, marker: int, components: tuple[Component, ...]
) -> tuple[tuple[Segment, ...], tuple[Scan, ...], int]:
    """Walk from the first SOS to EOI: (segments between the scans, scans, offset behind EOI or 0)."""
    between: list[Segment] = []
    scans = [_scan(source, first, components)]
    if marker != PROGRESSIVE and len(scans[0].components) == len(components):  # nothing but EOI can follow
        return (), tuple(scans), _end_behind(source, first.end)
    at = _next_marker(source, first.end)
    while at < source.size:
        marker = source.at(at, 2)[1]
        if marker == jpeg.EOI:
            return tuple(between), tuple(scans), at + 2
        length = int.from_bytes(source.upto(at + 2, 2), "big")
        if length < 2 or at + 2 + length > source.size or marker in jpeg.FRAMES or marker == jpeg.SOI:
            raise MalformedFile(
                Bilingual(
                    f"an impossible marker FF{marker:02X} between scans", f"扫描之间出现不合法的标记 FF{marker:02X}"
                ),
                offset=at,
            )
        part = Segment(marker, at, at + 2 + length)
        if marker == jpeg.SOS:
            scans.append(_scan(source, part, components))
        else:
            between.append(part)
        if len(scans) + len(between) > source.limits.items:
            raise LimitExceeded(Bilingual("too many scans", "扫描过多"), limit="items", offset=at)
        at = _next_marker(source, part.end)
    return tuple(between), tuple(scans), 0


def _end_behind(source: Source, at: int) -> int:
    """Give the offset behind the first EOI from `at`, 0 without one; stuffing keeps it out of entropy-coded data."""
    while at < source.size:
        block = source.upto(at, LONGEST_WINDOW)
        found = block.find(b"\xff\xd9")
        if found >= 0:
            return at + found + 2
        at += max(1, len(block) - 1)
    return 0


def _next_marker(source: Source, at: int) -> int:
    """Give the offset of the next marker from `at`, over stuffing and restart markers; the file's size without one."""
    window = 4096  # header segments follow one another; entropy-coded data deserves larger reads
    while at < source.size:
        block = source.upto(at, window)
        found = MARKER.search(block)
        if found is not None:
            return at + found.end() - 2
        at += max(1, len(block) - 1)
        window = LONGEST_WINDOW
    return source.size


def _scan(source: Source, part: Segment, components: tuple[Component, ...]) -> Scan:
    data = part.data(source)
    count = data[0] if data else 0
    if not 1 <= count <= 4 or len(data) < 4 + 2 * count:
        raise MalformedFile(Bilingual("a scan header is wrong", "扫描头有误"), offset=part.offset)
    ids = [component.id for component in components]
    named = data[1 : 1 + 2 * count : 2]
    if any(name not in ids for name in named):
        raise MalformedFile(
            Bilingual("a scan names a component that does not exist", "扫描引用了不存在的分量"), offset=part.offset
        )
    start, end, approximation = data[1 + 2 * count : 4 + 2 * count]
    return Scan(tuple(ids.index(name) for name in named), start, end, approximation >> 4, approximation & 15)


def _tables(
    source: Source, parts: Sequence[Segment]
) -> tuple[dict[int, tuple[int, ...]], list[tuple[tuple[int, int], bytes]]]:
    quantisation: dict[int, tuple[int, ...]] = {}
    huffman: list[tuple[tuple[int, int], bytes]] = []
    for part in parts:
        if part.marker not in (DQT, DHT):
            continue
        data = part.data(source)
        at = 0
        while at < len(data):
            kind, slot = data[at] >> 4, data[at] & 15
            if part.marker == DQT:
                wide = 2 if kind else 1
                values = data[at + 1 : at + 1 + 64 * wide]
                at += 1 + 64 * wide
                quantisation[slot] = tuple(
                    int.from_bytes(values[i : i + wide], "big") for i in range(0, len(values), wide)
                )
            else:
                counts = data[at + 1 : at + 17]
                at += 17 + sum(counts)
                huffman.append(((kind, slot), counts))
        if at != len(data):
            raise MalformedFile(
                Bilingual("a table segment ends inside a table", "表段在表内部结束"), offset=part.offset
            )
    return quantisation, huffman


def _adobe(source: Source, head: Sequence[Segment]) -> int | None:
    for part in head:
        data = part.data(source) if part.marker == APP14 else b""
        if data[:5] == b"Adobe" and len(data) >= 12:
            return data[11]
    return None


def sewn(frame: Frame, size: tuple[int, int], planes: Sequence[bytes]) -> bytes:
    """Give one JPEG of `size` with the frame's components and tables, made of one greyscale JPEG a component.

    Each of `planes` must be a baseline JPEG of one component, of the size that the component's sampling factors ask for,
    coded with the component's own quantisation table. Their scans follow one another, so no coefficient is coded anew.
    """
    tables = sorted({part.table for part in frame.components})
    out = [b"\xff\xd8"]
    for slot in tables:
        values = frame.tables[slot]
        wide = 2 if max(values) > 255 else 1
        body = b"".join(value.to_bytes(wide, "big") for value in values)
        out.append(jpeg.segment(DQT, bytes(((wide - 1) << 4 | slot,)) + body))
    width, height = size
    declared = b"".join(bytes((c.id, c.across << 4 | c.down, c.table)) for c in frame.components)
    header = bytes((8,)) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes((len(frame.components),))
    out.append(jpeg.segment(0xC1, header + declared))  # extended sequential: 16-bit tables are allowed
    out += [_scan_of(plane, part.id) for plane, part in zip(planes, frame.components, strict=True)]
    return b"".join((*out, b"\xff\xd9"))


def _scan_of(plane: bytes, component: int) -> bytes:
    """Give the Huffman tables, scan header and entropy-coded data of a greyscale JPEG, renamed to a component."""
    at, out = 2, b""
    while plane[at + 1] != jpeg.SOS:
        end = at + 2 + int.from_bytes(plane[at + 2 : at + 4], "big")
        if plane[at + 1] in (DHT, DRI):
            out += plane[at:end]
        at = end
    end = at + 2 + int.from_bytes(plane[at + 2 : at + 4], "big")
    scan = plane[at:end]
    return out + scan[:5] + bytes((component,)) + scan[6:] + plane[end:-2]
