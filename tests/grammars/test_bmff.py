"""Boxes: every size is bounded before it is used, and every offset follows what moves."""

from __future__ import annotations

import struct

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars import bmff
from aigc_label.source import BytesSource


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def kinds(data: bytes) -> list[bytes]:
    return [part.kind for part in bmff.boxes(BytesSource(data), 0, len(data))]


def test_sizes_of_32_and_64_bits_and_to_the_end() -> None:
    wide = struct.pack(">I4sQ", 1, b"wide", 20) + b"body"
    first, second, third = bmff.boxes(BytesSource(box(b"free") + wide + b"\0\0\0\0mdatabc"), 0, 39)
    assert (first.kind, first.size) == (b"free", 8)
    assert (second.kind, second.body - second.offset, second.wide) == (b"wide", 16, True)
    assert (third.kind, third.end, third.unsized) == (b"mdat", 39, True)


def test_a_uuid_box_tells_its_uuid_apart_from_its_content() -> None:
    (found,) = bmff.boxes(BytesSource(box(b"uuid", bmff.XMP_UUID + b"packet")), 0, 30)
    assert found.uuid == bmff.XMP_UUID
    assert found.data(BytesSource(box(b"uuid", bmff.XMP_UUID + b"packet"))) == b"packet"


@pytest.mark.parametrize("size", [2, 7, 9, 100, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_size_that_lies_is_malformed(size: int) -> None:
    with pytest.raises(MalformedFile):
        kinds(struct.pack(">I4s", size, b"mdat"))


@pytest.mark.parametrize("size", [0, 8, 15, 17, 1 << 31, 1 << 62, (1 << 64) - 1])
def test_a_64_bit_size_that_lies_is_malformed(size: int) -> None:
    with pytest.raises(MalformedFile):
        kinds(struct.pack(">I4sQ", 1, b"mdat", size))


def test_only_the_last_box_of_a_file_may_be_unsized() -> None:
    data = box(b"moov", b"\0\0\0\0trak") + box(b"free")
    with pytest.raises(MalformedFile):
        list(bmff.walk(BytesSource(data), 0, len(data)))


def test_quicktime_may_end_a_container_with_zeros() -> None:
    assert kinds(box(b"free") + bytes(4)) == [b"free"]
    with pytest.raises(MalformedFile):
        kinds(box(b"free") + b"\0\0\0\1")


def test_what_follows_the_last_box_is_no_box() -> None:
    found, end = bmff.top(BytesSource(box(b"ftyp") + b"\xff\xd8\xff\xe0 a picture"))
    assert ([part.kind for part in found], end) == ([b"ftyp"], 8)


def test_a_flood_of_boxes_meets_the_limit() -> None:
    with pytest.raises(LimitExceeded):
        kinds(box(b"free") * 10_001)


def test_ten_thousand_levels_meet_the_limit() -> None:
    data = b""
    for _ in range(10_000):
        data = box(b"trak", data)
    with pytest.raises(LimitExceeded):
        list(bmff.walk(BytesSource(data), 0, len(data)))


def test_meta_with_and_without_version_and_flags() -> None:
    inner = box(b"hdlr", bytes(20)) + box(b"free")
    for data in (box(b"meta", inner), box(b"meta", bytes(4) + inner)):
        walked = [part.kind for _, part in bmff.walk(BytesSource(data), 0, len(data))]
        assert walked == [b"meta", b"hdlr", b"free"]


def movie(table: bytes) -> bytes:
    for kind in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        table = box(kind, table)
    return table


def moved(data: bytes, delta: int) -> bytes:
    source = BytesSource(data)
    (found,) = bmff.boxes(source, 0, len(data))
    for start, end, new in bmff.chunk_offset_edits(source, found, lambda offset: offset + delta):
        data = data[:start] + new + data[end:]
    return data


def test_chunk_offsets_follow_in_both_widths() -> None:
    narrow = movie(box(b"stco", struct.pack(">III", 0, 2, 100) + struct.pack(">I", 200)))
    assert moved(narrow, 50).endswith(struct.pack(">II", 150, 250))
    wide = movie(box(b"co64", struct.pack(">IIQ", 0, 1, 1 << 40)))
    assert moved(wide, -50).endswith(struct.pack(">Q", (1 << 40) - 50))


def test_a_chunk_offset_that_outgrows_its_table_is_refused() -> None:
    with pytest.raises(UnsupportedFormat):
        moved(movie(box(b"stco", struct.pack(">III", 0, 1, 0xFFFFFFF0))), 50)


@pytest.mark.parametrize("count", [2, 0x40000000, 0xFFFFFFFF])
def test_a_chunk_table_that_lies_is_malformed(count: int) -> None:
    with pytest.raises(MalformedFile):
        moved(movie(box(b"stco", struct.pack(">III", 0, count, 100))), 1)
