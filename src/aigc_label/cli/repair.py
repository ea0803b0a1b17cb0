"""Shows what is wrong with labels and can be mended, and mends it where that was asked for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from aigc_label.api import carry_out, read
from aigc_label.batch.job import Job, state_of
from aigc_label.batch.jobs import jobs_of
from aigc_label.batch.local import check_obstacle
from aigc_label.batch.shares import Answer
from aigc_label.batch.walk import Passed
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import roots, sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.console import Console, Style
from aigc_label.cli.recording import digests_of, is_recorded, recording_of
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import failure_text, summed_up
from aigc_label.errors import AigcLabelError, WrongUse
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.label import STATUS_NAMES, Label
from aigc_label.order import Action, Outcome
from aigc_label.repairing import FIX_NAMES, Diagnosis, Safety, diagnose, order_for
from aigc_label.settings import Group
from aigc_label.source import Source
from aigc_label.templates import LabelFields, Run, Template

GROUPS: Final = (Group.LABEL, Group.FILES, Group.LEDGER, Group.OUTPUT)
EXAMPLES: Final = ("aigc-label repair pictures/ --producer CODE", "aigc-label repair --apply pictures/ --producer CODE")
SAFETIES: Final = {Safety.SAFE: Bilingual("safe", "安全"), Safety.UNSAFE: Bilingual("unsafe", "不安全")}
DONE_TEXT: Final = Bilingual("repaired", "已修复")


def parser(lang: Lang) -> Parser:
    made = Parser("repair", lang, COMMANDS["repair"], EXAMPLES, "SOURCE...")
    made.positional("source", Bilingual("files or folders", "文件或文件夹"), "+")
    made.option("--apply", help_text=Bilingual("do it, in place; without it, only show", "就地修复；不加则只显示"))
    made.option(
        "--unsafe",
        shown="REASON",
        help_text=Bilingual(
            "also what touches another's label or cannot be read, for this reason",
            "同时修复涉及他人标识或无法读取的内容，并说明理由",
        ),
    )
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 where nothing is left to mend, 1 where something is, 3 where a file could not be processed."""
    fresh, console, status, counted = _fresh(invocation), invocation.console, DONE, Counter[str]()
    recording = recording_of(invocation, "repair")
    answers = (_answer(job, fresh(job.ordinal), invocation) for job in recording.handed(_jobs(invocation)))
    with closing(recording.answered(answers)) as stream:
        for one, kind, out, err, *_ in stream:
            console.out(out)
            console.err(err)
            counted[kind] += 1
            status = max(status, one)
    summed_up(counted, console)
    return status


def _jobs(invocation: Invocation) -> Iterator[Job]:
    chosen, links = roots.filter_of(invocation), invocation.text("links")
    return jobs_of(roots.each(invocation.arguments.source), None, chosen, Passed(), links)


def _fresh(invocation: Invocation) -> Callable[[int], Callable[[Source], Label]]:
    """Give what makes a new label of one's own. Raises `WrongUse` without a producer: whose label would it be?"""
    producer = invocation.text("producer")
    if not producer:
        raise WrongUse(
            Bilingual("no producer is set", "未设置生产者"),
            remedy=Bilingual("Give --producer CODE: your own.", "请用 --producer 指明自己的编码。"),
        )
    number, status = Template(invocation.text("produce-id")), STATUS_NAMES[invocation.text("status")]
    fields = LabelFields(producer=producer, status=status, produce_id=number, reserved1=invocation.text("reserved1"))
    fields.check()
    now = time.gmtime()
    run_at = Run(date=time.strftime("%Y%m%d", now), time=time.strftime("%H%M%S", now))
    return lambda ordinal: lambda source: fields.of(source, ordinal, run_at)


def _answer(job: Job, fresh: Callable[[Source], Label], invocation: Invocation) -> Answer:
    """Give the answer on one file; where the run is recorded, with what was done to it, () for nothing."""
    answer, outcome = _worked(job, fresh, invocation)
    if not is_recorded(invocation):
        return answer
    from aigc_label.batch.recording import made_deed

    return (*answer, made_deed(outcome) if outcome is not None else ())


def _worked(job: Job, fresh: Callable[[Source], Label], invocation: Invocation) -> tuple[Answer, Outcome | None]:
    console, limits, reason = invocation.console, sources.limits_of(invocation), invocation.arguments.unsafe or ""
    outcome = None
    try:
        check_obstacle(job)
        found = diagnose(Path(job.source), fresh, limits)
        if found is None:
            return (DONE, "fine", "", "", job.source), _of_the_dead(job)
        if invocation.arguments.apply and (found.safety is Safety.SAFE or reason):
            order = replace(order_for(found, reason), digests=digests_of(invocation))
            outcome = carry_out(Path(job.source), None, order, limits)
    except (AigcLabelError, OSError) as problem:
        said = failure_text(problem, job.source, console)
        failed = Outcome(path=job.source, target=job.source, action=Action.FAILED, error=problem)
        return (NOT_PROCESSED, "failed", "", said, job.source), failed
    mended = outcome is not None
    told = _told(found, invocation, reason, mended)
    status, kind = (DONE, "repaired") if mended else (FINDING, str(found.safety))
    return (status, kind, told, "", job.source), outcome


def _of_the_dead(job: Job) -> Outcome | None:
    """Give what a run did that was killed before it told: the file is sound, and not what it was when that run began."""
    if job.before is None or job.before == state_of(job.source):
        return None
    return Outcome(path=job.source, target=job.source, action=Action.WRITTEN, label=read(Path(job.source)))


def _told(found: Diagnosis, invocation: Invocation, reason: str, mended: bool) -> str:
    if invocation.text("format") == "text":
        return "\n".join(_lines(found, invocation.console, DONE_TEXT if mended else SAFETIES[found.safety]))
    return json_text(with_exact_paths({**found.to_dict(invocation.console.lang), "applied": mended, "reason": reason}))


def _lines(found: Diagnosis, console: Console, state: Bilingual) -> Iterator[str]:
    paint, say = console.out_paint, console.say
    why = ("；" if console.lang is Lang.ZH else "; ").join(say(FIX_NAMES[fix]) for fix in found.fixes)
    style = Style.UNSURE if found.safety is Safety.UNSAFE else Style.GOOD
    yield f"{paint(say(state), style)}  {paint(found.path, Style.NAME)}  {why}"
    for reading in found.before:
        yield f"  - {paint(f'{reading.carrier}@{reading.offset}  {reading.text}', Style.BAD)}"
    yield f"  + {paint(found.after.to_json(), Style.GOOD)}"
