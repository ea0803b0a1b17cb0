"""Shows what is wrong with labels and can be mended, and mends it where that was asked for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from aigc_label.batch.job import Job
from aigc_label.batch.jobs import jobs_of
from aigc_label.batch.local import check_obstacle
from aigc_label.batch.walk import Passed
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import roots, sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.console import Console, Style
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import failure_text
from aigc_label.errors import AigcLabelError, WrongUse
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.label import STATUS_NAMES, Label
from aigc_label.repairing import FIX_NAMES, Diagnosis, Safety, diagnose, repair
from aigc_label.settings import Group
from aigc_label.source import Source
from aigc_label.templates import LabelFields, Run, Template

GROUPS: Final = (Group.LABEL, Group.FILES, Group.OUTPUT)
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
    fresh, status, counted = _fresh(invocation), DONE, Counter[str]()
    for job in _jobs(invocation):
        kind, one = _worked(job, fresh(job.ordinal), invocation)
        counted[kind] += 1
        status = max(status, one)
    if not counted:
        raise WrongUse(
            Bilingual("no file matched", "没有匹配的文件"),
            remedy=Bilingual("Check the paths, --include and --exclude.", "请检查路径以及 --include、--exclude。"),
        )
    if counted.total() > 1 and not invocation.console.quiet:
        invocation.console.err(", ".join(f"{count} {kind}" for kind, count in sorted(counted.items())))
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


def _worked(job: Job, fresh: Callable[[Source], Label], invocation: Invocation) -> tuple[str, int]:
    console, limits = invocation.console, sources.limits_of(invocation)
    try:
        check_obstacle(job)
        found = diagnose(Path(job.source), fresh, limits)
        if found is None:
            return "fine", DONE
        allowed = found.safety is Safety.SAFE or bool(invocation.arguments.unsafe)
        mended = bool(invocation.arguments.apply) and allowed
        if mended:
            repair(found, unsafe=invocation.arguments.unsafe or "", limits=limits)
    except (AigcLabelError, OSError) as problem:
        console.err(failure_text(problem, job.source, console))
        return "failed", NOT_PROCESSED
    if invocation.text("format") == "text":
        console.out("\n".join(_lines(found, console, DONE_TEXT if mended else SAFETIES[found.safety])))
    else:
        console.out(
            json_text(
                with_exact_paths(
                    {**found.to_dict(console.lang), "applied": mended, "reason": invocation.arguments.unsafe or ""}
                )
            )
        )
    return ("repaired", DONE) if mended else (str(found.safety), FINDING)


def _lines(found: Diagnosis, console: Console, state: Bilingual) -> Iterator[str]:
    paint, say = console.out_paint, console.say
    why = ("；" if console.lang is Lang.ZH else "; ").join(say(FIX_NAMES[fix]) for fix in found.fixes)
    style = Style.UNSURE if found.safety is Safety.UNSAFE else Style.GOOD
    yield f"{paint(say(state), style)}  {paint(found.path, Style.NAME)}  {why}"
    for reading in found.before:
        yield f"  - {paint(f'{reading.carrier}@{reading.offset}  {reading.text}', Style.BAD)}"
    yield f"  + {paint(found.after.to_json(), Style.GOOD)}"
