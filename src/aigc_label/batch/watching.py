"""Notices files that appear in a folder, each once nobody writes to it any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from aigc_label.batch.job import Came, Job, state_of
from aigc_label.batch.jobs import Root, jobs_of
from aigc_label.batch.walk import Filter, Passed


class Pace(NamedTuple):
    """How often a folder is looked at, and how long a file must have stayed as it is to count as complete. In seconds."""

    every: float = 1.0
    settled: float = 2.0


def arrivals(
    folder: str, out: str, chosen: Filter, pace: Pace, clock: Callable[[], float] = time.monotonic
) -> Iterator[list[Job]]:
    """Give, at each look, the files that are complete and were not given yet as they are now; a changed one comes again.

    Looks and waits by turns, for ever. Links and special files are left alone: nobody finished writing them.
    """
    since: dict[str, tuple[str, float]] = {}  # what a file was like, and when it was first seen so
    given: dict[str, str] = {}
    while True:
        now, present, complete = clock(), set(), []
        for job in jobs_of([Root(folder)], out, chosen, Passed()):
            if job.obstacle:
                continue
            present.add(job.source)
            state = state_of(job.source)
            if given.get(job.source) == state:
                continue
            if since.get(job.source, ("", 0.0))[0] != state:
                since[job.source] = (state, now)
            elif state and now - since[job.source][1] >= pace.settled:
                given[job.source] = state
                complete.append(job._replace(came=Came.WALKED.value))
        since = {path: seen for path, seen in since.items() if path in present and given.get(path) != seen[0]}
        given = {path: state for path, state in given.items() if path in present}
        yield complete
        time.sleep(pace.every)
