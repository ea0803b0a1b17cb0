"""Makes many files: a folder mirrored, several files side by side, a list, or all of them in place."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Final

from aigc_label.batch.folders import with_folders
from aigc_label.batch.job import Job
from aigc_label.batch.jobs import Root, jobs_of, roots_of, sharded
from aigc_label.batch.shares import Answer, Work
from aigc_label.batch.walk import Passed
from aigc_label.bilingual import Bilingual
from aigc_label.cli import roots
from aigc_label.cli.making import line_of
from aigc_label.cli.recording import made_answer
from aigc_label.cli.running import Batch, run_batch
from aigc_label.cli.starting import Invocation
from aigc_label.errors import AigcLabelError, WrongUse
from aigc_label.order import ACTION_NAMES, Action, Order, Outcome
from aigc_label.ordering import Doing
from aigc_label.output import Sync
from aigc_label.storage.addresses import is_address, is_tree

CHUNK: Final = 64
DRAWN_CHUNK: Final = 8  # pictures that are drawn on take long: few at a time keep every process busy and results coming


def mirror(command: str, invocation: Invocation, order: Callable[[int], Order], out: str | None) -> int:
    """Carry `order` out on everything that was named; give the exit status."""
    named = _roots(invocation, out)
    chosen, links = roots.filter_of(invocation), invocation.text("links")
    shard = roots.shard_of(invocation)

    def jobs(counted: Passed) -> Iterator[Job]:
        return sharded(jobs_of(named(), out, chosen, counted, links), shard)

    def lost(job: Job, problem: AigcLabelError) -> Answer:
        failed = Outcome(path=job.source, target=job.target, action=Action.FAILED, error=problem)
        return made_answer(failed, invocation)

    batch = Batch(
        command=command,
        jobs=jobs,
        ready=iter if invocation.arguments.dry_run else with_folders,
        work=work_of(invocation, order),
        lost=lost,
        passed=Passed(),
        kinds={str(action): text for action, text in ACTION_NAMES.items()},
        chunk=CHUNK if command == Doing.EMBED else DRAWN_CHUNK,
        again=not invocation.arguments.files_from,
    )
    return run_batch(batch, invocation)


def work_of(invocation: Invocation, order: Callable[[int], Order]) -> Work:
    """Give what answers a batch's jobs by carrying the orders out."""
    line = line_of(invocation, order, Sync.GROUP)

    def work(some: Iterable[Job]) -> Generator[Answer, None, None]:
        for _, outcome in line.outcomes(some):
            yield made_answer(outcome, invocation)

    return work


def _roots(invocation: Invocation, out: str | None) -> Callable[[], Iterable[Root]]:
    """Give what makes the roots of the walk. Raises `WrongUse` where the output cannot be what it has to be."""
    if out is not None and os.path.lexists(out) and not os.path.isdir(out):
        raise WrongUse(
            Bilingual(
                "several files need a folder as their output, and this is none",
                "多个文件需要输出到文件夹，而这不是文件夹",
            ),
            remedy=Bilingual("Name a folder with -o.", "请用 -o 指定文件夹。"),
            where=out,
        )
    if invocation.arguments.files_from:
        return lambda: roots.listed(invocation)
    named: list[str] = invocation.arguments.source
    if out is None:
        return lambda: roots.each(named)
    for folder in filter(is_tree, named):
        check_apart(folder, out)
    placed = roots_of(named)
    return lambda: placed


def check_apart(folder: str, out: str) -> None:
    """Refuse an output within its source: a walk would meet its own results."""
    source, target = (one if is_address(one) else os.path.realpath(one) for one in (folder, out))
    if target.rstrip("/") == source.rstrip("/") or target.startswith(source.rstrip("/") + "/"):
        raise WrongUse(
            Bilingual(f"the output lies inside the source {folder!r}", f"输出位于源文件夹 {folder!r} 之内"),
            remedy=Bilingual("Name a folder beside it, or use --in-place.", "请指定其外的文件夹，或使用 --in-place。"),
            where=out,
        )
