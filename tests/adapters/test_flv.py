"""FLV: the array's count, the tag's two sizes and the index of key frames follow the label; hostile scripts are bounded."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from aigc_label.adapters import flv
from aigc_label.errors import AigcLabelError, InvalidLabel, MalformedFile
from aigc_label.evidence import NoticeKind, Repair, Standing
from aigc_label.grammars import amf
from aigc_label.grammars.flv import MEDIA, leading_tags
from aigc_label.label import Label
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build._movie import LABEL as ANOTHERS
from fixtures.build.flv import array, pair, script, string

ROOT = Path(__file__).parents[2] / "fixtures/flv"
TEXT = Label.generated(producer="001191110108335469089C10100", produce_id="flv-1").to_json()


def fixture(name: str) -> BytesSource:
    return BytesSource((ROOT / name).read_bytes())


def labelled(source: BytesSource, text: str = TEXT) -> BytesSource:
    return BytesSource(in_memory(source, flv.plan(source, text)))


def with_script(*scripts: bytes) -> BytesSource:
    data = fixture("without-metadata.flv").data
    return BytesSource(data[:13] + b"".join(scripts) + data[13:])


def members(source: BytesSource) -> amf.Members:
    """Give the properties of the first tag."""
    reader = _reader(source)
    return reader.members(reader.end_of(0))


def _reader(source: BytesSource) -> amf.Reader:
    first = next(leading_tags(source))
    return amf.Reader(source.at(first.data_at, first.size), source.limits)


@pytest.mark.parametrize("name", ["plain.flv", "indexed.flv", "labelled-elsewhere.flv"])
def test_the_array_counts_its_properties(name: str) -> None:
    source = labelled(fixture(name))
    found = members(source)
    data = _reader(source).data
    assert int.from_bytes(data[found.at + 1 : found.at + 5], "big") == len(found.properties)


def test_every_tag_is_followed_by_its_size() -> None:
    source = labelled(fixture("plain.flv"))
    for tag in leading_tags(source):
        assert int.from_bytes(source.at(tag.data_end, 4), "big") == tag.data_end - tag.offset


def test_the_index_points_at_key_frames_still() -> None:
    source = labelled(fixture("indexed.flv"))
    reader = _reader(source)
    found = {one.name: one for one in members(source).properties}
    index = {one.name: one for one in reader.members(found["keyframes"].at).properties}
    places = [int(value) for _, value in reader.numbers(index["filepositions"].at)]
    frames = {tag.offset for tag in leading_tags(source) if tag.kind == 9 and source.at(tag.data_at, 1)[0] >> 4 == 1}
    assert len(places) >= 2
    assert frames.issuperset(places)
    assert reader.number(found["filesize"].at) == source.size


def test_a_file_without_metadata_gets_a_script_tag_before_all_others() -> None:
    before, after = fixture("without-metadata.flv"), labelled(fixture("without-metadata.flv"))
    assert [one.name for one in members(after).properties] == ["AIGC"]
    assert after.data.endswith(before.data[13:])


def test_an_array_without_an_end_keeps_its_properties() -> None:
    after = labelled(fixture("unclosed.flv"))
    assert [one.name for one in members(after).properties] == ["audiocodecid", "server", "AIGC"]


def test_labels_under_other_names_are_read_and_replaced() -> None:
    source = fixture("labelled-elsewhere.flv")
    assert [(one.standing, one.repairs) for one in flv.read(source).readings] == [
        (Standing.PRIMARY, (Repair.NAME_CASE,)),
        (Standing.COMPATIBLE, ()),
    ]
    after = labelled(source)
    assert [one.name for one in members(after).properties] == ["title", "AIGC", "comment"]


def test_a_label_in_a_second_script_tag_is_cut() -> None:
    source = with_script(
        script(b"onMetaData", array(pair(b"title", string(b"t")))),
        script(b"onMetaData", array(pair(b"AIGC", string(ANOTHERS)), pair(b"mood", string(b"calm")))),
    )
    assert [one.standing for one in flv.read(source).readings] == [Standing.COMPATIBLE]
    after = labelled(source)
    assert [one.text for one in flv.read(after).readings] == [TEXT]
    assert b"calm" in after.data


def test_a_label_in_xmp_is_blanked() -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        b"<TC260:AIGC>" + ANOTHERS + b"</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    source = with_script(
        script(b"onXMPData", array(pair(b"liveXML", b"\x0c" + struct.pack(">I", len(packet)) + packet)))
    )
    assert [one.carrier for one in flv.read(source).readings] == ["flv.xmp"]
    assert [one.text for one in flv.read(labelled(source)).readings] == [TEXT]


def test_a_label_longer_than_a_string_is_refused() -> None:
    with pytest.raises(InvalidLabel):
        flv.plan(fixture("plain.flv"), "x" * 65_536)


def test_an_encrypted_script_is_named_and_refused() -> None:
    data = bytearray(fixture("plain.flv").data)
    data[13] |= 0x20
    source = BytesSource(bytes(data))
    assert [notice.kind for notice in flv.read(source).notices] == [NoticeKind.UNREAD]
    with pytest.raises(MalformedFile):
        flv.plan(source, TEXT)


def test_an_index_of_very_many_key_frames_is_read() -> None:
    count = 60_000
    numbers = b"\x0a" + struct.pack(">I", count) + b"".join(b"\0" + struct.pack(">d", n) for n in range(count))
    index = b"\x03" + pair(b"filepositions", numbers) + b"\0\0\x09"
    source = with_script(script(b"onMetaData", array(pair(b"keyframes", index))))
    assert [one.text for one in flv.read(labelled(source)).readings] == [TEXT]


NESTED = b"\x03\0\1a" * 5_000
HOSTILE = {
    "nested": script(b"onMetaData", NESTED),
    "arrays": script(b"onMetaData", array(pair(b"a", b"\x0a\0\0\0\1" * 5_000))),
    "count": script(b"onMetaData", array(pair(b"a", b"\x0a\xff\xff\xff\xff"))),
    "many": script(b"onMetaData", array(*[pair(b"", b"\x05")] * 20_000)),
    "string": script(b"onMetaData", array(pair(b"AIGC", b"\x02\xff\xff"))),
    "long-string": script(b"onMetaData", array(pair(b"AIGC", b"\x0c\xff\xff\xff\xff"))),
    "not-an-array": script(b"onMetaData", b"\x0a\0\0\0\0"),
    "unclosed-inside": script(b"onMetaData", array(pair(b"a", b"\x03" + pair(b"b", b"\x05")))[:-3]),
    "unknown-type": script(b"onMetaData", array(pair(b"a", b"\x7f"))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_scripts_are_named_unread_and_refused(name: str) -> None:
    source = with_script(HOSTILE[name])
    assert [notice.kind for notice in flv.read(source).notices] == [NoticeKind.UNREAD]
    with pytest.raises(AigcLabelError):
        flv.plan(source, TEXT)


@pytest.mark.parametrize(
    "head", [b"FLV\1\5\0\0\0\0", b"FLV\1\5\xff\xff\xff\xff", b"FLV\1\5\0\0\0\x09\0\0\0\0\x12\xff\xff\xff"]
)
def test_headers_that_lie_meet_our_errors(head: bytes) -> None:
    for job in (flv.read, flv.payload, lambda source: flv.plan(source, TEXT)):
        try:
            job(BytesSource(head + bytes(40)))
        except AigcLabelError:
            continue


def test_a_file_of_metadata_alone_has_no_payload() -> None:
    source = BytesSource(fixture("plain.flv").data[:13] + script(b"onMetaData", array()))
    assert not any(tag.kind in MEDIA for tag in leading_tags(source))
    with pytest.raises(MalformedFile):
        flv.payload(source)
