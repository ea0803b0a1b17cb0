"""Keeps worker processes: a file that hangs, crashes or eats memory costs its own request and no other.

Each worker is the head of a process group of its own, so that programs it started end with it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from typing import Final, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, ToolFailed
from aigc_label.progress import heard
from aigc_label.security.keys import read_key
from aigc_label.server.terms import SigningKey, Terms
from aigc_label.server.work import Answer, Task, done

Told: TypeAlias = Callable[[int], None]  # called in the loop with each percent of the work that is done
_CONTEXT: Final = multiprocessing.get_context("spawn")  # a fork of a process with threads may inherit their locks


class Busy(Exception):
    """All workers are at work and as many requests wait as may."""


class _Worker:
    """One process that works on one task at a time."""

    def __init__(self, terms: Terms) -> None:
        self._line, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, terms.memory, terms.key), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    async def do(self, task: Task, told: Told) -> Answer:
        """Raises `EOFError` where the process ended before it answered."""
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(self._asked, task, lambda percent: loop.call_soon_threadsafe(told, percent))

    def _asked(self, task: Task, told: Callable[[int], object]) -> Answer:
        try:
            self._line.send(task)
            while True:
                said: Answer | int = self._line.recv()
                if not isinstance(said, int):
                    return said
                told(said)
        except OSError as problem:
            raise EOFError from problem

    def end(self) -> None:
        """Kill it and all it started; an answer that is being waited for becomes an `EOFError`."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._process.kill()
        self._process.join()


def _serve(line: Connection, memory: int, key: SigningKey | None) -> None:
    """Work until the service closes the line."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number in (signal.SIGINT, signal.SIGTERM):  # the service decides when it ends
        signal.signal(number, signal.SIG_IGN)
    signer = read_key(key.path, lambda: key.passphrase) if key is not None else None
    with suppress(EOFError):
        while True:
            task: Task = line.recv()
            os.chdir(task.folder)
            with heard(line.send):
                answer = done(task, signer)
            os.chdir("/")
            line.send(answer)


class Workers:
    """A fixed number of workers; a lost one is replaced before its place is free again."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._waiting = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Workers]:
        for _ in range(self._terms.workers):
            self._idle.put_nowait(_Worker(self._terms))
        try:
            yield self
        finally:
            for _ in range(self._terms.workers):  # those at work come back as soon as their requests are cancelled
                (await self._idle.get()).end()

    @property
    def waiting(self) -> int:
        return self._waiting

    async def do(self, task: Task, told: Told = lambda percent: None) -> Answer:
        """Give what came of a task; `told` hears of 0 percent when a worker takes it, then of each that is done.

        Raises `Busy`, `LimitExceeded` where it took too long, and `ToolFailed` where the worker was lost.
        """
        if self._waiting >= self._terms.waiting:
            raise Busy
        self._waiting += 1
        try:
            worker = await self._idle.get()
        finally:
            self._waiting -= 1
        if not worker.alive:  # the system may have ended it while it waited
            worker = _Worker(self._terms)
        try:
            told(0)
            async with asyncio.timeout(self._terms.seconds):
                answer = await worker.do(task, told)
        except BaseException as problem:  # out of time, lost, or the client has gone: what it does now is of no use
            worker.end()
            worker = _Worker(self._terms)
            if isinstance(problem, TimeoutError):
                raise LimitExceeded(
                    Bilingual("the work on this file took too long", "处理该文件耗时过长"), limit="seconds"
                ) from problem
            if isinstance(problem, EOFError):
                raise ToolFailed(
                    Bilingual("the process that worked on this file was lost", "处理该文件的进程意外终止"),
                    remedy=Bilingual(
                        "The file may exhaust the memory it may use, or crash a decoder; try the command on it.",
                        "该文件可能耗尽可用内存或使解码器崩溃；请用命令行处理该文件。",
                    ),
                ) from problem
            raise
        finally:
            self._idle.put_nowait(worker)
        return answer
