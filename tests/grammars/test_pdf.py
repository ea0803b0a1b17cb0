"""PDF files made to exhaust or confuse a reader meet a limit or a clear word, in bounded time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars import aes, pdf, pdf_filters
from aigc_label.grammars.pdf_objects import Dictionary, Name, Parser
from aigc_label.grammars.pdf_pages import first_page
from aigc_label.grammars.pdf_signatures import signatures_of
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource
from fixtures.build.pdf import HEAD, classic, ended, object_streams, page, plain, spelt, stream

SECONDS = 4.0  # for the slowest machine that tests run on; here none takes one


def opened(data: bytes) -> pdf.Document:
    return pdf.opened(BytesSource(data))


def with_sections(count: int, previous: Callable[[int, list[int]], int]) -> bytes:
    body, _ = spelt(page(), len(HEAD))
    data, starts = HEAD + body, [0]
    for number in range(count):
        starts.append(len(data))
        entries = b"<</Size 7/Root 1 0 R/Prev %d>>" % previous(number, starts)
        data += b"xref\n0 0\ntrailer\n" + entries + b"\n"
    return data + ended(starts[-1])


def bomb(depth: int) -> bytes:
    data = bytes(200 << 20)
    for _ in range(depth):
        data = zlib.compress(data)
    return data


def as_section(data: bytes, filters: bytes) -> bytes:
    entries = b"/Type/XRef/Size 9/W[1 4 2]/Root 1 0 R/Filter[" + filters + b"]"
    return HEAD + b"1 0 obj\n" + stream(data, entries) + b"\nendobj\n" + ended(len(HEAD))


HOSTILE = {
    "sections in a loop": with_sections(3, lambda number, starts: starts[-1]),
    "twelve thousand sections": with_sections(12_000, lambda number, starts: starts[-2] or 1),
    "a section that inflates without end": as_section(bomb(1), b"/FlateDecode"),
    "filters on filters": as_section(bomb(2), b"/FlateDecode" * 10),
    "two million objects": HEAD + b"1 0 obj " * 2_000_000,
    "streams without an end": HEAD + b"1 0 obj<<>>stream\n" * 300_000,
    "digits": HEAD + b"1 " * 2_000_000,
    "nesting": HEAD + b"1 0 obj\n" + b"[" * 1_000_000 + b"\nendobj\n" + ended(len(HEAD)),
    "values": HEAD + b"1 0 obj\n[" + b"0 " * 3_000_000 + b"]\nendobj\n" + ended(len(HEAD)),
    "trailers": HEAD + b"trailer<<" * 500_000,
    "catalogues": HEAD + b"1 0 obj\n" + b"/Type/Catalog " * 500_000,
    "nothing": HEAD,
    "an offset beyond the end": HEAD + ended(1 << 60),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_bounded_time(name: str) -> None:
    start = time.process_time()
    with pytest.raises((MalformedFile, LimitExceeded)):
        opened(HOSTILE[name])
    assert time.process_time() - start < SECONDS


def test_a_million_objects_cost_nothing_to_open() -> None:
    objects = page()
    body, places = spelt(objects, len(HEAD))
    rows = b"".join(b"%010d 00000 n \n" % places.get(number, 9) for number in range(1, 1_000_000))
    start = len(HEAD) + len(body)
    trailer = b"trailer\n<</Size 1000000/Root 1 0 R/Info 6 0 R>>\n"
    data = HEAD + body + b"xref\n0 1000000\n0000000000 65535 f \n" + rows + trailer + ended(start)
    begun = time.process_time()
    assert opened(data).info is not None
    assert time.process_time() - begun < 0.5


def test_references_that_lead_in_circles_end() -> None:
    objects = page() | {7: b"8 0 R", 8: b"7 0 R"}
    document = opened(classic(objects))
    with pytest.raises(LimitExceeded, match="circles"):
        document.resolve(Parser(b"7 0 R ", 0, DEFAULT_LIMITS).value())


def test_a_tree_of_pages_that_bites_its_tail_ends() -> None:
    objects = page() | {2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1>>"}
    with pytest.raises(MalformedFile, match="no page"):
        first_page(opened(classic(objects)))


def test_a_tree_of_fields_that_bites_its_tail_ends() -> None:
    objects = page() | {7: b"<</Kids[7 0 R 7 0 R]>>"}
    objects[1] = objects[1].removesuffix(b">>") + b"/AcroForm<</SigFlags 3/Fields[7 0 R]>>>>"
    assert signatures_of(opened(classic(objects))).count == 0


@pytest.mark.parametrize("length", [b"0", b"5", b"99999", b"2147483648", b"-1", b"(x)", b"7 0 R", b"9 0 R"])
def test_a_length_that_lies_is_put_right(length: bytes) -> None:
    objects = page() | {8: b"<</Length " + length + b">>\nstream\nexactly this\nendstream"}
    document = opened(classic(objects))
    held = document.object(Parser(b"8 0 R ", 0, DEFAULT_LIMITS).value())
    assert held is not None
    assert document.content(held) == b"exactly this"


def test_offsets_that_miss_are_searched_for() -> None:
    data = plain()
    assert not opened(data).rebuilt
    moved = opened(data.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%moved\n", 1))
    assert moved.rebuilt
    assert moved.info is not None


def test_an_object_stream_within_an_object_stream_is_none() -> None:
    data = object_streams()
    with pytest.raises(AigcLabelError):
        opened(data.replace(b"/Type/ObjStm", b"/Type/Nothin").replace(b"/N 5", b"/N 0"))


def test_a_wrong_checksum_costs_nothing_but_itself() -> None:
    data = zlib.compress(b"some words " * 50)
    described = Dictionary({b"Filter": Name(b"FlateDecode")})
    assert pdf_filters.decoded(data[:-4] + b"oops", described, 1 << 20) == b"some words " * 50


def test_samples_that_are_differences_are_summed_up() -> None:
    settings = Dictionary({b"Predictor": 2, b"Columns": 3, b"Colors": 2})
    described = Dictionary({b"Filter": Name(b"FlateDecode"), b"DecodeParms": settings})
    data = zlib.compress(bytes((1, 10, 1, 10, 255, 246)))
    assert pdf_filters.decoded(data, described, 100) == bytes((1, 10, 2, 20, 1, 10))


ROWS = bytes(range(40))


@pytest.mark.parametrize("kind", range(5))
def test_every_png_predictor_is_undone(kind: int) -> None:
    wide, pixel = 8, 1
    out, above = b"", bytes(wide)
    for at in range(0, len(ROWS), wide):
        row = ROWS[at : at + wide]
        spelt_row = bytearray()
        for x in range(wide):
            left = row[x - pixel] if x else 0
            corner = above[x - pixel] if x else 0
            guess = left + above[x] - corner
            nearest = min((left, above[x], corner), key=lambda each: abs(guess - each))
            spelt_row.append((row[x] - (0, left, above[x], (left + above[x]) // 2, nearest)[kind]) & 255)
        out += bytes((kind,)) + spelt_row
        above = row
    settings = Dictionary({b"Predictor": 15, b"Columns": wide})
    described = Dictionary({b"Filter": Name(b"FlateDecode"), b"DecodeParms": settings})
    assert pdf_filters.decoded(zlib.compress(out), described, 1 << 20) == ROWS


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (b"ASCIIHexDecode", b"48 65 6C 6C 6F>"),
        (b"ASCII85Decode", b"87cURDZ~>"),
        (b"RunLengthDecode", b"\0H\0e\xffl\0o\x80"),
    ],
)
def test_other_filters_are_undone(name: bytes, data: bytes) -> None:
    assert pdf_filters.decoded(data, Dictionary({b"Filter": Name(name)}), 100) == b"Hello"


@pytest.mark.parametrize("name", [b"LZWDecode", b"DCTDecode", b"BrotliDecode"])
def test_filters_that_are_not_undone_say_so(name: bytes) -> None:
    with pytest.raises(UnsupportedFormat, match=name.decode()):
        pdf_filters.decoded(b"", Dictionary({b"Filter": Name(name)}), 100)


@pytest.mark.parametrize("length", [16, 32])
def test_our_aes_is_everybodys(length: int) -> None:
    key, vector = bytes(range(length)), bytes(range(16, 32))
    for count in (1, 2, 9):
        data = bytes(index * 7 & 255 for index in range(16 * count))
        engine = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        theirs = engine.update(data) + engine.finalize()
        assert aes.encrypted(key, vector, data) == theirs
        assert aes.decrypted(key, vector, theirs) == data
