"""PNG chunks and text chunks: what is built is read back, what breaks its layout is said."""

from __future__ import annotations

import zlib

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import png
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource

HEADER = png.chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
END = png.chunk(b"IEND", b"")


def kinds(*chunks: bytes) -> list[bytes]:
    return [part.kind for part in png.chunks(BytesSource(png.SIGNATURE + b"".join(chunks)))]


def test_the_walk_ends_with_iend() -> None:
    assert kinds(HEADER, END, b"anything behind") == [b"IHDR", b"IEND"]


@pytest.mark.parametrize(
    "chunks",
    [
        (END,),
        (HEADER,),
        (HEADER, png.chunk(b"te t", b""), END),
        (HEADER, png.chunk("tëx".encode(), b""), END),
        (png.chunk(b"CgBI", b""), png.chunk(b"IDAT", b""), HEADER, END),
    ],
    ids=["no IHDR", "no IEND", "a space in a kind", "a letter that is not ASCII", "IHDR too late"],
)
def test_chunks_that_do_not_hang_together_are_malformed(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(MalformedFile):
        kinds(*chunks)


def test_a_crc_is_right_or_wrong() -> None:
    source = BytesSource(
        png.SIGNATURE + HEADER + png.chunk(b"tEXt", b"a\0b") + png.chunk(b"tEXt", b"a\0b")[:-1] + b"!" + END
    )
    assert [part.sound(source) for part in png.chunks(source)] == [True, True, False, True]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"tEXt", b"key\0text"),
        (b"zTXt", b"key\0\0" + zlib.compress(b"text", 9)),
        (b"iTXt", b"key\0\0\0zh\0\xe9\x94\xae\0text"),
        (b"iTXt", b"key\0\1\0\0\0" + zlib.compress(b"text", 9)),
    ],
)
def test_a_text_chunk_is_built_as_it_was(kind: bytes, data: bytes) -> None:
    text = png.text_of(kind, data)
    assert png.Inflater(DEFAULT_LIMITS).whole(text) == b"text"
    assert data[text.stored_at :] == text.stored
    assert text.built(b"text") == png.chunk(kind, data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [(b"tEXt", b"key"), (b"zTXt", b"key\0\1x"), (b"iTXt", b"key\0\0\0zh\0"), (b"iTXt", b"key\0\2\0\0\0")],
)
def test_text_that_breaks_its_layout_is_malformed(kind: bytes, data: bytes) -> None:
    with pytest.raises(MalformedFile):
        png.text_of(kind, data)


@pytest.mark.parametrize("stored", [b"", b"not zlib", zlib.compress(b"text")[:-3]])
def test_damaged_compression_is_malformed(stored: bytes) -> None:
    with pytest.raises(MalformedFile):
        png.Inflater(DEFAULT_LIMITS).whole(png.text_of(b"zTXt", b"key\0\0" + stored))


def test_a_text_of_exactly_the_limit_is_inflated() -> None:
    most = DEFAULT_LIMITS.inflated
    inflater = png.Inflater(DEFAULT_LIMITS)
    assert len(inflater.whole(png.text_of(b"zTXt", b"k\0\0" + zlib.compress(b" " * most)))) == most
    with pytest.raises(LimitExceeded):
        inflater.whole(png.text_of(b"zTXt", b"k\0\0" + zlib.compress(b" " * (most + 1))))


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256))])
def test_a_raw_profile_is_built_as_it_is_read(data: bytes) -> None:
    assert png.profile_of(png.profile_text(b"exif", data)) == data


@pytest.mark.parametrize(
    "text", [b"", b"\nexif\n", b"\nexif\n 3\n0102\n", b"\nexif\n 2\nxyzt\n", b"\nexif\nmany\n00\n"]
)
def test_a_damaged_raw_profile_is_malformed(text: bytes) -> None:
    with pytest.raises(MalformedFile):
        png.profile_of(text)
