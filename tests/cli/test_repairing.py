"""`repair` through the command: shown first, done on request, unsafe only with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from breaking import PRODUCER, example_of

MINE = ("--producer", PRODUCER, "--produce-id", "fresh-1")


@pytest.mark.parametrize(("lang", "words"), [("en", "safe"), ("zh", "安全")])
def test_it_is_shown_before_anything_is_done(run, tmp_path: Path, lang: str, words: str) -> None:
    path = example_of("LBL-004", tmp_path / "a").path
    before = path.read_bytes()
    done = run("repair", path, *MINE, "--lang", lang)
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 1
    assert lines[0].startswith(words)
    assert [line.strip()[0] for line in lines[1:]] == ["-", "+"]
    assert path.read_bytes() == before


def test_safe_ones_are_done_and_unsafe_ones_left(run, tmp_path: Path) -> None:
    safe, unsafe = (example_of(code, tmp_path / code).path for code in ("LBL-004", "LBL-003"))
    left = unsafe.read_bytes()
    done = run("repair", "--apply", safe, unsafe, *MINE, "--format", "json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [(row["safety"], row["applied"]) for row in rows] == [("safe", True), ("unsafe", False)]
    assert unsafe.read_bytes() == left
    assert run("verify", "--only", "label", safe).returncode == 0


def test_unsafe_ones_need_a_reason_which_is_repeated(run, tmp_path: Path) -> None:
    path = example_of("LBL-003", tmp_path / "a").path
    done = run("repair", "--apply", "--unsafe", "written twice", path, *MINE, "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["reason"] == "written twice"
    assert run("verify", "--only", "label", path).returncode == 0
    assert run("repair", path, *MINE).returncode == 0


def test_it_has_to_know_whose_labels_are_ones_own(run, picture: Path) -> None:
    assert run("repair", picture).returncode == 2


def test_what_cannot_be_read_gives_three(run, tmp_path: Path, picture: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(99))
    assert run("repair", picture, "x.bin", *MINE).returncode == 3
