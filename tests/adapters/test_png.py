"""PNG and APNG: the label goes into an iTXt packet, and is found wherever else people put it."""

from __future__ import annotations

import io
import struct
import subprocess
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageSequence
from PIL.PngImagePlugin import PngImageFile

from aigc_label.adapters import png
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import Form, NoticeKind, Reading, Repair, Standing
from aigc_label.grammars import png as grammar
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures" / "png"
FILES = sorted(FIXTURES.glob("*.png"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="png-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="png-2").to_json()
WRAPPED = f'{{"AIGC":{OTHER}}}'
PLAIN = (FIXTURES / "plain.png").read_bytes()

Facts = dict[str, object]


def labelled(data: bytes) -> bytes:
    source = BytesSource(data)
    return in_memory(source, png.plan(source, TEXT))


def readings(data: bytes) -> tuple[Reading, ...]:
    return png.read(BytesSource(data)).readings


def notices(data: bytes) -> list[NoticeKind]:
    return [notice.kind for notice in png.read(BytesSource(data)).notices]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packet(text: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        f"<TC260:AIGC>{text}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def xmp(text: str) -> bytes:
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet(text))


def holding(*chunks: bytes) -> bytes:
    """Give the plain picture with chunks behind IHDR."""
    return PLAIN[:33] + b"".join(chunks) + PLAIN[33:]


def shown(data: bytes) -> list[tuple[object, ...]]:
    """Give all that Pillow shows of a picture: every frame's pixels, its time, the loop count."""
    with Image.open(io.BytesIO(data)) as picture:
        return [
            (frame.mode, frame.tobytes(), frame.info.get("duration"), frame.info.get("loop"), frame.info.get("dpi"))
            for frame in ImageSequence.Iterator(picture)
        ]


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_exiftool_reads_the_label_and_nothing_else_changed(path: Path, facts: Callable[[bytes], Facts]) -> None:
    before, after = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert after.pop("XMP-TC260:Aigc") == TEXT
    carriers = ("XMP-TC260:Aigc", "PNG:AIGC", "PNG:Aigc", "PNG:Description", "PNG:UserComment", "PNG:Comment")
    for key in (*carriers, "ExifIFD:UserComment"):
        before.pop(key, None)
        after.pop(key, None)
    assert after == before


@pytest.mark.oracle
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_frame_shows_the_same(path: Path) -> None:
    assert shown(labelled(path.read_bytes())) == shown(path.read_bytes())


@pytest.mark.oracle
@pytest.mark.parametrize("path", [path for path in FILES if path.name != "foreign-xmp.png"], ids=lambda path: path.name)
def test_pillow_finds_a_new_packet_before_it_decodes(path: Path) -> None:
    with Image.open(io.BytesIO(labelled(path.read_bytes()))) as picture:
        assert isinstance(picture, PngImageFile)
        assert TEXT in picture.info["XML:com.adobe.xmp"]


@pytest.mark.oracle("identify")
def test_imagemagick_shows_the_same_pixels(tmp_path: Path) -> None:
    signatures = set()
    for index, data in enumerate((PLAIN, labelled(PLAIN))):
        path = tmp_path / f"{index}.png"
        path.write_bytes(data)
        command = ["identify", "-regard-warnings", "-format", "%#", str(path)]
        signatures.add(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert len(signatures) == 1


@pytest.mark.oracle("pngcheck")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pngcheck_finds_no_fault(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "labelled.png"
    target.write_bytes(labelled(path.read_bytes()))
    done = subprocess.run(["pngcheck", "-v", str(target)], capture_output=True, text=True, timeout=60, check=False)
    assert "No errors detected" in done.stdout, done.stdout


def test_a_new_packet_stands_right_behind_the_header() -> None:
    chunks = [part.kind for part in grammar.chunks(BytesSource(labelled(PLAIN)))]
    assert chunks[:2] == [b"IHDR", b"iTXt"]


def test_a_compressed_packet_is_stored_plain_when_edited() -> None:
    data = labelled((FIXTURES / "compressed-xmp.png").read_bytes())
    (text,) = [part for part in grammar.chunks(BytesSource(data)) if part.kind == b"iTXt"]
    assert not grammar.text_of(b"iTXt", text.data(BytesSource(data))).compressed
    assert b'dc:format="image/png"' in data


def test_a_packet_in_a_language_loses_it_when_edited() -> None:
    language = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0en\0title\0" + packet(OTHER))
    assert b"XML:com.adobe.xmp\0\0\0\0\0<" in labelled(holding(language))


def test_annex_b_text_is_an_alternative_that_ought_to_be_wrapped() -> None:
    (reading,) = readings(holding(chunk(b"tEXt", b"AIGC\0" + WRAPPED.encode())))
    assert (reading.standing, reading.form, reading.repairs) == (Standing.ALTERNATIVE, Form.WRAPPED, ())
    assert reading.text == WRAPPED
    assert reading.offset == 33 + 8 + 5


@pytest.mark.parametrize(
    ("keyword", "repairs"),
    [
        (b"aigc", (Repair.NAME_CASE,)),
        (b"AIGC-label", (Repair.NAME_CONTAINS,)),
        ("ＡＩＧＣ".encode(), (Repair.LOOKALIKE,)),
        ("АIGC".encode(), (Repair.LOOKALIKE,)),
    ],
)
def test_a_keyword_that_is_nearly_right_is_read_and_noted(keyword: bytes, repairs: tuple[Repair, ...]) -> None:
    (reading,) = readings(holding(chunk(b"tEXt", keyword + b"\0" + OTHER.encode())))
    assert reading.repairs == repairs


def test_a_keyword_that_contains_the_letters_by_chance_is_no_label() -> None:
    assert readings(holding(chunk(b"tEXt", b"AIGCTool\0version 1.2"))) == ()


@pytest.mark.parametrize("keyword", [b"Description", b"Comment", b"UserComment", b"Anything"])
def test_a_wrapped_label_in_any_text_is_compatible(keyword: bytes) -> None:
    (reading,) = readings(holding(chunk(b"tEXt", keyword + b"\0" + WRAPPED.encode())))
    assert (reading.standing, reading.text) == (Standing.COMPATIBLE, WRAPPED)


def test_text_around_a_cut_label_stays() -> None:
    data = labelled(holding(chunk(b"tEXt", b"Comment\0before " + WRAPPED.encode() + b" after")))
    assert chunk(b"tEXt", b"Comment\0before  after") in data


def test_every_carrier_of_one_file_is_named() -> None:
    found = readings((FIXTURES / "label-everywhere.png").read_bytes())
    assert sorted(reading.carrier for reading in found) == [
        "png.exif.usercomment",
        "png.itxt",
        "png.raw-profile.exif.usercomment",
        "png.raw-profile.xmp",
        "png.text",
        "png.ztxt",
        "png.ztxt.aigc",
    ]


def test_a_raw_profile_loses_the_label_and_nothing_else() -> None:
    source = BytesSource(labelled((FIXTURES / "label-everywhere.png").read_bytes()))
    texts = [grammar.text_of(c.kind, c.data(source)) for c in grammar.chunks(source) if c.kind == b"zTXt"]
    profiles = {t.keyword: grammar.profile_of(zlib.decompress(t.stored)) for t in texts}
    assert b"dc:format" in profiles[b"Raw profile type xmp"]
    assert b"a description that stays" in profiles[b"Raw profile type exif"]
    assert b"ProduceID" not in b"".join(profiles.values())


def test_d02_two_packets_that_differ_are_both_reported_and_one_is_left() -> None:
    data = holding(xmp(OTHER), xmp(OTHER.replace('"1"', '"3"', 1)))
    assert len(readings(data)) == 2
    assert [reading.text for reading in readings(labelled(data))] == [TEXT]


def test_d04_a_packet_and_a_text_chunk_are_both_reported() -> None:
    found = readings(holding(xmp(OTHER), chunk(b"tEXt", b"AIGC\0" + WRAPPED.replace('"1"', '"3"', 1).encode())))
    assert [reading.standing for reading in found] == [Standing.PRIMARY, Standing.ALTERNATIVE]


def test_h01_a_label_behind_iend_is_hidden() -> None:
    data = PLAIN + xmp(OTHER)
    (reading,) = readings(data)
    assert (reading.standing, reading.text) == (Standing.HIDDEN, OTHER)
    assert data[reading.offset :].startswith(OTHER.encode())
    assert notices(data) == [NoticeKind.TRAILING]


def test_what_lies_behind_iend_is_kept() -> None:
    assert labelled(PLAIN + xmp(OTHER)).endswith(PLAIN[-12:] + xmp(OTHER))


@pytest.mark.parametrize("other", [b"PK\3\4 an archive", b"<html><body>", b"\xff\xd8\xff\xe0 a photograph"])
def test_another_format_behind_iend_makes_a_polyglot(other: bytes) -> None:
    assert notices(PLAIN + other) == [NoticeKind.TRAILING, NoticeKind.POLYGLOT]


def test_h14_a_label_in_a_private_chunk_is_hidden_and_the_chunk_is_kept() -> None:
    private = chunk(b"comf", b"workflow\0" + WRAPPED.encode())
    data = PLAIN[:-12] + private + PLAIN[-12:]
    (reading,) = readings(data)
    assert (reading.standing, reading.carrier, reading.text) == (Standing.HIDDEN, "png.comf", WRAPPED)
    assert NoticeKind.GENERATOR in notices(data)
    assert private in labelled(data)


def test_l08_a_label_under_a_wrong_crc_is_read_with_that_repair() -> None:
    broken = xmp(OTHER)[:-1] + b"?"
    (reading,) = readings(holding(broken))
    assert reading.repairs == (Repair.CHECKSUM,)


def test_l08_an_equal_label_under_a_wrong_crc_is_written_anew() -> None:
    once = labelled(PLAIN)
    at = 33 + 8 + struct.unpack(">I", once[33:37])[0]
    broken = once[:at] + b"\0\0\0\0" + once[at + 4 :]
    assert labelled(broken) == once


def test_a_wrong_crc_without_a_label_is_damage() -> None:
    assert notices(holding(chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0\0\0\0\0")[:-1] + b"?")) == [NoticeKind.DAMAGED]


def test_the_crc_of_the_picture_itself_is_not_our_matter() -> None:
    at = PLAIN.index(b"IEND") - 8
    assert png.read(BytesSource(PLAIN[:at] + b"\0\0\0\0" + PLAIN[at + 4 :])).notices == ()


def test_credentials_are_noticed() -> None:
    assert notices(holding(chunk(b"caBX", b"\0\0\0\x10jumb"))) == [NoticeKind.C2PA]


@pytest.mark.parametrize("keyword", [b"parameters", b"prompt", b"workflow"])
def test_generation_parameters_are_noticed_and_are_no_label(keyword: bytes) -> None:
    data = holding(chunk(b"tEXt", keyword + b"\0" + b'{"nodes":[{"Label":"1"}]}'))
    assert notices(data) == [NoticeKind.GENERATOR]
    assert readings(data) == ()


def test_an_unknown_critical_chunk_is_noticed_and_kept() -> None:
    strange = chunk(b"ABCD", b"?")
    assert notices(holding(strange)) == [NoticeKind.DAMAGED]
    assert strange in labelled(holding(strange))


def bomb(kind: bytes, keyword: bytes) -> bytes:
    squeezed = zlib.compress(b"\0" * (200 << 20), 9)
    return chunk(kind, keyword + (b"\0\1\0\0\0" if kind == b"iTXt" else b"\0\0") + squeezed)


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return {
        "packet": bomb(b"iTXt", b"XML:com.adobe.xmp"),
        "label": bomb(b"zTXt", b"AIGC"),
        "profile": bomb(b"zTXt", b"Raw profile type exif"),
        "text": bomb(b"zTXt", b"Description"),
    }


@pytest.mark.parametrize("where", ["packet", "label", "profile"])
def test_b01_a_bomb_in_a_carrier_is_left_unread_and_stops_a_writer(where: str, bombs: dict[str, bytes]) -> None:
    data = holding(bombs[where])
    began = time.process_time()
    assert notices(data) == [NoticeKind.UNREAD]
    with pytest.raises(LimitExceeded) as caught:
        labelled(data)
    assert caught.value.limit == "inflated"
    assert time.process_time() - began < 2


def test_b01_a_bomb_elsewhere_is_looked_at_in_part_only(bombs: dict[str, bytes]) -> None:
    assert [reading.text for reading in readings(labelled(holding(bombs["text"])))] == [TEXT]


def test_b01_many_small_bombs_share_one_budget() -> None:
    small = chunk(b"zTXt", b"AIGC\0\0" + zlib.compress(b" " * (1 << 20), 9))
    assert notices(holding(small * 40)).count(NoticeKind.UNREAD) == 40 - grammar.TOTAL_SHARE


def test_b02_a_huge_canvas_is_labelled_all_the_same() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 65535, 65535, 8, 2, 0, 0, 0))
    data = PLAIN[:8] + header + PLAIN[33:]
    assert [reading.text for reading in readings(labelled(data))] == [TEXT]


@pytest.mark.parametrize("kind", [b"tEXt", b"IDAT", b"prVt"])
def test_b03_a_million_chunks_are_refused(kind: bytes) -> None:
    data = holding(chunk(kind, b"") * 1_000_000)
    began = time.process_time()
    for job in (png.read, png.payload, lambda source: png.plan(source, TEXT)):
        with pytest.raises(LimitExceeded):
            job(BytesSource(data))
    assert time.process_time() - began < 6


@pytest.mark.parametrize("length", [2**31, 2**32 - 1, 2**31 - 1, 10_000])
def test_b05_a_chunk_longer_than_the_file_is_malformed(length: int) -> None:
    with pytest.raises(MalformedFile):
        readings(holding(struct.pack(">I", length) + b"tEXtAIGC\0"))


def test_metadata_over_the_packet_limit_is_left_unread() -> None:
    small = replace(DEFAULT_LIMITS, packet=100)
    source = BytesSource(holding(xmp(OTHER)), limits=small)
    assert [notice.kind for notice in png.read(source).notices] == [NoticeKind.UNREAD]
    with pytest.raises(LimitExceeded):
        png.plan(source, TEXT)


def test_a_chunk_before_the_header_of_apples_variant_is_kept() -> None:
    data = PLAIN[:8] + chunk(b"CgBI", b"\x50\0\x20\6") + PLAIN[8:]
    kinds = [part.kind for part in grammar.chunks(BytesSource(labelled(data)))]
    assert kinds[:3] == [b"CgBI", b"IHDR", b"iTXt"]


def test_text_that_breaks_its_layout_does_not_stop_a_writer() -> None:
    data = holding(chunk(b"tEXt", b"no NUL here"))
    assert notices(data) == [NoticeKind.DAMAGED]
    assert [reading.text for reading in readings(labelled(data))] == [TEXT]


class Counting(BytesSource):
    read_bytes = 0

    def upto(self, offset: int, length: int) -> bytes:
        self.read_bytes += length
        return super().upto(offset, length)


def test_the_picture_itself_is_never_read() -> None:
    big = PLAIN[:33] + chunk(b"IDAT", b"\0" * 5_000_000) + PLAIN[-12:]
    source = Counting(big)
    png.plan(source, TEXT)
    png.read(source)
    assert source.read_bytes < 1000
