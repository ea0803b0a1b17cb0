"""JPEG XL: the label stands in an `xml ` box, and the codestream stays as it was, bare or boxed."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from PIL import Image

from aigc_label.adapters import jxl
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, MissingTool
from aigc_label.evidence import NoticeKind, Reading, Standing
from aigc_label.label import Label
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build._heif import PIXELS, box
from fixtures.build.jxl import FRONT

FIXTURES = Path(__file__).parents[2] / "fixtures" / "jxl"
FILES = sorted(FIXTURES.glob("*"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="jxl-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="jxl-2").to_json()
BARE = (FIXTURES / "codestream.jxl").read_bytes()
JPEG = (FIXTURES / "jpeg.jxl").read_bytes()

Facts = dict[str, object]


def labelled(data: bytes) -> bytes:
    source = BytesSource(data)
    return in_memory(source, jxl.plan(source, TEXT))


def readings(data: bytes) -> tuple[Reading, ...]:
    return jxl.read(BytesSource(data)).readings


def notices(data: bytes) -> list[NoticeKind]:
    return [notice.kind for notice in jxl.read(BytesSource(data)).notices]


def packet(text: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        f"<TC260:AIGC>{text}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def exif(text: str) -> bytes:
    value = b"ASCII\0\0\0" + text.encode()
    block = b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHII", 0x8769, 4, 1, 26) + bytes(4)
    return bytes(4) + block + b"\0\1" + struct.pack(">HHII", 0x9286, 7, len(value), 44) + bytes(4) + value


def holding(*boxes: bytes) -> bytes:
    return FRONT + b"".join(boxes) + box(b"jxlc", BARE)


def packed(kind: bytes, content: bytes) -> bytes:
    return box(b"brob", kind, brotli.compress(content))


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_exiftool_reads_the_label_and_nothing_else_changed(path: Path, facts: Callable[[bytes], Facts]) -> None:
    before, after = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert after.pop("XMP-TC260:Aigc") == TEXT
    for found in (before, after):
        for key in ("File:FileType", "File:MIMEType", "File:FileTypeExtension"):
            found.pop(key, None)  # exiftool calls a bare codestream another type
    assert {key: after.get(key) for key in before} == before


@pytest.mark.oracle("djxl")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_djxl_decodes_the_same_pixels(path: Path, tmp_path: Path) -> None:
    shown = []
    for index, data in enumerate((path.read_bytes(), labelled(path.read_bytes()))):
        start, end = tmp_path / f"{index}.jxl", tmp_path / f"{index}.png"
        start.write_bytes(data)
        subprocess.run(["djxl", start, end], check=True, capture_output=True, timeout=60)
        shown.append(Image.open(end).tobytes())
    assert shown[0] == shown[1]


@pytest.mark.oracle("cjxl", "djxl")
@pytest.mark.parametrize("with_xmp", [b"", packet(OTHER).replace(b"AIGC>", b"Note>")], ids=["plain", "own-xmp"])
def test_the_jpeg_inside_can_still_be_rebuilt_bit_by_bit(with_xmp: bytes, tmp_path: Path) -> None:
    out = io.BytesIO()
    PIXELS.save(out, "JPEG", **({"xmp": with_xmp} if with_xmp else {}))
    jpeg, start, end = tmp_path / "in.jpg", tmp_path / "in.jxl", tmp_path / "out.jpg"
    jpeg.write_bytes(out.getvalue())
    subprocess.run(["cjxl", jpeg, start], check=True, capture_output=True, timeout=60)
    start.write_bytes(labelled(start.read_bytes()))
    subprocess.run(["djxl", start, end], check=True, capture_output=True, timeout=60)
    assert end.read_bytes() == out.getvalue()


@pytest.mark.oracle("jxlinfo")
def test_jxlinfo_lists_the_box(tmp_path: Path) -> None:
    path = tmp_path / "a.jxl"
    path.write_bytes(labelled(BARE))
    said = subprocess.run(["jxlinfo", "-v", path], check=True, capture_output=True, timeout=60).stdout
    assert b'"xml "' in said


def test_a_bare_codestream_has_no_place_for_a_label() -> None:
    assert readings(BARE) == ()


def test_a_bare_codestream_stands_whole_in_its_new_container() -> None:
    after = labelled(BARE)
    assert after.startswith(FRONT)
    assert box(b"jxlc", BARE) in after


def test_a_codestream_in_a_container_does_not_move() -> None:
    assert labelled(JPEG).startswith(JPEG)


def test_an_unsized_codestream_gets_its_size_stated() -> None:
    data = (FIXTURES / "unsized.jxl").read_bytes()
    after = labelled(data)
    assert [at for at in range(len(data)) if data[at] != after[at]] == [34, 35]


def test_labels_in_several_boxes_are_all_read_and_one_is_left() -> None:
    data = holding(box(b"xml ", packet(OTHER)), box(b"Exif", exif(f'{{"AIGC":{OTHER}}}')), box(b"xml ", packet(OTHER)))
    standings = [r.standing for r in readings(data)]
    assert standings == [Standing.CHOSEN, Standing.ALTERNATIVE, Standing.CHOSEN]
    assert [r.text for r in readings(labelled(data))] == [TEXT]


def test_labels_in_compressed_boxes_are_read_and_replaced() -> None:
    data = holding(packed(b"xml ", packet(OTHER)), packed(b"Exif", exif(f'{{"AIGC":{OTHER}}}')))
    assert [r.standing for r in readings(data)] == [Standing.CHOSEN, Standing.ALTERNATIVE]
    assert [r.text for r in readings(labelled(data))] == [TEXT]


def test_without_brotli_a_compressed_box_is_never_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    data = holding(packed(b"xml ", packet(OTHER)))
    assert notices(data) == [NoticeKind.UNREAD]
    with pytest.raises(MissingTool) as caught:
        labelled(data)
    assert caught.value.remedy.zh


def test_a_compressed_bomb_meets_the_limit() -> None:
    data = holding(packed(b"xml ", bytes(50_000_000)))
    assert notices(data) == [NoticeKind.UNREAD]
    with pytest.raises(LimitExceeded):
        labelled(data)


def test_a_flood_of_small_bombs_meets_the_limit() -> None:
    with pytest.raises(LimitExceeded):
        readings(holding(*[packed(b"xml ", bytes(1_000_000))] * 17))


@pytest.mark.parametrize("stream", [b"", b"\xff\xff\xff", brotli.compress(packet(OTHER))[:-3]])
def test_a_damaged_compressed_box_is_malformed(stream: bytes) -> None:
    data = holding(box(b"brob", b"xml ", stream))
    assert notices(data) == [NoticeKind.UNREAD]
    with pytest.raises(MalformedFile):
        labelled(data)


def test_xml_that_is_no_xmp_is_kept() -> None:
    note = box(b"xml ", b"<note>stays</note>")
    assert note in labelled(holding(note))


def test_content_credentials_are_noticed() -> None:
    assert notices(holding(box(b"jumb", b"\0\0\0\x1ejumdc2pa"))) == [NoticeKind.C2PA]


def test_a_flood_of_boxes_meets_the_limit() -> None:
    with pytest.raises(LimitExceeded):
        readings(holding(*[box(b"xml ")] * 10_001))


@pytest.mark.parametrize("size", [1 << 31, 1 << 62, (1 << 64) - 1])
def test_a_size_that_lies_is_malformed(size: int) -> None:
    data = FRONT + struct.pack(">I4sQ", 1, b"jxlc", size) + BARE
    for job in (jxl.read, jxl.payload, lambda source: jxl.plan(source, TEXT)):
        with pytest.raises(AigcLabelError):
            job(BytesSource(data))
