"""Puts the words into plain text: a paragraph of its own at the start, the end, or between two in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from aigc_label.grammars.text import Text, lines, text_of
from aigc_label.markers import Rendering
from aigc_label.markers.paragraphs import asked, behind, nearest, rendering
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.wording import words_of


def render(source: Source, mark: Mark) -> Rendering:
    """Give the text with the words; every character that was there stays.

    Raises `MalformedFile` where the bytes are no text that can be read, `InvalidMark` without a middle to stand in.
    """
    text = text_of(source)
    return rendering(source, text, mark, _additions(text, mark))


def _additions(text: Text, mark: Mark) -> Iterator[tuple[int, str]]:
    words, newline = words_of(mark), text.newline
    if asked(mark, Position.START):
        yield 0, f"{words}{newline}{newline}"
    if asked(mark, Position.MIDDLE):
        at = nearest(_boundaries(text.characters), 0, len(text.characters))
        yield at, f"{words}{newline}{newline}"
    if asked(mark, Position.END):
        yield behind(text, words)


def _boundaries(characters: str) -> list[int]:
    """Give where a paragraph begins behind a blank line; without blank lines every line is one."""
    rows = [(start, bool(characters[start:words].strip())) for start, words, _ in lines(characters)]
    pairs = list(pairwise(rows))
    behind_blank = [start for (_, before), (start, filled) in pairs if filled and not before]
    return behind_blank or [start for (_, before), (start, filled) in pairs if filled and before]
