"""One small application in three hosts, each behind the middleware that is made for it: `python sites.py HOST`."""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import aigc_label
from aigc_label import Label, Policy, Scope, Verdict
from aigc_label.integrations.answers import Labels
from aigc_label.integrations.uploads import Upload, Uploads
from aigc_label.order import Order

FIXTURES = Path(__file__).parents[2] / "fixtures"
PICTURE = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
OFFICE = (FIXTURES / "ooxml/minimal.docx").read_bytes()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LABELS = Labels(order=Order(label=Label.generated(producer="Example-Ltd", produce_id="1")))
GATE = Uploads(paths=("/intake",), largest=200_000)
SHOP = Uploads(
    paths=("/shop",), policy=Policy(scope=Scope.LABEL), refused=frozenset(set(Verdict) - {Verdict.COMPLIANT})
)
BARE = {"ETag": '"bare"', "Accept-Ranges": "bytes"}


def chat() -> Iterator[bytes]:
    for word in ("The ", "moon ", "rises."):
        yield f"data: {json.dumps({'id': '1', 'choices': [{'index': 0, 'delta': {'content': word}}]})}\n\n".encode()
    yield b"data: [DONE]\n\n"


def answer(path: str, body: bytes) -> tuple[str, dict[str, str], Any]:
    """Give the type, headers and body that the application answers with."""
    if path == "/picture":
        return "image/jpeg", BARE, PICTURE
    if path == "/document":
        return DOCX, {"Content-Disposition": "attachment"}, OFFICE
    if path == "/pieces":
        return "image/jpeg", {}, (PICTURE[at : at + 100] for at in range(0, len(PICTURE), 100))
    if path == "/json":
        return "application/json", {}, b'{"AIGC": "no"}'
    if path == "/echo":
        return "image/jpeg", {}, body
    if path == "/broken":
        return "image/jpeg", {}, PICTURE[: len(PICTURE) // 2]
    if path == "/compressed":
        return "image/jpeg", {"Content-Encoding": "br"}, PICTURE
    if path == "/chat":
        return "text/event-stream", {}, chat()
    if path == "/check":
        verdict = aigc_label.verify(body, Policy(scope=Scope.LABEL)).verdict
        return "application/json", {}, json.dumps({"verdict": verdict}).encode()
    return "text/plain", {}, b"hello"


def told(uploads: tuple[Upload, ...], arrived: list[bytes]) -> tuple[str, dict[str, str], bytes]:
    """Give what the application found in its request: what was judged, and what arrived."""
    judged = [[one.field, one.name, one.verdict, one.intake.recognition] for one in uploads]
    digests = [hashlib.sha256(data).hexdigest() for data in arrived]
    return "application/json", {}, json.dumps({"judged": judged, "arrived": digests}).encode()


def starlette(listening: socket.socket) -> None:
    import uvicorn
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse

    from aigc_label.integrations.asgi import LabelMiddleware, UploadMiddleware

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if "aigc_label" in scope:
            sent = [value for _, value in (await request.form()).multi_items()]
            arrived = [one.encode() if isinstance(one, str) else await one.read() for one in sent]
            kind, headers, body = told(scope["aigc_label"], arrived or [await request.body()])
        else:
            kind, headers, body = answer(request.url.path, await request.body())
        one = Response if isinstance(body, bytes) else StreamingResponse
        await one(body, media_type=kind, headers=headers)(scope, receive, send)

    config = uvicorn.Config(
        UploadMiddleware(UploadMiddleware(LabelMiddleware(app, LABELS), GATE), SHOP), log_level="error", lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listening])


def flask(listening: socket.socket) -> None:
    from flask import Flask, Response, request

    from aigc_label.integrations.wsgi import LabelMiddleware, UploadMiddleware

    app = Flask(__name__)

    @app.route("/<path:path>", methods=["GET", "POST"])
    def view(path: str) -> Response:
        if "aigc_label" in request.environ:
            sent = [file.read() for file in request.files.values()]
            sent += [value.encode() for value in request.form.values()]
            kind, headers, body = told(request.environ["aigc_label"], sent or [request.get_data()])
        else:
            kind, headers, body = answer(f"/{path}", request.get_data())
        return Response(body, content_type=kind, headers=headers)

    serve(listening, UploadMiddleware(UploadMiddleware(LabelMiddleware(app.wsgi_app, LABELS), GATE), SHOP))


def django(listening: socket.socket) -> None:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse, StreamingHttpResponse
    from django.urls import re_path

    def view(request: Any) -> Any:
        if hasattr(request, "aigc_label"):
            sent = [file.read() for file in request.FILES.values()]
            sent += [value.encode() for value in request.POST.values()]
            kind, headers, body = told(
                request.aigc_label, sent or ([] if "boundary" in request.content_params else [request.body])
            )
        else:
            kind, headers, body = answer(request.path, request.body)
        one = HttpResponse if isinstance(body, bytes) else StreamingHttpResponse
        return one(body, content_type=kind, headers=headers)

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=type("urls", (), {"urlpatterns": [re_path("", view)]}),
        MIDDLEWARE=[
            "aigc_label.integrations.django.UploadMiddleware",
            f"{__name__}.shop",
            "aigc_label.integrations.django.LabelMiddleware",
        ],
        AIGC_LABEL=LABELS,
        AIGC_LABEL_UPLOADS=GATE,
        SECRET_KEY="test",
    )
    serve(listening, get_wsgi_application())


def shop(get_response: Any) -> Any:
    """A second gate in Django, with terms of its own."""
    from django.test import override_settings

    from aigc_label.integrations.django import UploadMiddleware

    with override_settings(AIGC_LABEL_UPLOADS=SHOP):
        return UploadMiddleware(get_response)


def serve(listening: socket.socket, app: Any) -> None:
    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    server.socket.close()
    server.socket = listening
    server.serve_forever()


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as opened:
        print(opened.getsockname()[1], flush=True)
        {"starlette": starlette, "flask": flask, "django": django}[sys.argv[1]](opened)
