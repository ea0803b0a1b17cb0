"""ASGI, WSGI and Django: the same application served three ways by real servers, with and without our middleware."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import aigc_label
from aigc_label import Policy, Scope

FIXTURES = Path(__file__).parents[2] / "fixtures"
PICTURE = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
SITES = Path(__file__).with_name("sites.py")
LABEL_ONLY = Policy(scope=Scope.LABEL)
HOSTS = ("starlette", "flask", "django")


@pytest.fixture(scope="module", params=HOSTS)
def site(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """The application of `sites.py` behind our middleware, in a server of its own kind."""
    process = subprocess.Popen([sys.executable, SITES, request.param], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        deadline = time.monotonic() + 30
        while True:
            try:
                client.get("/plain")
                break
            except httpx.ConnectError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield client
    process.kill()
    process.communicate()


@pytest.mark.host("asgi", "wsgi", "django", shows="labels")
@pytest.mark.host("asgi", "wsgi", "django", shows="equal")
def test_a_picture_leaves_with_its_label_and_not_one_media_byte_changed(site: httpx.Client) -> None:
    answer = site.get("/picture")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert json.loads(answer.headers["x-aigc-label"])["ContentProducer"] == "Example-Ltd"
    assert aigc_label.verify(answer.content, LABEL_ONLY).verdict == "compliant"
    bare = aigc_label.embed(PICTURE, label=aigc_label.Label.generated(producer="Example-Ltd", produce_id="1")).data
    assert answer.content == bare


def test_a_download_and_a_stream_of_pieces_are_labelled_too(site: httpx.Client) -> None:
    for path in ("/document", "/pieces"):
        answer = site.get(path)
        assert answer.status_code == 200, path
        assert aigc_label.read(answer.content) is not None, path


def test_a_page_and_json_pass_as_they_are(site: httpx.Client) -> None:
    assert site.get("/plain").text == "hello"
    assert site.get("/json").json() == {"AIGC": "no"}
    assert "x-aigc-label" not in site.get("/plain").headers


@pytest.mark.host("asgi", "wsgi", "django", shows="again")
def test_a_labelled_picture_is_sent_as_it_is(site: httpx.Client) -> None:
    once = site.get("/picture").content
    assert site.post("/echo", content=once, headers={"Content-Type": "image/jpeg"}).content == once


@pytest.mark.host("asgi", "wsgi", "django", shows="closed")
def test_what_cannot_be_labelled_is_not_sent(site: httpx.Client) -> None:
    for path in ("/broken", "/compressed"):
        answer = site.get(path)
        assert answer.status_code == 500, path
        assert PICTURE[:200] not in answer.content
        assert "aigc-label" in answer.text


def test_no_part_and_no_copy_of_the_bare_file_is_told(site: httpx.Client) -> None:
    whole = site.get("/picture")
    assert "etag" not in whole.headers
    part = site.get("/picture", headers={"Range": "bytes=0-9", "If-None-Match": '"bare"'})
    assert part.status_code == 200
    assert part.content == whole.content
    head = site.head("/picture")
    assert (head.status_code, head.content) == (200, b"")
    assert "etag" not in head.headers


def test_a_stream_of_chat_begins_with_its_words(site: httpx.Client) -> None:
    with site.stream("GET", "/chat") as answer:
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: {")]
    said = "".join(event["choices"][0]["delta"].get("content", "") for event in events)
    assert said.startswith("【本内容由人工智能生成】")
    assert said.endswith("The moon rises.")


@pytest.mark.host("asgi", "wsgi", "django", shows="caught")
def test_an_upload_that_was_stripped_is_caught_in_the_same_host(site: httpx.Client) -> None:
    labelled = site.get("/picture").content
    assert site.post("/check", content=labelled).json() == {"verdict": "compliant"}
    assert site.post("/check", content=PICTURE).json() == {"verdict": "unlabelled"}


@pytest.mark.host("asgi", "wsgi", "django", shows="equal")
def test_the_application_finds_each_upload_judged_and_gets_it_to_the_byte(site: httpx.Client) -> None:
    labelled = site.get("/picture").content
    form = {"one": ("月.jpg", labelled, "image/jpeg"), "two": ("bare.jpg", PICTURE, "image/jpeg")}
    told = site.post("/intake", files=form, data={"title": "moon"}).json()
    assert told["judged"] == [
        ["one", "月.jpg", "non-compliant", "confirmed"],  # a platform looks for the mark as well
        ["two", "bare.jpg", "unlabelled", "none"],
    ]
    assert set(told["arrived"]) == {hashlib.sha256(data).hexdigest() for data in (labelled, PICTURE, b"moon")}


def test_a_body_that_is_no_form_is_judged_whatever_type_it_claims(site: httpx.Client) -> None:
    for kind in ("image/jpeg", "application/octet-stream", "application/json", ""):
        told = site.post("/intake", content=PICTURE, headers={"Content-Type": kind}).json()
        assert told["judged"] == [["", "", "unlabelled", "none"]], kind
        assert told["arrived"] == [hashlib.sha256(PICTURE).hexdigest()], kind
    assert site.post("/intake", json={"moon": 1}).json()["judged"] == []
    assert site.post("/intake").json()["judged"] == []


@pytest.mark.host("asgi", "wsgi", "django", shows="closed")
def test_what_could_not_be_looked_at_is_suspected_and_never_clean(site: httpx.Client) -> None:
    form = {"one": ("a.jpg", PICTURE[:200], "image/jpeg")}
    assert site.post("/intake", files=form).json()["judged"] == [["one", "a.jpg", "undecidable", "suspected"]]


@pytest.mark.host("asgi", "wsgi", "django", shows="caught")
def test_a_stripped_upload_does_not_reach_an_application_that_refuses_such(site: httpx.Client) -> None:
    labelled = site.get("/picture").content
    assert site.post("/shop", files={"one": ("a.jpg", labelled)}).status_code == 200
    for name, data in (("a.jpg", PICTURE), ("a.jpg", labelled[: len(labelled) // 2]), ("a.bin", b"\0\1" * 99)):
        answer = site.post("/shop", files={"one": (name, data), "two": ("b.jpg", labelled)})
        assert answer.status_code == 422
        (told,) = answer.json()["files"]
        assert (told["field"], told["name"]) == ("one", name)
        assert told["reasons"][0]["zh"]
    assert site.post("/shop", content=PICTURE).json()["files"][0]["verdict"] == "unlabelled"


def test_an_upload_that_breaks_off_on_the_wire_is_never_taken_for_whole(site: httpx.Client) -> None:
    address = (site.base_url.host, site.base_url.port)
    with socket.create_connection(address, timeout=30) as client:
        head = "POST /intake HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\nContent-Length: "
        client.sendall(f"{head}{len(PICTURE)}\r\n\r\n".encode() + PICTURE[:-100])
        client.shutdown(socket.SHUT_WR)
        answer = client.recv(65536)
    assert not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")), answer
    assert site.get("/plain").text == "hello"


def test_a_form_that_breaks_off_yields_nothing_and_a_body_too_large_is_refused(site: httpx.Client) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    form = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.jpg"\r\n\r\n' + PICTURE
    answer = site.post("/intake", content=form, headers=kind)
    assert answer.status_code == 400 or answer.json() == {
        "judged": [],
        "arrived": [],
    }  # Django drops such a file itself
    assert site.post("/intake", content=b"\0" * 200_001).status_code == 413
