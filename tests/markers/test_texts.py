"""Words in texts: every character stays, the words stand where they were asked for, and a second add adds nothing."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import html5lib
import numpy as np
import pytest
from markdown_it import MarkdownIt
from PIL import Image

from aigc_label import api
from aigc_label.detectors.texts import look
from aigc_label.errors import AigcLabelError, InvalidMark, MalformedFile, NotConfirmed, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.grammars.comments import SYNTAX
from aigc_label.label import Label
from aigc_label.markers import marker_of
from aigc_label.marking import Mark, Position, complies
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, in_memory, keeps

FIXTURES = Path(__file__).parents[2] / "fixtures"
WORDS = "【本内容由人工智能生成】"
SRT = "1\n00:00:01,000 --> 00:00:02,000\n你好\n\n2\n00:00:03,000 --> 00:00:04,500\n再见\n"
VTT = "WEBVTT\n\nNOTE x\n\nintro\n00:01.000 --> 00:02.000\n你好\n\n00:03.000 --> 00:04.500\n再见\n"
TEXTS = {
    "a.txt": "第一段。\n\n第二段。\n\n第三段。\n",
    "bare.txt": "一\n二\n三",
    "a.md": "---\ntitle: x\n---\n# 标题\n\n第一段。\n\n- a\n- b\n\n第二段。\n\n```py\nx\n\ny\n```\n\n第三段。\n",
    "a.html": "<!DOCTYPE html><html><head><title>x</title></head><body><h1>t</h1><p>一</p><ul><li><p>x</p></ul><p>二</p>"
    "</body></html>",
    "fragment.html": "<p>一</p><p>二</p><p>三</p>",
    "a.py": "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n'''文档'''\nfrom __future__ import annotations\nprint(1)\n",
    "a.css": "@charset 'utf-8';\na { color: red }\n",
    "a.sql": "select 1; -- 查询\nselect 2;",
    "a.csv": "名,值\n一,1\n二,2\n",
    "a.tsv": "名\t值\n一\t1",
    "a.srt": SRT,
    "a.vtt": VTT,
}
SIDES = [Position.START, Position.END, Position.BOTH]


def marked(text: str | bytes, name: str, mark: Mark | None = None) -> bytes:
    source = BytesSource(text if isinstance(text, bytes) else text.encode(), name)
    rendering = marker_of(sniff(source)).render(source, mark or Mark())
    assert keeps(rendering.plan, [Keep(0, source.size)])
    return in_memory(source, rendering.plan)


def moments(data: bytes, name: str) -> list[str]:
    source = BytesSource(data, name)
    return [str(one.moment) for one in look(source, sniff(source)) if complies(one.text)]


@pytest.mark.parametrize("position", SIDES)
@pytest.mark.parametrize("name", TEXTS)
def test_the_words_are_seen_where_they_were_asked_for(name: str, position: Position) -> None:
    found = moments(marked(TEXTS[name], name, Mark(position=position)), name)
    wanted = {"start", "end"} if position is Position.BOTH else {str(position)}
    assert set(found) == ({"end"} if name.endswith((".csv", ".tsv")) else wanted)


@pytest.mark.parametrize("name", ["a.txt", "bare.txt", "a.md", "a.html", "fragment.html"])
def test_in_the_middle_they_stand_between_two_paragraphs(name: str) -> None:
    after = marked(TEXTS[name], name, Mark(position=Position.MIDDLE))
    assert moments(after, name) == ["middle"]


@pytest.mark.parametrize("name", ["a.py", "a.srt"])
def test_where_a_middle_means_nothing_it_is_refused(name: str) -> None:
    with pytest.raises(InvalidMark):
        marked(TEXTS[name], name, Mark(position=Position.MIDDLE))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.srt", "a.sql", "a.html"])
def test_encoding_and_line_endings_stay(name: str, ending: str, codec: str) -> None:
    text = TEXTS[name].replace("\n", ending)
    head = '<meta charset="gb18030">' if codec == "gb18030" and name == "a.html" else ""
    before = text.replace("<title>", head + "<title>").encode(codec)
    after = marked(before, name, Mark(position=Position.BOTH))
    assert after[:2] == before[:2] or codec != "utf-16"
    told = after.decode(codec)
    assert WORDS in told
    if name != "a.html":
        assert {"\n", "\r"} & set(told.replace(ending, "")) == set()


def blocks(text: str) -> list[tuple[str, str]]:
    return [(token.type, token.content) for token in MarkdownIt("commonmark").enable("table").parse(text)]


MARKDOWN = [
    TEXTS["a.md"].partition("---\n# ")[2],
    "段落\n跟着一行\n\n1. a\n2. b\n\n   c\n",
    "- a\n\n  ```\n  x\n  ```\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "> 引用\n> 二\n",
    "    code\n",
    "[a]: http://x\n\n[a]\n",
    "标题\n===\n\n文\n",
    "<div>\nx\n</div>\n\n文",
    "文\n\n```\nx\n```",
    "文",
]


@pytest.mark.parametrize("position", [Position.START, Position.END])
@pytest.mark.parametrize("text", MARKDOWN, ids=range(len(MARKDOWN)))
def test_markdown_it_sees_one_quotation_more_and_every_other_block_as_before(text: str, position: Position) -> None:
    before, after = blocks(text), blocks(marked(text, "a.md", Mark(position=position)).decode())
    added = [
        ("blockquote_open", ""),
        ("paragraph_open", ""),
        ("inline", WORDS),
        ("paragraph_close", ""),
        ("blockquote_close", ""),
    ]
    assert after == (added + before if position is Position.START else before + added)


def test_in_the_middle_of_markdown_no_list_and_no_code_is_cut() -> None:
    text = "# t\n\n一\n\n- a\n\n- b\n\n```\nx\n\ny\n```\n\n二\n\n三\n\n1. c\n\n   d\n"
    after = blocks(marked(text, "a.md", Mark(position=Position.MIDDLE)).decode())
    at = after.index(("blockquote_open", ""))
    assert after[:at] + after[at + 5 :] == blocks(text)


@pytest.mark.parametrize("text", ["文\n\n```\nx\n", "文\n\n<!-- x\n", "文\n\n<script>\nx\n", "文\n\n~~~~\n```\n~~~\n"])
def test_at_an_end_that_is_open_the_words_are_refused(text: str) -> None:
    with pytest.raises(InvalidMark) as problem:
        marked(text, "a.md", Mark(position=Position.END))
    assert "start" in problem.value.remedy.en


def test_front_matter_stays_first() -> None:
    assert marked("---\na: b\n---\n文\n", "a.md").decode() == f"---\na: b\n---\n> {WORDS}\n\n文\n"
    assert marked("---\na: b\n---", "a.md").decode() == f"---\na: b\n---\n> {WORDS}\n\n"


def test_python_still_compiles_and_runs_the_same() -> None:
    for position in SIDES:
        after = marked(TEXTS["a.py"], "a.py", Mark(position=position)).decode()
        compile(after, "a.py", "exec")
        assert after.splitlines()[:2] == TEXTS["a.py"].splitlines()[:2]


def test_a_style_sheet_keeps_its_charset_first() -> None:
    assert marked(TEXTS["a.css"], "a.css").startswith(b"@charset 'utf-8';\n/* ")


def test_the_table_has_a_row_more_with_as_many_cells() -> None:
    text = '名,"a ""b"",\nc",值\r\n一,"x\ny",1\r\n'
    rows = list(csv.reader(io.StringIO(marked(text, "a.csv").decode(), newline="")))
    assert rows[:-1] == list(csv.reader(io.StringIO(text, newline="")))
    assert rows[-1] == [WORDS, "", ""]


def test_a_table_that_ends_within_a_cell_is_refused() -> None:
    with pytest.raises(MalformedFile):
        marked('a,"b\n1,2\n', "a.csv")


def test_a_cue_of_its_own_keeps_all_others() -> None:
    assert marked(SRT, "a.srt").decode() == f"0\n00:00:00,000 --> 00:00:02,500\n{WORDS}\n\n{SRT}"
    end = marked(SRT, "a.srt", Mark(position=Position.END)).decode()
    assert end == f"{SRT}\n3\n00:00:04,500 --> 00:00:07,000\n{WORDS}\n"


@pytest.mark.oracle("ffprobe")
@pytest.mark.parametrize("name", ["a.srt", "a.vtt"])
def test_ffprobe_reads_one_cue_more_on_each_side(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(marked(TEXTS[name], name, Mark(position=Position.BOTH)))
    asked = ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "json", str(file)]
    packets = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)["packets"]
    times = [(float(p["pts_time"]), float(p["duration_time"])) for p in packets]
    assert times == [(0.0, 2.5), (1.0, 1.0), (3.0, 1.5), (4.5, 2.5)]


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith("html")])
@pytest.mark.parametrize("position", [*SIDES, Position.MIDDLE])
def test_html5lib_finds_the_bar_in_the_body_as_a_note(name: str, position: Position) -> None:
    tree = html5lib.parse(marked(TEXTS[name], name, Mark(position=position)).decode(), namespaceHTMLElements=False)
    notes = tree.findall("body/div[@role='note']")
    assert {"".join(note.itertext()) for note in notes} == {WORDS}
    if position in (Position.START, Position.BOTH):
        assert tree.find("body")[0] is notes[0]
    if position in (Position.END, Position.BOTH):
        assert tree.find("body")[-1] is notes[-1]


def test_a_page_of_frames_is_refused() -> None:
    with pytest.raises(UnsupportedFormat):
        marked("<html><head></head><frameset><frame></frameset></html>", "a.html")


@pytest.mark.oracle("chromium")
def test_chromium_shows_the_bar_whatever_the_page_s_style_sheets_say(tmp_path: Path) -> None:
    sheet = "*{color:#000!important;background:#000!important;font-size:1px!important;display:none} html,body{display:block}"
    page = f"<!DOCTYPE html><head><meta charset=utf-8><style>{sheet}</style></head><body><p>x</p></body>"
    file, shot = tmp_path / "a.html", tmp_path / "a.png"
    file.write_bytes(marked(page, "a.html"))
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={tmp_path}/user"]
    sized = [*switches, "--window-size=400,200", f"--screenshot={shot}", file.as_uri()]
    subprocess.run(["chromium", *sized], check=True, capture_output=True, timeout=120)
    pixels = np.asarray(Image.open(shot).convert("L"))
    bar = pixels[pixels[:, 200] > 200][:-2, 20:-20]
    assert bar.shape[0] >= 16
    ink = np.argwhere(bar < 100)
    assert np.ptp(ink[:, 1]) > 120
    assert np.ptp(ink[:, 0]) >= 12


@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_a_second_add_adds_nothing(name: str) -> None:
    label = Label.generated(producer="001191110108335469089C10100", produce_id="1")

    def added(data: bytes) -> bytes:
        file = io.BytesIO(data)
        file.name = name
        out = api.add(file, label=label).data
        assert out is not None
        return out

    once = added(TEXTS[name].encode())
    assert once.decode().count("本内容由人工智能生成") == 1
    assert added(once) == once


def test_a_text_that_shows_its_words_already_gets_no_others() -> None:
    label = Label.generated(producer="001191110108335469089C10100", produce_id="1")
    file = io.BytesIO("（本文由AI生成）\n\n正文，其中提到AI生成。\n".encode())
    file.name = "a.md"
    out = api.add(file, label=label).data
    assert out is not None
    assert "本内容" not in out.decode()


def test_words_that_do_not_read_as_a_label_are_not_delivered() -> None:
    file = io.BytesIO("正文\n".encode())
    file.name = "a.txt"
    with pytest.raises(NotConfirmed):
        api.mark(file, mark=Mark(text="讨论AI与生成的艺术"))


def test_what_takes_no_words_is_refused_with_a_way_on() -> None:
    source = BytesSource(b"{}", "a.json")
    with pytest.raises(UnsupportedFormat) as problem:
        marker_of(sniff(source))
    assert problem.value.remedy.zh


def test_every_suffix_of_code_has_its_way_to_write_a_comment() -> None:
    assert set(BY_NAME["code"].suffixes) == set(SYNTAX)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_cut_anywhere_raises_only_our_errors(name: str) -> None:
    data = TEXTS[name].encode()
    for length in range(1, len(data)):
        for position in Position:
            try:
                marked(data[:length], name, Mark(position=position))
            except AigcLabelError:
                continue
