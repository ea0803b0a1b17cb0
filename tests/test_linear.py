"""Text of any size is read in time that grows with it: nothing repeated makes a pattern or a walk look twice."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest

from aigc_label import api
from aigc_label.errors import AigcLabelError

SMALL, LARGE = 1 << 14, 1 << 16  # four times as much: linear costs 4 times, quadratic 16 times
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"'
BEGINNINGS = {  # what a text begins with, and what is repeated behind it
    "tags.html": (
        "<html><body>",
        '<a="',
        '<a ="',
        "<a b='",
        "<p>",
        "<b>",
        "<div hidden>",
        "<!--",
        "<svg>",
        "</p ",
        "<",
    ),
    "styles.html": ("<html><style>", "a:", "a[", ".a,b{opacity:0}", "{", "/*", "@media x{a{b:c}", "a:b("),
    "frame.html": ('<html><iframe srcdoc="', "<meta name=AIGC ", "name=AIGC ", "content='"),
    "matter.md": ("---\n", "a: [\n", 'a: {"\n', 'a: "\\"\n', "a: '\n", "- \n", "AIGC: |\n", "a: >\n\n", "? ", "#"),
    "body.md": ("# A\n\n", "```\n", "> ", "- ", "<div>\n", "[a](", "![", "*a", "`", "|", "    ", "人工智能生成"),
    "tag.svg": (SVG, " ", " a=''", '"'),
    "drawing.svg": (SVG + ">", "<g>", "<g/>", "<text>AI", "<![CDATA[", "&amp;", "<metadata/>"),
    "a.rtf": ("{\\rtf1\\ansi ", "{", "}", "{\\*\\x ", "\\u1 ", "\\bin9 ", "\\v ", "\\par ", "{\\v AI}", "\\'81"),
    "a.srt": ("1\n00:00:00,000 --> 00:00:01,000\n", "<", "{", "1\n", "00:00:00,000 --> ", "\n\n", "a\n"),
    "a.json": ('{"a":', "[", '{"a":', '"', '\\"', "1,", '{"Label":"1","ContentProducer":'),
    "a.csv": ("a,b\n", '"', "'", ",", ";", '""', '"a",'),
    "a.txt": ("", "【", "AI", "人工智能", "由", "\n", "　", "本内容由AI"),
    "a.py": ("# a\n", "#", '"""', "# -*- coding: ", "\n", "    "),
}
ROWS = [(name, start, unit) for name, (start, *units) in BEGINNINGS.items() for unit in units]


def seconds(path: Path, text: str) -> float:
    path.write_text(text, encoding="utf-8")
    start = time.process_time()
    with suppress(AigcLabelError):
        api.verify(path)
    return time.process_time() - start


@pytest.mark.parametrize(("name", "start", "unit"), ROWS, ids=[f"{name}-{unit}" for name, _, unit in ROWS])
def test_four_times_the_text_does_not_cost_sixteen_times_as_much(
    name: str, start: str, unit: str, tmp_path: Path
) -> None:
    large = seconds(tmp_path / name, start + unit * (LARGE // len(unit)))
    if large > 0.2:  # below that there is nothing to compare; the first of a run also loads its modules
        large = min(large, seconds(tmp_path / name, start + unit * (LARGE // len(unit))))
        small = min(seconds(tmp_path / name, start + unit * (SMALL // len(unit))) for _ in range(2))
        assert large < 9 * small + 0.2
