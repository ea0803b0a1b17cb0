"""Stands between clients and a service of OpenAI's form, and labels what it generates: chat, pictures, speech.

Nothing that a client asks switches it off. What would pass without a label, because we do not know how to label it, is
refused by name; what generates nothing (models, embeddings, moderation) passes as it is.
"""

from __future__ import annotations

import asyncio
import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from aigc_label import api
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, MalformedFile, UnsupportedFormat
from aigc_label.integrations.answers import Labels
from aigc_label.limits import MIB
from aigc_label.sse import FIELD, Content, SseLabeller, content_of
from aigc_label.streams import TextLabeller, Words
from aigc_label.wording import words_of

GENERATES_NOTHING: Final = ("models", "embeddings", "moderations", "tokenize", "detokenize")
LABELLED: Final = ("chat/completions", "completions", "audio/speech", "images/")
PER_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "content-length"}
PATIENCE: Final = httpx.Timeout(600, connect=10)
MOST: Final = 256 * MIB  # bytes of one request, or of one answer that is not streamed


def proxy(upstream: str, labels: Labels, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Give the proxy as an ASGI application. `upstream` is the address that ends in `/v1`."""

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(base_url=upstream.rstrip("/"), timeout=PATIENCE, transport=transport) as client:
            app.state.relay = Relay(client, labels)
            yield

    async def relayed(request: Request) -> Response:
        relay: Relay = request.app.state.relay
        return await relay.answer(request)

    routes = [Route("/v1/{path:path}", relayed, methods=["GET", "POST"])]
    return Starlette(routes=routes, lifespan=running)


class Relay:
    """Sends requests on and labels what comes back."""

    def __init__(self, client: httpx.AsyncClient, labels: Labels) -> None:
        self._client = client
        self._labels = labels

    async def answer(self, request: Request) -> Response:
        path = request.path_params["path"].strip("/")
        try:
            return await self._answer(request, path)
        except AigcLabelError as problem:
            return _refusal(problem)
        except httpx.HTTPError as problem:
            what = Bilingual(f"the service behind did not answer ({type(problem).__name__})", "上游服务没有应答")
            return _refusal(UnsupportedFormat(what))

    async def _answer(self, request: Request, path: str) -> Response:
        body = await request.body()
        asked = _json_of(body) if request.method == "POST" and _is_json(request.headers) else {}
        bare = path.startswith(GENERATES_NOTHING)
        if not bare and not (request.method == "POST" and path.startswith(LABELLED)):
            raise UnsupportedFormat(
                Bilingual(f"what /v1/{path} generates cannot be labelled", f"无法为 /v1/{path} 生成的内容添加标识"),
                remedy=Bilingual("Use /v1/chat/completions.", "请使用 /v1/chat/completions。"),
            )
        headers = {name: value for name, value in request.headers.items() if name not in PER_HOP | {"accept-encoding"}}
        sent = self._client.build_request(
            request.method, f"/{path}", params=request.query_params, content=body, headers=headers
        )
        came = await self._client.send(sent, stream=True)
        kept = {name: value for name, value in came.headers.items() if name not in PER_HOP | {"content-encoding"}}
        if bare or not came.is_success:
            return StreamingResponse(_all(came), came.status_code, kept)
        if came.headers.get("content-type", "").startswith("text/event-stream"):
            flow = SseLabeller(self._labels.words, content_of(asked))
            return StreamingResponse(_labelled(came, flow), came.status_code, kept)
        return await self._whole(came, path, asked, kept)

    async def _whole(
        self, came: httpx.Response, path: str, asked: Mapping[str, Any], headers: dict[str, str]
    ) -> Response:
        """Label an answer that comes in one piece."""
        data = await _bounded(came)
        if path == "audio/speech":
            return Response(await self._file(data), came.status_code, headers)
        told = _json_of(data)
        if path.startswith("images/"):
            await self._pictures(told)
        else:
            self._texts(told, content_of(asked))
        return JSONResponse(told, came.status_code, {name: headers[name] for name in headers if name != "content-type"})

    async def _pictures(self, told: dict[str, Any]) -> None:
        for picture in told.get("data", ()):
            if not isinstance(picture.get("b64_json"), str):
                raise UnsupportedFormat(
                    Bilingual(
                        "the picture comes as an address, so it cannot be labelled", "图片以网址返回，无法添加标识"
                    ),
                    remedy=Bilingual("Ask for `response_format: b64_json`.", "请使用 `response_format: b64_json`。"),
                )
            try:
                data = b64decode(picture["b64_json"], validate=True)
            except binascii.Error as problem:
                raise MalformedFile(Bilingual("the picture is not Base64", "图片不是有效的 Base64")) from problem
            picture["b64_json"] = b64encode(await self._file(data)).decode()

    async def _file(self, data: bytes) -> bytes:
        outcome = await asyncio.to_thread(api.carry_out, data, None, self._labels.order)
        assert outcome.data is not None  # what is given as bytes comes back as bytes
        return outcome.data

    def _texts(self, told: dict[str, Any], content: Content) -> None:
        """Put the words round the text of each choice; beside it, where words would break it or there is no text."""
        if "choices" not in told:
            raise UnsupportedFormat(
                Bilingual("the answer is not one of chat completions", "应答不是 chat completions 格式")
            )
        for choice in told["choices"]:
            where, key = (choice, "text") if "text" in choice else (choice.get("message") or {}, "content")
            text = where.get(key)
            if isinstance(text, str) and text and content is Content.TEXT:
                words = TextLabeller(Words.of(self._labels.words))
                where[key] = words.feed(text) + words.finish()
            else:
                told[FIELD] = {"mark": words_of(self._labels.words), "shown": False}


async def _all(came: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in came.aiter_bytes():
            yield piece
    finally:
        await came.aclose()


async def _labelled(came: httpx.Response, flow: SseLabeller) -> AsyncIterator[bytes]:
    """Give a stream with its words; where it breaks off, the words that belong at its end come all the same."""
    try:
        async for piece in came.aiter_bytes():
            if out := flow.feed(piece):
                yield out
        if out := flow.finish():
            yield out
    except (httpx.HTTPError, AigcLabelError):
        if out := flow.broken():
            yield out
        raise
    finally:
        await came.aclose()


async def _bounded(came: httpx.Response) -> bytes:
    parts, size = [], 0
    async for piece in _all(came):
        parts.append(piece)
        size += len(piece)
        if size > MOST:
            raise UnsupportedFormat(Bilingual("the answer of the service behind is too large", "上游应答过大"))
    return b"".join(parts)


def _is_json(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").startswith("application/json")


def _json_of(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise MalformedFile(Bilingual("this is not JSON", "内容不是 JSON")) from problem
    return told if isinstance(told, dict) else {}


def _refusal(problem: AigcLabelError) -> JSONResponse:
    """Give an error in the form that clients of such services know."""
    message = f"aigc-label: {problem.what.en} {problem.remedy.en} / {problem.what.zh}{problem.remedy.zh}"
    return JSONResponse({"error": {"message": message, "type": "aigc_label", "code": problem.code}}, 502)
