"""Compares files before and after a transcode or an upload: what became of labels, marks and verdicts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

from aigc_label.batch.pairs import Pair, pairs_of
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import roots, sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.console import Console, Style
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import failure_text, summed_up
from aigc_label.comparing import CHANGE_NAMES, SCHEMA, Change, Comparison, compare
from aigc_label.errors import AigcLabelError
from aigc_label.expecting import policy_of
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.order import error_to_dict
from aigc_label.policy import Policy
from aigc_label.report import VERDICT_NAMES
from aigc_label.settings import Group

GROUPS: Final = (Group.VERIFY, Group.INTAKE, Group.FILES, Group.OUTPUT)
EXAMPLES: Final = ("aigc-label compare labelled.png upload.webp", "aigc-label compare labelled/ downloaded/")
STYLES: Final = {Change.LOST: Style.BAD, Change.CHANGED: Style.UNSURE, Change.UNKNOWN: Style.UNSURE}
MISSING: Final = Bilingual("has no counterpart", "没有对应的文件")

Compared = Comparison | AigcLabelError | OSError | None


def parser(lang: Lang) -> Parser:
    made = Parser("compare", lang, COMMANDS["compare"], EXAMPLES, "BEFORE AFTER")
    made.positional("before", Bilingual("a file or folder", "文件或文件夹"))
    made.positional("after", Bilingual("what became of it", "处理之后的文件或文件夹"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 where nothing was lost, 1 where something was, 3 where one of two files could not be looked at."""
    policy, status, counted = policy_of(invocation.settings), DONE, Counter[str]()
    arguments, console = invocation.arguments, invocation.console
    for pair in pairs_of(arguments.before, arguments.after, roots.filter_of(invocation)):
        found = _compared(pair, policy, invocation)
        status = max(status, _status(pair, found))
        counted[_kind(pair, found)] += 1
        text = invocation.text("format") == "text"
        console.out(
            _text(pair, found, console) if text else json_text(with_exact_paths(_row(pair, found, console.lang)))
        )
    summed_up(counted, console)
    return status


def _compared(pair: Pair, policy: Policy, invocation: Invocation) -> Compared:
    if not pair.before or not pair.after:
        return None
    try:
        return compare(Path(pair.before), Path(pair.after), policy, sources.limits_of(invocation))
    except (AigcLabelError, OSError) as problem:
        return problem


def _status(pair: Pair, found: Compared) -> int:
    if found is None:  # a file that is gone took its label along; one that came in addition took nothing away
        return FINDING if pair.before else DONE
    if not isinstance(found, Comparison) or found.unknown:
        return NOT_PROCESSED
    return FINDING if found.lost else DONE


def _kind(pair: Pair, found: Compared) -> str:
    if found is None:
        return "missing" if pair.before else "new"
    if not isinstance(found, Comparison):
        return "failed"
    return "lost" if found.lost else "unknown" if found.unknown else "fine"


def _row(pair: Pair, found: Compared, lang: Lang) -> dict[str, Any]:
    if isinstance(found, Comparison):
        return found.to_dict()
    error = error_to_dict(found, lang) if found is not None else None
    paths = {
        "before": {"path": pair.before} if pair.before else None,
        "after": {"path": pair.after} if pair.after else None,
    }
    return {"schema": SCHEMA, "label": None, "mark": None, "lost": bool(pair.before), **paths, "error": error}


def _text(pair: Pair, found: Compared, console: Console) -> str:
    paint, say = console.out_paint, console.say
    names = f"{paint(pair.before or '-', Style.NAME)} → {paint(pair.after or '-', Style.NAME)}"
    if found is None:
        return f"{names}  {paint(say(MISSING), Style.BAD if pair.before else Style.FAINT)}"
    if not isinstance(found, Comparison):
        return f"{names}\n{failure_text(found, pair.after, console)}"
    label, mark = (
        f"{say(name)}{paint(say(CHANGE_NAMES[change]), STYLES.get(change, Style.GOOD))}"
        for name, change in (
            (Bilingual("label: ", "隐式标识："), found.label),
            (Bilingual("mark: ", "显式标识："), found.mark),
        )
    )
    verdicts = " → ".join(say(VERDICT_NAMES[side.verdict]) for side in (found.before, found.after))
    return f"{names}\n  {label}  {mark}  {say(Bilingual('verdict: ', '结论：'))}{verdicts}"
