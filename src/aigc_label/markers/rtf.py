"""Puts the words into RTF: a paragraph of its own, in a group that leaves the look of all others as it is."""

from __future__ import annotations

from collections.abc import Iterator

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.grammars.rtf import Body, body_of
from aigc_label.markers import Rendering
from aigc_label.markers.paragraphs import PLACES, asked
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.splice import replaced
from aigc_label.wording import words_of


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the words at its start or end; every byte that was there stays.

    Raises `InvalidMark` for the middle, `MalformedFile` and `LimitExceeded` for files whose groups cannot be followed.
    """
    if asked(mark, Position.MIDDLE):
        raise InvalidMark(
            Bilingual("in RTF the words stand at the start or the end", "RTF 中的标识只能放在开头或末尾"),
            remedy=Bilingual("Use `--position start`.", "请使用 `--position start`。"),
        )
    edits = [(at, at, new) for at, new in _additions(body_of(source), mark)]
    return Rendering(plan=replaced(source.size, edits), words=words_of(mark), way=PLACES[mark.position])


def _additions(body: Body, mark: Mark) -> Iterator[tuple[int, bytes]]:
    paragraph = rb"{\pard\plain\uc1\fs24 " + _escaped(words_of(mark)) + rb"\par}" + b"\n"
    if asked(mark, Position.START):
        yield body.first, paragraph
    if asked(mark, Position.END):
        yield body.last, (b"\\par\n" if body.open else b"") + paragraph


def _escaped(words: str) -> bytes:
    units = memoryview(words.encode("utf-16-le")).cast("H")
    return b"".join(b"\\u%d?" % (unit - 65536 if unit > 32767 else unit) for unit in units)
