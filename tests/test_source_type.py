"""IPTC's digital source type beside the label: exiftool reads it, a second run changes nothing, other formats refuse."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from signing import FIXTURES, LABEL

from aigc_label import api
from aigc_label.errors import UnsupportedFormat
from aigc_label.order import Action, Order, SourceType
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict

ORDER = Order(label=LABEL, source_type=SourceType.WRITE)
AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
XMP = [
    "jpeg/baseline.jpg",
    "png/plain.png",
    "webp/lossy.webp",
    "gif/still.gif",
    "tiff/bigtiff-motorola.tif",
    "heic/room.heic",
    "avif/alpha.avif",
    "jxl/codestream.jxl",
]


def told(path: Path) -> str:
    command = ["exiftool", "-s3", "-n", "-XMP-iptcExt:DigitalSourceType", path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("name", XMP)
def test_exiftool_reads_it_and_a_second_run_changes_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / Path(name).name
    path.write_bytes((FIXTURES / name).read_bytes())
    assert api.carry_out(path, None, ORDER).action is not Action.UNCHANGED
    assert told(path) == AI
    found = api.verify(path, Policy(scope=Scope.LABEL))
    assert found.verdict is Verdict.COMPLIANT
    assert api.carry_out(path, None, ORDER).action is Action.UNCHANGED
    assert api.embed(path, label=LABEL).action is Action.UNCHANGED


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("before", ["compositeWithTrainedAlgorithmicMedia", "digitalCapture"])
def test_a_source_type_that_says_ai_stays_and_another_gives_way(before: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes((FIXTURES / "jpeg/baseline.jpg").read_bytes())
    said = AI.rpartition("/")[0] + "/" + before
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", f"-XMP-iptcExt:DigitalSourceType={said}", path], check=True
    )
    api.carry_out(path, None, ORDER)
    assert told(path) == (said if before.startswith("composite") else AI)


@pytest.mark.parametrize("name", ["mp3/id3v2.3.mp3", "mp4/tail.mp4", "ooxml/minimal.docx", "svg/chinese.svg"])
def test_formats_without_xmp_refuse(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match="XMP"):
        api.carry_out((FIXTURES / name).read_bytes(), None, ORDER)
