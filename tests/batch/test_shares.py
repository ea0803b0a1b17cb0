"""Jobs shared among processes are all answered, in order, whatever happens to a process."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from aigc_label.batch.job import Job
from aigc_label.batch.shares import Answer, shared


def answered(jobs: Iterable[Job]) -> Generator[Answer, None, None]:
    for job in jobs:
        yield job.ordinal, job.source, os.getpid()


def lost(job: Job, status: int) -> Answer:
    return job.ordinal, "lost", status


def jobs(count: int, name: str = "file") -> list[Job]:
    return [Job(index, f"{name}{index}") for index in range(1, count + 1)]


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 5, 64, 65, 1000])
@pytest.mark.parametrize("size", [1, 7, 64])
def test_every_job_is_answered_once_and_in_order(workers: int, count: int, size: int) -> None:
    answers = list(shared(jobs(count), answered, workers, size, lost))
    assert [answer[0] for answer in answers] == list(range(1, count + 1))
    pids = {answer[2] for answer in answers}
    assert os.getpid() not in pids
    assert len(pids) <= workers


def test_names_longer_than_a_pipe_block_nobody() -> None:
    many = [Job(index, "题" * 1300 + str(index), "\udcff" * 4000) for index in range(500)]
    answers = list(shared(many, answered, 2, 64, lost))
    assert [answer[1] for answer in answers] == [job.source for job in many]


def test_long_answers_block_nobody() -> None:
    def long(some: Iterable[Job]) -> Generator[Answer, None, None]:
        for job in some:
            yield job.ordinal, "x" * 200_000

    answers = list(shared(jobs(300), long, 2, 64, lost))
    assert [answer[0] for answer in answers] == list(range(1, 301))


def test_large_files_are_handed_out_a_few_at_a_time(tmp_path: Path) -> None:
    def counted(some: Iterable[Job]) -> Generator[Answer, None, None]:
        chunk = list(some)
        for job in chunk:
            yield job.ordinal, len(chunk)

    for number in range(1, 41):
        with (tmp_path / str(number)).open("wb") as file:
            file.truncate((30 << 20) if number <= 20 else 100)
    many = [Job(number, str(tmp_path / str(number))) for number in range(1, 41)]
    answers = list(shared(many, counted, 2, 64, lost))
    assert [answer[0] for answer in answers] == list(range(1, 41))
    assert {answer[1] for answer in answers[:18]} == {2}
    assert answers[-1][1] == 22  # the last two large ones, and all that are small


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR1])
@pytest.mark.parametrize("deadly", [{1}, {64}, {5, 6, 130}, {300}])
def test_a_process_that_dies_costs_the_file_that_killed_it(number: signal.Signals, deadly: set[int]) -> None:
    def dying(some: Iterable[Job]) -> Generator[Answer, None, None]:
        for job in some:
            if job.ordinal in deadly:
                os.kill(os.getpid(), number)
            yield job.ordinal, "done", 0

    answers = list(shared(jobs(300), dying, 2, 64, lost))
    assert [answer[0] for answer in answers] == list(range(1, 301))
    assert {answer[0] for answer in answers if answer[1] == "lost"} == deadly
    assert {answer[2] for answer in answers if answer[1] == "lost"} == {-number}


def test_an_answer_cut_in_the_middle_is_tried_again() -> None:
    def held(some: Iterable[Job]) -> Generator[Answer, None, None]:
        """Answers come in groups: a death loses all that the group held back."""
        chunk = list(some)
        if len(chunk) > 1 and any(job.ordinal == 70 for job in chunk):
            os._exit(9)
        yield from answered(chunk)

    answers = list(shared(jobs(200), held, 2, 64, lost))
    assert [answer[0] for answer in answers] == list(range(1, 201))
    assert not any(answer[1] == "lost" for answer in answers)


def test_a_caller_that_stops_leaves_no_process() -> None:
    before = children()
    running = shared(jobs(10_000), answered, 2, 64, lost)
    assert next(running)[0] == 1
    running.close()  # type: ignore[attr-defined]
    assert children() == before


def test_a_job_source_that_fails_leaves_no_process() -> None:
    def failing() -> Generator[Job, None, None]:
        yield from jobs(100)
        raise OSError(5, "broken disk")

    before = children()
    with pytest.raises(OSError, match="broken disk"):
        list(shared(failing(), answered, 2, 64, lost))
    assert children() == before


def children() -> set[str]:
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        return set(file.read().split())
