"""Drives a batch from its jobs to its exit status: shares the work, prints results in order, sums up."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING, Any, Final, cast

from aigc_label.batch import interrupts
from aigc_label.batch.engines.engine import answers_of
from aigc_label.batch.job import Job
from aigc_label.batch.shares import Answer, Work, shared
from aigc_label.batch.walk import Passed
from aigc_label.bilingual import Bilingual
from aigc_label.cli.printing import Printer
from aigc_label.cli.recording import recording_of
from aigc_label.cli.remote import engine_of
from aigc_label.cli.starting import WRONG_USE, Invocation
from aigc_label.errors import AigcLabelError, ToolFailed, WrongUse

if TYPE_CHECKING:
    from aigc_label.cli.reporting import Reports

MANY: Final = 64  # files from which a second process pays for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A run: where its jobs come from (asked again to count them), what answers them, and its words.

    An answer is (status, kind, text for stdout, text for stderr, the file's name), and behind it what `reports` need.
    """

    command: str
    jobs: Callable[[Passed], Iterator[Job]]
    ready: Callable[[Iterator[Job]], Iterator[Job]]  # makes target folders, where there are any
    work: Work
    lost: Callable[[Job, AigcLabelError], Answer]
    passed: Passed
    kinds: Mapping[str, Bilingual]  # the kinds of answers in the order of the summary
    chunk: int = MANY
    again: bool = True  # whether the jobs can be asked for twice
    reports: Reports | None = None


def run_batch(batch: Batch, invocation: Invocation) -> int:
    """Answer every job, print, sum up; give the exit status. Raises `WrongUse` where there was no file at all."""
    console = invocation.console
    jobs = batch.jobs(batch.passed)
    first = list(islice(jobs, MANY))
    fail_fast = bool(invocation.value("fail-fast"))
    wanted = cast("float | None", invocation.value("jobs"))
    workers = int(wanted) if wanted else (min(2, os.cpu_count() or 1) if len(first) >= MANY else 1)
    workers = min(workers, len(first))
    printer = Printer(batch, invocation, _total(batch, len(first), console.quiet))
    recording = recording_of(invocation, batch.command)
    begun = takewhile(lambda _: not (fail_fast and printer.status), recording.handed(chain(first, jobs)))
    everything = batch.ready(begun)  # what was handed out before a failure is finished, and told
    engine = engine_of(batch.command, invocation, int(wanted) if wanted else os.cpu_count() or 1)
    answers: Any
    if engine is not None:
        answers = answers_of(engine, everything, batch.chunk, lambda job, status: _died(batch, job, status))
    elif workers > 1:
        answers = shared(everything, batch.work, workers, batch.chunk, lambda job, status: _died(batch, job, status))
    else:
        answers = batch.work(everything)
    with closing(recording.answered(answers)) as stream:
        for answer in stream:
            printer.take(answer)
            interrupts.check()
    printer.finish()
    if not printer.files:
        problem = _no_file(batch.passed)
        if batch.reports is not None:
            batch.reports.fail(problem, WRONG_USE)
        raise problem
    return printer.status


def _total(batch: Batch, known: int, quiet: bool) -> int:
    """Count the files for a bar that someone sees; elsewhere the walk is not worth its time."""
    if known < MANY:
        return known
    if quiet or not batch.again or not sys.stderr.isatty():
        return 0
    return sum(1 for _ in batch.jobs(Passed()))


def _died(batch: Batch, job: Job, status: int) -> Answer:
    if status < 0:
        name = signal.Signals(-status).name
        why = Bilingual(f"the process that worked on it was ended by {name}", f"处理该文件的进程被 {name} 终止")
    else:
        why = Bilingual(
            f"the process that worked on it ended with status {status}", f"处理该文件的进程以状态 {status} 结束"
        )
    remedy = Bilingual("Try this file alone, with `--jobs 1`.", "请用 `--jobs 1` 单独处理该文件。")
    return batch.lost(job, ToolFailed(why, remedy=remedy, where=job.source))


def _no_file(passed: Passed) -> WrongUse:
    out = passed.excluded + passed.version_control + passed.links
    return WrongUse(
        Bilingual(f"no file matched ({out} left out)", f"没有匹配的文件（略过 {out} 个）")
        if out
        else Bilingual("no file matched", "没有匹配的文件"),
        remedy=Bilingual("Check the paths, --include and --exclude.", "请检查路径以及 --include、--exclude。"),
    )
