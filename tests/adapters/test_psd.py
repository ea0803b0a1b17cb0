"""PSD and PSB: one image resource changes, layers and merged picture stay."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from aigc_label.adapters import psd
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import Reading, Standing
from aigc_label.label import Label
from aigc_label.limits import Limits
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build.psd import file, resource

FIXTURES = Path(__file__).parents[2] / "fixtures" / "psd"
FILES = sorted(FIXTURES.glob("*.ps[db]"))
TEXT = Label.generated(producer="001191110108335469089C10100", produce_id="psd-1").to_json()

Facts = dict[str, object]


def labelled(data: bytes) -> bytes:
    source = BytesSource(data)
    return in_memory(source, psd.plan(source, TEXT))


def readings(data: bytes) -> tuple[Reading, ...]:
    return psd.read(BytesSource(data)).readings


def all_files(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)(test)


@all_files
def test_pillow_decodes_the_same_pixels(path: Path) -> None:
    if path.suffix == ".psb":
        pytest.skip("Pillow does not open PSB; ImageMagick is asked below")
    data = path.read_bytes()
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(labelled(data))) as after:
        assert (after.mode, after.size, after.tobytes()) == (before.mode, before.size, before.tobytes())


@pytest.mark.oracle("identify")
@all_files
def test_imagemagick_sees_the_same_pixels(path: Path, tmp_path: Path) -> None:
    def signature(data: bytes) -> str:
        asked = tmp_path / "asked.psd"
        asked.write_bytes(data)
        command = ["identify", "-quiet", "-format", "%wx%h %[colorspace] %#", asked]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    data = path.read_bytes()
    assert signature(labelled(data)) == signature(data) != ""


@pytest.mark.oracle("exiftool")
@all_files
def test_exiftool_reads_the_label_and_finds_everything_else_unchanged(path: Path, facts: Callable[..., Facts]) -> None:
    data = path.read_bytes()
    before, after = facts(data), facts(labelled(data))

    def rest(found: Facts) -> Facts:
        gone = ("XMP-TC260:", "XMP-x:", "ExifIFD:UserComment", "File:FileSize")
        return {key: value for key, value in found.items() if not key.startswith(gone) and "Warning" not in key}

    assert after["XMP-TC260:Aigc"] == TEXT
    assert rest(after) == rest(before)


@pytest.mark.oracle("exiftool")
@all_files
def test_exiftool_finds_no_new_fault(path: Path, tmp_path: Path) -> None:
    def faults(data: bytes) -> set[str]:
        asked = tmp_path / f"asked{path.suffix}"
        asked.write_bytes(data)
        command = ["exiftool", "-validate", "-warning", "-error", "-a", asked]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return {line.partition(": ")[2] for line in done.stdout.splitlines() if not line.startswith("Validate")}

    data = path.read_bytes()
    assert faults(labelled(data)) <= faults(data)


def test_two_packets_and_exif_are_read_with_their_standing() -> None:
    found = [
        (reading.carrier, reading.standing) for reading in readings((FIXTURES / "labelled-twice.psd").read_bytes())
    ]
    assert found == [
        ("psd.exif.usercomment", Standing.ALTERNATIVE),
        ("psd.xmp", Standing.CHOSEN),
        ("psd.xmp", Standing.COMPATIBLE),
    ]


def test_the_layers_of_both_forms_are_payload() -> None:
    for version in (1, 2):
        data = file([resource(1005, bytes(16))], version=version)
        *_, last = psd.payload(BytesSource(data))
        assert data[last.offset : last.end].startswith(bytes(4 if version == 1 else 8))
        assert last.end == len(data)


def test_a_last_resource_without_its_padding_keeps_the_section_behind() -> None:
    data = file([resource(1060, b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")[:-1]])
    assert len(b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>") % 2 == 1
    new = labelled(data)
    assert [reading.text for reading in readings(new)] == [TEXT]
    assert new.endswith(data[-4000:])


def test_an_unknown_signature_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        psd.read(BytesSource(file([resource(1005, bytes(16)).replace(b"8BIM", b"8BAM")])))


def test_nuls_behind_the_last_resource_are_no_fault() -> None:
    data = file([resource(1005, bytes(16)), bytes(3)])
    assert [reading.text for reading in readings(labelled(data))] == [TEXT]


def test_a_resource_longer_than_its_section_is_malformed() -> None:
    long = resource(1005, bytes(16)).replace(b"\0\0\0\x10", b"\x7f\0\0\x10", 1)
    with pytest.raises(MalformedFile):
        psd.read(BytesSource(file([long])))


def test_too_many_resources_are_refused() -> None:
    data = file([resource(2000, b"")] * 40)
    with pytest.raises(LimitExceeded):
        psd.read(BytesSource(data, limits=Limits(items=39)))
