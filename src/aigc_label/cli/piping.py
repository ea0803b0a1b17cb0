"""Works through standard input and output: one file in, one file out, nothing else on the way."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from aigc_label.batch.local import Line
from aigc_label.bilingual import Bilingual
from aigc_label.cli import sources
from aigc_label.cli.recording import check_unpiped
from aigc_label.cli.sources import STREAM
from aigc_label.cli.starting import Invocation
from aigc_label.cli.telling import outcome_answer
from aigc_label.errors import AigcLabelError, WrongUse
from aigc_label.order import Action, Delivery, Existing, Order, Outcome
from aigc_label.output import Placer, Sync, sweep
from aigc_label.placing import Content, emit, place


def pipe(invocation: Invocation, order_of: Callable[[int], Order], out: str | None) -> int:
    """Carry one order out with a stream at one end or both; give the exit status."""
    named: list[str] = invocation.arguments.source
    if len(named) != 1 or os.path.isdir(named[0]):
        raise WrongUse(
            Bilingual("standard output takes exactly one file", "标准输出只能接收一个文件"),
            remedy=Bilingual("Name a folder with -o.", "请用 -o 指定文件夹。"),
        )
    check_unpiped(invocation)
    name = named[0]
    if name == STREAM:
        check_input()
    if out == STREAM:
        _check_output()
        invocation.console.stream = sys.stderr  # standard output carries the file and nothing else
    delivery = Delivery.PLAN if invocation.arguments.dry_run else Delivery.WRITE
    sync = Sync(invocation.text("sync") or Sync.EACH)
    order = replace(order_of(1), delivery=delivery, sync=sync)
    content: Content = sys.stdin.buffer if name == STREAM else Path(name)
    target = out or STREAM
    try:
        outcome = _made(content, target, order, invocation)
    except BrokenPipeError:
        raise
    except (AigcLabelError, OSError) as problem:
        outcome = Outcome(path=name, target=target, action=Action.FAILED, error=problem)
    status, _, told, said, _ = outcome_answer(replace(outcome, path=name), invocation)
    invocation.console.out(str(told))
    invocation.console.err(str(said))
    return int(status)


def _made(content: Content, target: str, order: Order, invocation: Invocation) -> Outcome:
    limits = sources.limits_of(invocation)
    if order.delivery is Delivery.PLAN or target != STREAM:
        data = _bytes_of(content)
        if target == STREAM:
            return place(data, None, order, Placer(order.sync), limits)
        path = Path(target)
        existing = Existing.OVERWRITE if invocation.value("overwrite") else Existing.REFUSE
        line = Line(order_of=lambda _: order, sync=order.sync, existing=existing, limits=limits)
        if order.delivery is Delivery.WRITE:
            sweep(path.parent)
        return line.standing(data, path, order) or place(data, path, order, Placer(Sync.EACH), limits)
    sys.stdout.flush()
    outcome = emit(content, order, sys.stdout.buffer.write, limits)
    sys.stdout.buffer.flush()
    return outcome


def _bytes_of(content: Content) -> Content:
    """Standard input can be read once only, and is asked for twice: whether the target stands, and to write it."""
    return content if isinstance(content, Path) else cast(BinaryIO, content).read()


def check_input() -> None:
    """Raise `WrongUse` where nobody pipes anything in."""
    if sys.stdin.isatty():
        raise WrongUse(
            Bilingual("standard input is a terminal", "标准输入是终端"),
            remedy=Bilingual("Pipe a file in: aigc-label ... - < FILE", "请用管道传入文件：aigc-label ... - < 文件"),
        )


def _check_output() -> None:
    if sys.stdout.isatty():
        raise WrongUse(
            Bilingual("a file is not written to a terminal", "不会把文件内容输出到终端"),
            remedy=Bilingual("Redirect it: ... -o - > FILE", "请重定向：... -o - > 文件"),
        )
