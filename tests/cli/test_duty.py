"""The papers state what the settings in force say, and the samples in them were labelled, delivered and judged."""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256
from pathlib import Path

import markdown_it
import pytest
from cli.conftest import PICTURE, PRODUCER, Run

import aigc_label
from aigc_label.bilingual import Lang
from aigc_label.duty import PAPERS, POSITIONS, Facts, papers
from aigc_label.marking import Mark, Place, Position, SoundForm

FACTS = Facts(service="Moon", producer=PRODUCER, mark=Mark(), made="2026-11-28T00:00:00Z", tool="aigc-label")


def test_a_folder_holds_every_paper_in_both_languages_and_the_samples(run: Run, picture: Path, tmp_path: Path) -> None:
    done = run("duty", "-o", "papers", "--service", "Moon", "--producer", PRODUCER, picture)
    assert done.returncode == 0, done.stderr.decode()
    there = tmp_path / "papers"
    assert {f"{name}.{lang}.md" for name in PAPERS for lang in Lang} <= {path.name for path in there.iterdir()}
    assert (there / "samples/before/picture.jpg").read_bytes() == PICTURE
    assert aigc_label.verify(there / "samples/after/picture.jpg").verdict == "compliant"
    assert json.loads((there / "report.json").read_text())["results"][0]["verdict"] == "compliant"
    assert "samples/after/picture.jpg" in (there / "report.html").read_text().replace("</span><b>", "")


def test_what_is_in_the_folder_is_what_its_sums_say(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("duty", "-o", "papers", "--service", "Moon", "--producer", PRODUCER, picture).returncode == 0
    there = tmp_path / "papers"
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=there, check=False).returncode == 0
    summed = {line.split("  ")[1] for line in (there / "SHA256SUMS").read_text().splitlines()}
    inside = {path.relative_to(there).as_posix() for path in there.rglob("*") if path.is_file()}
    assert summed == inside - {"SHA256SUMS"}
    delivered = sha256((there / "samples/after/picture.jpg").read_bytes()).hexdigest()
    assert delivered in (there / "evidence.zh.md").read_text()


def test_samples_are_judged_by_the_policy_in_force_and_the_papers_name_it(
    run: Run, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "shop.toml").write_text('name = "Shop"\nproducers = ["Another-Ltd"]\n')
    asked = ("duty", "-o", "papers", "--service", "Moon", "--producer", PRODUCER, "--policy", "shop.toml", picture)
    assert run(*asked).returncode == 1
    assert "non-compliant 1" in (tmp_path / "papers/evidence.en.md").read_text()
    assert "Policy that the samples were judged by: Shop (SHA-256" in (tmp_path / "papers/evidence.en.md").read_text()


def test_rules_that_were_applied_are_those_for_the_kinds_of_the_samples(
    run: Run, picture: Path, tmp_path: Path
) -> None:
    run("duty", "-o", "papers", "--service", "Moon", "--producer", PRODUCER, picture)
    text = (tmp_path / "papers/evidence.en.md").read_text()
    assert "IMG-001" in text
    assert "AUD-001" not in text


def test_the_record_of_article_9_is_filled_from_a_ledger(run: Run, picture: Path, tmp_path: Path) -> None:
    about = (
        "--ledger",
        "l.ledger",
        "--operator",
        "Li Na",
        "--reason",
        "asked | in writing",
        "--recipient",
        "customer 4711",
    )
    assert (
        run("embed", picture, "-o", "bare.jpg", "--producer", PRODUCER, "--produce-id", "n-1", *about).returncode == 0
    )
    assert run("add", picture, "-o", "full.jpg", "--producer", PRODUCER, "--ledger", "l.ledger").returncode == 0
    asked = ("duty", "-o", "papers", "--service", "Moon", "--producer", PRODUCER, "--deliveries", "l.ledger")
    assert run(*asked).returncode == 0
    rows = [row for row in (tmp_path / "papers/delivery.zh.md").read_text().splitlines() if "n-1" in row]
    assert len(rows) == 1
    assert all(words in rows[0] for words in ("Li Na", "asked \\| in writing", "customer 4711"))
    assert sha256((tmp_path / "bare.jpg").read_bytes()).hexdigest() in rows[0]


def test_the_clause_states_the_mark_in_force() -> None:
    mark = Mark(
        text="AI生成", place=Place.TOP, height_share=0.06, seconds=3, sound=SoundForm.VOICE, position=Position.BOTH
    )
    told = dict(papers(Facts(service="Moon", producer=PRODUCER, mark=mark, made="", tool="")))
    zh, en = told["agreement.zh.md"], told["agreement.en.md"]
    assert all(
        words in zh for words in ("AI生成", "上边缘", "6.0%", "不少于 3 秒", "语音标识", "起始和末尾位置", PRODUCER)
    )
    assert all(words in en for words in ("AI生成", "top edge", "6.0%", "at least 3 seconds", "a spoken line", PRODUCER))


@pytest.mark.parametrize("position", Position)
def test_every_position_has_its_words(position: Position) -> None:
    told = dict(papers(Facts(service="Moon", producer=PRODUCER, mark=Mark(position=position), made="", tool="")))
    assert POSITIONS[position].zh in told["agreement.zh.md"]


def test_no_placeholder_is_left_and_every_article_is_named() -> None:
    told = dict(papers(FACTS))
    assert not any(c in text for text in told.values() for c in "{}")
    for article, paper in (
        ("第八条", "agreement"),
        ("第六条", "notices"),
        ("第九条", "delivery"),
        ("第七条", "evidence"),
    ):
        assert article in told[f"{paper}.zh.md"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "# Heading", "a | b", "[x](javascript:y)", "line\nbreak"]
)
def test_a_hostile_name_stays_text(name: str) -> None:
    facts = Facts(service=name, producer=PRODUCER, mark=Mark(), made="", tool="")
    for text in dict(papers(facts)).values():
        shown = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        assert "<script" not in shown
        assert "javascript:" not in shown or "href" not in shown.partition("javascript:")[0][-40:]
        assert "<h1>Heading" not in shown


def test_a_sample_that_does_not_comply_is_told_by_the_status(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tiny.bmp").write_bytes(b"not a picture")
    done = run("duty", "-o", "papers", "--service", "Moon", "--producer", PRODUCER, "tiny.bmp")
    assert done.returncode == 3


def test_an_existing_folder_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    done = run("duty", "-o", "papers", "--service", "Moon", "--producer", PRODUCER)
    assert done.returncode == 3
    assert list((tmp_path / "papers").iterdir()) == []
