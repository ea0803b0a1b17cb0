"""Streamed text: the words come first or last, whatever the chunks, and a broken stream says what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest

from aigc_label.errors import InvalidMark
from aigc_label.marking import Mark, Position
from aigc_label.streams import alabelled, labelled

WORDS = "【本内容由人工智能生成】"
TEXT = "天气很好。\nFine weather. 🙂"
EXPECTED = {
    Position.START: f"{WORDS}\n\n{TEXT}",
    Position.END: f"{TEXT}\n\n{WORDS}",
    Position.BOTH: f"{WORDS}\n\n{TEXT}\n\n{WORDS}",
}


def cut(text: str, *places: int) -> list[str]:
    edges = [0, *places, len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize("position", EXPECTED)
def test_however_the_text_is_cut_the_words_stand_at_its_ends(position: Position) -> None:
    for first in range(len(TEXT) + 1):
        for second in range(first, len(TEXT) + 1):
            got = "".join(labelled(cut(TEXT, first, second), Mark(position=position)))
            assert got == EXPECTED[position]


def test_by_default_the_words_come_with_the_very_first_characters() -> None:
    first, *_ = (piece for piece in labelled(["", "", "a", "b"]) if piece)
    assert first == f"{WORDS}\n\na"


def test_an_empty_stream_stays_empty() -> None:
    assert "".join(labelled(["", ""], Mark(position=Position.BOTH))) == ""


def test_words_of_one_s_own_are_put_into_brackets() -> None:
    assert "".join(labelled(["x"], Mark(text="AI合成"))).startswith("【AI合成】")


def test_a_stream_has_no_middle() -> None:
    with pytest.raises(InvalidMark):
        list(labelled(["x"], Mark(position=Position.MIDDLE)))


def breaking(*pieces: str) -> Iterator[str]:
    yield from pieces
    raise ConnectionError("the model went away")


@pytest.mark.parametrize("position", EXPECTED)
def test_a_stream_that_breaks_still_ends_labelled_and_says_so(position: Position) -> None:
    got: list[str] = []
    with pytest.raises(ConnectionError) as problem:
        got.extend(labelled(breaking(TEXT), Mark(position=position)))
    assert "".join(got) == EXPECTED[position]
    assert "carries its label" in problem.value.__notes__[0]


def test_a_stream_that_breaks_before_any_text_says_nothing() -> None:
    with pytest.raises(ConnectionError) as problem:
        list(labelled(breaking()))
    assert not hasattr(problem.value, "__notes__")


async def asynchronously(pieces: list[str], wait: float = 0.0) -> AsyncIterator[str]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(wait)


@pytest.mark.parametrize("position", EXPECTED)
def test_asynchronous_streams_are_the_same(position: Position) -> None:
    async def collected() -> str:
        return "".join([piece async for piece in alabelled(asynchronously(list(TEXT)), Mark(position=position))])

    assert asyncio.run(collected()) == EXPECTED[position]


def test_a_cancelled_stream_says_that_it_ended_without_its_words() -> None:
    async def consumed() -> None:
        async for _ in alabelled(asynchronously(["a", "b"], 10), Mark(position=Position.END)):
            pass

    async def cancelled() -> asyncio.CancelledError:
        task = asyncio.create_task(consumed())
        await asyncio.sleep(0.01)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as problem:
            return problem
        raise AssertionError("not cancelled")

    assert "WITHOUT its label" in asyncio.run(cancelled()).__notes__[0]
