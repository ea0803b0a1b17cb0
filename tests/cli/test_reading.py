"""What the reading commands print: verify, show, explain, rule, formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aigc_label.formats import FORMATS
from aigc_label.rulebook import RULES

PRODUCER = "001191110108335469089C10100"


def with_comment(data: bytes, text: bytes) -> bytes:
    """Give a JPEG with one more comment segment right behind its start."""
    return data[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + data[2:]


def test_verify_gives_one_json_document(run, labelled: Path, picture: Path) -> None:
    done = run("verify", "--only", "label", "--format", "json", labelled, picture, "missing.jpg")
    assert done.returncode == 3
    document = json.loads(done.stdout)
    assert document["schema"] == "aigc-label/run/1"
    assert [row["verdict"] for row in document["results"]] == ["compliant", "unlabelled", "undecidable"]
    assert document["results"][0]["label"]["ContentProducer"] == PRODUCER
    assert document["results"][2]["error"]["code"] == "os-enoent"
    assert document["status"] == 3
    assert document["summary"]["kinds"] == {"compliant": 1, "unlabelled": 1, "failed": 1}


def test_verify_gives_a_json_line_a_file(run, folder: Path) -> None:
    done = run("verify", "--only", "label", "--format", "jsonl", folder)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(row["path"]).name for row in rows] == ["a.jpg", "b.jpg", "c.jpg"]


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_results_keep_their_order_whatever_the_number_of_processes(
    run, tmp_path: Path, picture: Path, jobs: str
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for index in range(200):
        (many / f"{index:03}.jpg").write_bytes(picture.read_bytes())
    done = run("verify", "--only", "label", "--format", "jsonl", "--jobs", jobs, many)
    assert done.returncode == 1
    assert [Path(json.loads(line)["path"]).stem for line in done.stdout.splitlines()] == [f"{i:03}" for i in range(200)]


def test_quiet_says_only_what_is_wrong(run, labelled: Path, picture: Path) -> None:
    done = run("verify", "-q", "--only", "label", labelled, picture)
    assert str(labelled) not in done.stdout.decode()
    assert str(picture) in done.stdout.decode()
    assert done.stderr == b""


def test_strict_makes_warnings_count(run, labelled: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.png"
    labelled.rename(wrong)
    assert run("verify", "--only", "label", wrong).returncode == 0
    done = run("verify", "--only", "label", "--strict", wrong)
    assert done.returncode == 1
    assert b"FMT-004" in done.stdout


def test_expect_producer_accepts_several(run, labelled: Path) -> None:
    assert run("verify", "--only", "label", "--expect-producer", "Someone", labelled).returncode == 1
    several = ("--expect-producer", "Someone", "--expect-producer", PRODUCER)
    assert run("verify", "--only", "label", *several, labelled).returncode == 0


def test_show_says_that_there_is_none(run, picture: Path) -> None:
    done = run("show", picture, "--lang", "zh")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "没有隐式标识" in done.stderr.decode()


def test_show_picks_none_of_two_that_differ(run, labelled: Path) -> None:
    other = b'{"AIGC":{"Label":"3","ContentProducer":"X","ProduceID":"9"}}'
    labelled.write_bytes(with_comment(labelled.read_bytes(), other))
    done = run("show", labelled)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"differ" in done.stderr


def test_explain_shows_every_candidate_with_place_standing_and_rule(run, labelled: Path) -> None:
    other = b'{"AIGC":{"Label":"3","ContentProducer":"X","ProduceID":"9"}}'
    behind = b'....{"Label":"1","ContentProducer":"hidden","ProduceID":"0"}'
    labelled.write_bytes(with_comment(labelled.read_bytes(), other) + behind)
    data = labelled.read_bytes()
    done = run("explain", "--only", "label", "--format", "json", labelled)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    carriers = {row["carrier"]: row for row in found["readings"]}
    assert carriers["jpeg.com"]["offset"] == data.index(other)
    assert carriers["jpeg.com"]["standing"] == "compatible"
    assert carriers["jpeg.app1.xmp"]["standing"] == "primary"
    assert "hidden" in {row["standing"] for row in found["readings"]}
    assert {finding["rule"] for finding in found["findings"]} >= {"LBL-003", "LBL-011"}
    assert any(data.index(b"hidden") - 60 < row["offset"] <= data.index(b"hidden") for row in found["raw_traces"])


@pytest.mark.parametrize(("lang", "words"), [("en", "label texts found: 1"), ("zh", "找到的标识文本：1")])
def test_explain_reads_well_in_both_languages(run, labelled: Path, lang: str, words: str) -> None:
    said = run("explain", "--only", "label", labelled, "--lang", lang).stdout.decode()
    assert words in said
    data = labelled.read_bytes()
    begin = data.rindex(b"<", 0, data.index(b'{"Label"'))  # of the property that holds the text
    assert f"@{begin}" in said


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "label text 1  jpeg.app1.xmp"), ("zh", "标识文本 1  jpeg.app1.xmp")]
)
def test_explain_maps_the_bytes(run, labelled: Path, lang: str, words: str) -> None:
    size = labelled.stat().st_size
    rows = json.loads(run("explain", "--only", "label", "--format", "json", labelled).stdout)["bytes"]
    assert sum(row["length"] for row in rows if row["content"] in ("media", "rest")) == size
    assert words in run("explain", "--only", "label", labelled, "--lang", lang).stdout.decode()


def test_explain_finds_text_that_no_carrier_holds(run, picture: Path) -> None:
    data = picture.read_bytes()
    hidden = b'{"Label":"1","ContentProducer":"x","ProduceID":"1"}'
    segment = b"\xff\xed" + (len(hidden) + 16).to_bytes(2, "big") + b"Photoshop 3.0\0" + hidden
    picture.write_bytes(data[:2] + segment + data[2:])
    found = json.loads(run("explain", "--only", "label", "--format", "json", picture).stdout)
    assert found["raw_traces"]
    assert found["verdict"] != "compliant"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", list(RULES))
def test_every_rule_explains_itself(run, code: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    from aigc_label.cli import main

    assert main(["rule", code, "--lang", lang, "--isolated"]) == 0
    said = capsys.readouterr().out
    rule = RULES[code]
    assert (rule.sentence.zh if lang == "zh" else rule.sentence.en) in said
    for part in (rule.cause, rule.remedy, rule.example):
        assert (part.zh if lang == "zh" else part.en) in said
    assert (rule.cited.zh if lang == "zh" else rule.clause) in said


def test_the_list_of_rules_is_whole(run) -> None:
    assert len(run("rule").stdout.splitlines()) == len(RULES)
    assert len(json.loads(run("rule", "--format", "json").stdout)["rules"]) == len(RULES)


def test_the_list_of_formats_is_the_table(run) -> None:
    assert [row["name"] for row in json.loads(run("formats", "--format", "json").stdout)] == [r.name for r in FORMATS]
    for lang, titles in (("en", [row.title for row in FORMATS]), ("zh", [row.title_zh for row in FORMATS])):
        said = run("formats", "--lang", lang).stdout.decode()
        assert [title for title in titles if title not in said] == []
