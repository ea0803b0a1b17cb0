"""TIFF directories: classic and big, both byte orders, walked once each, damage told apart from the rest."""

from __future__ import annotations

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.tiff import EXIF_IFD, PAGE, SUB_IFDS, Directory, Unreadable, directories, header_of, walk
from aigc_label.limits import Limits
from aigc_label.source import BytesSource
from fixtures.build.tiff import ASCII, GREY, LONG, built, page


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("big", [False, True], ids=["classic", "bigtiff"])
def test_the_same_entries_are_read_in_every_shape(order: str, big: bool) -> None:
    source = BytesSource(built([page([GREY], t305=(ASCII, b"a longer text\0"))], order, big))
    (directory,) = directories(source)
    software = directory.find(305)
    assert software is not None
    assert (software.kind, software.count, software.value_length) == (ASCII, 14, 14)
    assert source.at(software.value_offset, 14) == b"a longer text\0"
    assert (directory.header.little, directory.header.big) == (order == "little", big)


def test_children_follow_their_page_and_say_what_led_to_them() -> None:
    exif, preview = {36864: (7, b"0232")}, page([GREY[:32]])
    data = built([page([GREY], t330=(LONG, preview), t34665=(LONG, exif)), page([GREY[:64]])])
    assert [directory.via for directory in directories(BytesSource(data))] == [PAGE, EXIF_IFD, SUB_IFDS, PAGE]


def test_garbage_behind_an_exif_directory_is_not_followed() -> None:
    data = bytearray(built([page([GREY], t34665=(LONG, {36864: (7, b"0232")}))]))
    exif = next(d for d in directories(BytesSource(bytes(data))) if d.via == EXIF_IFD)
    data[exif.next_at : exif.next_at + 4] = b"\x99\x99\x99\x99"
    assert len(list(directories(BytesSource(bytes(data))))) == 2


def test_a_directory_that_two_entries_share_is_given_once() -> None:
    data = bytearray(built([page([GREY], t34665=(LONG, {36864: (7, b"0232")})), page([GREY], t34665=(LONG, [0]))]))
    found = list(directories(BytesSource(bytes(data))))
    exif, second = found[1].at, found[2].find(EXIF_IFD)
    assert second is not None
    data[second.value_offset : second.value_offset + 4] = exif.to_bytes(4, "little")
    assert len(list(directories(BytesSource(bytes(data))))) == 3


def test_the_walk_goes_on_behind_what_cannot_be_read() -> None:
    data = built([page([GREY], t34665=(LONG, [9_999_999]), t330=(LONG, page([GREY[:32]])))])
    found = list(walk(BytesSource(data)))
    assert [type(one) for one in found] == [Directory, Unreadable, Directory]


def test_unknown_types_count_as_bytes() -> None:
    data = bytearray(built([page([GREY], t305=(ASCII, b"a longer text\0"))]))
    entry = next(directories(BytesSource(bytes(data)))).find(305)
    assert entry is not None
    data[entry.at + 2] = 200
    again = next(directories(BytesSource(bytes(data)))).find(305)
    assert again is not None
    assert again.value_length == 14


@pytest.mark.parametrize("head", [b"", b"II*", b"IM*\0\x08\0\0\0", b"II+\0\x04\0\0\0" + bytes(8), b"MM*\0\0\0\0\x08"])
def test_a_wrong_header_is_malformed(head: bytes) -> None:
    with pytest.raises(MalformedFile):
        header_of(BytesSource(head))


def test_a_count_of_2_to_the_62_is_refused_before_it_is_used() -> None:
    data = bytearray(built([page([GREY])], big=True))
    at = int.from_bytes(data[8:16], "little")
    data[at : at + 8] = (1 << 62).to_bytes(8, "little")
    with pytest.raises(LimitExceeded):
        list(directories(BytesSource(bytes(data))))


def test_more_children_than_the_limit_are_refused() -> None:
    data = built([page([GREY], t330=(LONG, list(range(2, 402, 2))))])
    with pytest.raises(LimitExceeded):
        list(directories(BytesSource(data, limits=Limits(items=100))))


def test_directories_that_overlap_share_one_budget_of_entries() -> None:
    sled = b"".join((900).to_bytes(2, "little") + bytes(10) for _ in range(2000))
    children = b"".join((26 + 400 + 12 * index).to_bytes(4, "little") for index in range(100))
    head = b"II*\0" + (8).to_bytes(4, "little") + b"\1\0\x4a\1\4\0" + (100).to_bytes(4, "little")
    data = head + (26).to_bytes(4, "little") + bytes(4) + children + sled
    with pytest.raises(LimitExceeded):
        list(directories(BytesSource(data, limits=Limits(items=1000))))
