"""Puts the words into a table in CSV: a last row with as many cells as the others, the words in its first."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars.text import text_of
from aigc_label.markers import Rendering
from aigc_label.markers.paragraphs import behind, rendering
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.wording import words_of

SEPARATORS: Final = ",\t;|"
WAY: Final = Bilingual(
    "a last row: a first one would be taken for the heads of columns", "作为最后一行插入：首行会被当作列名"
)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the table with the words in a row of their own at the end, wherever they were asked for: every other place
    changes what the rows mean.

    Raises `MalformedFile` where the table ends within a quoted cell, or is no text.
    """
    text = text_of(source)
    if text.characters.count('"') % 2:
        raise MalformedFile(Bilingual("the table ends within a quoted cell", "表格在带引号的单元格内结束"))
    first = text.characters[: text.characters.find(text.newline) if text.newline in text.characters else None]
    separator = max(SEPARATORS, key=first.count)
    cells = _cells(text.characters, separator)
    at, row = behind(text, words_of(mark) + separator * (cells - 1))
    row = row.removeprefix(text.newline)  # a blank line would be a row too
    made = rendering(source, text, replace(mark, position=Position.END), [(at, row)])
    return Rendering(plan=made.plan, words=made.words, way=WAY if mark.position is not Position.END else made.way)


def _cells(characters: str, separator: str) -> int:
    """Give the number of cells of the first row, whose cells may hold line breaks."""
    try:
        return len(next(csv.reader(io.StringIO(characters[:1_000_000], newline=""), delimiter=separator), ["", ""]))
    except csv.Error:
        return characters.split("\n", 1)[0].count(separator) + 1
