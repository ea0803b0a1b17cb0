"""What a web server holds is verified by ranges, over HTTP and HTTPS; a server without ranges is refused, not read whole."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import PICTURE  # type: ignore[import-not-found]

from aigc_label import api
from aigc_label.errors import Refused
from aigc_label.label import Label
from aigc_label.limits import MIB
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.storage.objects import ObjectSource

LABEL_ONLY = Policy(scope=Scope.LABEL)
LABEL = Label.generated(producer="P", produce_id="1")
LABELLED = api.embed(PICTURE, label=LABEL).data or b""


class Site(ThreadingHTTPServer):
    """One file under each of a few names, and a count of the bytes that were handed to clients."""

    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.data, self.etag, self.served, self.scheme = data, '"1"', 0, "http"

    def address(self, name: str = "a.jpg") -> str:
        return f"{self.scheme}://localhost:{self.server_port}/{name}"

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up early is what is wanted here."""


class Page(BaseHTTPRequestHandler):
    """`/plain…` ignores ranges, `/sizeless…` names no size, `/broken…` fails, `/gone…` is not there."""

    protocol_version = "HTTP/1.1"
    server: Site

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(self.server.data)

    def _answer(self, data: bytes) -> None:
        kind = re.match(r"/(plain|sizeless|broken|gone)?", self.path)[1]  # type: ignore[index]
        size, wanted, status = len(self.server.data), self.headers.get("Range"), 200
        body = memoryview(data)
        if kind in ("broken", "gone"):
            status, size, body = (500 if kind == "broken" else 404), 0, body[:0]
        elif self.headers.get("If-Match", self.server.etag) != self.server.etag:
            status, size, body = 412, 0, body[:0]
        elif wanted and kind is None:
            start, end = map(int, wanted.removeprefix("bytes=").split("-"))
            status, body = 206, body[start : end + 1]
            size = min(size, end + 1) - start
        self.send_response(status)
        if kind != "sizeless":
            self.send_header("Content-Length", str(size))
        self.send_header("ETag", self.server.etag)
        self.send_header("Connection", "close")
        self.end_headers()
        for at in range(0, len(body), 1 << 16):
            self.wfile.write(body[at : at + (1 << 16)])
            self.server.served += len(body[at : at + (1 << 16)])
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], Site]]:
    sites: list[Site] = []

    def started(data: bytes) -> Site:
        pytest.importorskip("aiohttp")
        sites.append(Site(data))
        threading.Thread(target=sites[-1].serve_forever, daemon=True).start()
        return sites[-1]

    yield started
    for site in sites:
        site.shutdown()
        site.server_close()


def large() -> bytes:
    """A labelled picture of 40 MiB: what is more lies in the picture itself, before its end."""
    data: bytes = api.embed(PICTURE[:-2] + b"\0" * (40 * MIB) + b"\xff\xd9", label=LABEL).data or b""
    return data


def test_a_page_is_verified_by_ranges(serve: Callable[[bytes], Site]) -> None:
    site = serve(large())
    assert api.verify(site.address(), LABEL_ONLY).verdict is Verdict.COMPLIANT
    print(f"{site.served} of {len(site.data)} bytes served")
    assert site.served < len(site.data) / 8


def test_an_unlabelled_page_says_so(serve: Callable[[bytes], Site]) -> None:
    assert api.verify(serve(PICTURE).address(), LABEL_ONLY).verdict is Verdict.UNLABELLED


def test_a_server_without_ranges_is_refused_and_not_read_whole(serve: Callable[[bytes], Site]) -> None:
    site = serve(large())
    with pytest.raises(Refused, match="gives no ranges"):
        api.verify(site.address("plain.jpg"), LABEL_ONLY)
    assert site.served < len(site.data) / 3  # what the kernel's buffers took before the line was cut is not ours


def test_a_small_file_needs_no_ranges(serve: Callable[[bytes], Site]) -> None:
    assert len(LABELLED) < 32 * 1024
    assert api.verify(serve(LABELLED).address("plain.jpg"), LABEL_ONLY).verdict is Verdict.COMPLIANT


def test_a_server_that_names_no_size_is_refused(serve: Callable[[bytes], Site]) -> None:
    site = serve(large())
    with pytest.raises(Refused, match="how large"):
        api.verify(site.address("sizeless.jpg"), LABEL_ONLY)
    assert site.served < len(site.data) / 3


def test_a_page_that_changes_meanwhile_is_not_mixed(serve: Callable[[bytes], Site]) -> None:
    site = serve(LABELLED)
    source = ObjectSource.opened(site.address())
    site.etag = '"2"'
    with pytest.raises(Refused, match="changed"):
        source.at(0, 4)


def test_a_failing_server_is_no_missing_file(serve: Callable[[bytes], Site]) -> None:
    site = serve(LABELLED)
    with pytest.raises(FileNotFoundError):
        api.verify(site.address("gone.jpg"), LABEL_ONLY)
    with pytest.raises(Refused, match="500"):
        api.verify(site.address("broken.jpg"), LABEL_ONLY)


@pytest.mark.oracle("openssl")
def test_https_is_read_and_its_certificate_checked(serve: Callable[[bytes], Site], run: Any, tmp_path: Path) -> None:
    site = serve(LABELLED)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(["openssl", *made.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    site.scheme = "https"
    words = ("verify", "--only", "label", site.address(), "--format", "jsonl")
    done = run(*words, env={"SSL_CERT_FILE": os.fspath(certificate)})
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["verdict"] == "compliant"
    stranger = run(*words)
    assert stranger.returncode == 3
    assert b"certificate" in stranger.stderr.lower() + stranger.stdout.lower()


def test_a_site_is_no_folder(run: Any) -> None:
    done = run("verify", "http://127.0.0.1:9/pictures/")
    assert done.returncode == 3, done.stderr
    assert b"does not list" in done.stderr
    assert b"Traceback" not in done.stderr


def test_what_is_read_from_a_page_is_labelled_into_a_file(
    serve: Callable[[bytes], Site], run: Any, tmp_path: Path
) -> None:
    done = run("embed", serve(PICTURE).address(), "-o", "out.jpg", "--producer", "P")
    assert done.returncode == 0, done.stderr.decode()
    assert api.verify(tmp_path / "out.jpg", LABEL_ONLY).verdict is Verdict.COMPLIANT
