"""Prints the label of a file as JSON: seven fields, in the order of Annex E."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from aigc_label import api
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.piping import check_input
from aigc_label.cli.starting import COMMANDS, DONE, FINDING, Invocation
from aigc_label.cli.telling import error_text
from aigc_label.errors import InvalidLabel
from aigc_label.inert import safe_json
from aigc_label.settings import Group

GROUPS: Final = (Group.FILES, Group.OUTPUT)


def parser(lang: Lang) -> Parser:
    made = Parser("show", lang, COMMANDS["show"], ("aigc-label show picture.png",), "FILE")
    made.positional("file", Bilingual("a file; - for standard input", "文件；- 表示标准输入"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Print the one valid label. Without one, or where labels differ, say so and give 1."""
    name, console = invocation.arguments.file, invocation.console
    if name == sources.STREAM:
        check_input()
    try:
        label = api.read(sys.stdin.buffer if name == sources.STREAM else Path(name), sources.limits_of(invocation))
    except InvalidLabel as problem:
        console.err(error_text(problem, name, console.lang, console.err_paint))
        return FINDING
    if label is None:
        console.err(console.err_paint(f"{name}: ") + console.say(Bilingual("no implicit label", "没有隐式标识")))
        return FINDING
    console.out(safe_json(label.to_json()))
    return DONE
