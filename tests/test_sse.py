"""Chat completions as server-sent events: the words stand around each choice's text, all else stays as it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

import pytest

from aigc_label.errors import AigcLabelError, InvalidMark, LimitExceeded
from aigc_label.label import Label
from aigc_label.marking import Mark, Position
from aigc_label.sse import Content, SseLabeller, alabelled_sse, content_of, headers_of, labelled_sse

WORDS = "【本内容由人工智能生成】"
BOTH = Mark(position=Position.BOTH)


def event(delta: dict[str, Any], finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {"id": "c-1", "object": "chat.completion.chunk", "created": 7, "model": "m", "choices": [choice], **more}


def stream(*events: dict[str, Any], done: bool = True, ending: str = "\n\n") -> bytes:
    text = "".join(f"data: {json.dumps(one, ensure_ascii=False)}{ending}" for one in events)
    return (text + (f"data: [DONE]{ending}" if done else "")).encode()


HELLO = (
    event({"role": "assistant", "content": ""}),
    event({"content": "天气"}),
    event({"content": "很好"}),
    event({}, "stop"),
)
USAGE = {"id": "c-1", "object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 9}}


def said(data: bytes) -> dict[int, str]:
    """Read a stream as clients do: each choice's text."""
    texts: dict[int, str] = {}
    for one in chunks(data):
        for choice in one.get("choices", ()):
            piece = choice["delta"].get("content") if "delta" in choice else choice.get("text")
            texts[choice["index"]] = texts.get(choice["index"], "") + (piece or "")
    return texts


def chunks(data: bytes) -> list[dict[str, Any]]:
    rows = [row.removeprefix("data:").strip() for row in data.decode().splitlines() if row.startswith("data:")]
    return [json.loads(row) for row in rows if row != "[DONE]"]


def sent(data: bytes, mark: Mark | None = None, content: Content = Content.TEXT, *places: int) -> bytes:
    edges = [0, *places, len(data)]
    return b"".join(labelled_sse([data[a:b] for a, b in pairwise(edges)], mark, content))


@pytest.mark.parametrize("ending", ["\n\n", "\r\n\r\n", "\r\r"])
@pytest.mark.parametrize("position", [Position.START, Position.END, Position.BOTH])
def test_wherever_the_bytes_are_cut_the_words_stand_around_the_text(position: Position, ending: str) -> None:
    data = stream(*HELLO, USAGE, ending=ending)
    whole = sent(data, Mark(position=position))
    before = f"{WORDS}\n\n" if position is not Position.END else ""
    behind = f"\n\n{WORDS}" if position is not Position.START else ""
    assert said(whole) == {0: f"{before}天气很好{behind}"}
    for place in range(len(data)):
        assert sent(data, Mark(position=position), Content.TEXT, place) == whole
    assert b"".join(labelled_sse([data[at : at + 1] for at in range(len(data))], Mark(position=position))) == whole


def test_every_event_that_was_sent_is_passed_on_byte_for_byte() -> None:
    data = b": ping\n\nevent: x\nid: 3\n" + stream(*HELLO, USAGE)
    rest = sent(data, BOTH)
    for one in data.split(b"\n\n"):
        at = rest.index(one)
        rest = rest[at + len(one) :]


def test_the_words_come_before_the_end_of_the_choice_and_the_end_of_the_stream() -> None:
    rows = chunks(sent(stream(*HELLO, USAGE), BOTH))
    assert rows[-1]["usage"]["total_tokens"] == 9
    assert rows[-2]["choices"][0]["finish_reason"] == "stop"
    assert rows[-3]["choices"][0]["delta"]["content"].endswith(WORDS)
    assert {row["id"] for row in rows} == {"c-1"}


def test_text_and_its_end_in_one_event_have_the_words_between() -> None:
    data = stream(event({"role": "assistant", "content": "好"}, "stop"))
    assert said(sent(data, BOTH)) == {0: f"{WORDS}\n\n好\n\n{WORDS}"}


def test_each_choice_has_its_own_words() -> None:
    data = stream(event({"content": "a"}), event({"content": "b"}, index=1), event({}, "stop"), event({}, "length", 1))
    assert said(sent(data, BOTH)) == {n: f"{WORDS}\n\n{c}\n\n{WORDS}" for n, c in enumerate("ab")}


def test_the_older_completions_are_labelled_too() -> None:
    rows = [
        {"id": "c", "choices": [{"index": 0, "text": t, "finish_reason": f}]} for t, f in (("a", None), ("b", "stop"))
    ]
    assert said(sent(stream(*rows), BOTH)) == {0: f"{WORDS}\n\nab\n\n{WORDS}"}


def test_calls_of_tools_stay_as_they_are_and_a_field_says_that_no_words_are_shown() -> None:
    calls = [
        {"index": 0, "id": "t", "type": "function", "function": {"name": "f", "arguments": part}}
        for part in ('{"a"', ":1}")
    ]
    events = [event({"role": "assistant", "content": None, "tool_calls": [call]}) for call in calls]
    rows = chunks(sent(stream(*events, event({}, "tool_calls")), BOTH))
    arguments = [row["choices"][0]["delta"].get("tool_calls") for row in rows]
    assert arguments == [[calls[0]], [calls[1]], None]
    assert rows[-1]["aigc_label"] == {"mark": WORDS, "shown": False}


def test_json_stays_json_and_a_field_has_the_words() -> None:
    request = {"response_format": {"type": "json_object"}, "stream": True}
    data = stream(event({"role": "assistant", "content": '{"a"'}), event({"content": ":1}"}), event({}, "stop"))
    after = sent(data, BOTH, content_of(request))
    assert json.loads(said(after)[0]) == {"a": 1}
    assert chunks(after)[0]["aigc_label"] == {"mark": WORDS, "shown": False}


@pytest.mark.parametrize("request_", [{}, {"response_format": None}, {"response_format": {"type": "text"}}])
def test_nothing_in_a_request_switches_the_words_off(request_: dict[str, Any]) -> None:
    assert content_of({**request_, "aigc_label": False, "stop": ["【"]}) is Content.TEXT


def test_a_stream_that_just_ends_still_ends_with_the_words() -> None:
    assert said(sent(stream(*HELLO[:-1], done=False), BOTH))[0].endswith(WORDS)
    assert said(sent(stream(*HELLO[:-1]), BOTH))[0].endswith(WORDS)


def test_an_event_that_broke_off_is_dropped_and_the_words_come() -> None:
    for length in range(1, 40):
        after = sent(stream(*HELLO[:2], done=False) + stream(HELLO[2])[:length], BOTH)
        assert said(after)[0] == f"{WORDS}\n\n天气\n\n{WORDS}"


def test_a_last_event_without_a_blank_line_counts() -> None:
    assert said(sent(stream(*HELLO[:3], done=False).rstrip(b"\n"), BOTH))[0] == f"{WORDS}\n\n天气很好\n\n{WORDS}"


def test_an_error_event_comes_behind_the_words() -> None:
    rows = chunks(sent(stream(*HELLO[:3], {"error": {"message": "overloaded"}}, done=False), BOTH))
    assert "error" in rows[-1]
    assert rows[-2]["choices"][0]["delta"]["content"].endswith(WORDS)


def breaking(data: bytes) -> Iterator[bytes]:
    yield data
    raise ConnectionError("reset")


def test_a_connection_that_breaks_still_ends_labelled_and_says_so() -> None:
    got: list[bytes] = []
    with pytest.raises(ConnectionError) as problem:
        got.extend(labelled_sse(breaking(stream(*HELLO[:2], done=False) + b'data: {"cho'), BOTH))
    assert said(b"".join(got)) == {0: f"{WORDS}\n\n天气\n\n{WORDS}"}
    assert "carries its label" in problem.value.__notes__[0]


def test_a_reader_that_goes_away_leaves_a_state_that_says_so() -> None:
    state = SseLabeller(Mark(position=Position.END))
    state.feed(stream(*HELLO[:2], done=False))
    assert state.begun
    assert not state.labelled


@pytest.mark.parametrize(
    "data",
    [
        b'data: {"type":"response.output_text.delta","delta":"x"}\n\n',
        b'data: {"type":"content_block_delta","delta":{"text":"x"}}\n\n',
        b"data: hello\n\n",
        b"data: [1]\n\n",
        b'data: {"choices":["x"]}\n\n',
        b'data: {"choices":[{"delta":{"content":["x"]}}]}\n\n',
    ],
)
def test_what_we_cannot_find_text_in_is_refused_and_not_passed_on(data: bytes) -> None:
    with pytest.raises(AigcLabelError):
        list(labelled_sse([data]))


def test_an_endless_event_meets_a_limit() -> None:
    with pytest.raises(LimitExceeded):
        list(labelled_sse([b"data: " + b"x" * (1 << 20)] * 17))


def test_a_mark_in_the_middle_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(InvalidMark):
        SseLabeller(Mark(position=Position.MIDDLE))


def test_the_header_is_ascii_and_holds_the_label() -> None:
    label = Label.generated(producer="某公司", produce_id="1")
    (value,) = headers_of(label).values()
    assert value.isascii()
    assert json.loads(value) == label.to_fields()


def test_asynchronous_streams_are_the_same() -> None:
    data = stream(*HELLO, USAGE)

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 7):
            yield data[at : at + 7]

    async def collected() -> bytes:
        return b"".join([piece async for piece in alabelled_sse(pieces(), BOTH)])

    assert asyncio.run(collected()) == sent(data, BOTH)
