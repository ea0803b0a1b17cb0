"""Checks this installation: what is there, what is missing, what that costs, how to get it."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.checks import Check, State, all_checks
from aigc_label.cli.console import Console, Style, padded
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, Invocation
from aigc_label.inert import json_text
from aigc_label.settings import Group

GROUPS: Final = (Group.OUTPUT,)
STATES: Final = {
    State.GOOD: (Bilingual("ok", "正常"), Style.GOOD),
    State.LACKING: (Bilingual("missing", "缺少"), Style.UNSURE),
    State.BROKEN: (Bilingual("broken", "异常"), Style.BAD),
}


def parser(lang: Lang) -> Parser:
    made = Parser("doctor", lang, COMMANDS["doctor"], ("aigc-label doctor",))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Print every check; give 1 where something that every user needs is broken. What is optional never fails."""
    console = invocation.console
    checks = list(all_checks())
    if invocation.text("format") != "text":
        console.out(json_text([_row(check, console.lang) for check in checks]))
    else:
        for check in checks:
            if not console.quiet or check.state is not State.GOOD:
                console.out(_lines(check, console))
    return FINDING if any(check.state is State.BROKEN for check in checks) else DONE


def _lines(check: Check, console: Console) -> str:
    name, style = STATES[check.state]
    word = console.out_paint(padded(console.say(name), 9), style)
    text = f"{word}{padded(console.say(check.name), 34)}{console.out_paint(console.say(check.detail))}".rstrip()
    remedy = console.say(check.remedy)
    return f"{text}\n         → {console.out_paint(remedy)}" if remedy else text


def _row(check: Check, lang: Lang) -> dict[str, str]:
    return {
        "state": str(check.state),
        "name": check.name.said(lang),
        "detail": check.detail.said(lang),
        "remedy": check.remedy.said(lang),
    }
