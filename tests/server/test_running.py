"""The service outlives what happens to its workers, tells what it does, and stops without a trace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from concurrent import futures
from pathlib import Path

import films
import httpx
import pytest
from server.conftest import COMMAND, PICTURE, PRODUCER, Service, Start


def test_a_worker_that_is_lost_while_it_waits_costs_no_request(start: Start) -> None:
    running = start()
    os.kill(running.workers()[0], signal.SIGKILL)
    with running.client() as client:
        assert client.post("/v1/verify", content=PICTURE).status_code == 200


def test_a_worker_that_is_lost_at_work_costs_its_request_alone(start: Start) -> None:
    running = start()
    worker = running.workers()[0]
    os.kill(worker, signal.SIGSTOP)  # it takes the task and never answers
    threading.Timer(1.0, os.kill, (worker, signal.SIGKILL)).start()
    with running.client() as client:
        lost = client.post("/v1/verify", content=PICTURE)
        assert (lost.status_code, lost.json()["code"]) == (500, "tool-failed")
        assert client.post("/v1/verify", content=PICTURE).status_code == 200
    assert running.folders() == []


def test_work_that_takes_too_long_is_given_up(start: Start) -> None:
    running = start("--timeout", "1")
    os.kill(running.workers()[0], signal.SIGSTOP)
    with running.client() as client:
        late = client.post("/v1/verify", content=PICTURE)
        assert (late.status_code, late.json()["code"]) == (413, "limit-exceeded")
        assert client.get("/health").json()["waiting"] == 0


def test_a_job_tells_its_events_and_gives_its_file(service: Service) -> None:
    asked = {"do": "add", "producer": PRODUCER, "produce_id": "1"}
    with service.client() as client:
        taken = client.post("/v1/jobs", params=asked, files={"file": ("a.jpg", PICTURE)})
        assert taken.status_code == 202
        here = {"id": taken.json()["id"]}
        assert taken.headers["location"] == f"/v1/jobs?id={here['id']}"
        events = [json.loads(line[6:]) for line in client.get("/v1/jobs/events", params=here).text.splitlines() if line]
        assert events[-1]["state"] == "done"
        assert events[-1]["answer"]["label"]["ContentProducer"] == PRODUCER
        result = client.get("/v1/jobs/result", params=here).content
        assert result == client.post("/v1/add", params=asked | {"do": ()}, content=PICTURE).content
        assert client.delete("/v1/jobs", params=here).status_code == 204
        assert client.get("/v1/jobs", params=here).status_code == 404
    assert service.folders() == []


def test_a_long_film_tells_how_much_of_it_is_done(service: Service) -> None:
    """A film of one keyframe is encoded whole: its events rise, and only the last says 100."""
    film = films.made("-shortest", *films.X264, "-g", "9999", *films.AAC, size="1280x720", seconds=8)
    asked = {"do": "mark", "name": "film.mp4"}
    with service.client() as client:
        here = {"id": client.post("/v1/jobs", params=asked, content=film).json()["id"]}
        told = client.get("/v1/jobs/events", params=here).text.split("data: ")[1:]
        assert client.delete("/v1/jobs", params=here).status_code == 204
    events = [json.loads(event) for event in told]
    percents = [event["percent"] for event in events]
    assert "all 200 pictures were encoded again" in events[-1]["answer"]["mark"]["way"]
    assert percents == sorted(percents)
    assert [event["state"] for event in events if event["percent"] == 100] == ["done"]
    assert any(0 < event["percent"] < 100 and event["state"] == "working" for event in events)


def test_a_service_under_load_stops_in_seconds(start: Start) -> None:
    """A worker that never answers, a request in line, an open stream of events: none of them holds it up (`--timeout`)."""
    running = start("--timeout", "600")
    worker = running.workers()[0]
    os.kill(worker, signal.SIGSTOP)
    with running.client() as client, futures.ThreadPoolExecutor() as pool:
        here = {"id": client.post("/v1/jobs", params={"do": "verify"}, content=PICTURE).json()["id"]}
        asked = [pool.submit(cut_off, running, "/v1/jobs/events", here), pool.submit(cut_off, running, "/v1/verify")]
        while not client.get("/health").json()["waiting"]:
            time.sleep(0.1)
        assert running.stop() == 0
        assert all(one.result() for one in asked)
    assert not Path(f"/proc/{worker}").exists()
    assert running.folders() == []


def cut_off(running: Service, path: str, here: dict[str, str] | None = None) -> bool:
    """Ask, and tell whether the service ended before its answer did."""
    with running.client() as client:
        try:
            answer = client.get(path, params=here) if here else client.post(path, content=PICTURE)
        except httpx.HTTPError:
            return True
    return answer.status_code != 200


def test_a_job_that_fails_says_why(service: Service) -> None:
    with service.client() as client:
        number = client.post("/v1/jobs", params={"do": "verify", "lang": "zh"}, content=b"nothing").json()["id"]
        last = client.get("/v1/jobs/events", params={"id": number}).text.split("data: ")[-1]
        assert json.loads(last)["answer"]["code"] == "unsupported-format"
        assert client.get("/v1/jobs/result", params={"id": number}).status_code == 409
        client.delete("/v1/jobs", params={"id": number})


def test_a_job_can_be_ended_while_it_is_at_work(start: Start) -> None:
    running = start()
    os.kill(running.workers()[0], signal.SIGSTOP)
    with running.client() as client:
        number = client.post("/v1/jobs", params={"do": "verify"}, content=PICTURE).json()["id"]
        assert client.delete("/v1/jobs", params={"id": number}).status_code == 204
        assert client.post("/v1/verify", content=PICTURE).status_code == 200
    assert running.folders() == []


def test_each_request_is_one_line_of_json_without_a_name_in_it(start: Start) -> None:
    running = start()
    with running.client() as client:
        answer = client.post("/v1/verify", params={"name": "secret.jpg"}, content=PICTURE)
    assert running.stop() == 0
    lines = [json.loads(line) for line in running.log]
    assert [(line["path"], line["status"]) for line in lines] == [("/health", 200), ("/v1/verify", 200)]
    assert lines[1]["trace"] == answer.headers["x-trace-id"]
    assert "secret" not in "".join(running.log)


def test_it_stops_with_its_workers_and_its_folders(start: Start) -> None:
    running = start()
    with running.client() as client:
        client.post("/v1/jobs", params={"do": "verify"}, content=PICTURE)
    workers = running.workers()
    assert workers
    assert running.stop() == 0
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline
    assert running.folders() == []


def test_prometheus_gets_counts_by_route(service: Service) -> None:
    with service.client() as client:
        client.post("/v1/verify", content=PICTURE)
        client.get("/made/up/by/a/client")
        told = client.get("/metrics").text
    assert 'aigc_label_requests_total{method="POST",path="/v1/verify",status="200"}' in told
    assert "made/up" not in told


def test_the_description_lists_each_kind_of_work_with_the_command_s_settings(service: Service) -> None:
    with service.client() as client:
        told = client.get("/openapi.json").json()
    assert {"/v1/add", "/v1/embed", "/v1/mark", "/v1/verify", "/v1/explain", "/v1/jobs"} <= told["paths"].keys()
    names = {row["name"] for row in told["paths"]["/v1/embed"]["post"]["parameters"]}
    assert {"producer", "produce_id", "replace"} <= names
    assert not any("{" in path for path in told["paths"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--host", "0.0.0.0"), "API keys"),
        (("--port", "99999"), "no port"),
        (("--api-keys", "short.txt"), "at least 16"),
    ],
)
def test_a_service_that_would_be_unsafe_does_not_start(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    (tmp_path / "short.txt").write_text("abc\n")
    done = subprocess.run(
        [COMMAND, "serve", "--lang", "en", *options], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
