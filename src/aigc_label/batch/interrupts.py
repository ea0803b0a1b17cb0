"""Turns the signals that end a program into one interrupt: what it cleans up is not interrupted by a second one.

A terminal sends Ctrl-C to a whole group of processes, and whoever started us may send a SIGTERM after it: the same wish,
said twice. Raised twice, the second would end the very code that removes drafts.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import Final, NoReturn

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG: Final = 1  # <sys/prctl.h>
SAME_SECONDS: Final = 1.0  # signals this near to each other are one interrupt; a later one is a user who insists


class _Interrupt:
    """When the interrupt came, by the monotonic clock; 0 where none did. Signals belong to a process, and so does this."""

    came = 0.0


def listen() -> None:
    """Raise `KeyboardInterrupt` on SIGINT, SIGTERM and SIGHUP, once: drafts are removed on the way out."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means what it says
            signal.signal(number, _interrupted)


def _interrupted(number: int, frame: object) -> None:
    now = time.monotonic()
    if now - _Interrupt.came > SAME_SECONDS or not _Interrupt.came:
        _Interrupt.came = now
        raise KeyboardInterrupt


def check() -> None:
    """Raise `KeyboardInterrupt` where one came and got lost: Python drops what is raised in a callback or a destructor."""
    if _Interrupt.came:
        raise KeyboardInterrupt


def heeded() -> None:
    """Forget an interrupt that did what it was meant to: a service was told to stop, and stopped."""
    _Interrupt.came = 0.0


def forked_quietly() -> int:
    """Fork; in the child no signal arrives before it has called `obey_parent`. Give what `os.fork` gives."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def obey_parent(parent: int) -> None:
    """In a worker: leave the terminal's signals to the parent, and end on its SIGTERM, once; end also when it dies.

    Without that, a worker whose parent was killed would go on with its files while somebody starts the run anew.
    """
    for number in SIGNALS:
        signal.signal(number, _ended if number == signal.SIGTERM else signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    with suppress(OSError, AttributeError, ImportError):  # not Linux: it ends when it next answers
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:
        raise KeyboardInterrupt


def _ended(number: int, frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
