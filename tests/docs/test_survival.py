"""What the page on survival says is what happens: some rows are run again with every change, all of them behind `long`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.survival.page import recorded
from tools.survival.programs import PROGRAMS
from tools.survival.running import tried
from tools.survival.treatments import KINDS, Treatment

TREATMENTS = [one for _, treatments in KINDS.values() for one in treatments]
CHEAP = [
    ("pillow", "open and save", "jpg", "jpg"),
    ("pillow", "save with the XMP handed over", "jpg", "jpg"),
    ("jpegtran", "turn, -copy all", "jpg", "jpg"),
    ("webp", "encode with -metadata xmp", "jpg", "webp"),
    ("imagemagick", "-strip", "jpg", "jpg"),
    ("qpdf", "--linearize", "pdf", "pdf"),
    ("gzip", "pack and unpack", "pdf", "pdf"),
    ("ffmpeg", "-c copy", "flac", "flac"),
    ("ffmpeg", "-c copy", "wav", "wav"),
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


def rows_of(treatment: Treatment, source: str, target: str) -> list[dict[str, Any]]:
    about = (treatment.program, treatment.says.en, source, target)
    return [row for row in recorded()["rows"] if (row["program"], row["says"], row["source"], row["target"]) == about]


@pytest.mark.oracle("jpegtran", "cwebp", "convert", "qpdf", "ffmpeg", "ffprobe", "exiftool")
@pytest.mark.parametrize(("program", "says", "source", "target"), CHEAP)
def test_a_row_of_the_table_is_what_happens(program: str, says: str, source: str, target: str, shelf: Path) -> None:
    about = (program, says)
    (treatment,) = (
        one for one in TREATMENTS if (one.program, one.says.en) == about and (source, target) in one.pairs()
    )
    assert rows_of(treatment, source, target) == [tried(treatment, source, target, shelf).to_dict()]


def test_every_treatment_and_route_has_its_row_or_its_program_is_named_as_missing() -> None:
    versions = recorded()["versions"]
    assert versions.keys() == PROGRAMS.keys()
    for treatment in TREATMENTS:
        if versions[treatment.program] is not None:
            assert all(len(rows_of(treatment, *pair)) == 1 for pair in treatment.pairs()), treatment


@pytest.mark.long
@pytest.mark.parametrize("treatment", TREATMENTS, ids=lambda one: f"{one.program}: {one.says.en}")
def test_the_whole_table_is_what_happens(treatment: Treatment, shelf: Path) -> None:
    if PROGRAMS[treatment.program].version is None:
        pytest.skip(f"{treatment.program} is not installed")
    for source, target in treatment.pairs():
        assert rows_of(treatment, source, target) == [tried(treatment, source, target, shelf).to_dict()]
