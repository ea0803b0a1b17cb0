"""Every kind of offset into a movie file follows what it points at; other numbers stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars import movie, movie_offsets
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory, replaced
from fixtures.build._movie import box, number

ROOT = Path(__file__).parents[2] / "fixtures/mp4"
HEAD = box(b"ftyp", b"isom", bytes(4))
GROWTH = 96


def tracked(table: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))


def file(inner: bytes, behind: Callable[[int], bytes] = lambda media: b"", before: bytes = b"") -> tuple[bytes, int]:
    """Give a movie with `inner` in its movie box, and where its media begin."""
    media = len(HEAD + before) + 8 + len(inner) + 8
    return HEAD + before + box(b"moov", inner) + box(b"mdat", b"media") + behind(media), media


def moved(data: bytes, growth: int = GROWTH) -> bytes:
    """Give the movie after `growth` bytes went in at the end of its movie box."""
    source = BytesSource(data)
    layout = movie.layout_of(source)
    end = layout.movie.end
    new = movie.Change((end, end, box(b"free", bytes(growth - 8))), (layout.movie,))
    offsets = movie_offsets.offsets_of(source, layout)
    changes = [new, *movie_offsets.moved(source, layout, offsets, growth)]
    return in_memory(source, replaced(source.size, movie.settled(changes)))


@pytest.mark.parametrize(("kind", "width"), [(b"stco", 4), (b"co64", 8)])
def test_chunk_offsets_follow(kind: bytes, width: int) -> None:
    count = 3
    empty = box(kind, bytes(4), number(count), bytes(count * width))
    _, media = file(tracked(empty))
    offsets = (media, media + 2, media + 4)
    data, _ = file(tracked(box(kind, bytes(4), number(count), *(number(at, width) for at in offsets))))
    new = box(kind, bytes(4), number(count), *(number(at + GROWTH, width) for at in offsets))
    assert new in moved(data)


def test_offsets_before_the_movie_box_stay() -> None:
    first = box(b"mdat", b"first")
    at = len(HEAD) + 8
    empty = box(b"stco", bytes(4), number(2), bytes(8))
    _, media = file(tracked(empty), before=first)
    data, _ = file(tracked(box(b"stco", bytes(4), number(2), number(at), number(media))), before=first)
    assert box(b"stco", bytes(4), number(2), number(at), number(media + GROWTH)) in moved(data)


@pytest.mark.parametrize(("version", "width"), [(0, 4), (1, 8)])
@pytest.mark.parametrize("typed", [b"", b"cenc\0\0\0\0"])
def test_offsets_of_auxiliary_information_follow(version: int, width: int, typed: bytes) -> None:
    def table(at: int) -> bytes:
        return box(b"saio", number(version, 1), number(bool(typed), 3), typed, number(1), number(at, width))

    _, media = file(tracked(table(0)))
    data, _ = file(tracked(table(media)))
    assert table(media + GROWTH) in moved(data)


def test_items_of_a_file_follow() -> None:
    def meta(at: int) -> bytes:
        entry = number(1, 2) + number(0, 2) + number(1, 2) + number(at) + number(5)
        table = box(b"iloc", bytes(4), b"\x44\0", number(1, 2), entry)
        return box(b"meta", bytes(4), box(b"hdlr", bytes(8), b"null", bytes(13)), table)

    data, media = file(b"", lambda media: meta(media))
    assert meta(media + GROWTH) in moved(data)


def test_base_offsets_of_fragments_follow_only_where_they_are_absolute() -> None:
    def fragment(at: int) -> bytes:
        absolute = box(b"tfhd", number(1), number(1), number(at, 8))
        relative = box(b"tfhd", number(0x20000), number(2))
        return box(b"moof", box(b"traf", absolute), box(b"traf", relative))

    data, media = file(b"", fragment)
    assert fragment(media + GROWTH) in moved(data)


@pytest.mark.parametrize(("version", "width"), [(0, 4), (1, 8)])
def test_random_access_tables_follow(version: int, width: int) -> None:
    def table(at: int) -> bytes:
        entries = b"".join(number(7, width) + number(at + n, width) + b"\1\2\2\3\3\3" for n in range(2))
        return box(b"mfra", box(b"tfra", number(version, 1), bytes(3), number(1), number(0b000110), number(2), entries))

    data, media = file(b"", table)
    assert table(media + GROWTH) in moved(data)


@pytest.mark.parametrize(("version", "width"), [(0, 4), (1, 8)])
def test_a_segment_index_before_the_movie_box_looks_further(version: int, width: int) -> None:
    def index(ahead: int) -> bytes:
        return box(
            b"sidx",
            number(version, 1),
            bytes(3),
            number(1),
            number(1000),
            number(0, width),
            number(ahead, width),
            bytes(4),
        )

    _, media = file(b"", before=index(0))
    ahead = media - len(HEAD + index(0))
    data, _ = file(b"", before=index(ahead))
    assert index(ahead + GROWTH) in moved(data)


def test_a_segment_index_behind_the_movie_box_stays() -> None:
    index = box(b"sidx", bytes(12), number(0), number(0), bytes(4))
    data, _ = file(b"", lambda _: index)
    assert index in moved(data)


def test_a_field_that_is_too_small_is_refused() -> None:
    data, _ = file(
        b"",
        lambda media: box(
            b"mfra", box(b"tfra", bytes(4), number(1), number(0), number(1), number(0), number((1 << 32) - 1), bytes(3))
        ),
    )
    with pytest.raises(UnsupportedFormat, match="32-bit"):
        moved(data)


def test_media_inside_the_movie_box_are_refused() -> None:
    data, media = file(tracked(box(b"stco", bytes(4), number(1), number(len(HEAD) + 20))))
    assert media
    with pytest.raises(MalformedFile, match="inside"):
        moved(data)


def test_a_table_of_many_chunks_is_moved_at_once() -> None:
    """As arithmetic on one large number: the carry of one entry must not reach the next."""
    count = 50_000
    _, media = file(tracked(box(b"stco", bytes(4), number(count), bytes(4 * count))))
    offsets = [media + (n * 7919) % 4_000_000_000 for n in range(count)]
    data, _ = file(tracked(box(b"stco", bytes(4), number(count), b"".join(map(number, offsets)))))
    after = b"".join(number(offset + GROWTH) for offset in offsets)
    assert after in moved(data)


def test_a_table_with_one_far_chunk_becomes_wide_and_its_boxes_grow() -> None:
    _, media = file(tracked(box(b"stco", bytes(4), number(2), bytes(8))))
    far = (1 << 32) - 10
    data, _ = file(tracked(box(b"stco", bytes(4), number(2), number(media), number(far))))
    after = moved(data)
    assert box(b"co64", bytes(4), number(2), number(media + GROWTH, 8), number(far + GROWTH, 8)) in after
    source = BytesSource(after)
    assert [inner.kind for _, inner in movie.nested(source, movie.layout_of(source).movie)][-2:] == [b"co64", b"free"]
