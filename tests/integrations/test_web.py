"""ASGI, WSGI and Django: the same application served three ways by real servers, with and without our middleware."""

from __future__ import annotations

import json
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
