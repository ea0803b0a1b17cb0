"""Labels what an ASGI application sends (FastAPI, Starlette, Litestar …), files and streams of chat; judges what it is sent.

A file that cannot be labelled is not sent: its answer becomes an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from typing import Any, BinaryIO, TypeAlias

from aigc_label.errors import AigcLabelError
from aigc_label.integrations.answers import Held, Labels, failure, lasting
from aigc_label.integrations.uploads import CHUNK, KEY, Arriving, Uploads, refusal
from aigc_label.sse import SseLabeller

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]
PARTIAL: tuple[bytes, ...] = (b"range", b"if-range", b"if-none-match", b"if-modified-since")


class LabelMiddleware:
    """Wraps an application. Put it inside of whatever compresses: `LabelMiddleware(app, labels)`.

    Parts of a file (Range) and answers that refer to a client's copy are not asked of the application: they would speak of
    the bare file.
    """

    def __init__(self, app: Application, labels: Labels) -> None:
        self._app = app
        self._labels = labels

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in PARTIAL]
        with ExitStack() as stack:
            answer = _Answer(send, self._labels, stack, scope)
            try:
                await self._app({**scope, "headers": headers}, receive, answer.send)
            except Exception:
                await answer.broken()
                raise


class _Answer:
    """One answer on its way out: held until it is labelled, labelled as it flows, or let through."""

    def __init__(self, send: Send, labels: Labels, stack: ExitStack, scope: Message) -> None:
        self._send = send
        self._labels = labels
        self._stack = stack
        self._path: str = scope["path"]
        self._bodiless = scope["method"] == "HEAD"
        self._start: Message = {}
        self._held: Held | None = None
        self._stream: SseLabeller | None = None
        self._failed = False

    async def send(self, message: Message) -> None:
        if self._failed:
            return
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif message["type"] == "http.response.body" and self._held is not None:
            await self._hold(message)
        elif message["type"] == "http.response.body" and self._stream is not None:
            more = message.get("more_body", False)
            body = self._stream.feed(message.get("body", b"")) + (b"" if more else self._stream.finish())
            await self._send({**message, "body": body})
        else:
            await self._send(message)

    async def broken(self) -> None:
        """End a stream of chat that broke off with the words that belong at its end."""
        if self._stream is not None and (words := self._stream.broken()):
            await self._send({"type": "http.response.body", "body": words, "more_body": True})

    async def _begin(self, message: Message) -> None:
        kind = _header(message, b"content-type")
        if self._labels.stream(self._path, kind):
            self._stream = SseLabeller(self._labels.words)
            await self._send(_restated(message, lasting))
        elif self._labels.concern(self._path, kind) and 200 <= message["status"] < 300:
            self._start = message
            if self._bodiless:
                await self._send(_restated(message, lasting))
            else:
                self._held = self._stack.enter_context(self._labels.holding())
        else:
            await self._send(message)

    async def _hold(self, message: Message) -> None:
        held = self._held
        assert held is not None
        try:
            held.feed(message.get("body", b""))
            if message.get("more_body", False):
                return
            labelled = await asyncio.to_thread(held.labelled, _header(self._start, b"content-encoding"))
        except AigcLabelError as problem:
            self._failed = True
            status, headers, body = failure(problem)
            await _answer(self._send, status, headers, body)
            return
        await self._send(_restated(self._start, labelled.headers))
        for piece in labelled.pieces():
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})


class UploadMiddleware:
    """Wraps an application that takes uploads: `UploadMiddleware(app, uploads)`; it finds them in `scope["aigc_label"]`.

    The body is taken whole (on disk) and judged before the application sees any of it.
    """

    def __init__(self, app: Application, uploads: Uploads) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._uploads.concern(scope["path"]):
            await self._app(scope, receive, send)
            return
        with self._uploads.taking() as arriving:
            try:
                if not await _taken(receive, arriving):
                    return  # the client is gone
                kind = _header(scope, b"content-type")
                judged = await asyncio.to_thread(arriving.judged, kind)
            except AigcLabelError as problem:
                await _answer(send, *refusal(problem))
                return
            body = arriving.body()
        with body:
            await self._app({**scope, KEY: judged}, _again(body, receive), send)


async def _taken(receive: Receive, arriving: Arriving) -> bool:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        await asyncio.to_thread(arriving.feed, message.get("body", b""))
        if not message.get("more_body", False):
            return True


def _again(body: BinaryIO, receive: Receive) -> Receive:
    """Give what gives a body that was read already, then whatever else the server has to say."""
    ended = False

    async def again() -> Message:
        nonlocal ended
        if ended:
            return await receive()
        piece = await asyncio.to_thread(body.read, CHUNK)
        ended = len(piece) < CHUNK
        return {"type": "http.request", "body": piece, "more_body": not ended}

    return again


async def _answer(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    lines = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


def _header(message: Message, name: bytes) -> str:
    """Give the first header of this name (in small letters), "" where there is none."""
    found = next((value for key, value in message.get("headers", ()) if key.lower() == name), b"")
    return bytes(found).decode("latin-1")


def _restated(message: Message, headers: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Message:
    """Give the start of an answer with other headers."""
    bare = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
    return {**message, "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers(bare)]}
