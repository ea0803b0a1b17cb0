"""The main job from end to end: both labels on, judged compliant, and a second run changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

PRODUCER = "001191110108335469089C10100"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    root.mkdir()
    image = Image.effect_noise((320, 240), 60).convert("RGB")
    for name in ("a.png", "b.jpg", "c.webp"):
        image.save(root / name)
    return root


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_was_added_is_compliant_and_stays(run, pictures: Path, tmp_path: Path, tree, jobs: str) -> None:
    add = ("add", pictures, "-o", "out", "--producer", PRODUCER, "--jobs", jobs, "--format", "jsonl")
    done = run(*add)
    assert done.returncode == 0, done.stderr.decode()
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["action"] for row in outcomes] == ["written"] * 3
    assert all(row["mark"]["words"] and row["mark"]["height_share"] >= 0.05 for row in outcomes)
    assert run("verify", "out", "--jobs", jobs).returncode == 0
    assert run("verify", pictures).returncode == 1
    before = tree(tmp_path)
    again = run(*add)
    assert again.returncode == 0
    assert tree(tmp_path) == before
    assert {json.loads(line)["action"] for line in again.stdout.splitlines()} == {"unchanged"}


def test_in_place_twice_is_once(run, pictures: Path, tree) -> None:
    assert run("add", pictures, "--in-place", "--producer", PRODUCER).returncode == 0
    before = tree(pictures)
    assert run("add", pictures, "--in-place", "--producer", PRODUCER).returncode == 0
    assert tree(pictures) == before
    assert run("verify", pictures).returncode == 0


def test_mark_and_embed_are_the_halves_of_add(run, pictures: Path) -> None:
    assert run("mark", pictures, "--in-place", "--place", "top-left", "--text", "AI合成").returncode == 0
    assert run("verify", "--only", "mark", pictures).returncode == 0
    assert run("verify", "--only", "label", pictures).returncode == 1
    assert run("embed", pictures, "--in-place", "--producer", PRODUCER).returncode == 0
    assert run("verify", pictures).returncode == 0


def test_explain_says_what_the_detector_saw(run, pictures: Path) -> None:
    assert run("mark", pictures / "a.png", "--in-place").returncode == 0
    found = json.loads(run("explain", pictures / "a.png", "--format", "json").stdout)
    (sighting,) = found["sightings"]
    assert "生成" in sighting["text"]
    assert sighting["height_share"] >= 0.05
    said = run("explain", pictures / "a.png", "--lang", "zh").stdout.decode()
    assert "对比度" in said
