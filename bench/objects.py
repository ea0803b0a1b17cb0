"""Counts what passes between the command and a store that speaks S3's language: a moto server, a relay before it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any, Final

from bench.contenders import LABEL, OURS
from bench.jobs import Result, Stage
from bench.workload import Scale, jpegs, large_tiff

HERE: Final = "127.0.0.1"
ACCESS: Final = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
PICTURES: Final = 16
LARGE, SMALL = "one large object", f"{PICTURES} pictures"
EMBED: Final = (OURS, "embed", "s3://bench/in/", "-o", "s3://bench/out/", "--jobs", "1", *LABEL)
VERIFY: Final = (OURS, "verify", "--only", "label", "--jobs", "1", "s3://bench/out/")


def objects(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """Give what labelling and verifying objects costs, a file each; `written` is all that passed, both ways."""
    if find_spec("moto") is None or find_spec("boto3") is None:
        return {LARGE: Result(LARGE, 1, note="missing: moto and boto3")}
    results: dict[str, Result] = {}
    for name, sources in (
        (LARGE, [large_tiff(files, scale.object_mib)]),
        (SMALL, sorted(jpegs(files, scale.jpegs).iterdir())[:PICTURES]),
    ):
        with _server(stage.root) as (port, client):
            client.create_bucket(Bucket="bench")
            for source in sources:
                client.upload_file(str(source), "bench", f"in/{source.name}")
            with _Relay(port) as relay:
                for doing, command in (("embed", EMBED), ("verify", VERIFY)):
                    result = _measured(stage, relay, f"{doing}, {name}", command)
                    result.files, weight = len(sources), sum(source.stat().st_size for source in sources)
                    result.size = sum(run.written for run in result.runs) / weight
                    results[result.name] = result
    return results


def _measured(stage: Stage, relay: _Relay, name: str, command: tuple[str, ...]) -> Result:
    before = relay.moved
    variables = [f"{key}={value}" for key, value in {**ACCESS, "AWS_ENDPOINT_URL": relay.address}.items()]
    run = stage.timer.run(["env", *variables, *command])
    if run.status:
        return Result(name, 1, note=f"failed with status {run.status}: {stage.timer.said()}")
    return Result(name, 1, [replace(run, written=relay.moved - before)])


@contextmanager
def _server(folder: Path) -> Iterator[tuple[int, Any]]:
    """Give the port of a fresh server, and a client for it that is not the one that is measured."""
    import boto3

    with socket.create_server((HERE, 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", HERE, "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **ACCESS, "TMPDIR": str(folder)},
    )
    try:
        while socket.socket().connect_ex((HERE, port)):
            if process.poll() is not None:
                raise SystemExit("moto_server did not start")
            time.sleep(0.05)
        yield (
            port,
            boto3.client(
                "s3",
                endpoint_url=f"http://{HERE}:{port}",
                aws_access_key_id="bench",
                aws_secret_access_key="bench",
                region_name="us-east-1",
            ),
        )
    finally:
        process.terminate()
        process.wait()


class _Relay:
    """Passes connections on to a port of this machine; `moved` counts the bytes of both directions, headers included."""

    def __init__(self, port: int) -> None:
        self.moved = 0
        self._port = port
        self._door = socket.create_server((HERE, 0))
        self.address = f"http://{HERE}:{self._door.getsockname()[1]}"

    def __enter__(self) -> _Relay:
        Thread(target=self._welcome, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection((HERE, self._port))
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(1 << 16):
                self.moved += len(data)
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
