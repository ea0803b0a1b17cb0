"""What may not come in is turned away with a sentence in the language of whoever asked, and costs nothing."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from server.conftest import PICTURE, PRODUCER, Service, Start

FORM = "multipart/form-data; boundary=x"


def part(name: str = "a.jpg", data: bytes = b"x", more: str = "") -> bytes:
    return (
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n"
    )


HOSTILE: dict[str, tuple[int, dict[str, Any]]] = {
    "another host": (421, {"headers": {"Host": "evil.example"}}),
    "a host like ours": (421, {"headers": {"Host": "127.0.0.1.evil.example"}}),
    "no host": (421, {"headers": {"Host": ""}}),
    "a page of another site": (403, {"headers": {"Origin": "https://evil.example"}}),
    "a page from a file": (403, {"headers": {"Origin": "null"}}),
    "a page on another port": (403, {"headers": {"Origin": "http://127.0.0.1:1"}}),
    "a browser that says it came from elsewhere": (403, {"headers": {"Sec-Fetch-Site": "cross-site"}}),
    "a setting that does not exist": (422, {"params": {"shell": "rm"}}),
    "a setting that is no choice": (422, {"params": {"only": "nothing"}}),
    "a number that is none": (422, {"params": {"min_height_share": "nan"}}),
    "a floor below the standard's": (422, {"params": {"min_height_share": "0.01"}}),
    "a server's file as a voice": (422, {"params": {"expect_voice": "x=/etc/passwd"}}),
    "a server's file as a label": (422, {"url": "/v1/embed", "params": {"label_json": "@/etc/passwd"}}),
    "a server's file as a font": (422, {"url": "/v1/mark", "params": {"font": "/etc/passwd"}}),
    "leave to show no mark": (422, {"params": {"waive_mark": "true"}}),
    "leave to break credentials": (422, {"url": "/v1/mark", "params": {"credentials": "break"}}),
    "a label that breaks Annex E": (422, {"url": "/v1/embed", "params": {"producer": "\x07", "produce_id": "1"}}),
    "a label without a producer": (422, {"url": "/v1/embed"}),
    "no file": (422, {"content": b""}),
    "a form without a border": (422, {"headers": {"Content-Type": "multipart/form-data"}}),
    "a form that is none": (422, {"headers": {"Content-Type": FORM}, "content": b"\x00" * 4096}),
    "a form with two files": (422, {"headers": {"Content-Type": FORM}, "content": part() + part() + b"--x--\r\n"}),
    "a form with a field": (422, {"data": {"producer": "x"}, "files": {"file": ("a.jpg", b"x")}}),
    "a form that breaks off": (422, {"headers": {"Content-Type": FORM}, "content": part()[:-2]}),
    "a file of no format": (415, {"content": b"\x00" * 1000}),
    "a name too long": (422, {"params": {"name": "n" * 256}}),
    "a value too long": (422, {"url": "/v1/embed", "params": {"producer": "p" * 5000}}),
    "a path that is none": (404, {"url": "/v1/../../etc/passwd"}),
    "a method that is none": (405, {"method": "PUT"}),
    "another's job": (404, {"url": "/v1/jobs/result", "method": "GET", "params": {"id": "a" * 22}}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_request_is_refused(service: Service, case: str) -> None:
    status, asked = HOSTILE[case]
    request = {"method": "POST", "url": "/v1/verify", "content": PICTURE, **asked}
    if "data" in request:
        del request["content"]
    with service.client(**{"Accept-Language": "zh-CN"}) as client:
        answer = client.request(**request)
        assert client.get("/health").json()["status"] == "ok"
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told["status"] == status
    assert any("\u4e00" <= c <= "\u9fff" for c in told["detail"])
    assert told["trace"] == answer.headers["x-trace-id"]
    assert service.folders() == []


def test_a_body_larger_than_it_may_be_is_refused_before_it_comes(service: Service) -> None:
    with said_to(service, "Content-Length: 1000000000000\r\n\r\n") as line:
        assert line.recv(1000).startswith(b"HTTP/1.1 413 ")


def said_to(service: Service, words: str) -> socket.socket:
    """Begin a request by hand."""
    address = httpx.URL(service.url)
    line = socket.create_connection((address.host, address.port))
    line.sendall(f"POST /v1/verify HTTP/1.1\r\nHost: {address.host}\r\n{words}".encode())
    return line


def test_a_stream_that_goes_on_is_cut_off_at_the_bound(start: Start) -> None:
    running = start("--max-size", "1")
    with running.client() as client:
        answer = client.post("/v1/verify", content=iter([bytes(1 << 20)] * 3))
    assert (answer.status_code, answer.json()["code"]) == (413, "limit-exceeded")
    assert running.folders() == []


def test_a_client_that_hangs_up_leaves_nothing(service: Service) -> None:
    with said_to(service, "Content-Length: 1000\r\n\r\nhalf"):
        while not service.folders():  # until the upload has begun
            pass
    with service.client() as client:
        while service.folders():
            client.get("/health")


def test_a_key_is_asked_and_a_job_is_its_owner_s_alone(start: Start, tmp_path: Any) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("first-key-0123456789\nsecond-key-0123456789\n")
    running = start("--api-keys", str(keys))
    with running.client() as nobody:
        assert nobody.post("/v1/verify", content=PICTURE).status_code == 401
        assert nobody.get("/metrics").status_code == 401
        assert nobody.get("/health").status_code == 200
    with running.client(Authorization="Bearer first-key-0123456789") as first:
        job = first.post("/v1/jobs", params={"do": "verify"}, content=PICTURE).json()["id"]
        assert first.get("/v1/jobs", params={"id": job}).status_code == 200
    with running.client(**{"X-API-Key": "second-key-0123456789"}) as second:
        assert second.get("/v1/jobs", params={"id": job}).status_code == 404
        assert second.delete("/v1/jobs", params={"id": job}).status_code == 404
    assert "first-key" not in running.process.args
    running.stop()
    assert not any("key-0123" in line for line in running.log)


def test_too_many_requests_are_told_when_to_come_back(start: Start) -> None:
    running = start("--rate", "3")
    with running.client() as client:
        answers = [client.post("/v1/verify", content=PICTURE) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["retry-after"]) >= 1


def test_what_the_operator_settled_no_client_changes(start: Start) -> None:
    running = start("--producer", PRODUCER)
    with running.client() as client:
        own = client.post("/v1/embed", params={"produce_id": "1"}, content=PICTURE)
        other = client.post("/v1/embed", params={"producer": "Somebody", "produce_id": "1"}, content=PICTURE)
    assert PRODUCER.encode() in own.content
    assert (other.status_code, other.json()["code"]) == (403, "settled")
