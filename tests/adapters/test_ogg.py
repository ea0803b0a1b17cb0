"""Ogg: pages are counted and checked as RFC 3533 asks, chains carry one label, damage is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

import aigc_label
from aigc_label.adapters import ogg as adapter
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Repair
from aigc_label.grammars import ogg
from aigc_label.label import Label
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures/ogg"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="ogg-1")


def labelled(name: str) -> bytes:
    source = BytesSource((FIXTURES / name).read_bytes())
    return in_memory(source, adapter.plan(source, LABEL.to_json()))


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*")), ids=lambda path: path.name)
def test_every_page_is_intact_and_numbered_in_its_stream(path: Path) -> None:
    source = BytesSource(labelled(path.name))
    following: dict[int, int] = {}
    for page in ogg.pages(source):
        assert ogg.is_intact(source, page)
        assert page.sequence == following.get(page.serial, 0)
        following[page.serial] = page.sequence + 1


def test_a_label_that_overflows_its_page_gets_a_page_more() -> None:
    before = BytesSource((FIXTURES / "full-page.opus").read_bytes())
    after = BytesSource(labelled("full-page.opus"))
    assert len(list(ogg.pages(after))) == len(list(ogg.pages(before))) + 1


def test_mutagen_reads_the_label(tmp_path: Path) -> None:
    for name, reader in (("vorbis.ogg", OggVorbis), ("opus.opus", OggOpus)):
        (tmp_path / name).write_bytes(labelled(name))
        assert reader(tmp_path / name)["aigc"] == [LABEL.to_json()]


def test_a_chain_carries_one_label_in_its_first_link() -> None:
    twice = BytesSource(labelled("chained.opus"))
    (reading,) = adapter.read(twice).readings
    assert reading.offset < 200


def test_a_label_in_a_later_link_is_found_and_taken_out() -> None:
    first, second = (FIXTURES / "opus.opus").read_bytes(), labelled("chained.opus")
    half = second[: len(labelled("opus.opus"))]
    chain = BytesSource(_renamed(first) + half)
    assert len(adapter.read(chain).readings) == 1
    assert len(adapter.read(BytesSource(in_memory(chain, adapter.plan(chain, LABEL.to_json())))).readings) == 1


def _renamed(data: bytes) -> bytes:
    """Give the stream with another serial number."""
    source = BytesSource(data)
    out = b""
    for page in ogg.pages(source):
        body = source.at(page.data, page.end - page.data)
        out += ogg.page_bytes(page.flags, page.granule, 77, page.sequence, page.lacing, body)
    return out


def test_a_wrong_checksum_under_a_label_is_recorded() -> None:
    data = bytearray(labelled("opus.opus"))
    at = data.index(b"ogg-1")
    data[at] ^= 1
    (reading,) = adapter.read(BytesSource(bytes(data))).readings
    assert Repair.CHECKSUM in reading.repairs


def test_a_comment_length_that_lies_raises_our_error() -> None:
    source = BytesSource((FIXTURES / "opus.opus").read_bytes())
    stream = adapter.streams(source)[0]
    at = stream.packet.pages[0].data + 8
    broken = bytearray(source.data)
    broken[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(AigcLabelError):
        adapter.read(BytesSource(bytes(broken)))


def test_the_public_call_labels_and_verifies(tmp_path: Path) -> None:
    aigc_label.embed(FIXTURES / "vorbis.ogg", tmp_path / "a.ogg", label=LABEL)
    assert aigc_label.read(tmp_path / "a.ogg") == LABEL
