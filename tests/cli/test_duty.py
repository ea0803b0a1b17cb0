"""The papers state what the settings in force say, and the samples in them were labelled, delivered and judged."""

from __future__ import annotations

import json
from pathlib import Path

import markdown_it
import pytest
from cli.conftest import PICTURE, PRODUCER, Run

import aigc_label
from aigc_label.bilingual import Lang
from aigc_label.duty import PAPERS, Facts, papers
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
