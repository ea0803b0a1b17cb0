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
    pages = FIXTURES / "ofd/plain.ofd"  # its marks are looked for by nothing here
    done = run("verify", "--gate", "platform", "--format", "json", picture, rubbish, pages)
    document = json.loads(done.stdout)
    assert done.returncode == 3
    assert [row["recognition"] for row in document["results"]] == ["none", "suspected", "suspected"]
    assert [row["intake"]["review"] for row in document["results"]] == [False, True, True]
    assert document["summary"]["kinds"] == {"suspected": 1, "none": 1, "failed": 1}


def test_the_producers_gate_fails_what_is_uncertain(run) -> None:
    assert run("verify", FIXTURES / "ofd/plain.ofd").returncode != 0


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


LOOSENING = {
    "a policy": 'policy = "loose.toml"',
    "a waiver": "waive-mark = true",
    "a platform": 'gate = "platform"',
    "a declaration": 'declared = "none"',
    "one half": 'only = "label"',
    "a lower floor": "min-height-share = 0.01",
    "a voice": 'expect-voice = ["x=y"]',
    "unknown files": "ignore-unknown = true",
    "fewer files": 'exclude = ["*"]',
    "other files": 'include = ["*.txt"]',
    "links": 'links = "skip"',
    "a limit": 'limit = ["pixels=1"]',
}


@pytest.mark.parametrize("line", LOOSENING.values(), ids=LOOSENING)
def test_nothing_found_in_a_checkout_can_loosen_what_is_asked(run, picture: Path, tmp_path: Path, line: str) -> None:
    (tmp_path / "loose.toml").write_text('[waiver]\nreason = "r"\nrecipient = "u"\n')
    (tmp_path / "aigc-label.toml").write_text(line + "\n")
    assert run("verify", picture).returncode == 2


def test_a_checkout_cannot_add_a_producer_to_a_policy(run, labelled: Path, tmp_path: Path) -> None:
    policy = tmp_path.parent / f"{tmp_path.name}-policy.toml"
    policy.write_text('producers = ["Example-Ltd"]\n')
    only = ("--only", "label", "--policy", policy, labelled)
    assert b"LBL-108" in run("verify", *only).stdout
    (tmp_path / "aigc-label.toml").write_text('expect-producer = ["Example-Ltd", "001191110108335469089C10100"]\n')
    assert b"LBL-108" in run("verify", *only).stdout
    (tmp_path / "aigc-label.toml").write_text('expect-producer = ["001191110108335469089C10100"]\n')
    assert run("verify", *only).returncode == 2


def test_a_named_configuration_may_name_a_policy(run, labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('formats = ["png"]\n')
    (tmp_path / "mine.toml").write_text(f'policy = "{tmp_path}/policy.toml"\n')
    assert b"FMT-006" in run("verify", "--config", "mine.toml", "--only", "label", labelled).stdout


@pytest.mark.parametrize(
    "half", [("--reason", "press"), ("--recipient", "user-1"), ("--reason", " ", "--recipient", "u"), ()]
)
def test_a_waiver_needs_both_its_reason_and_its_recipient(run, labelled: Path, half: tuple[str, ...]) -> None:
    assert run("verify", "--waive-mark", *half, labelled).returncode == 2


@pytest.mark.parametrize(("lang", "words"), [("en", "press; recipient: user-1"), ("zh", "press；提供对象：user-1")])
def test_a_waiver_is_repeated_in_the_report(run, labelled: Path, lang: str, words: str) -> None:
    done = run("verify", "--waive-mark", "--reason", "press", "--recipient", "user-1", "--lang", lang, labelled)
    assert done.returncode == 0
    assert words in done.stdout.decode()
