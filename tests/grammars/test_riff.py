"""RIFF: chunks, lists, 64-bit sizes; sizes that lie are told, not believed."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import riff
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory, replaced


def form(kind: bytes, *chunks: bytes, size: int | None = None) -> bytes:
    body = kind + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def listed(kind: bytes, *chunks: bytes) -> bytes:
    return riff.chunk(b"LIST", kind + b"".join(chunks))


def kinds(data: bytes) -> list[bytes]:
    source = BytesSource(data)
    return [chunk.kind for chunk in riff.chunks(source, riff.form_of(source))]


def rf64(data_size: int, *chunks: bytes, table: bytes = b"") -> bytes:
    rest = b"".join(chunks)
    ds64 = struct.pack("<QQQI", 4 + 36 + len(table) + len(rest), data_size, 0, len(table) // 12) + table
    return b"RF64\xff\xff\xff\xffWAVE" + riff.chunk(b"ds64", ds64) + rest


def test_odd_chunks_are_padded() -> None:
    assert kinds(form(b"WAVE", riff.chunk(b"odd ", b"123"), riff.chunk(b"next", b""))) == [b"odd ", b"next"]


def test_a_missing_pad_byte_at_the_end_is_told() -> None:
    source = BytesSource(form(b"WAVE", riff.chunk(b"odd ", b"123")[:-1]))
    (chunk,) = riff.chunks(source, riff.form_of(source))
    assert chunk.unpadded
    assert chunk.end == source.size


def test_a_chunk_that_declares_too_much_comes_with_what_there_is() -> None:
    source = BytesSource(form(b"WAVE", b"data" + struct.pack("<I", 2**31) + b"12345678"))
    (chunk,) = riff.chunks(source, riff.form_of(source))
    assert (chunk.lies, chunk.length, chunk.declared) == (True, 8, 2**31)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 10**6])
def test_a_form_size_that_lies_counts_up_to_the_end(size: int) -> None:
    source = BytesSource(form(b"WAVE", riff.chunk(b"fmt ", b"1234"), size=size))
    found = riff.form_of(source)
    assert (found.lies, found.end) == (True, source.size)


def test_what_lies_behind_the_form_is_not_in_it() -> None:
    data = form(b"AVI ", riff.chunk(b"idx1", b""))
    source = BytesSource(data + form(b"AVIX", riff.chunk(b"more", b"")))
    assert riff.form_of(source).end == len(data)
    assert riff.form_of(source, len(data)).type == b"AVIX"


def test_lists_are_entered_where_asked() -> None:
    data = form(
        b"AVI ",
        listed(b"hdrl", listed(b"strl", riff.chunk(b"strh", b"12"))),
        listed(b"movi", riff.chunk(b"00dc", b"x")),
        listed(b"INFO", riff.chunk(b"AIGC", b"{}\0")),
    )
    source = BytesSource(data)
    found = [(path, chunk.kind) for path, chunk in riff.walk(source, riff.form_of(source), (b"hdrl", b"strl", b"INFO"))]
    assert found == [
        ((), b"LIST"),
        ((b"hdrl",), b"LIST"),
        ((b"hdrl", b"strl"), b"strh"),
        ((), b"LIST"),
        ((), b"LIST"),
        ((b"INFO",), b"AIGC"),
    ]


def test_b04_lists_nested_without_bound_are_refused() -> None:
    inner = b""
    for _ in range(10_000):
        inner = b"LIST" + struct.pack("<I", len(inner) + 4) + b"hdrl" + inner
    source = BytesSource(form(b"AVI ", inner))
    with pytest.raises(LimitExceeded) as caught:
        list(riff.walk(source, riff.form_of(source), (b"hdrl",)))
    assert caught.value.limit == "depth"


def test_b03_chunks_without_bound_are_refused() -> None:
    source = BytesSource(form(b"WAVE", riff.chunk(b"junk", b"") * 11), limits=replace(DEFAULT_LIMITS, items=10))
    with pytest.raises(LimitExceeded):
        list(riff.chunks(source, riff.form_of(source)))
    assert len(list(riff.chunks(source, riff.form_of(source), media=(b"junk",)))) == 11


def test_rf64_takes_its_sizes_from_ds64() -> None:
    table = b"wild" + struct.pack("<Q", 2)
    data = b"data\xff\xff\xff\xff" + b"12345678"
    source = BytesSource(rf64(8, data, b"wild\xff\xff\xff\xff" + b"12", table=table))
    found = riff.form_of(source)
    assert not found.lies
    assert [(c.kind, c.length, c.lies) for c in riff.chunks(source, found)][1:] == [
        (b"data", 8, False),
        (b"wild", 2, False),
    ]


def test_rf64_grows_in_ds64() -> None:
    source = BytesSource(rf64(8, riff.chunk(b"data", b"12345678")))
    found = riff.form_of(source)
    new = riff.chunk(b"AIGC", b"{}")
    grown = in_memory(source, replaced(source.size, [(found.end, found.end, new), *riff.size_edits(found, len(new))]))
    again = riff.form_of(BytesSource(grown))
    assert not again.lies
    assert again.end == len(grown)


@pytest.mark.parametrize(
    "head", [b"", b"RIFF", b"RIFX\0\0\0\0WAVE", b"RF64\xff\xff\xff\xffWAVE", b"RF64\xff\xff\xff\xffWAVEdata\4\0\0\0"]
)
def test_no_header_no_form(head: bytes) -> None:
    with pytest.raises(MalformedFile):
        riff.form_of(BytesSource(head))


def test_a_list_grows_with_what_is_put_into_it() -> None:
    data = form(b"AVI ", listed(b"INFO"))
    source = BytesSource(data)
    found = riff.form_of(source)
    (chunk,) = riff.chunks(source, found)
    new = riff.chunk(b"AIGC", b"{}\0")
    edits = [(chunk.end, chunk.end, new), *riff.list_edits(chunk, len(new)), *riff.size_edits(found, len(new))]
    grown = BytesSource(in_memory(source, replaced(source.size, edits)))
    assert [c.kind for _, c in riff.walk(grown, riff.form_of(grown), (b"INFO",))] == [b"LIST", b"AIGC"]


def test_a_size_that_riff_cannot_say_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        riff.size_field(2**32)
