"""Shares jobs out among forked processes and gives their answers back in the order of the jobs.

Each worker gets a few jobs at a time through a pipe and answers through another. Memory stays flat whatever the number
of files. A worker that dies costs one file: what it had not answered is tried again alone, file by file.
"""

from __future__ import annotations

import fcntl
import marshal  # between a process and its own forks only: never on bytes from elsewhere
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, Final, NoReturn, TypeAlias

from aigc_label.batch.interrupts import forked_quietly, obey_parent
from aigc_label.batch.job import Job

Answer: TypeAlias = "tuple[Any, ...]"
Work: TypeAlias = Callable[[Iterable[Job]], Generator[Answer, None, None]]

CHUNK_BYTES: Final = 30_000  # two chunks fit into a pipe (64 KiB), so handing out work never blocks
CHUNK_WEIGHT: Final = (
    64 << 20
)  # bytes of files in a chunk: large ones are handed out a few at a time, so that no worker idles
AHEAD: Final = 2  # chunks that a worker has been given and not finished
ANSWER_PIPE: Final = 1 << 20  # bytes of answers that a worker may be ahead of us


@dataclass(slots=True)
class _Worker:
    pid: int
    orders: IO[bytes]
    answers: IO[bytes]
    chunks: deque[list[Job]] = field(default_factory=deque)


def shared(
    jobs: Iterable[Job], work: Work, workers: int, size: int, lost: Callable[[Job, int], Answer]
) -> Generator[Answer, None, None]:
    """Give the answer to every job, in the order of the jobs, worked on by `workers` forks in chunks of `size`.

    `lost` makes the answer for a job whose worker died, from the job and the worker's exit status (negative: a signal).
    """
    crew = _Crew(work, iter(jobs), size)
    try:
        crew.start(workers)
        while crew.turns:
            yield from crew.next_chunk(lost)
    finally:
        crew.dismiss()


@dataclass(slots=True)
class _Crew:
    work: Work
    jobs: Iterator[Job]
    size: int
    members: list[_Worker] = field(default_factory=list)
    spare: list[Job] = field(default_factory=list)  # a job that did not fit into the last chunk
    turns: deque[_Worker] = field(default_factory=deque)  # whose chunk is answered next; one entry a chunk

    def start(self, workers: int) -> None:
        for _ in range(workers):
            self.members.append(self._forked())
        for _ in range(AHEAD):
            for worker in self.members:
                self._hand_out(worker)

    def next_chunk(self, lost: Callable[[Job, int], Answer]) -> Iterator[Answer]:
        """Give the answers of the oldest chunk; its worker gets a new one as soon as it surely has read the last."""
        worker = self.turns.popleft()
        chunk = worker.chunks[0]
        answered = 0
        for answer in self._answers(worker, len(chunk)):
            if not answered:
                self._hand_out(worker)
            answered += 1
            yield answer
        worker.chunks.popleft()
        if answered < len(chunk):
            status = self._replace(worker)
            if not answered:
                self._hand_out(worker)
            yield from self._alone(chunk[answered:], status, lost)

    def _answers(self, worker: _Worker, count: int) -> Iterator[Answer]:
        for _ in range(count):
            try:
                yield marshal.load(worker.answers)  # noqa: S302  our own fork wrote it
            except (EOFError, ValueError, TypeError):  # it died between two answers, or within one
                return

    def _alone(self, chunk: list[Job], status: int, lost: Callable[[Job, int], Answer]) -> Iterator[Answer]:
        """Try what a dead worker left, one file a worker: only the file that kills is lost."""
        if len(chunk) == 1:
            yield lost(chunk[0], status)
            return
        for job in chunk:
            single = self._forked()
            self.members.append(single)
            _send(single, [job])
            answers = list(self._answers(single, 1))
            self.members.remove(single)
            ended = _ended(single)
            yield answers[0] if answers else lost(job, ended)

    def _hand_out(self, worker: _Worker) -> None:
        chunk, self.spare = self.spare, []
        taken = sum(map(_bytes_of, chunk))
        weight = sum(map(_weight_of, chunk))
        for job in islice(self.jobs, self.size - len(chunk)):
            taken += _bytes_of(job)
            weight += _weight_of(job)
            if chunk and (taken > CHUNK_BYTES or weight > CHUNK_WEIGHT):
                self.spare = [job]
                break
            chunk.append(job)
        if chunk:
            worker.chunks.append(chunk)
            self.turns.append(worker)
            _send(worker, chunk)

    def _replace(self, worker: _Worker) -> int:
        """Put a new process in the place of a dead one, with the chunks that were still to come."""
        status = _ended(worker)
        fresh = self._forked(but=worker)
        worker.pid, worker.orders, worker.answers = fresh.pid, fresh.orders, fresh.answers
        for chunk in worker.chunks:
            _send(worker, chunk)
        return status

    def _forked(self, but: _Worker | None = None) -> _Worker:
        orders_in, orders_out = os.pipe()
        answers_in, answers_out = os.pipe()
        with suppress(OSError, AttributeError):
            fcntl.fcntl(answers_out, fcntl.F_SETPIPE_SZ, ANSWER_PIPE)
        parent = os.getpid()
        pid = forked_quietly()
        if not pid:
            others = [member for member in self.members if member is not but]
            # a worker that kept the others' pipes open would keep them from seeing the end of their orders
            for descriptor in (orders_out, answers_in, *(f.fileno() for w in others for f in (w.orders, w.answers))):
                os.close(descriptor)
            _serve(self.work, parent, orders_in, answers_out)
        os.close(orders_in)
        os.close(answers_out)
        return _Worker(pid, os.fdopen(orders_out, "wb"), os.fdopen(answers_in, "rb"))

    def dismiss(self) -> None:
        """Let finished workers end; end those that still work (they remove their drafts)."""
        for worker in self.members:
            if worker.chunks:
                with suppress(ProcessLookupError):
                    os.kill(worker.pid, signal.SIGTERM)
            _ended(worker)
        self.members.clear()


def _bytes_of(job: Job) -> int:
    """An upper bound of what a job takes in a pipe: three bytes a character, and the small fields."""
    return 3 * (len(job.source) + len(job.target)) + 100


def _weight_of(job: Job) -> int:
    """The size of a job's file, which says about how long it takes: one large film counts as many small pictures."""
    with suppress(OSError, ValueError):
        return os.stat(job.source).st_size
    return 0


def _send(worker: _Worker, chunk: list[Job]) -> None:
    with suppress(BrokenPipeError):  # it is dead: its answers will show that
        marshal.dump([tuple(job) for job in chunk], worker.orders)
        worker.orders.flush()


def _ended(worker: _Worker) -> int:
    for pipe in (worker.orders, worker.answers):
        with suppress(OSError):
            pipe.close()
    with suppress(ChildProcessError):
        return os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])
    return 0


def _serve(work: Work, parent: int, orders: int, answers: int) -> NoReturn:
    """The worker's whole life; it never returns."""
    status = 0
    try:
        obey_parent(parent)
        with os.fdopen(orders, "rb") as orders_file, os.fdopen(answers, "wb") as answers_file:
            while (chunk := _received(orders_file)) is not None:
                with closing(work(chunk)) as told:
                    for answer in told:
                        marshal.dump(answer, answers_file)
                        answers_file.flush()
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        status = 3
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 4
    finally:
        os._exit(status)


def _received(file: IO[bytes]) -> list[Job] | None:
    try:
        rows: list[Any] = marshal.load(file)  # noqa: S302  our own parent wrote it
    except EOFError:
        return None
    return [Job(*row) for row in rows]
