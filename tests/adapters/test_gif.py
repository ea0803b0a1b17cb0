"""GIF: the packet stands outside sub-blocks behind the magic trailer, and every frame stays as it was."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from aigc_label.adapters import gif
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.evidence import Form, NoticeKind, Reading, Standing
from aigc_label.grammars import gif as grammar
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures" / "gif"
FILES = sorted(FIXTURES.glob("*.gif"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="gif-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="gif-2").to_json()
WRAPPED = f'{{"AIGC":{OTHER}}}'
STILL = (FIXTURES / "still.gif").read_bytes()
BODY = grammar.body_of(BytesSource(STILL))

Facts = dict[str, object]


def labelled(data: bytes) -> bytes:
    source = BytesSource(data)
    return in_memory(source, gif.plan(source, TEXT))


def readings(data: bytes) -> tuple[Reading, ...]:
    return gif.read(BytesSource(data)).readings


def notices(data: bytes) -> list[NoticeKind]:
    return [notice.kind for notice in gif.read(BytesSource(data)).notices]


def packet(text: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        f"<TC260:AIGC>{text}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def holding(*blocks: bytes) -> bytes:
    """Give the still picture with blocks behind its colour table."""
    return STILL[:BODY] + b"".join(blocks) + STILL[BODY:]


def shown(data: bytes) -> list[tuple[object, ...]]:
    """Give all that Pillow shows of a picture: every frame's pixels, time and disposal, the loop count."""
    with Image.open(io.BytesIO(data)) as picture:
        return [
            (
                frame.convert("RGBA").tobytes(),
                frame.info.get("duration"),
                frame.info.get("loop"),
                frame.info.get("transparency"),
                getattr(frame, "disposal_method", None),
            )
            for frame in ImageSequence.Iterator(picture)
        ]


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_exiftool_reads_the_label_and_nothing_else_changed(path: Path, facts: Callable[[bytes], Facts]) -> None:
    before, after = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert after.pop("XMP-TC260:Aigc") == TEXT
    for key in ("File:Comment", "GIF:GIFVersion"):  # a comment with a label goes; GIF87a becomes GIF89a
        if before.get(key) != after.get(key):
            assert path.name in ("comment-label.gif", "gif87a.gif")
        before.pop(key, None)
        after.pop(key, None)
    if path.name == "sub-blocked-xmp.gif":  # exiftool cannot read that packet before we mend it
        assert after.pop("XMP-dc:Format") == "image/png"
        before = {key: value for key, value in before.items() if not key.startswith("XMP")}
    assert after == before


@pytest.mark.oracle
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_frame_shows_the_same(path: Path) -> None:
    assert shown(labelled(path.read_bytes())) == shown(path.read_bytes())


@pytest.mark.oracle("identify")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_imagemagick_shows_the_same_frames_and_times(path: Path, tmp_path: Path) -> None:
    said = set()
    for index, data in enumerate((path.read_bytes(), labelled(path.read_bytes()))):
        target = tmp_path / f"{index}.gif"
        target.write_bytes(data)
        command = ["identify", "-format", "%# %T %D\n", str(target)]
        said.add(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert len(said) == 1


def test_a_new_packet_stands_behind_the_loop_count_and_before_the_first_frame() -> None:
    source = BytesSource(labelled((FIXTURES / "animated.gif").read_bytes()))
    names = [block.name or block.label for block in grammar.blocks(source)]
    assert names[:3] == [b"NETSCAPE2.0", grammar.XMP, grammar.GRAPHIC_CONTROL]


def test_an_old_version_becomes_89a() -> None:
    assert labelled((FIXTURES / "gif87a.gif").read_bytes()).startswith(b"GIF89a")


def test_the_magic_trailer_is_258_bytes_and_leads_every_reader_to_its_end() -> None:
    ladder = grammar.MAGIC_TRAILER
    assert len(ladder) == 258
    for at in range(256):
        while ladder[at]:
            at += ladder[at] + 1
        assert at == 257


def test_a_packet_before_the_trailer_is_read_whole_and_at_its_place() -> None:
    data = holding(grammar.xmp_extension(packet(OTHER)))
    (reading,) = readings(data)
    assert (reading.standing, reading.text) == (Standing.PRIMARY, OTHER)
    assert data[reading.offset :].startswith(b"<TC260:AIGC>")


def test_a_packet_in_sub_blocks_is_read_and_noted_as_damage() -> None:
    raw = packet(OTHER) + b'<?xpacket end="w"?>'
    assert [reading.text for reading in readings(holding(grammar.extension(0xFF, raw, grammar.XMP)))] == [OTHER]
    assert notices(holding(grammar.extension(0xFF, raw, grammar.XMP))) == [NoticeKind.DAMAGED]


def test_a_packet_without_any_end_is_left_unread_and_stops_a_writer() -> None:
    data = holding(b"\x21\xff\x0bXMP DataXMP" + b"\x05<x:xm\0")
    assert notices(data) == [NoticeKind.UNREAD]
    with pytest.raises(MalformedFile):
        labelled(data)


def test_a_nul_that_ends_the_packet_early_gives_only_our_error() -> None:
    with pytest.raises(AigcLabelError):
        readings(holding(b"\x21\xff\x0bXMP DataXMP" + packet(OTHER) + b"\0" * 40 + grammar.MAGIC_TRAILER))


def test_a_label_in_a_comment_is_compatible_and_ought_to_be_wrapped() -> None:
    (reading,) = readings(holding(grammar.extension(0xFE, WRAPPED.encode())))
    assert (reading.standing, reading.form, reading.text) == (Standing.COMPATIBLE, Form.WRAPPED, WRAPPED)


def test_the_words_around_a_label_in_a_comment_stay() -> None:
    comment = grammar.extension(0xFE, b"before " + WRAPPED.encode() + b" after")
    assert grammar.extension(0xFE, b"before  after") in labelled(holding(comment))


def test_d02_two_packets_that_differ_are_both_reported_and_one_is_left() -> None:
    both = holding(*(grammar.xmp_extension(packet(text)) for text in (OTHER, OTHER.replace('"1"', '"3"', 1))))
    assert len(readings(both)) == 2
    assert [reading.text for reading in readings(labelled(both))] == [TEXT]


def test_d04_a_packet_and_a_comment_are_both_reported() -> None:
    data = holding(grammar.xmp_extension(packet(OTHER)), grammar.extension(0xFE, WRAPPED.encode()))
    assert [reading.standing for reading in readings(data)] == [Standing.PRIMARY, Standing.COMPATIBLE]


def test_a_label_in_an_unknown_extension_is_hidden_and_the_extension_is_kept() -> None:
    strange = grammar.extension(0xFF, WRAPPED.encode(), b"SECRETS 1.0")
    (reading,) = readings(holding(strange))
    assert (reading.standing, reading.text) == (Standing.HIDDEN, WRAPPED)
    assert strange in labelled(holding(strange))


def test_credentials_are_noticed() -> None:
    assert notices(holding(grammar.extension(0xFF, b"jumb", b"C2PA_GIF\1\0\0"))) == [NoticeKind.C2PA]


def test_h01_a_label_behind_the_trailer_is_hidden() -> None:
    data = STILL + b"PK\3\4" + WRAPPED.encode()
    (reading,) = readings(data)
    assert (reading.standing, reading.offset) == (Standing.HIDDEN, len(STILL) + 4)
    assert notices(data) == [NoticeKind.TRAILING, NoticeKind.POLYGLOT]


def test_what_lies_behind_the_trailer_is_kept() -> None:
    assert labelled(STILL + b"more").endswith(b"\x3bmore")


def test_b03_a_million_comments_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        readings(holding(grammar.extension(0xFE, b"") * 1_000_000))


def test_b11_a_hundred_thousand_frames_are_labelled() -> None:
    at = STILL.index(b"\x2c", BODY)
    data = STILL[:at] + STILL[at:-1] * 100_000 + b"\x3b"
    began = time.process_time()
    source = BytesSource(data)
    assert gif.plan(source, TEXT)
    assert time.process_time() - began < 5


def test_b05_a_packet_over_the_limit_is_left_unread() -> None:
    source = BytesSource(holding(grammar.xmp_extension(packet(OTHER))), limits=replace(DEFAULT_LIMITS, packet=100))
    assert [notice.kind for notice in gif.read(source).notices] == [NoticeKind.UNREAD]
    with pytest.raises(LimitExceeded):
        gif.plan(source, TEXT)


def test_a_colour_table_that_reaches_behind_the_file_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        readings(b"GIF89a\1\0\1\0\xf7\0\0")
