"""Times whole processes: wall clock, CPU of the whole tree, peak memory, bytes written."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from ast import literal_eval
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A child's peak memory never reads below that of the process it was started from, so a small one starts it; what its
# children wrote is the kernel's own count (wchar), copies inside the kernel included.
STARTER: Final = r"""
import os, sys, time
def written():
    with open("/proc/self/io") as f:
        return int(next(line for line in f if line.startswith("wchar")).split()[1])
for line in sys.stdin:
    argv, log = eval(line)
    to = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
          (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
    before, start = written(), time.perf_counter()
    try:
        _, status, usage = os.wait4(os.posix_spawnp(argv[0], argv, os.environ, file_actions=to), 0)
        seconds = time.perf_counter() - start
        print((seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, written() - before,
               os.waitstatus_to_exitcode(status)), flush=True)
    except OSError as problem:
        print((0.0, 0.0, 0.0, 0, 127), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one command. Seconds, MiB, bytes."""

    wall: float
    cpu: float
    peak: float
    written: int
    status: int

    def repeated(self, times: int) -> Run:
        """Give what as many runs of the same cost."""
        return Run(self.wall * times, self.cpu * times, self.peak, self.written * times, self.status)


class Timer:
    """Runs commands one after the other through a small process."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._starter = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", STARTER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        )

    def run(self, argv: Sequence[str]) -> Run:
        if self._starter.stdin is None or self._starter.stdout is None:
            raise RuntimeError("the starter has no pipes")
        self._starter.stdin.write(repr(([str(word) for word in argv], str(self.log))) + "\n")
        self._starter.stdin.flush()
        return Run(*literal_eval(self._starter.stdout.readline()))

    def said(self) -> str:
        """Give the last line that the last command wrote to standard error."""
        return (self.log.read_text(errors="replace").strip().splitlines() or [""])[-1][-160:]

    def close(self) -> None:
        self._starter.communicate()


def median(runs: Sequence[Run]) -> Run:
    """Give the middle of each figure on its own."""
    return Run(
        statistics.median(run.wall for run in runs),
        statistics.median(run.cpu for run in runs),
        statistics.median(run.peak for run in runs),
        round(statistics.median(run.written for run in runs)),
        max(run.status for run in runs),
    )
