"""WebP: the packet goes into the chunk that VP8X announces; bitstreams and frames stay as they are."""

from __future__ import annotations

import io
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from aigc_label.adapters import webp
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import Form, NoticeKind, Reading, Standing
from aigc_label.grammars import riff
from aigc_label.label import Label
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

FIXTURES = Path(__file__).parents[2] / "fixtures" / "webp"
FILES = sorted(FIXTURES.glob("*.webp"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="webp-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="webp-2").to_json()
WRAPPED = f'{{"AIGC":{OTHER}}}'
LOSSY = (FIXTURES / "lossy.webp").read_bytes()
LOSSLESS = (FIXTURES / "lossless.webp").read_bytes()

Facts = dict[str, object]


def labelled(data: bytes) -> bytes:
    source = BytesSource(data)
    return in_memory(source, webp.plan(source, TEXT))


def readings(data: bytes) -> tuple[Reading, ...]:
    return webp.read(BytesSource(data)).readings


def notices(data: bytes) -> list[NoticeKind]:
    return [notice.kind for notice in webp.read(BytesSource(data)).notices]


def packet(text: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        f"<TC260:AIGC>{text}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def form(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def holding(*chunks: bytes, flags: int = 0x04) -> bytes:
    """Give the lossy picture in the extended layout with chunks behind it."""
    header = riff.chunk(b"VP8X", bytes((flags, 0, 0, 0)) + b"\x17\0\0\x0f\0\0")
    return form(header, LOSSY[12:], *chunks)


def chunks(data: bytes) -> list[riff.Chunk]:
    source = BytesSource(data)
    return list(riff.chunks(source, riff.form_of(source)))


def shown(data: bytes) -> list[tuple[object, ...]]:
    """Give all that Pillow shows of a picture: every frame's pixels and time, loop count and background."""
    with Image.open(io.BytesIO(data)) as picture:
        return [
            (
                frame.mode,
                frame.tobytes(),
                frame.info.get("duration"),
                frame.info.get("loop"),
                frame.info.get("background"),
            )
            for frame in ImageSequence.Iterator(picture)
        ]


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_exiftool_reads_the_label_and_nothing_else_changed(path: Path, facts: Callable[[bytes], Facts]) -> None:
    before, after = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert after.pop("XMP-TC260:Aigc") == TEXT
    for found in (before, after):
        # VP8X repeats what the bitstream says; the flag and the old label are what was to change
        for key in ("RIFF:WebP_Flags", "ExifIFD:UserComment", "File:FileType", "RIFF:AlphaIsUsed"):
            found.pop(key, None)
    assert after == before


@pytest.mark.oracle
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_frame_shows_the_same(path: Path) -> None:
    before = path.read_bytes()
    if path.name == "no-final-pad.webp":  # libwebp shows it only once its pad byte is there
        before = LOSSLESS
    assert shown(labelled(path.read_bytes())) == shown(before)


@pytest.mark.oracle
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_libwebp_hands_the_packet_out(path: Path) -> None:
    with Image.open(io.BytesIO(labelled(path.read_bytes()))) as picture:
        assert TEXT.encode() in picture.info["xmp"]


@pytest.mark.oracle("webpinfo")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_webpinfo_finds_no_fault(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "labelled.webp"
    target.write_bytes(labelled(path.read_bytes()))
    done = subprocess.run(["webpinfo", str(target)], capture_output=True, text=True, timeout=60, check=False)
    assert "No error detected" in done.stdout, done.stdout
    assert "Warning" not in done.stderr.replace("Warning: Unknown chunk", ""), done.stderr


@pytest.mark.oracle("webpmux")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_webpmux_gives_the_packet_back(path: Path, tmp_path: Path) -> None:
    target, packet_file = tmp_path / "labelled.webp", tmp_path / "packet.xmp"
    target.write_bytes(labelled(path.read_bytes()))
    command = ["webpmux", "-get", "xmp", str(target), "-o", str(packet_file)]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert TEXT.encode() in packet_file.read_bytes()


@pytest.mark.parametrize(
    ("name", "flags"),
    [("lossy", 0x04), ("lossless", 0x04), ("lossless-alpha", 0x14), ("lossy-alpha", 0x14), ("animated", 0x06)],
)
def test_vp8x_announces_what_the_bitstream_says(name: str, flags: int) -> None:
    data = labelled((FIXTURES / f"{name}.webp").read_bytes())
    assert chunks(data)[0].kind == b"VP8X"
    assert data[20] == flags
    assert data[24:30] == b"\x17\0\0\x0f\0\0"


def test_a_missing_pad_byte_is_brought_by_what_follows() -> None:
    data = labelled((FIXTURES / "no-final-pad.webp").read_bytes())
    junk, xmp = chunks(data)[-2:]
    assert (junk.kind, xmp.kind) == (b"junk", b"XMP ")
    assert data[junk.data_at + junk.length] == 0
    assert riff.form_of(BytesSource(data)).end == len(data)


def test_a_pad_byte_outside_the_declared_size_is_the_forms_own() -> None:
    data = (FIXTURES / "no-final-pad.webp").read_bytes() + b"\0"
    assert notices(data) == []
    assert [part.kind for part in chunks(labelled(data))][-1] == b"XMP "


def test_a_packet_that_vp8x_does_not_announce_is_read_noted_and_announced() -> None:
    data = holding(riff.chunk(b"XMP ", packet(OTHER)), flags=0)
    assert [reading.standing for reading in readings(data)] == [Standing.PRIMARY]
    assert notices(data) == [NoticeKind.DAMAGED]
    assert notices(labelled(data)) == []


def test_annex_b_exif_is_an_alternative_that_ought_to_be_wrapped() -> None:
    (reading,) = readings((FIXTURES / "exif-label.webp").read_bytes())
    assert (reading.carrier, reading.standing) == ("webp.exif.usercomment", Standing.ALTERNATIVE)
    assert reading.form is Form.WRAPPED


def test_a_chunk_called_aigc_is_compatible_and_cut() -> None:
    data = (FIXTURES / "aigc-chunk.webp").read_bytes()
    (reading,) = readings(data)
    assert (reading.carrier, reading.standing) == ("webp.aigc", Standing.COMPATIBLE)
    assert b"AIGC" not in [part.kind for part in chunks(labelled(data))]


def test_a_cut_last_chunk_does_not_leave_its_pad_byte() -> None:
    data = holding(riff.chunk(b"AIGC", b"{} ")[:-1], flags=0)
    assert [part.kind for part in chunks(labelled(data))] == [b"VP8X", b"VP8 ", b"XMP "]


def test_a_misspelt_packet_chunk_is_put_right() -> None:
    data = holding(riff.chunk(b"XMP\0", packet(OTHER)))
    assert [reading.standing for reading in readings(data)] == [Standing.COMPATIBLE]
    assert [part.kind for part in chunks(labelled(data))] == [b"VP8X", b"VP8 ", b"XMP "]


def test_d02_two_packets_that_differ_are_both_reported_and_one_is_left() -> None:
    both = holding(*(riff.chunk(b"XMP ", packet(text)) for text in (OTHER, OTHER.replace('"1"', '"3"', 1))))
    assert len(readings(both)) == 2
    assert [reading.text for reading in readings(labelled(both))] == [TEXT]


def test_d04_a_packet_and_exif_are_both_reported() -> None:
    exif = chunks((FIXTURES / "exif-label.webp").read_bytes())[-1].data(
        BytesSource((FIXTURES / "exif-label.webp").read_bytes())
    )
    data = holding(riff.chunk(b"EXIF", exif), riff.chunk(b"XMP ", packet(OTHER)), flags=0x0C)
    assert [reading.standing for reading in readings(data)] == [Standing.ALTERNATIVE, Standing.PRIMARY]


def test_h09_a_label_in_junk_is_hidden_and_the_chunk_is_kept() -> None:
    junk = riff.chunk(b"JUNK", WRAPPED.encode())
    (reading,) = readings(holding(junk, flags=0))
    assert (reading.carrier, reading.standing, reading.text) == ("webp.JUNK", Standing.HIDDEN, WRAPPED)
    assert junk in labelled(holding(junk, flags=0))


def test_h09_a_packet_behind_the_riff_size_is_hidden_and_kept() -> None:
    data = LOSSY + riff.chunk(b"XMP ", packet(OTHER))
    (reading,) = readings(data)
    assert (reading.standing, reading.text) == (Standing.HIDDEN, OTHER)
    assert notices(data) == [NoticeKind.TRAILING]
    assert labelled(data).endswith(data[len(LOSSY) :])


def test_credentials_are_noticed() -> None:
    assert notices(holding(riff.chunk(b"C2PA", b"jumb"), flags=0)) == [NoticeKind.C2PA]


@pytest.mark.parametrize("size", [0, 3, 10, 2**31, 2**32 - 1])
def test_l08_b05_a_form_size_that_lies_is_malformed(size: int) -> None:
    with pytest.raises(MalformedFile):
        readings(LOSSY[:4] + struct.pack("<I", size) + LOSSY[8:])


@pytest.mark.parametrize("size", [2**31, 2**32 - 1, 1 << 20])
def test_l08_b05_a_chunk_size_that_lies_is_malformed(size: int) -> None:
    with pytest.raises(MalformedFile):
        readings(holding(b"XMP " + struct.pack("<I", size) + packet(OTHER)))


def test_b03_a_million_chunks_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        readings(holding(riff.chunk(b"junk", b"") * 1_000_000, flags=0))


def test_b11_a_hundred_thousand_frames_are_labelled() -> None:
    data = holding(riff.chunk(b"ANMF", b"\0" * 16) * 100_000, flags=0x02)
    assert [reading.text for reading in readings(labelled(data))] == [TEXT]


def test_metadata_over_the_packet_limit_is_left_unread() -> None:
    source = BytesSource(holding(riff.chunk(b"XMP ", packet(OTHER))), limits=replace(DEFAULT_LIMITS, packet=100))
    assert [notice.kind for notice in webp.read(source).notices] == [NoticeKind.UNREAD]
    with pytest.raises(LimitExceeded):
        webp.plan(source, TEXT)


def test_a_bitstream_without_a_size_cannot_be_announced() -> None:
    with pytest.raises(MalformedFile):
        labelled(form(riff.chunk(b"VP8 ", b"\1" * 20)))
