"""`compare` and `transplant` through the command: pairs of folders, exit statuses, both languages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture
def folders(run, tmp_path: Path, labelled: Path) -> tuple[Path, Path]:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    shutil.copy(labelled, before / "kept.jpg")
    shutil.copy(labelled, after / "kept.jpg")
    shutil.copy(labelled, before / "recoded.jpg")
    Image.open(labelled).save(after / "recoded.webp")
    shutil.copy(labelled, before / "gone.jpg")
    shutil.copy(labelled, after / "new.jpg")
    return before, after


def test_folders_are_paired_by_place_or_stem(run, folders: tuple[Path, Path]) -> None:
    done = run("compare", *folders, "--only", "label", "--format", "json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    found = {Path((row["before"] or row["after"])["path"]).name: (row["label"], row["lost"]) for row in rows}
    assert done.returncode == 1
    assert found == {
        "gone.jpg": (None, True),
        "kept.jpg": ("kept", False),
        "recoded.jpg": ("lost", True),
        "new.jpg": (None, False),
    }


@pytest.mark.parametrize(("lang", "words"), [("en", "label: lost"), ("zh", "隐式标识：丢失")])
def test_a_loss_is_said_and_gives_one(run, folders: tuple[Path, Path], lang: str, words: str) -> None:
    before, after = folders
    done = run("compare", before / "recoded.jpg", after / "recoded.webp", "--only", "label", "--lang", lang)
    assert done.returncode == 1
    assert words in done.stdout.decode()


def test_nothing_lost_gives_zero(run, labelled: Path) -> None:
    assert run("compare", labelled, labelled, "--only", "label").returncode == 0


def test_what_cannot_be_looked_at_gives_three(run, labelled: Path) -> None:
    assert run("compare", labelled, "missing.jpg").returncode == 3


def test_empty_folders_are_wrong_use(run, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert run("compare", "a", "b").returncode == 2


@pytest.mark.parametrize(("lang", "words"), [("en", "another label"), ("zh", "已带有其他标识")])
def test_a_transplant_refuses_another_label(run, labelled: Path, picture: Path, lang: str, words: str) -> None:
    run("embed", picture, "--in-place", "--producer", "Example-Ltd")
    done = run("transplant", labelled, picture, "--lang", lang)
    assert done.returncode == 3
    assert words in done.stderr.decode()


def test_a_transplant_says_what_became_of_the_mark(run, labelled: Path, picture: Path, tmp_path: Path) -> None:
    done = run("transplant", labelled, picture, "-o", "out.jpg", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["mark_after"] == "absent"
    assert run("show", "out.jpg").stdout == run("show", labelled).stdout
