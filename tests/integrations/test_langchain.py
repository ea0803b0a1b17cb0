"""LangChain runnables: the words stand around the text, whether it is streamed or not, and nothing else changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.output_parsers import JsonOutputParser, StrOutputParser
from langchain_core.runnables import RunnableGenerator, RunnableLambda

import aigc_label
from aigc_label import Policy, Scope
from aigc_label.errors import InvalidMark, UnsupportedFormat
from aigc_label.integrations.langchain import labelled_runnable
from aigc_label.marking import Mark, Position
from aigc_label.sse import FIELD, Content
from aigc_label.streams import BARE_NOTE, LABELLED_NOTE

WORDS = "【本内容由人工智能生成】"
BOTH = Mark(position=Position.BOTH)
CALL = {"name": "weather", "args": {"city": "杭州"}, "id": "1", "type": "tool_call"}


def model(*messages: AIMessage | str) -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=iter(messages))


@pytest.mark.host("langchain", shows="labels")
def test_a_message_at_once_and_a_stream_of_chunks_say_the_same() -> None:
    expected = f"{WORDS}\n\n月亮 升起\n\n{WORDS}"
    assert labelled_runnable(model("月亮 升起"), BOTH).invoke("x").content == expected
    chunks = list(labelled_runnable(model("月亮 升起"), BOTH).stream("x"))
    assert "".join(chunk.content for chunk in chunks) == expected
    assert chunks[0].content.startswith(WORDS)
    assert len(chunks) > 2


def test_asynchronous_streams_are_the_same() -> None:
    async def collected() -> str:
        return "".join([chunk.content async for chunk in labelled_runnable(model("月亮 升起"), BOTH).astream("x")])

    assert asyncio.run(collected()) == f"{WORDS}\n\n月亮 升起\n\n{WORDS}"


def test_a_chain_that_ends_in_text_is_labelled_as_text() -> None:
    assert "".join(labelled_runnable(model("月亮 升起") | StrOutputParser()).stream("x")) == f"{WORDS}\n\n月亮 升起"


@pytest.mark.host("langchain", shows="equal")
def test_calls_of_tools_stay_and_get_no_words() -> None:
    message = labelled_runnable(model(AIMessage(content="", tool_calls=[CALL])), BOTH).invoke("x")
    assert message.tool_calls == [CALL]
    assert message.content == ""


@pytest.mark.host("langchain", shows="equal")
def test_json_stays_json_and_a_field_has_the_words() -> None:
    chain = labelled_runnable(model('{"a": 1}'), content=Content.JSON)
    message = chain.invoke("x")
    assert json.loads(message.content) == {"a": 1}
    assert message.response_metadata[FIELD] == WORDS
    assert (labelled_runnable(model('{"a": 1}'), content=Content.JSON) | JsonOutputParser()).invoke("x") == {"a": 1}


def test_blocks_of_content_are_labelled_in_their_texts() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:,"}}
    content: list[str | dict[str, Any]] = [picture, {"type": "text", "text": "一"}, {"type": "text", "text": "二"}]
    message = labelled_runnable(model(AIMessage(content=content)), BOTH).invoke("x")
    assert message.content[0] == picture
    assert message.content[1]["text"] == f"{WORDS}\n\n一"
    assert message.content[2]["text"] == f"二\n\n{WORDS}"


@pytest.mark.parametrize(("position", "note"), [(Position.END, LABELLED_NOTE), (Position.START, LABELLED_NOTE)])
def test_a_stream_that_breaks_still_ends_labelled_and_says_so(position: Position, note: str) -> None:
    def breaking(_: Iterator[Any]) -> Iterator[Any]:
        yield AIMessageChunk(content="月")
        raise ConnectionError("gone")

    said: list[str] = []
    chain = labelled_runnable(RunnableGenerator(breaking), Mark(position=position))
    with pytest.raises(ConnectionError) as told:
        said.extend(chunk.content for chunk in chain.stream("x"))
    assert WORDS in "".join(said)
    assert note in told.value.__notes__
    assert BARE_NOTE not in told.value.__notes__


def test_nothing_in_a_call_switches_the_words_off() -> None:
    chain = labelled_runnable(model("月亮"))
    assert chain.invoke("x", config={"configurable": {"aigc_label": False}, "tags": ["unlabelled"]}).content.startswith(
        WORDS
    )


@pytest.mark.host("langchain", shows="closed")
def test_output_of_another_kind_is_refused_and_not_passed_on() -> None:
    with pytest.raises(UnsupportedFormat, match="dict"):
        labelled_runnable(RunnableLambda(lambda _: {"answer": "月亮"})).invoke("x")


def test_a_stream_has_no_middle() -> None:
    with pytest.raises(InvalidMark):
        labelled_runnable(model("x"), Mark(position=Position.MIDDLE))


@pytest.mark.host("langchain", shows="again")
@pytest.mark.parametrize("position", [Position.START, Position.END, Position.BOTH])
def test_a_runnable_that_is_wrapped_twice_carries_its_words_once(position: Position) -> None:
    mark = Mark(position=position)
    content: list[str | dict[str, Any]] = [{"type": "text", "text": "一"}, {"type": "text", "text": "二"}]
    for message in ("月亮 升起", AIMessage(content=content)):
        once, twice = (
            labelled_runnable(model(message), mark),
            labelled_runnable(labelled_runnable(model(message), mark), mark),
        )
        assert twice.invoke("x").content == once.invoke("x").content
    streams = [
        labelled_runnable(model("月亮 升起"), mark),
        labelled_runnable(labelled_runnable(model("月亮 升起"), mark), mark),
    ]
    once_said, twice_said = ("".join(chunk.content for chunk in stream.stream("x")) for stream in streams)
    assert twice_said == once_said


@pytest.mark.host("langchain", shows="caught")
def test_a_verify_step_in_the_chain_catches_a_reply_that_lost_its_words(tmp_path: Path) -> None:
    def verified(text: str) -> str:
        (tmp_path / "reply.txt").write_text(text)
        return str(aigc_label.verify(tmp_path / "reply.txt", Policy(scope=Scope.MARK)).verdict)

    said = labelled_runnable(RunnableLambda(lambda _: "月亮升起"))
    assert (said | RunnableLambda(verified)).invoke("x") == "compliant"
    stripped = said | RunnableLambda(lambda text: text.removeprefix(f"{WORDS}\n\n"))
    assert (stripped | RunnableLambda(verified)).invoke("x") == "unlabelled"
