"""Does what `add`, `embed` and `mark` share: where results go, and the batch that puts them there."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from typing import Final

from aigc_label.batch.jobs import Job, Root, jobs_of, roots_of, with_folders
from aigc_label.batch.local import Existing, Line
from aigc_label.batch.shares import Answer
from aigc_label.batch.walk import Passed
from aigc_label.bilingual import Bilingual
from aigc_label.cli import sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.ordering import Doing, order_of
from aigc_label.cli.running import Batch, run_batch
from aigc_label.cli.sources import STREAM
from aigc_label.cli.starting import WRONG_USE, Invocation
from aigc_label.cli.telling import error_text, outcome_answer
from aigc_label.errors import AigcLabelError, InvalidLabel, InvalidMark, WrongUse
from aigc_label.order import ACTION_NAMES, Action, Delivery, Order, Outcome
from aigc_label.output import Sync

DRAWN_CHUNK: Final = 8  # pictures that are drawn on take long: few at a time keep every process busy and results coming
CHUNK: Final = 64


def options(parser: Parser) -> None:
    """Add what every command takes that makes files."""
    sources.options(parser)
    parser.option(
        "-o",
        "--output",
        shown="OUT",
        help_text=Bilingual(
            "a file, or a folder that mirrors the source; - for standard output",
            "输出文件，或与源结构相同的文件夹；- 表示标准输出",
        ),
    )
    parser.option("--in-place", help_text=Bilingual("change the files themselves", "直接修改原文件"))
    parser.option("--dry-run", help_text=Bilingual("say what would be done, touch nothing", "只显示计划，不做任何改动"))


def make(doing: Doing, invocation: Invocation) -> int:
    """Carry one of the three commands out; give the exit status."""
    sources.check(invocation)
    try:
        order = order_of(doing, invocation)
    except (InvalidLabel, InvalidMark) as problem:  # no file could be made that way, and none has been looked at
        console = invocation.console
        console.err(error_text(problem, "", console.lang, console.err_paint))
        return WRONG_USE
    out = _destination(invocation)
    if out == STREAM or STREAM in invocation.arguments.source:
        from aigc_label.cli.piping import pipe

        return pipe(doing, invocation, order, out)
    return run_batch(_batch(doing, invocation, order, out), invocation)


def _destination(invocation: Invocation) -> str | None:
    """Give where results go, None for in place. Raises `WrongUse` unless exactly one of the two was said."""
    out: str | None = invocation.arguments.output
    in_place: bool = invocation.arguments.in_place
    if out is None and not in_place and invocation.arguments.source == [STREAM]:
        return STREAM
    if (out is None) != in_place or (in_place and STREAM in invocation.arguments.source):
        raise WrongUse(
            Bilingual("say where the result goes: -o OUT, or --in-place", "请说明结果写到哪里：-o 输出，或 --in-place"),
            remedy=Bilingual("One of the two, not both.", "二者选一，不可同时使用。"),
        )
    return out


def _batch(doing: Doing, invocation: Invocation, order: Callable[[Job], Order], out: str | None) -> Batch:
    arguments = invocation.arguments
    named: list[str] = arguments.source
    many = bool(arguments.files_from) or len(named) > 1 or any(map(os.path.isdir, named))
    roots = _roots(invocation, out, many)
    sync = Sync(invocation.text("sync") or (Sync.GROUP if many else Sync.EACH))
    delivery = Delivery.PLAN if arguments.dry_run else Delivery.WRITE
    line = Line(
        order_of=lambda job: replace(order(job), sync=sync, delivery=delivery),
        sync=sync,
        existing=Existing.OVERWRITE if invocation.value("overwrite") else Existing.REFUSE,
        limits=sources.limits_of(invocation),
    )
    passed, chosen, links = Passed(), sources.filter_of(invocation), invocation.text("links")

    def jobs(counted: Passed) -> Iterator[Job]:
        return jobs_of(roots(), out, chosen, counted, links)

    def work(some: Iterable[Job]) -> Generator[Answer, None, None]:
        for _, outcome in line.outcomes(some):
            yield outcome_answer(outcome, invocation)

    def lost(job: Job, problem: AigcLabelError) -> Answer:
        failed = Outcome(path=job.source, target=job.target, action=Action.FAILED, error=problem)
        return outcome_answer(failed, invocation)

    return Batch(
        command=doing,
        jobs=jobs,
        ready=iter if arguments.dry_run else with_folders,
        work=work,
        lost=lost,
        passed=passed,
        kinds={str(action): text for action, text in ACTION_NAMES.items()},
        chunk=CHUNK if doing is Doing.EMBED else DRAWN_CHUNK,
        again=not arguments.files_from,
    )


def _roots(invocation: Invocation, out: str | None, many: bool) -> Callable[[], Iterable[Root]]:
    """Give what makes the roots of the walk. Raises `WrongUse` where the output cannot be what it has to be."""
    if invocation.arguments.files_from:
        _check_folder(out)
        return lambda: sources.listed(invocation)
    named: list[str] = invocation.arguments.source
    if out is None:
        return lambda: sources.each(named)
    if not many:
        into_folder = os.path.isdir(out) or out.endswith("/")
        return lambda: [Root(named[0], os.path.basename(named[0]) if into_folder else "")]
    _check_folder(out)
    for folder in filter(os.path.isdir, named):
        _check_apart(folder, out)
    roots = roots_of(named)
    return lambda: roots


def _check_folder(out: str | None) -> None:
    if out is not None and os.path.lexists(out) and not os.path.isdir(out):
        raise WrongUse(
            Bilingual(
                "several files need a folder as their output, and this is none",
                "多个文件需要输出到文件夹，而这不是文件夹",
            ),
            remedy=Bilingual("Name a folder with -o.", "请用 -o 指定文件夹。"),
            where=out,
        )


def _check_apart(folder: str, out: str) -> None:
    """Refuse an output within its source: a walk would meet its own results."""
    source, target = os.path.realpath(folder), os.path.realpath(out)
    if target == source or target.startswith(source.rstrip("/") + "/"):
        raise WrongUse(
            Bilingual(f"the output lies inside the source {folder!r}", f"输出位于源文件夹 {folder!r} 之内"),
            remedy=Bilingual("Name a folder beside it, or use --in-place.", "请指定其外的文件夹，或使用 --in-place。"),
            where=out,
        )
