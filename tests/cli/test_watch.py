"""A watched folder's files are labelled once they are complete, and once only, whoever starts the watch again."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli.conftest import COMMAND, PICTURE, environment  # type: ignore[import-not-found]

from aigc_label.api import read
from aigc_label.batch.walk import EVERYTHING
from aigc_label.batch.watching import Pace, arrivals


def test_a_file_counts_once_it_has_not_changed_for_a_while(tmp_path: Path) -> None:
    now = [0.0]
    looks = arrivals(str(tmp_path), "out", EVERYTHING, Pace(every=0.0, settled=2.0), clock=lambda: now[0])

    def seen(at: float) -> list[str]:
        now[0] = at
        return [Path(job.source).name for job in next(looks)]

    (tmp_path / "a.jpg").write_bytes(b"half")
    assert seen(0) == []
    (tmp_path / "a.jpg").write_bytes(b"half and half")
    assert seen(2) == []
    assert seen(3) == []
    assert seen(4) == ["a.jpg"]
    assert seen(9) == []
    (tmp_path / "a.jpg").write_bytes(b"written anew")
    assert seen(10) == []
    assert seen(12) == ["a.jpg"]


@contextmanager
def watching(folder: Path) -> Iterator[None]:
    words = ["watch", "in", "-o", "out", "--do", "embed", "--producer", "Me", "--settled", "0.3"]
    process = subprocess.Popen(
        [COMMAND, *words, "--ledger", "labels.ledger", "--resume"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_watch_labels_what_appears_and_goes_on_after_a_restart(run, tmp_path: Path) -> None:
    def entries() -> int:
        return len(run("ledger", "export", "labels.ledger").stdout.splitlines())

    (tmp_path / "in").mkdir()
    with watching(tmp_path):
        (tmp_path / "in/a.jpg").write_bytes(PICTURE)
        wait_for(lambda: entries() == 1)
    first = (tmp_path / "out/a.jpg").stat().st_mtime_ns
    (tmp_path / "in/below").mkdir()
    (tmp_path / "in/below/b.jpg").write_bytes(PICTURE)
    with watching(tmp_path):
        wait_for(lambda: entries() == 2)
    assert read(tmp_path / "out/below/b.jpg") is not None
    assert (tmp_path / "out/a.jpg").stat().st_mtime_ns == first


@pytest.mark.parametrize(
    "words", [("in",), ("in", "-o", "in/out"), ("none", "-o", "out"), ("in", "-o", "x", "--do", "y")]
)
def test_a_watch_that_cannot_be_is_wrong_use(run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "in").mkdir()
    assert run("watch", *words, "--producer", "Me").returncode == 2
