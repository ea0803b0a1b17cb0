"""Makes the folders of targets, and sweeps those that exist of drafts that dead runs left there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from aigc_label.batch.job import Job
from aigc_label.output import sweep
from aigc_label.storage.addresses import is_address


def with_folders(jobs: Iterable[Job]) -> Iterator[Job]:
    """Give the same jobs, each once the folder of its target is ready; one that cannot be made is the job's obstacle."""
    done = None
    for job in jobs:
        folder = os.path.dirname(job.target or job.source)
        if not job.obstacle and folder != done and not is_address(folder):
            try:
                _ready(folder or ".", os.path.dirname(job.source))
                done = folder
            except OSError as problem:
                yield job._replace(obstacle="target", errno=problem.errno or 0)
                continue
        yield job


def _ready(folder: str, model: str) -> None:
    if os.path.isdir(folder):
        with suppress(OSError):  # a folder that cannot be listed may still take files
            sweep(Path(folder))
        return
    # no more open than the folder it mirrors, and open enough for us to write into; a bucket's has no mode
    mode = 0o777 if is_address(model) else stat.S_IMODE(os.stat(model or ".").st_mode) | stat.S_IRWXU
    os.makedirs(os.path.dirname(os.path.abspath(folder)), exist_ok=True)
    with suppress(FileExistsError):
        os.mkdir(folder, mode & 0o777)
