"""What a transcode did to label and mark is told as it is, and a label is carried across it without touching the media."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from breaking import FIXTURES, LARGE, badge_of, example_of, jpeg, picture
from PIL import Image

import aigc_label
from aigc_label import Label, Scope, Verdict
from aigc_label.comparing import Change, compare
from aigc_label.errors import InvalidLabel, Refused
from aigc_label.label import wrapped
from aigc_label.policy import Policy

LABEL = Label.generated(producer="Example-Ltd", produce_id="n-1")
OTHER = Label.generated(producer="Example-Ltd", produce_id="n-2")
SCHEMA = json.loads((Path(__file__).parents[1] / "docs/comparison.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A picture with mark and label."""
    path = picture(badge_of(size=LARGE))(tmp_path)
    assert isinstance(path, Path)
    aigc_label.embed(path, label=LABEL)
    return path


def again(path: Path, name: str, **options: int) -> Path:
    out = path.with_name(name)
    Image.open(path).convert("RGB").save(out, **options)  # type: ignore[arg-type]
    return out


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened)


def test_the_same_file_keeps_everything(whole: Path) -> None:
    found = compare(whole, whole)
    assert (found.label, found.mark, found.lost) == (Change.KEPT, Change.KEPT, False)


def test_a_transcode_loses_the_label_and_keeps_the_mark(whole: Path) -> None:
    found = compare(whole, again(whole, "small.webp", quality=60))
    assert (found.label, found.mark, found.lost) == (Change.LOST, Change.KEPT, True)


def test_a_crop_loses_the_mark(whole: Path) -> None:
    cropped = whole.with_name("cropped.png")
    Image.open(whole).crop((0, 0, 1000, 500)).save(cropped)
    assert compare(whole, cropped).mark is Change.LOST


def test_a_border_moves_the_mark_and_a_smaller_one_is_changed(whole: Path) -> None:
    wider = whole.with_name("wider.png")
    frame = Image.new("RGB", (1000, 1400), (30, 90, 60))
    frame.paste(Image.open(whole), (0, 0))
    frame.save(wider)
    assert compare(whole, wider, Policy(scope=Scope.MARK)).mark in (Change.MOVED, Change.CHANGED)
    smaller = picture(badge_of(height_share=0.08, size=LARGE))
    (whole.parent / "b").mkdir()
    assert compare(whole, smaller(whole.parent / "b"), Policy(scope=Scope.MARK)).mark is Change.CHANGED  # type: ignore[arg-type]


def test_another_label_is_a_change_and_another_place_a_move(tmp_path: Path) -> None:
    first, second = jpeg(tmp_path / "a.jpg"), jpeg(tmp_path / "b.jpg", wrapped(LABEL.to_json()))
    aigc_label.embed(first, label=LABEL)
    only = Policy(scope=Scope.LABEL)
    assert compare(first, second, only).label is Change.MOVED
    aigc_label.embed(second, label=OTHER)
    assert compare(first, second, only).label is Change.CHANGED


def test_a_label_that_is_only_hidden_afterwards_is_lost(tmp_path: Path) -> None:
    before = example_of("LBL-108", tmp_path / "a").path
    after = example_of("LBL-011", tmp_path / "b").path
    assert compare(before, after, Policy(scope=Scope.LABEL)).label is Change.LOST


def test_what_could_not_be_looked_at_is_unknown(whole: Path, tmp_path: Path) -> None:
    found = compare(whole, example_of("IMG-006", tmp_path / "a").path)
    assert (found.mark, found.unknown) == (Change.UNKNOWN, True)


def test_a_comparison_is_as_the_schema_says(whole: Path) -> None:
    jsonschema.validate(compare(whole, again(whole, "small.jpg")).to_dict(), SCHEMA)
    assert set(SCHEMA["properties"]["label"]["enum"]) == {*map(str, Change), None}


@pytest.mark.parametrize("name", ["small.webp", "small.jpg", "small.tif", "small.gif"])
def test_a_label_is_carried_over_and_no_pixel_changes(whole: Path, name: str) -> None:
    small = again(whole, name)
    pixels = pixels_of(small)
    aigc_label.transplant(whole, small)
    assert aigc_label.read(small) == LABEL
    assert (pixels_of(small) == pixels).all()
    assert compare(whole, small).label is Change.KEPT


@pytest.mark.oracle("ffmpeg")
def test_a_film_gets_its_label_back_after_ffmpeg(tmp_path: Path) -> None:
    before, after = tmp_path / "before.mp4", tmp_path / "after.mkv"
    before.write_bytes(aigc_label.embed((FIXTURES / "mp4/tail.mp4").read_bytes(), label=LABEL).data or b"")
    subprocess.run(["ffmpeg", "-v", "error", "-i", before, "-map_metadata", "-1", "-c", "copy", after], check=True)
    only = Policy(scope=Scope.LABEL)
    assert compare(before, after, only).label is Change.LOST
    aigc_label.transplant(before, after)
    assert compare(before, after, only).label is Change.KEPT
    assert aigc_label.verify(after, only).verdict is Verdict.COMPLIANT


def test_a_second_transplant_changes_nothing(whole: Path) -> None:
    small = again(whole, "small.webp")
    aigc_label.transplant(whole, small)
    once = small.read_bytes()
    assert str(aigc_label.transplant(whole, small).action) == "unchanged"
    assert small.read_bytes() == once


def test_another_label_is_never_covered(whole: Path) -> None:
    small = again(whole, "small.webp")
    aigc_label.embed(small, label=OTHER)
    data = small.read_bytes()
    with pytest.raises(Refused):
        aigc_label.transplant(whole, small)
    assert small.read_bytes() == data


def test_a_broken_label_is_neither_carried_nor_covered(whole: Path, tmp_path: Path) -> None:
    broken = example_of("LBL-003", tmp_path / "a").path
    with pytest.raises(InvalidLabel):
        aigc_label.transplant(broken, again(whole, "small.webp"))
    with pytest.raises(Refused):
        aigc_label.transplant(whole, broken)


def test_without_a_label_there_is_nothing_to_carry() -> None:
    plain = (FIXTURES / "png/plain.png").read_bytes()
    with pytest.raises(InvalidLabel, match="no label to carry"):
        aigc_label.transplant(plain, io.BytesIO(plain))
