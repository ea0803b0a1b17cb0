"""APE tags, AIFF chunks and ADTS streams: mutagen, which nobody here wrote, finds the label and every other text."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen.aiff import AIFF
from mutagen.apev2 import APENoHeaderError, APEv2
from mutagen.asf import ASF
from mutagen.id3 import ID3

import aigc_label
from aigc_label.adapters import aiff, ape
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Repair
from aigc_label.label import Label
from aigc_label.order import Order
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource

ROOT = Path(__file__).parents[2] / "fixtures"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="tags-1")


def labelled(path: Path, folder: Path) -> Path:
    target = folder / f"labelled{path.suffix}"
    aigc_label.carry_out(path, target, Order(label=LABEL, replace="test"))
    return target


@pytest.mark.parametrize("path", sorted((ROOT / "ape").glob("*")), ids=lambda path: path.name)
def test_an_ape_tag_holds_the_label_and_what_it_held_before(path: Path, tmp_path: Path) -> None:
    after = APEv2(labelled(path, tmp_path))
    assert str(after.pop("AIGC")) == LABEL.to_json()
    try:
        before = APEv2(path)
    except APENoHeaderError:
        before = {}
    assert {k: str(v) for k, v in after.items()} == {k: str(v) for k, v in before.items() if k.upper() != "AIGC"}


@pytest.mark.parametrize("path", sorted((ROOT / "aiff").glob("*")), ids=lambda path: path.name)
def test_an_aiff_chunk_holds_the_label(path: Path, tmp_path: Path) -> None:
    assert [str(frame) for frame in AIFF(labelled(path, tmp_path)).tags.getall("TXXX:AIGC")] == [LABEL.to_json()]


@pytest.mark.parametrize("path", sorted((ROOT / "aac").glob("*")), ids=lambda path: path.name)
def test_adts_frames_follow_a_tag_with_the_label(path: Path, tmp_path: Path) -> None:
    assert [str(frame) for frame in ID3(labelled(path, tmp_path)).getall("TXXX:AIGC")] == [LABEL.to_json()]


@pytest.mark.parametrize("path", sorted((ROOT / "asf").glob("*")), ids=lambda path: path.name)
def test_an_asf_description_holds_the_label_and_what_it_held_before(path: Path, tmp_path: Path) -> None:
    after = dict(ASF(labelled(path, tmp_path)).tags.as_dict())
    assert [str(value) for value in after.pop("AIGC")] == [LABEL.to_json()]
    before = {key: value for key, value in (ASF(path).tags.as_dict() or {}).items() if key != "AIGC"}
    assert after == before


def test_mpeg_ts_is_refused_with_a_way_on() -> None:
    packet = b"\x47\x40\x00\x10" + bytes(184)
    with pytest.raises(AigcLabelError, match="MP4"):
        aigc_label.embed(packet * 6, label=LABEL)


def test_a_key_in_another_case_is_recorded() -> None:
    (reading,) = ape.read(BytesSource((ROOT / "ape/labelled-elsewhere.wv").read_bytes())).readings
    assert reading.repairs == (Repair.NAME_CASE,)


def test_amr_is_refused_with_a_way_on() -> None:
    with pytest.raises(AigcLabelError, match="3GP") as caught:
        aigc_label.embed(b"#!AMR\n" + bytes(100), label=LABEL)
    assert "ffmpeg" in caught.value.remedy.zh


@pytest.mark.parametrize(
    "data",
    [
        b"FORM\xff\xff\xff\xffAIFFCOMM",
        b"FORM\0\0\0\x0cAIFFSSND\xff\xff\xff\xff",
        b"FORM\0\0\0\x0cAIFFID3 \0\0\0\0",
    ],
)
def test_aiff_sizes_that_lie_raise_our_error(data: bytes) -> None:
    with pytest.raises(AigcLabelError):
        aiff.plan(BytesSource(data), LABEL.to_json())


def test_two_frames_in_a_row_are_needed_to_call_bytes_aac_or_mp3() -> None:
    for start in (b"\xff\xf1\x50\x40\x02\x00\xfc", b"\xff\xfb\x90\x00"):
        with pytest.raises(AigcLabelError):
            sniff(BytesSource(start + bytes(5000)))
