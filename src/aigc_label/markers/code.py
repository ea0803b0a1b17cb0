"""Puts the words into source code: a comment line, in the way the language writes one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, UnsupportedFormat
from aigc_label.grammars.comments import SYNTAX, first_place
from aigc_label.grammars.text import Text, text_of
from aigc_label.markers import Rendering
from aigc_label.markers.paragraphs import asked, behind, rendering
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.wording import words_of


def render(source: Source, mark: Mark) -> Rendering:
    """Give the program with a comment line; every character that was there stays.

    Raises `MalformedFile` as plain text does, `UnsupportedFormat` for a language whose comments are not known,
    `InvalidMark` for a place in the middle: only who understands the program knows where a line may stand.
    """
    syntax = SYNTAX.get(PurePath(source.name).suffix.lower())
    if syntax is None:
        raise UnsupportedFormat(
            Bilingual("how this language writes comments is not known", "未知该语言的注释写法"),
            remedy=Bilingual(
                "Write the comment yourself, or show the words beside the code.", "请自行添加注释，或在代码旁展示标识。"
            ),
        )
    if mark.position is Position.MIDDLE:
        raise InvalidMark(
            Bilingual("a comment is put at the start or the end of code", "代码中的标识只能放在开头或末尾"),
            remedy=Bilingual("Use `--position start`.", "请使用 `--position start`。"),
        )
    text = text_of(source)
    return rendering(source, text, mark, _additions(text, mark, syntax))


def _additions(text: Text, mark: Mark, syntax: tuple[str, str]) -> Iterator[tuple[int, str]]:
    comment = f"{syntax[0]}{words_of(mark)}{syntax[1]}"
    if asked(mark, Position.START):
        yield first_place(text.characters), f"{comment}{text.newline}{text.newline}"
    if asked(mark, Position.END):
        yield behind(text, comment)
