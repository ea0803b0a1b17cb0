"""Labels what a WSGI application sends (Flask, Bottle, Django …), files and streams of chat; judges what it is sent.

A file that cannot be labelled is not sent: its answer becomes an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any, BinaryIO, TypeAlias

from aigc_label.errors import AigcLabelError
from aigc_label.integrations.answers import Labels, failure, lasting
from aigc_label.integrations.uploads import CHUNK, KEY, Arriving, Uploads, check_whole, refusal
from aigc_label.sse import labelled_sse

Environ: TypeAlias = dict[str, Any]
Headers: TypeAlias = list[tuple[str, str]]
StartResponse: TypeAlias = Callable[..., Callable[[bytes], object]]
Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]
PARTIAL = ("HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class LabelMiddleware:
    """Wraps an application. Put it inside of whatever compresses: `app.wsgi_app = LabelMiddleware(app.wsgi_app, labels)`."""

    def __init__(self, app: Application, labels: Labels) -> None:
        self._app = app
        self._labels = labels

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        asked = {name: value for name, value in environ.items() if name not in PARTIAL}
        said: list[tuple[str, Headers, Any]] = []
        written: list[bytes] = []

        def started(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            said[:] = [(status, headers, exc_info)]
            return written.append

        body = self._app(asked, started)
        pieces = _closing(body, written)
        first = next(pieces, b"")  # an application may start its answer as late as here
        status, headers, exc_info = said[0]
        rest = _all(first, pieces)
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        path = environ.get("PATH_INFO", "")
        if self._labels.stream(path, kind):
            start_response(status, lasting(headers), exc_info)
            return labelled_sse(rest, self._labels.words)
        if not self._labels.concern(path, kind) or not status.startswith("2"):
            start_response(status, headers, exc_info)
            return rest
        if environ.get("REQUEST_METHOD") == "HEAD":
            start_response(status, lasting(headers), exc_info)
            return rest
        return self._labelled(rest, status, headers, start_response)

    def _labelled(self, body: Iterator[bytes], status: str, headers: Headers, start: StartResponse) -> Iterator[bytes]:
        encoding = next((value for name, value in headers if name.lower() == "content-encoding"), "")
        try:
            with self._labels.holding() as held:
                for piece in body:
                    held.feed(piece)
                labelled = held.labelled(encoding)
        except AigcLabelError as problem:
            yield _answer(start, *failure(problem))
            return
        start(status, labelled.headers(headers))
        yield from labelled.pieces()


class UploadMiddleware:
    """Wraps an application that takes uploads; it finds them in `environ["aigc_label"]`.

    The body is taken whole (on disk) and judged before the application sees any of it.
    """

    def __init__(self, app: Application, uploads: Uploads) -> None:
        self._app = app
        self._uploads = uploads

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not self._uploads.concern(environ.get("PATH_INFO", "")):
            return self._app(environ, start_response)
        with self._uploads.taking() as arriving:
            try:
                size = _take(environ, arriving)
                judged = arriving.judged(environ.get("CONTENT_TYPE", ""))
            except AigcLabelError as problem:
                return [_answer(start_response, *refusal(problem))]
            body = arriving.body()
        known = {**environ, KEY: judged, "wsgi.input": body, "CONTENT_LENGTH": str(size)}
        return _with(body, self._app(known, start_response))


def _take(environ: Environ, arriving: Arriving) -> int:
    """Take in the body, to its stated length, or to its end where the server says that it has one; give its length.

    Raises `WrongUse` where it broke off: the application would take a part for the whole.
    """
    stated = environ.get("CONTENT_LENGTH", "")
    left = int(stated) if stated.isascii() and stated.isdigit() else None
    if left is None and not environ.get("wsgi.input_terminated"):
        return 0
    size = 0
    while piece := environ["wsgi.input"].read(CHUNK if left is None else min(CHUNK, left - size)):
        arriving.feed(piece)
        size += len(piece)
    check_whole(size, stated)
    return size


def _with(body: BinaryIO, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give an application's answer, and close the body it was asked with."""
    with body:
        yield from _closing(pieces, [])


def _answer(start: StartResponse, status: int, headers: Headers, body: bytes) -> bytes:
    start(f"{status} {HTTPStatus(status).phrase}", headers)
    return body


def _closing(body: Iterable[bytes], written: list[bytes]) -> Iterator[bytes]:
    """Give what an application wrote and returned, and close what it returned as a server does."""
    try:
        for piece in body:
            yield from written
            written.clear()
            yield piece
        yield from written
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


def _all(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
