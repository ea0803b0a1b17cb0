"""Labels text while it is being streamed: the words come first, last or both, however the stream is cut.

What a program wraps here, its client cannot switch off: nothing in a request is looked at. Where words would break what
the stream carries (JSON that is asked for, calls of tools) they are left out and a field beside it says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.marking import Mark, Position
from aigc_label.wording import words_of

GAP: Final = "\n\n"  # a paragraph of its own, in plain text and in Markdown


@dataclass(frozen=True, slots=True)
class Words:
    """What is put before and behind a streamed text; "" where nothing is."""

    before: str
    behind: str

    @classmethod
    def of(cls, mark: Mark) -> Words:
        """Give the words of a mark. Raises `InvalidMark` for a place in the middle, which no stream knows."""
        if mark.position not in (Position.START, Position.END, Position.BOTH):
            raise InvalidMark(
                Bilingual("a stream has a start and an end, no middle", "流式文本只有开头和结尾，没有中间位置"),
                remedy=Bilingual(
                    "Use `Position.START`, `END` or `BOTH`.", "请使用 `Position.START`、`END` 或 `BOTH`。"
                ),
            )
        words = words_of(mark)
        return cls(
            before=words + GAP if mark.position in (Position.START, Position.BOTH) else "",
            behind=GAP + words if mark.position in (Position.END, Position.BOTH) else "",
        )


class TextLabeller:
    """Labels one text that comes in pieces. Feed every piece, then finish; `labelled` says whether what was given out so
    far carries its words (a text without a character needs none).

    Words that are there already, put by another labeller before this one, are not put again: at the start they are looked
    for in the first piece alone, as waiting for more would hold the stream up."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.begun = False  # whether any character was given out
        self.ended = False
        self._tail = ""  # as much of the end as the words behind it are long

    @property
    def labelled(self) -> bool:
        return not self.begun or bool(self.words.before) or self.ended

    def feed(self, piece: str) -> str:
        """Give the piece to send on, with the words before the first character."""
        if not piece:
            return piece
        if self.words.behind:
            self._tail = (self._tail + piece)[-len(self.words.behind) :]
        first, self.begun = not self.begun, True
        return self.words.before + piece if first and not piece.startswith(self.words.before) else piece

    def finish(self) -> str:
        """Give what comes behind the last character; "" the second time."""
        if not self.begun or self.ended:
            return ""
        self.ended = True
        return "" if self._tail == self.words.behind else self.words.behind


def labelled(pieces: Iterable[str], mark: Mark | None = None) -> Iterator[str]:
    """Give the pieces with the words of `mark` as the first or last thing, or both.

    Where the stream breaks, the words that belong at its end are given before its error is raised again; where not even
    that is possible (the reader went away) the error carries a note that says whether what was sent is labelled.
    """
    state = TextLabeller(Words.of(mark or Mark()))
    try:
        for piece in pieces:
            yield state.feed(piece)
    except Exception as problem:
        if end := state.finish():
            yield end
        noted(problem, state)
        raise
    except BaseException as problem:  # GeneratorExit: nobody takes anything more
        noted(problem, state)
        raise
    if end := state.finish():
        yield end


async def alabelled(pieces: AsyncIterable[str], mark: Mark | None = None) -> AsyncIterator[str]:
    """As `labelled`, for an asynchronous stream; a cancelled one ends with the note on its `CancelledError`."""
    state = TextLabeller(Words.of(mark or Mark()))
    try:
        async for piece in pieces:
            yield state.feed(piece)
    except Exception as problem:
        if end := state.finish():
            yield end
        noted(problem, state)
        raise
    except BaseException as problem:
        noted(problem, state)
        raise
    if end := state.finish():
        yield end


LABELLED_NOTE: Final = "aigc-label: the text that was sent carries its label / 已发送的文本带有显式标识"
BARE_NOTE: Final = "aigc-label: the text that was sent ended WITHOUT its label / 已发送的文本在结束时未带显式标识"


class Labelling(Protocol):
    """What labels a stream."""

    @property
    def begun(self) -> bool:
        """Whether any text was given out."""

    @property
    def labelled(self) -> bool:
        """Whether all text that was given out carries its words."""


def noted(problem: BaseException, state: Labelling) -> None:
    """Let an error say whether what was sent before it is labelled; nothing where nothing was sent."""
    if state.begun:
        problem.add_note(LABELLED_NOTE if state.labelled else BARE_NOTE)
