"""Says what an engine has to do, and keeps any of them busy without flooding it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import islice
from typing import Any, Final, Protocol, TypeAlias

from aigc_label.batch.job import Job
from aigc_label.batch.shares import Answer

Chunk: TypeAlias = "tuple[tuple[Any, ...], ...]"  # jobs as plain tuples: nothing else travels
Task: TypeAlias = Callable[[Chunk], "list[Answer]"]

AHEAD: Final = 2  # chunks a worker has before it: one at work, one at hand


class Lost(Exception):
    """The process that worked on a chunk died, and so did those that tried it after it."""


class Engine(Protocol):
    """Runs one task on many chunks. A task is a module's function with plain values: no key, no password is in it."""

    workers: int

    def submit(self, chunk: Chunk) -> Any:
        """Hand a chunk out; give what stands for its answers."""

    def results(self, handle: Any) -> list[Answer]:
        """Wait for a chunk's answers. Raises `Lost`."""

    def cancel(self) -> None:
        """End what is running and let the workers go."""


def answers_of(
    engine: Engine, jobs: Iterable[Job], size: int, lost: Callable[[Job, int], Answer]
) -> Generator[Answer, None, None]:
    """Give the answer to every job, in the order of the jobs, in chunks of `size`.

    No more is handed out than the workers have before them, so memory stays flat. A chunk that kills its workers is
    tried again file by file: only the file that kills is lost.
    """
    jobs = iter(jobs)
    waiting: deque[tuple[list[Job], Any]] = deque()
    try:
        while True:
            while len(waiting) < AHEAD * engine.workers and (chunk := list(islice(jobs, size))):
                waiting.append((chunk, engine.submit(_plain(chunk))))
            if not waiting:
                return
            chunk, handle = waiting.popleft()
            try:
                answers = engine.results(handle)
            except Lost:
                answers = [_alone(engine, job, lost) for job in chunk]
            yield from answers
    finally:
        engine.cancel()


def _alone(engine: Engine, job: Job, lost: Callable[[Job, int], Answer]) -> Answer:
    try:
        (answer,) = engine.results(engine.submit(_plain([job])))
    except Lost:
        return lost(job, -9)
    return answer


def _plain(jobs: Sequence[Job]) -> Chunk:
    return tuple(tuple(job) for job in jobs)
