"""Puts the words into Markdown: a quotation of its own, behind front matter, never within code or a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.grammars.markdown import ITEM, Kind, body_lines, ends_open, front_matter_at
from aigc_label.grammars.text import Text, text_of
from aigc_label.markers import Rendering
from aigc_label.markers.paragraphs import asked, behind, nearest, rendering
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.wording import words_of

TABLE: Final = re.compile(r"[ \t]*\|")


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the words; every character that was there stays, and every block stays the block it was.

    Raises `MalformedFile` as plain text does, `InvalidMark` where the end lies within code or a comment that nothing
    closes, or the middle has no boundary.
    """
    text = text_of(source)
    return rendering(source, text, mark, _additions(text, mark))


def _additions(text: Text, mark: Mark) -> Iterator[tuple[int, str]]:
    front = front_matter_at(text.characters, 0)
    body = front.end if front else 0
    quotation = f"> {words_of(mark)}"
    if asked(mark, Position.START):
        open_line = front is not None and not text.characters[:body].endswith(("\n", "\r"))
        yield body, f"{text.newline if open_line else ''}{quotation}{text.newline}{text.newline}"
    if asked(mark, Position.MIDDLE):
        at = nearest(_boundaries(text.characters, body), body, len(text.characters))
        yield at, f"{quotation}{text.newline}{text.newline}"
    if asked(mark, Position.END):
        if ends_open(text.characters, body):
            raise InvalidMark(
                Bilingual(
                    "the file ends within code or a comment that nothing closes", "文件结尾处于未闭合的代码块或注释中"
                ),
                remedy=Bilingual(
                    "Put the mark at the start: `--position start`.", "请将标识放在开头：`--position start`。"
                ),
            )
        yield behind(text, quotation)


def _boundaries(characters: str, body: int) -> list[int]:
    """Give where a paragraph or heading begins at the margin behind a blank line: nothing goes on there."""
    found = []
    blank = False
    for line in body_lines(characters, body):
        words = characters[line.start : line.words]
        at_margin = line.kind is Kind.TEXT and words[:1] not in (" ", "\t", ">") and not ITEM.match(words)
        if at_margin and blank and line.start > body and not TABLE.match(words):
            found.append(line.start)
        blank = line.kind is Kind.BLANK
    return found
