"""Carries a label from one file to what a re-encode made of it, and says whether the mark survived."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import outcome_text
from aigc_label.comparing import CHANGE_NAMES, Change
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.settings import Group
from aigc_label.transplanting import mark_after, transplant

GROUPS: Final = (Group.FILES, Group.OUTPUT)
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
    outcome = transplant(origin, content, arguments.output, limits)
    mark = mark_after(origin, Path(arguments.output or content), limits)
    if invocation.text("format") != "text":
        console.out(json_text(with_exact_paths({**outcome.to_dict(console.lang), "mark_after": str(mark)})))
    else:
        console.out(outcome_text(outcome, console))
        console.out(f"  {console.say(Bilingual('mark: ', '显式标识：'))}{console.say(CHANGE_NAMES[mark])}")
        if mark in (Change.LOST, Change.CHANGED):
            console.out(console.say(DRAW))
    return STATUS.get(mark, DONE)
