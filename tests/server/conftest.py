"""Starts the installed service as an operator does, on a port of its own, and stops it the same way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

COMMAND = Path(sys.executable).with_name("aigc-label")
FIXTURES = Path(__file__).parents[2] / "fixtures"
PICTURE = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
PRODUCER = "001191110108335469089C10100"


@dataclass
class Service:
    """A running service, the folder that its uploads lie in, and the lines that it has logged."""

    process: subprocess.Popen[str]
    folder: Path
    url: str
    log: list[str] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def workers(self) -> list[int]:
        """Give the processes that work on files."""
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line]

    def folders(self) -> list[str]:
        """Give the private folders of requests that are still there."""
        return [name for name in os.listdir(self.folder) if name.startswith("aigc-label-")]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=60)
        self.log += said.splitlines()
        return self.process.returncode


Start = Callable[..., Service]


def started(folder: Path, *options: str) -> Service:
    folder.mkdir(exist_ok=True)
    command = [COMMAND, "serve", "--isolated", "--port", "0", "--lang", "en", "--folder", str(folder), *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.readline()
    assert said.startswith("listening on "), said + process.stderr.read()
    running = Service(process, folder, said.split()[2].rstrip("/"))
    with running.client() as client:
        client.get("/health")  # once it answers, its workers are there
    return running


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests that change nothing about it."""
    running = started(tmp_path_factory.mktemp("service"), "--workers", "1", "--max-size", "400", "--rate", "100000")
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a service of the test's own with more options."""
    all_started: list[Service] = []

    def start(*options: str) -> Service:
        all_started.append(started(tmp_path / "uploads", "--workers", "1", *options))
        return all_started[-1]

    yield start
    for running in all_started:
        running.process.kill()
        running.process.communicate()
