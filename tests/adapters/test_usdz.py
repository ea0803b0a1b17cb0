"""USDZ: the label is a last member on a multiple of 64 bytes, and nothing else of the package moves."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

import aigc_label
from aigc_label.errors import UnsupportedFormat
from aigc_label.label import Label
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from fixtures.build.usdz import LAYER, PACKET, PICTURE, packed

FILES = sorted((Path(__file__).parents[2] / "fixtures/usdz").glob("*"))
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="u-1")


def labelled(data: bytes) -> bytes:
    outcome = aigc_label.carry_out(data, None, aigc_label.Order(label=LABEL, replace="a test of places"))
    assert outcome.data is not None
    return outcome.data


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_member_is_stored_on_a_multiple_of_64_bytes_and_the_layer_stays_first(path: Path) -> None:
    after = labelled(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(after)) as archive, zipfile.ZipFile(path) as before:
        assert archive.testzip() is None
        assert archive.namelist() == [name for name in before.namelist() if name != "AIGC.xmp"] + ["AIGC.xmp"]
        for info in archive.infolist():
            begin = info.header_offset + 30
            begin += int.from_bytes(after[begin - 4 : begin - 2], "little") + int.from_bytes(
                after[begin - 2 : begin], "little"
            )
            assert begin % 64 == 0
            assert info.compress_type == zipfile.ZIP_STORED
        for name in before.namelist():
            if name != "AIGC.xmp":
                assert archive.read(name) == before.read(name)
                assert archive.getinfo(name).header_offset == before.getinfo(name).header_offset


def test_a_packet_between_other_members_is_not_moved() -> None:
    data = packed(LAYER.format(more=""), ("AIGC.xmp", PACKET.encode()), ("0/a.png", PICTURE))
    with pytest.raises(UnsupportedFormat, match="between"):
        labelled(data)


def test_the_scene_itself_cannot_be_looked_at_and_that_is_said() -> None:
    report = aigc_label.verify(labelled(packed(LAYER.format(more=""))))
    assert report.label == LABEL
    assert report.verdict is Verdict.UNDECIDABLE
    assert (
        aigc_label.verify(labelled(packed(LAYER.format(more=""))), Policy(scope=Scope.LABEL)).verdict
        is Verdict.COMPLIANT
    )
    with pytest.raises(UnsupportedFormat, match="USDZ") as told:
        aigc_label.mark(packed(LAYER.format(more="")))
    assert "GLB" in told.value.remedy.en
