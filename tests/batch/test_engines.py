"""An engine answers every job in order, survives its workers, and is told nothing that is secret."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cli.conftest import COMMAND, PICTURE, environment, run  # type: ignore[import-not-found]  # noqa: F401

from aigc_label.batch.engines.engine import Chunk, Lost, answers_of
from aigc_label.batch.job import Job
from aigc_label.batch.jobs import sharded
from aigc_label.batch.shares import Answer

ROOT = Path(__file__).parents[2]


class Counting:
    """An engine in this process that counts how much was handed out before it was taken back."""

    workers = 3

    def __init__(self, deadly: int = 0) -> None:
        self.deadly = deadly
        self.out = self.most = 0
        self.cancelled = False

    def submit(self, chunk: Chunk) -> Any:
        self.out += 1
        self.most = max(self.most, self.out)
        return chunk

    def results(self, handle: Any) -> list[Answer]:
        self.out -= 1
        if any(job[0] == self.deadly for job in handle):
            raise Lost
        return [(job[0], job[1]) for job in handle]

    def cancel(self) -> None:
        self.cancelled = True


def jobs(count: int) -> list[Job]:
    return [Job(number, f"file{number}") for number in range(1, count + 1)]


def lost(job: Job, status: int) -> Answer:
    return job.ordinal, "lost"


@pytest.mark.parametrize("count", [0, 1, 64, 1000])
def test_answers_come_in_order_and_no_more_is_handed_out_than_is_worked_on(count: int) -> None:
    engine = Counting()
    answers = list(answers_of(engine, jobs(count), 7, lost))
    assert [answer[0] for answer in answers] == list(range(1, count + 1))
    assert engine.most <= 6
    assert engine.cancelled


def test_a_file_that_kills_its_workers_is_lost_alone() -> None:
    answers = list(answers_of(Counting(deadly=40), jobs(100), 16, lost))
    assert [answer[0] for answer in answers] == list(range(1, 101))
    assert [answer[0] for answer in answers if answer[1] == "lost"] == [40]


def test_a_caller_that_stops_ends_the_engine() -> None:
    engine = Counting()
    running = answers_of(engine, jobs(100), 4, lost)
    next(running)
    running.close()
    assert engine.cancelled


@pytest.mark.parametrize("count", [1, 2, 7])
def test_shards_are_disjoint_and_complete(count: int) -> None:
    shards = [[job.ordinal for job in sharded(iter(jobs(500)), (n, count))] for n in range(1, count + 1)]
    assert sorted(number for shard in shards for number in shard) == list(range(1, 501))
    assert all(300 // count < len(shard) for shard in shards)


def fatal(folder: str, deadly: int, chunk: Chunk) -> list[Answer]:
    """Kill the worker at one job: the first time only where there is a folder to remember it in."""
    for job in chunk:
        mark = Path(folder, "died") if folder else None
        if job[0] == deadly and (mark is None or not mark.exists()):
            if mark is not None:
                mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return [(job[0], "done") for job in chunk]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("again", [True, False])
def test_dask_survives_a_worker_that_is_killed(tmp_path: Path, again: bool) -> None:
    pytest.importorskip("distributed")
    from aigc_label.batch.engines.dask import Dask

    engine = Dask(partial(fatal, str(tmp_path) if again else "", 5), "", 2)
    answers = list(answers_of(engine, jobs(12), 4, lost))
    assert [answer[0] for answer in answers] == list(range(1, 13))
    assert [answer[0] for answer in answers if answer[1] == "lost"] == ([] if again else [5])


def test_a_batch_on_dask_ends_as_one_on_this_machine(run: Any, tmp_path: Path) -> None:  # noqa: F811
    pytest.importorskip("distributed")
    for number in range(20):
        path = tmp_path / f"in/{number % 3}/{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PICTURE + str(number).encode())
    (tmp_path / "in/0/broken.jpg").write_bytes(PICTURE[:90])
    words = ("embed", "in", "-o", "out", "--producer", "Me", "--produce-id", "{stem}-{index}", "--format", "jsonl")
    here = run(*words, "--ledger", "here.ledger")
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.jpg")}
    (tmp_path / "out").rename(tmp_path / "before")
    there = run(*words, "--ledger", "there.ledger", "--engine", "dask", "--jobs", "2")
    assert there.returncode == here.returncode == 3
    assert there.stdout == here.stdout
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.jpg")} == files
    again = run(*words, "--ledger", "there.ledger", "--resume")
    assert [json.loads(line)["action"] for line in again.stdout.splitlines()].count("written") == 20


def test_what_travels_holds_no_secret(tmp_path: Path) -> None:
    from argparse import Namespace

    from aigc_label.bilingual import Lang
    from aigc_label.choosing import chosen
    from aigc_label.cli.console import Console
    from aigc_label.cli.embed import GROUPS
    from aigc_label.cli.remote import spec_of
    from aigc_label.cli.starting import Invocation
    from aigc_label.settings import in_groups

    given = {
        "producer": "Me",
        "ledger": "postgresql://me:hunter2@host/db",
        "passphrase-fd": "9",
        "scheduler": "tcp://x:1",
    }
    settings = chosen(in_groups(GROUPS), given, {}, None)
    spec = spec_of("embed", Invocation(Namespace(dry_run=False), settings, Console(Lang.EN)))
    assert "hunter2" not in repr(spec)
    assert "passphrase-fd" not in dict(spec.values)
    assert hash(spec)  # plain values only


def test_an_engine_that_is_missing_says_how_to_get_it(run: Any, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jpg").write_bytes(PICTURE)
    try:
        import ray  # noqa: F401
    except ImportError:
        done = run("embed", "in", "-o", "out", "--producer", "Me", "--engine", "ray")
        assert done.returncode == 3
        assert b"aigc-label[ray]" in done.stderr


@pytest.mark.parametrize(
    ("variable", "first", "shard"),
    [
        ("SLURM_ARRAY_TASK_ID", 1, "$SLURM_ARRAY_TASK_ID"),
        ("JOB_COMPLETION_INDEX", 0, "$((JOB_COMPLETION_INDEX + 1))"),
    ],
)
def test_an_array_of_jobs_makes_up_the_whole(run: Any, tmp_path: Path, variable: str, first: int, shard: str) -> None:  # noqa: F811
    """Three processes at once, each with its number as a scheduler gives it, and the lines of docs/batches.md."""
    assert f'--shard "{shard}/16"' in (ROOT / "docs/batches.md").read_text()
    (tmp_path / "in").mkdir()
    (tmp_path / "ledgers").mkdir()
    for number in range(30):
        (tmp_path / f"in/{number}.jpg").write_bytes(PICTURE)
    line = f'"$0" embed in -o out --producer Me --shard "{shard}/3" --ledger "ledgers/${variable}.ledger" --resume'
    tasks = [
        subprocess.Popen(
            ["bash", "-c", line, COMMAND], cwd=tmp_path, env=environment(**{variable: str(first + number)})
        )
        for number in range(3)
    ]
    assert [task.wait() for task in tasks] == [0, 0, 0]
    assert len(list((tmp_path / "out").iterdir())) == 30
    told = [
        run("ledger", "export", path).stdout.splitlines() for path in sorted((tmp_path / "ledgers").glob("*.ledger"))
    ]
    assert sum(map(len, told)) == 30
    assert all(told)


def test_a_shard_that_cannot_be_is_refused(run: Any, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jpg").write_bytes(PICTURE)
    for wrong in ("0/3", "4/3", "1", "x/3", "1/0"):
        assert run("embed", "in", "-o", "out", "--producer", "Me", "--shard", wrong).returncode == 2
