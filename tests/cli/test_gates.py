"""The two gates through the command: who asks decides what an exit status means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from breaking import FIXTURES


def test_a_platform_hears_nothing_of_a_plain_picture(run, picture: Path) -> None:
    done = run("verify", "--gate", "platform", picture)
    assert (done.returncode, done.stdout.decode().split()[0]) == (0, "none")


@pytest.mark.parametrize(("lang", "words"), [("en", "confirmed"), ("zh", "确认")], ids=["en", "zh"])
def test_a_labelled_picture_is_confirmed_with_the_notice_to_show(run, labelled: Path, lang: str, words: str) -> None:
    done = run("verify", "--gate", "platform", "--lang", lang, labelled)
    said = done.stdout.decode()
    assert done.returncode == 1
    assert said.startswith(words)
    assert "该内容为人工智能生成合成内容" in said


def test_a_declaration_makes_it_possible(run, picture: Path) -> None:
    done = run("verify", "--gate", "platform", "--declared", "ai", "--format", "jsonl", picture)
    row = json.loads(done.stdout)
    assert (done.returncode, row["gate"], row["recognition"]) == (1, "platform", "possible")
    assert row["intake"]["declared"] == "ai"
    assert row["intake"]["notice"]["zh"] == "该内容可能为人工智能生成合成内容"


def test_what_could_not_be_looked_at_is_suspected_and_never_clean(run, tmp_path: Path, picture: Path) -> None:
    rubbish = tmp_path / "rubbish.png"
    rubbish.write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    scene = FIXTURES / "gltf/compact.gltf"
    done = run("verify", "--gate", "platform", "--format", "json", picture, rubbish, scene)
    document = json.loads(done.stdout)
    assert done.returncode == 3
    assert [row["recognition"] for row in document["results"]] == ["none", "suspected", "suspected"]
    assert [row["intake"]["review"] for row in document["results"]] == [False, True, True]
    assert document["summary"]["kinds"] == {"suspected": 1, "none": 1, "failed": 1}


def test_the_producers_gate_fails_what_is_uncertain(run) -> None:
    assert run("verify", FIXTURES / "gltf/compact.gltf").returncode != 0


@pytest.mark.parametrize("arguments", [("--gate", "platform", "--only", "label"), ("--declared", "ai")])
def test_half_a_gate_is_wrong_use(run, picture: Path, arguments: tuple[str, ...]) -> None:
    assert run("verify", *arguments, picture).returncode == 2


def test_a_checkout_cannot_change_the_gate(run, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "aigc-label.toml").write_text('gate = "platform"\n')
    done = run("verify", picture)
    assert done.returncode == 2
    assert b"loosen" in done.stderr


@pytest.mark.parametrize(("lang", "words"), [("en", "no propagator is set"), ("zh", "未设置传播者")], ids=["en", "zh"])
def test_a_propagator_has_to_be_named(run, picture: Path, lang: str, words: str) -> None:
    done = run("propagate", picture, "--in-place", "--lang", lang)
    assert done.returncode == 2
    assert words in done.stderr.decode()
