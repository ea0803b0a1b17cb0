"""Tells whoever listens how far the work on one file is, in percent that only rise; it costs nothing where nobody does.

How many stages the work will have is not known beforehand: a film whose opening fails its check is encoded whole. So each
stage takes two thirds of what is left, and only the end of the work is 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

TAKEN: Final = 2 / 3


class _Work:
    """The work on one file: the share that is done, and the last percent that was told."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._told = 0
        self.share = 0.0

    def reach(self, share: float) -> None:
        self.share = share
        percent = int(100 * share)
        if percent > self._told:
            self._told = percent
            self._tell(percent)


_WORK: ContextVar[_Work | None] = ContextVar("aigc_label_progress", default=None)


@contextmanager
def heard(tell: Callable[[int], None]) -> Iterator[None]:
    """Tell the work that is done within, on one file, how far it is: each whole percent once, at most 99 of them."""
    token = _WORK.set(_Work(tell))
    try:
        yield
    finally:
        _WORK.reset(token)


class Stage:
    """A stretch of the work, of `steps` equal steps (pictures, samples, bytes); 0 where nobody knows how many."""

    def __init__(self, steps: int) -> None:
        self._work = _WORK.get() if steps > 0 else None
        self._start = self._work.share if self._work else 0.0
        self._steps = steps
        self._done = 0

    def advance(self, steps: int = 1) -> None:
        """Count steps that were done; more than were announced are not counted."""
        if self._work is None:
            return
        self._done = min(self._done + steps, self._steps)
        reached = self._start + (1 - self._start) * TAKEN * self._done / self._steps
        self._work.reach(max(reached, self._work.share))
