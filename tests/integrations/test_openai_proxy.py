"""The real client of OpenAI's form, our proxy, and a service behind it that cuts its streams anywhere."""

from __future__ import annotations

import asyncio
import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import aigc_label
from aigc_label import Label, Mark, Policy, Scope
from aigc_label.integrations.answers import Labels
from aigc_label.integrations.openai_proxy import proxy
from aigc_label.marking import Position
from aigc_label.order import Order

FIXTURES = Path(__file__).parents[2] / "fixtures"
PICTURE = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
SPEECH = next((FIXTURES / "mp3").glob("bare.mp3")).read_bytes()
LABELS = Labels(
    order=Order(label=Label.generated(producer="Example-Ltd", produce_id="1")), words=Mark(position=Position.BOTH)
)
WORDS = "【本内容由人工智能生成】"
TOOL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": "moon"}'}}


def event(**delta: Any) -> bytes:
    end = {"finish_reason": delta.pop("end", None)}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return f"data: {json.dumps(chunk | {'choices': [{'index': 0, 'delta': delta, **end}]}, ensure_ascii=False)}\n\n".encode()


def streamed(asked: dict[str, Any]) -> bytes:
    if asked.get("tools"):
        return event(role="assistant", tool_calls=[TOOL]) + event(end="tool_calls") + b"data: [DONE]\n\n"
    words = ['{"a": ', "1}"] if asked.get("response_format") else ["月亮", "升起。"]
    events = [event(role="assistant"), *(event(content=word) for word in words), event(end="stop")]
    return b"".join(events) + b"data: [DONE]\n\n"


async def chat(request: Request) -> Response:
    asked = await request.json()
    if not asked.get("stream"):
        text = '{"a": 1}' if asked.get("response_format") else "月亮升起。"
        message = {"role": "assistant", "content": text}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return JSONResponse({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": choices})
    data, cut = streamed(asked), asked["seed"]

    async def pieces() -> Any:
        yield data[:cut]
        await asyncio.sleep(0)
        if asked.get("user") == "breaks":
            raise RuntimeError
        yield data[cut:]

    return StreamingResponse(pieces(), media_type="text/event-stream")


async def images(request: Request) -> Response:
    as_text = {"b64_json": b64encode(PICTURE).decode()}
    asked = await request.json()
    return JSONResponse({"created": 1, "data": [{"url": "http://x/y.jpg"} if asked.get("user") else as_text]})


BEHIND = Starlette(
    routes=[
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1/images/generations", images, methods=["POST"]),
        Route("/v1/audio/speech", lambda request: Response(SPEECH, media_type="audio/mpeg"), methods=["POST"]),
        Route("/v1/responses", lambda request: JSONResponse({"output": "bare"}), methods=["POST"]),
        Route("/v1/models", lambda request: JSONResponse({"object": "list", "data": [{"id": "m", "object": "model"}]})),
    ]
)


def served(app: Any) -> Iterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def behind() -> Iterator[int]:
    yield from served(BEHIND)


@pytest.fixture(scope="module")
def client(behind: int) -> Iterator[openai.OpenAI]:
    for port in served(proxy(f"http://127.0.0.1:{behind}/v1", LABELS)):
        with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="k", max_retries=0) as client:
            yield client


def said(stream: Any) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


ASKED: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "the moon"}]}


def test_a_reply_carries_its_words(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(**ASKED)
    assert reply.choices[0].message.content == f"{WORDS}\n\n月亮升起。\n\n{WORDS}"


@pytest.mark.host("openai-proxy", shows="labels")
def test_a_stream_carries_its_words_wherever_it_is_cut(client: openai.OpenAI) -> None:
    for cut in range(0, len(streamed({})) + 1, 7):
        stream = client.chat.completions.create(**ASKED, stream=True, seed=cut)
        assert said(stream) == f"{WORDS}\n\n月亮升起。\n\n{WORDS}", cut


@pytest.mark.host("openai-proxy", shows="equal")
def test_json_and_calls_of_tools_stay_what_they_are(client: openai.OpenAI) -> None:
    form: Any = {"type": "json_object"}
    assert json.loads(client.chat.completions.create(**ASKED, response_format=form).choices[0].message.content or "")
    assert json.loads(said(client.chat.completions.create(**ASKED, response_format=form, stream=True, seed=9)))
    tools: Any = [{"type": "function", "function": {"name": "look", "parameters": {}}}]
    chunks = list(client.chat.completions.create(**ASKED, tools=tools, stream=True, seed=30))
    calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or ()]
    assert json.loads(calls[0].function.arguments) == {"at": "moon"}


def test_a_stream_that_breaks_off_ends_labelled(client: openai.OpenAI) -> None:
    got: list[str] = []
    stream = client.chat.completions.create(**ASKED, stream=True, seed=len(streamed({})) // 2, user="breaks")
    with pytest.raises(openai.APIConnectionError):
        got.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    assert "".join(got).startswith(WORDS)
    assert "".join(got).endswith(WORDS)


@pytest.mark.host("openai-proxy", shows="labels")
def test_a_picture_comes_back_labelled(client: openai.OpenAI) -> None:
    picture = client.images.generate(prompt="the moon", model="m").data
    assert picture is not None
    label = aigc_label.read(b64decode(picture[0].b64_json or ""))
    assert label is not None
    assert label.producer == "Example-Ltd"


def test_speech_comes_back_labelled(client: openai.OpenAI) -> None:
    with client.audio.speech.with_streaming_response.create(input="moon", model="m", voice="v") as answer:
        assert aigc_label.read(answer.read()) is not None


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.images.generate(prompt="the moon", model="m", user="comes as an address"),
        lambda client: client.responses.create(model="m", input="the moon"),
        lambda client: client.files.content("results-of-a-batch"),
    ],
)
@pytest.mark.host("openai-proxy", shows="closed")
def test_what_cannot_be_labelled_does_not_pass(client: openai.OpenAI, ask: Any) -> None:
    with pytest.raises(openai.APIStatusError, match="aigc-label"):
        ask(client)


def test_what_generates_nothing_passes(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["m"]


@pytest.mark.host("openai-proxy", shows="again")
def test_a_proxy_behind_a_proxy_changes_nothing_more(client: openai.OpenAI) -> None:
    for port in served(proxy(str(client.base_url), LABELS)):
        with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="k", max_retries=0) as twice:
            for one in (client, twice):
                assert (
                    said(one.chat.completions.create(**ASKED, stream=True, seed=9))
                    == f"{WORDS}\n\n月亮升起。\n\n{WORDS}"
                )
                reply = one.chat.completions.create(**ASKED).choices[0].message.content
                assert reply == f"{WORDS}\n\n月亮升起。\n\n{WORDS}"
            pictures = [one.images.generate(prompt="the moon", model="m").data for one in (client, twice)]
    assert pictures[0] == pictures[1]


@pytest.mark.host("openai-proxy", shows="caught")
def test_a_client_that_verifies_catches_a_service_without_the_proxy(client: openai.OpenAI, behind: int) -> None:
    bare = openai.OpenAI(base_url=f"http://127.0.0.1:{behind}/v1", api_key="k", max_retries=0)
    with bare:
        came = [one.images.generate(prompt="the moon", model="m").data for one in (client, bare)]
    pictures = [b64decode(data[0].b64_json or "") for data in came if data]
    assert [aigc_label.verify(one, Policy(scope=Scope.LABEL)).verdict for one in pictures] == [
        "compliant",
        "unlabelled",
    ]
