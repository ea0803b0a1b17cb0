"""Starts a server that speaks S3's language, as a process of its own, with one bucket outside the default region."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cli.conftest import run  # type: ignore[import-not-found]  # noqa: F401

REGION = "cn-north-1"
ACCESS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}


@contextmanager
def started(*command: str, env: dict[str, str]) -> Iterator[str]:
    """Start a server whose last argument is to be a free port of this machine; give its address once it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **env},
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def server() -> Iterator[dict[str, str]]:
    """The variables with which any client finds the server."""
    with started("-m", "moto.server", "-H", "127.0.0.1", "-p", env=ACCESS) as address:
        yield {**ACCESS, "AWS_ENDPOINT_URL": address}


class Bucket:
    """A bucket seen through boto3, which is not the client that the package uses."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def put(self, key: str, data: bytes, **more: Any) -> str:
        self.client.put_object(Bucket=self.name, Key=key, Body=data, **more)
        return f"s3://{self.name}/{key}"

    def get(self, key: str) -> bytes:
        data: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return data

    def names(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def head(self, key: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.head_object(Bucket=self.name, Key=key)
        return told


@pytest.fixture
def bucket(server: dict[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Bucket]:
    boto3 = pytest.importorskip("boto3")
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    name = f"pictures-{abs(hash(request.node.nodeid)) % 10**9}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield Bucket(client, name)
    client.close()
