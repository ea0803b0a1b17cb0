"""MP3: the label is found by readers that nobody here wrote, and not one frame of sound changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen.id3 import ID3

import aigc_label
from aigc_label.adapters import mp3
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Repair, Standing
from aigc_label.label import Label
from aigc_label.order import Order
from aigc_label.source import BytesSource

FILES = sorted((Path(__file__).parents[2] / "fixtures/mp3").glob("*.mp3"))
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="mp3-1")
IDS = [path.stem for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_mutagen_reads_the_label(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "labelled.mp3"
    aigc_label.carry_out(path, target, Order(label=LABEL, replace="test"))
    assert [str(frame) for frame in ID3(target).getall("TXXX:AIGC")] == [LABEL.to_json()]


def test_texts_and_pictures_of_the_tag_stay(tmp_path: Path) -> None:
    before = FILES[IDS.index("id3v2.3")]
    aigc_label.embed(before, tmp_path / "a.mp3", label=LABEL)
    old, new = ID3(before), ID3(tmp_path / "a.mp3")
    assert {key: frame for key, frame in new.items() if key != "TXXX:AIGC"} == dict(old.items())


def test_a_key_in_another_case_is_read_and_recorded() -> None:
    survey = mp3.read(BytesSource(FILES[IDS.index("labelled-elsewhere")].read_bytes()))
    (reading,) = survey.readings
    assert reading.repairs == (Repair.NAME_CASE,)
    assert '"doubao"' in reading.text


def test_a_label_in_an_ape_tag_is_read_as_compatible_and_replaced() -> None:
    source = BytesSource(FILES[IDS.index("ape-and-id3v1")].read_bytes())
    assert [reading.standing for reading in mp3.read(source).readings] == [Standing.COMPATIBLE]


@pytest.mark.parametrize(
    "head",
    [
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
        b"ID3\x03\0\0\0\0\0\x14TXXX\xff\xff\xff\xff\0\0" + bytes(10),
        b"ID3\x03\0\x40\0\0\0\x14" + b"\xff" * 20,
        b"ID3\x04\0\x40\0\0\0\x14" + b"\x7f" * 20,
        b"ID3\x04\0\0\0\0\0\x14" + b"\x01\x02\x03\x04" * 5,
    ],
    ids=["larger-than-the-file", "frame-leaves-tag", "extended-2.3", "extended-2.4", "no-names"],
)
def test_sizes_that_lie_raise_our_error(head: bytes) -> None:
    source = BytesSource(head + FILES[0].read_bytes())
    with pytest.raises(AigcLabelError):
        mp3.plan(source, LABEL.to_json())


def test_a_tag_full_of_frames_is_bounded() -> None:
    body = (b"TXXX\0\0\0\x02\0\0\0\0") * 20_000
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    with pytest.raises(AigcLabelError, match="too many"):
        mp3.read(BytesSource(b"ID3\x03\0\0" + size + body + FILES[0].read_bytes()))
