"""Gives what every marker of text needs: where lines go, and a plan that adds them and changes none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.grammars.text import Text
from aigc_label.markers import Rendering, refuse_headers
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.splice import replaced
from aigc_label.wording import words_of

PLACES: Final = {
    Position.START: Bilingual("a paragraph of its own at the start", "在开头插入独立段落"),
    Position.END: Bilingual("a paragraph of its own at the end", "在末尾插入独立段落"),
    Position.MIDDLE: Bilingual("a paragraph of its own between two in the middle", "在中部两个段落之间插入独立段落"),
    Position.BOTH: Bilingual("paragraphs of their own at the start and at the end", "在开头和末尾各插入独立段落"),
}


def rendering(source: Source, text: Text, mark: Mark, additions: Iterable[tuple[int, str]]) -> Rendering:
    """Give the file with lines added at these places, in its own encoding and with its own line endings.

    Raises `InvalidMark` where the encoding lacks a character of the words.
    """
    added = list(additions)
    places = text.places(at for at, _ in added)
    try:
        edits = [(places[at], places[at], text.written(new)) for at, new in added]
    except UnicodeEncodeError as problem:
        raise InvalidMark(
            Bilingual("the file's encoding lacks a character of the words", "文件编码无法表示显式标识中的某个字符")
        ) from problem
    return Rendering(plan=replaced(source.size, edits), words=words_of(mark), way=PLACES[mark.position])


def asked(mark: Mark, *sides: Position) -> bool:
    """Tell whether a mark goes to one of these sides. Raises `InvalidMark` where it goes to every page: texts have none."""
    refuse_headers(mark.position)
    if mark.position is Position.EVERY:
        raise InvalidMark(
            Bilingual("a text has no pages", "文本不分页"),
            remedy=Bilingual("Use `--position both`.", "请使用 `--position both`。"),
        )
    wanted = (Position.START, Position.END) if mark.position is Position.BOTH else (mark.position,)
    return any(side in wanted for side in sides)


def behind(text: Text, paragraph: str) -> tuple[int, str]:
    """Give the addition of a paragraph at the end, a blank line before it; the last line gets its ending."""
    body = text.characters
    gap = "" if not body else text.newline if body.endswith(("\n", "\r")) else 2 * text.newline
    return len(body), f"{gap}{paragraph}{text.newline}"


def nearest(places: Sequence[int], start: int, end: int) -> int:
    """Give the place nearest to the middle. Raises `InvalidMark` where there is none."""
    if not places:
        raise InvalidMark(
            Bilingual("the text has no boundary between paragraphs in its middle", "文本中部没有段落分界"),
            remedy=Bilingual(
                "Put the mark at the start: `--position start`.", "请将标识放在开头：`--position start`。"
            ),
        )
    return min(places, key=lambda at: abs(2 * at - start - end))
