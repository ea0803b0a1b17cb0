"""Does what the commands share that make files: one file here, many in a batch."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from aigc_label.batch.folders import with_folders
from aigc_label.batch.job import Job
from aigc_label.batch.local import Line
from aigc_label.bilingual import Bilingual
from aigc_label.cli import sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.progress import watched
from aigc_label.cli.recording import digests_of, made_answer, recording_of
from aigc_label.cli.secrets import signed
from aigc_label.cli.sources import STREAM
from aigc_label.cli.starting import WRONG_USE, Invocation
from aigc_label.cli.telling import error_text
from aigc_label.errors import InvalidKey, InvalidLabel, InvalidMark, WrongUse
from aigc_label.order import Delivery, Existing, Order
from aigc_label.ordering import Doing, order_of
from aigc_label.output import Sync
from aigc_label.storage.addresses import is_tree

if TYPE_CHECKING:
    from aigc_label.batch.shares import Answer


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
    return carry(doing, invocation, lambda: ordered(doing, invocation))


def ordered(doing: Doing, invocation: Invocation, started: float | None = None) -> Callable[[int], Order]:
    """Give what makes the order for a file from its number, signer included. Raises as `order_of` and `signed`."""
    return signed(order_of(doing, invocation.settings, started), invocation)


def carry(command: str, invocation: Invocation, orders: Callable[[], Callable[[int], Order]]) -> int:
    """Carry out on every file what `orders` makes of its number; give the exit status."""
    sources.check(invocation)
    try:
        order = orders()
    except (InvalidKey, InvalidLabel, InvalidMark) as problem:  # no file could be made, and none has been looked at
        console = invocation.console
        console.err(error_text(problem, "", console.lang, console.err_paint))
        return WRONG_USE
    out = _destination(invocation)
    named: list[str] = invocation.arguments.source
    if out == STREAM or STREAM in named:
        from aigc_label.cli.piping import pipe

        return pipe(invocation, order, out)
    if len(named) != 1 or is_tree(named[0]):
        from aigc_label.cli.mirroring import mirror

        return mirror(command, invocation, order, out)
    return _single(command, invocation, order, out)


def _destination(invocation: Invocation) -> str | None:
    """Give where results go, None for in place. Raises `WrongUse` unless exactly one of the two was said."""
    out: str | None = invocation.arguments.output
    in_place: bool = invocation.arguments.in_place
    if out is None and not in_place and invocation.arguments.source == [STREAM]:
        return STREAM
    if (out is not None) == in_place or (in_place and STREAM in invocation.arguments.source):
        raise WrongUse(
            Bilingual("say where the result goes: -o OUT, or --in-place", "请说明结果写到哪里：-o 输出，或 --in-place"),
            remedy=Bilingual("One of the two, not both.", "二者选一，不可同时使用。"),
        )
    return out


def line_of(invocation: Invocation, order: Callable[[int], Order], usual: Sync) -> Line:
    """Give how this call makes its files; `usual` is how they are synced where nothing else was said."""
    sync = Sync(invocation.text("sync") or usual)
    delivery = Delivery.PLAN if invocation.arguments.dry_run else Delivery.WRITE
    return Line(
        order_of=lambda job: replace(order(job.ordinal), sync=sync, delivery=delivery, digests=digests_of(invocation)),
        sync=sync,
        existing=Existing.OVERWRITE if invocation.value("overwrite") else Existing.REFUSE,
        limits=sources.limits_of(invocation),
    )


def _single(command: str, invocation: Invocation, order: Callable[[int], Order], out: str | None) -> int:
    source: str = invocation.arguments.source[0]
    target = out or ""
    if out is not None and (out.endswith("/") or os.path.isdir(out)):
        target = os.path.join(out, os.path.basename(source))
    line = line_of(invocation, order, Sync.EACH)
    recording = recording_of(invocation, command)
    jobs = recording.handed([Job(1, source, target)])
    ready = jobs if invocation.arguments.dry_run else with_folders(jobs)
    answers = (made_answer(outcome, invocation) for _, outcome in line.outcomes(ready))
    with watched(invocation.console):
        return max(_told(answer, invocation) for answer in recording.answered(answers))


def _told(answer: Answer, invocation: Invocation) -> int:
    status, _, told, said, *_ = answer
    invocation.console.out(str(told))
    invocation.console.err(str(said))
    return int(status)
