"""The service gives what the command gives, byte for byte and word for word, and keeps nothing of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from server.conftest import COMMAND, FIXTURES, PICTURE, PRODUCER, Service

ASKED = {"producer": PRODUCER, "produce_id": "n-1"}


def command(*arguments: object) -> bytes:
    done = subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, check=False)
    return done.stdout


@pytest.mark.parametrize("kind", ["add", "embed"])
def test_a_file_comes_back_as_the_command_would_have_made_it(service: Service, tmp_path: Path, kind: str) -> None:
    before, after = tmp_path / "picture.jpg", tmp_path / "out.jpg"
    before.write_bytes(PICTURE)
    command(kind, before, "-o", after, "--producer", PRODUCER, "--produce-id", "n-1")
    with service.client() as client:
        answer = client.post(f"/v1/{kind}", params={**ASKED, "name": "picture.jpg"}, content=PICTURE)
    assert answer.status_code == 200, answer.text
    assert answer.content == after.read_bytes()
    assert json.loads(answer.headers["aigc-outcome"])["action"] == "written"
    assert "picture.jpg" in answer.headers["content-disposition"]


@pytest.mark.oracle("exiftool")
def test_exiftool_finds_the_label_in_what_came_back(service: Service, tmp_path: Path) -> None:
    with service.client() as client:
        answer = client.post("/v1/add", params=ASKED, files={"file": ("picture.jpg", PICTURE)})
    (tmp_path / "got.jpg").write_bytes(answer.content)
    seen = subprocess.run(["exiftool", "-XMP:all", tmp_path / "got.jpg"], capture_output=True, text=True, check=True)
    assert PRODUCER in seen.stdout


@pytest.mark.parametrize(
    "name", ["jpeg/extended-xmp.jpg", "png/label-everywhere.png", "mp3/id3v2.4.mp3", "gif/still.gif"]
)
@pytest.mark.parametrize("kind", ["verify", "explain"])
def test_a_judgement_is_the_command_s_own(service: Service, kind: str, name: str) -> None:
    path = FIXTURES / name
    said = json.loads(command(kind, "--format", "json", "--lang", "zh", path).decode())
    said = said["results"][0] if kind == "verify" else said
    with service.client() as client:
        answer: dict[str, Any] = client.post(
            f"/v1/{kind}", params={"lang": "zh"}, files={"file": (path.name, path.read_bytes())}
        ).json()
    assert answer == said | {"path": path.name}


def test_nothing_of_a_request_stays(service: Service) -> None:
    with service.client() as client:
        client.post("/v1/add", params=ASKED, files={"file": ("a.jpg", PICTURE)})
        client.post("/v1/verify", files={"file": ("a.jpg", PICTURE)})
        client.post("/v1/verify", files={"file": ("a.jpg", b"not a picture")})
    assert service.folders() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\up.jpg", "up.jpg"),
        ("a\x00b\n.jpg", "ab.jpg"),
        ("", "file"),
        ("..", "file"),
    ],
)
def test_a_name_is_never_a_path(service: Service, name: str, kept: str) -> None:
    with service.client() as client:
        answer = client.post("/v1/verify", params={"name": name}, content=PICTURE)
    assert answer.json()["path"] == kept


def test_a_long_chinese_name_keeps_its_suffix(service: Service) -> None:
    with service.client() as client:
        answer = client.post("/v1/embed", params={**ASKED, "name": "图" * 200 + ".jpg"}, content=PICTURE)
    assert json.loads(answer.headers["aigc-outcome"])["path"].endswith("图.jpg")


def test_a_second_pass_changes_nothing(service: Service) -> None:
    with service.client() as client:
        once = client.post("/v1/add", params={"producer": PRODUCER}, content=PICTURE).content
        twice = client.post("/v1/add", params={"producer": PRODUCER}, content=once)
    assert twice.content == once
    assert json.loads(twice.headers["aigc-outcome"])["action"] == "copied"


def test_a_large_upload_is_never_in_memory(service: Service) -> None:
    """300 MB of sound go through; neither the service nor its worker ever held a tenth of it above what it starts with."""
    block = bytes(1 << 20)
    size = 300 * len(block)
    head = b"RIFF" + (size + 36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += bytes.fromhex("0100010044ac0000885801000200100064617461") + size.to_bytes(4, "little")
    processes = [service.process.pid, *service.workers()]
    before = [peak_of(pid) for pid in processes]

    def sound() -> Any:
        yield head
        yield from (block for _ in range(300))

    got = 0
    with service.client() as client, client.stream("POST", "/v1/embed", params=ASKED, content=sound()) as answer:
        assert answer.status_code == 200, answer.read()
        for part in answer.iter_bytes():
            got += len(part)
    assert got > size
    assert all(peak_of(pid) - was < 30 << 20 for pid, was in zip(processes, before, strict=True))


def peak_of(pid: int) -> int:
    """Give the most memory that a process ever had, in bytes."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10
