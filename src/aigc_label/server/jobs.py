"""Keeps work that outlasts a request: an upload is taken, a number given, events told, the result fetched later."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from aigc_label.errors import AigcLabelError
from aigc_label.server.intake import Folder
from aigc_label.server.terms import Terms
from aigc_label.server.work import OUT, Answer, Task, refusal
from aigc_label.server.workers import Busy, Workers

MOST: Final = 1000  # jobs that are remembered
BEAT: Final = 0.5  # seconds between two events of a job that is at work


class State(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class Kept:
    """One job: whose it is, its folder, its state, what came of it."""

    id: str
    caller: str
    task: Task
    folder: Folder
    since: float = field(default_factory=time.monotonic)
    state: State = State.WAITING
    percent: int = 0
    answer: Answer | None = None
    runner: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        return self.state in (State.DONE, State.FAILED)

    @property
    def result(self) -> Path | None:
        """Where the finished file lies, None while there is none."""
        made = self.answer is not None and self.answer.made
        return Path(self.folder.path, OUT, self.task.name) if made else None

    def to_dict(self) -> dict[str, Any]:
        """Give the job as JSON values: its state, how far it is, its seconds, the bytes written so far, its answer."""
        return {
            "id": self.id,
            "do": str(self.task.kind),
            "name": self.task.name,
            "state": str(self.state),
            "percent": self.percent,
            "seconds": round(time.monotonic() - self.since, 1),
            "written": _written(Path(self.folder.path, OUT)),
            "answer": self.answer.values if self.answer else None,
        }


def _written(folder: Path) -> int:
    with suppress(OSError):
        return sum(file.stat().st_size for file in folder.iterdir())
    return 0


class Jobs:
    """All jobs of one service. What nobody fetched is gone after `terms.kept` seconds."""

    def __init__(self, terms: Terms, workers: Workers) -> None:
        self._terms = terms
        self._workers = workers
        self._kept: dict[str, Kept] = {}

    def start(self, task: Task, folder: Folder, caller: str) -> Kept:
        """Take a job on. Raises `Busy` where too many are remembered that are not over."""
        self._forget()
        if len(self._kept) >= MOST:
            raise Busy
        job = Kept(id=secrets.token_urlsafe(16), caller=caller, task=task, folder=folder)
        self._kept[job.id] = job
        job.runner = asyncio.create_task(self._run(job))
        return job

    def of(self, number: str, caller: str) -> Kept | None:
        """Give a caller's own job, None where there is none: of others' jobs nobody learns."""
        job = self._kept.get(number)
        return job if job is not None and job.caller == caller else None

    async def events(self, job: Kept) -> AsyncIterator[dict[str, Any]]:
        """Give the job again and again until it is over."""
        while True:
            yield job.to_dict()
            if job.over or job.runner is None:
                return
            await asyncio.wait((job.runner,), timeout=BEAT)

    async def drop(self, job: Kept) -> None:
        """End a job and forget it and its files."""
        self._kept.pop(job.id, None)
        if job.runner is not None:
            job.runner.cancel()
            with suppress(asyncio.CancelledError):
                await job.runner
        job.folder.close()

    async def close(self) -> None:
        for job in tuple(self._kept.values()):
            await self.drop(job)

    async def _run(self, job: Kept) -> None:
        def told(percent: int) -> None:
            if not job.over:  # what a worker said before it was ended may come after its end
                job.state, job.percent = State.WORKING, percent

        try:
            job.answer = await self._workers.do(job.task, told)
        except AigcLabelError as problem:
            job.answer = refusal(problem, job.task.lang)
        if job.answer.status < 400:
            job.state, job.percent = State.DONE, 100
        else:
            job.state = State.FAILED

    def _forget(self) -> None:
        old = time.monotonic() - self._terms.kept
        for job in [job for job in self._kept.values() if job.over and job.since < old]:
            del self._kept[job.id]
            job.folder.close()
