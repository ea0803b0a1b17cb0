"""Carries a label from one file to what a re-encode made of it, and says whether the mark survived."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from aigc_label.api import carry_out
from aigc_label.batch.job import Job
from aigc_label.batch.shares import Answer
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.recording import digests_of, is_recorded, recording_of
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import outcome_text
from aigc_label.comparing import CHANGE_NAMES, Change
from aigc_label.errors import AigcLabelError, WrongUse
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.order import Action, Outcome
from aigc_label.settings import Group
from aigc_label.transplanting import mark_after, order_from

GROUPS: Final = (Group.FILES, Group.LEDGER, Group.OUTPUT)
STATUS: Final = {Change.LOST: FINDING, Change.CHANGED: FINDING, Change.UNKNOWN: NOT_PROCESSED}
DRAW: Final = Bilingual(
    "  → draw it anew: `aigc-label mark FILE --in-place`", "  → 请重新添加：`aigc-label mark 文件 --in-place`"
)


def parser(lang: Lang) -> Parser:
    examples = ("aigc-label transplant labelled.png smaller.webp", "aigc-label transplant a.mp4 b.mp4 -o c.mp4")
    made = Parser("transplant", lang, COMMANDS["transplant"], examples, "FROM TO")
    made.positional("origin", Bilingual("the file that has the label", "带有标识的文件"))
    made.positional("content", Bilingual("the file that came of it", "重新编码后的文件"))
    made.option("-o", "--output", shown="OUT", help_text=Bilingual("write here, not into TO", "写入此文件而非 TO"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 where label and mark have arrived, 1 where the mark has not, 3 where the label could not be carried over."""
    arguments, console, limits = invocation.arguments, invocation.console, sources.limits_of(invocation)
    origin, content = Path(arguments.origin), Path(arguments.content)
    outcome = _recorded(invocation)
    mark = mark_after(origin, Path(arguments.output or content), limits)
    if invocation.text("format") != "text":
        console.out(json_text(with_exact_paths({**outcome.to_dict(console.lang), "mark_after": str(mark)})))
    else:
        console.out(outcome_text(outcome, console))
        console.out(f"  {console.say(Bilingual('mark: ', '显式标识：'))}{console.say(CHANGE_NAMES[mark])}")
        if mark in (Change.LOST, Change.CHANGED):
            console.out(console.say(DRAW))
    return STATUS.get(mark, DONE)


def _recorded(invocation: Invocation) -> Outcome:
    """Carry the label over, with an entry in the ledger where one is kept: also of what failed, and then raise that."""
    arguments = invocation.arguments
    if invocation.value("resume"):
        raise WrongUse(
            Bilingual("one file leaves nothing to resume", "单个文件无需 --resume"),
            remedy=Bilingual("Leave --resume out.", "请去掉 --resume。"),
        )
    told: list[Outcome] = []

    def work(jobs: Iterator[Job]) -> Generator[Answer, None, None]:
        for _ in jobs:
            told.append(_done(invocation))
            yield _deeds(told[-1], invocation)

    recording = recording_of(invocation, "transplant")
    job = Job(1, arguments.content, arguments.output or "")
    for _ in recording.answered(work(recording.handed([job]))):
        pass
    (outcome,) = told
    if outcome.error is not None:
        raise outcome.error
    return outcome


def _done(invocation: Invocation) -> Outcome:
    arguments, limits = invocation.arguments, sources.limits_of(invocation)
    content, out = Path(arguments.content), arguments.output
    try:
        order = replace(order_from(Path(arguments.origin), limits), digests=digests_of(invocation))
        return carry_out(content, out, order, limits)
    except (AigcLabelError, OSError) as problem:
        return Outcome(path=str(content), target=str(out or content), action=Action.FAILED, error=problem)


def _deeds(outcome: Outcome, invocation: Invocation) -> Answer:
    if not is_recorded(invocation):
        return ()
    from aigc_label.batch.recording import made_deed

    return (made_deed(outcome, {"origin": str(invocation.arguments.origin)}),)
