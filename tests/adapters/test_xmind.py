"""XMind: a text in metadata.json, all else in it and every other part as before; UOF is refused by name."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

import aigc_label
from aigc_label.errors import UnsupportedFormat
from aigc_label.label import Label
from fixtures.build.xmind import CREATOR, MAP

FILES = sorted((Path(__file__).parents[2] / "fixtures/xmind").glob("*"))
LABEL = Label.generated(producer='某"公司', produce_id="x-1")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_text_is_the_only_new_thing(path: Path) -> None:
    outcome = aigc_label.carry_out(path.read_bytes(), None, aigc_label.Order(label=LABEL, replace="a test of places"))
    assert outcome.data is not None
    with zipfile.ZipFile(io.BytesIO(outcome.data)) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("content.json")) == MAP
        metadata = json.loads(archive.read("metadata.json"))
    assert metadata.pop("AIGC") == LABEL.to_json()
    assert metadata in ({}, CREATOR)


def test_a_map_takes_no_mark_and_says_what_to_do() -> None:
    with pytest.raises(UnsupportedFormat, match="XMind") as told:
        aigc_label.mark(FILES[0].read_bytes())
    assert "PDF" in told.value.remedy.en


@pytest.mark.parametrize("name", ["a.uof", "a.uot"])
def test_uof_is_refused_by_name_with_a_remedy(name: str, tmp_path: Path) -> None:
    written = tmp_path / name
    written.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"/>'
    )
    packed = tmp_path / f"packed-{name}"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("uof.xml", "<a/>")
        archive.writestr("content.xml", "<a/>")
    for path in (written, packed):
        with pytest.raises(UnsupportedFormat, match="UOF") as told:
            aigc_label.embed(path, label=LABEL)
        assert "OFD" in told.value.remedy.en
