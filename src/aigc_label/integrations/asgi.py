"""Labels what an ASGI application sends (FastAPI, Starlette, Litestar …): files, and streams of chat.

A file that cannot be labelled is not sent: its answer becomes an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from typing import Any, TypeAlias

from aigc_label.errors import AigcLabelError
from aigc_label.integrations.answers import Held, Labels, failure, lasting
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
        kind = self._header(message, b"content-type")
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
            labelled = await asyncio.to_thread(held.labelled, self._header(self._start, b"content-encoding"))
        except AigcLabelError as problem:
            self._failed = True
            status, headers, body = failure(problem)
            lines = [(name.encode(), value.encode()) for name, value in headers]
            await self._send({"type": "http.response.start", "status": status, "headers": lines})
            await self._send({"type": "http.response.body", "body": body})
            return
        await self._send(_restated(self._start, labelled.headers))
        for piece in labelled.pieces():
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})

    def _header(self, message: Message, name: bytes) -> str:
        found = next((value for key, value in message.get("headers", ()) if key.lower() == name), b"")
        return bytes(found).decode("latin-1")


def _restated(message: Message, headers: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Message:
    """Give the start of an answer with other headers."""
    bare = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
    return {**message, "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers(bare)]}
