"""JPEG 2000: the label stands in a uuid box behind the codestream, of which not one byte moves."""

from __future__ import annotations

import io
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from aigc_label.adapters import jp2
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import NoticeKind, Reading, Standing
from aigc_label.grammars import bmff
from aigc_label.label import Label
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build._heif import box

FIXTURES = Path(__file__).parents[2] / "fixtures" / "jp2"
FILES = sorted(FIXTURES.glob("*"))
PRODUCER = "001191110108335469089C10100"
TEXT = Label.generated(producer=PRODUCER, produce_id="jp2-1").to_json()
OTHER = Label.generated(producer=PRODUCER, produce_id="jp2-2").to_json()
PLAIN = (FIXTURES / "plain.jp2").read_bytes()

Facts = dict[str, object]


def labelled(data: bytes) -> bytes:
    source = BytesSource(data)
    return in_memory(source, jp2.plan(source, TEXT))


def readings(data: bytes) -> tuple[Reading, ...]:
    return jp2.read(BytesSource(data)).readings


def packet(text: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
        f"<TC260:AIGC>{text}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def exif(text: str) -> bytes:
    value = b"ASCII\0\0\0" + text.encode()
    block = b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHII", 0x8769, 4, 1, 26) + bytes(4)
    return block + b"\0\1" + struct.pack(">HHII", 0x9286, 7, len(value), 44) + bytes(4) + value


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_exiftool_reads_the_label_and_nothing_else_changed(path: Path, facts: Callable[[bytes], Facts]) -> None:
    before, after = facts(path.read_bytes()), facts(labelled(path.read_bytes()))
    assert after.pop("XMP-TC260:Aigc") == TEXT
    assert after == before


@pytest.mark.oracle("exiv2")
@pytest.mark.parametrize("name", ["plain.jp2", "unsized.jp2", "metadata.jp2"])
def test_exiv2_reads_the_label_behind_the_codestream(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(labelled((FIXTURES / name).read_bytes()))
    said = subprocess.run(["exiv2", "-px", "-Pv", path], check=True, capture_output=True, timeout=60).stdout
    assert TEXT in said.decode()


@pytest.mark.oracle
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_openjpeg_decodes_the_same_pixels(path: Path) -> None:
    before, after = (Image.open(io.BytesIO(data)) for data in (path.read_bytes(), labelled(path.read_bytes())))
    assert before.tobytes() == after.tobytes()


@pytest.mark.oracle("identify")
def test_imagemagick_shows_the_same_pixels(tmp_path: Path) -> None:
    signatures = set()
    for index, data in enumerate((PLAIN, labelled(PLAIN))):
        path = tmp_path / f"{index}.jp2"
        path.write_bytes(data)
        command = ["identify", "-regard-warnings", "-format", "%#", path]
        signatures.add(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    assert len(signatures) == 1


def test_the_codestream_does_not_move() -> None:
    assert labelled(PLAIN).startswith(PLAIN)


def test_an_unsized_codestream_gets_its_size_stated() -> None:
    assert labelled((FIXTURES / "unsized.jp2").read_bytes()) == labelled(PLAIN)


def test_labels_in_every_box_are_read_and_one_is_left() -> None:
    boxes = (
        box(b"uuid", b"JpgTiffExif->JP2", exif(f'{{"AIGC":{OTHER}}}')),
        box(b"xml ", packet(OTHER)),
        box(b"asoc", box(b"lbl ", b"x"), box(b"xml ", packet(OTHER))),
        box(b"uuid", bmff.XMP_UUID, packet(OTHER)),
    )
    data = PLAIN + b"".join(boxes)
    standings = [r.standing for r in readings(data)]
    assert standings == [Standing.ALTERNATIVE, Standing.COMPATIBLE, Standing.COMPATIBLE, Standing.CHOSEN]
    assert [(r.text, r.standing) for r in readings(labelled(data))] == [(TEXT, Standing.CHOSEN)]


def test_content_credentials_are_noticed() -> None:
    data = PLAIN + box(b"uuid", bmff.C2PA_UUID, bytes(9)) + box(b"jumb", b"\0\0\0\x1ejumdc2pa")
    assert [notice.kind for notice in jp2.read(BytesSource(data)).notices] == [NoticeKind.C2PA] * 2


def test_a_label_behind_the_last_box_is_hidden() -> None:
    data = PLAIN + b"\0\0\0\0\0\0\0\0" + f'{{"AIGC":{OTHER}}}'.encode()
    assert [r.standing for r in readings(data)] == [Standing.HIDDEN]


def test_association_boxes_ten_thousand_deep_meet_the_limit() -> None:
    deep = b""
    for _ in range(10_000):
        deep = box(b"asoc", deep)
    with pytest.raises(LimitExceeded):
        readings(PLAIN + deep)


@pytest.mark.parametrize("size", [7, 1 << 31, 0xFFFFFFFF])
def test_a_size_that_lies_is_malformed(size: int) -> None:
    with pytest.raises(MalformedFile):
        readings(PLAIN + struct.pack(">I4s", size, b"uuid") + bmff.XMP_UUID)
