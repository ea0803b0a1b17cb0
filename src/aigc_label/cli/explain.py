"""Shows every trace of a label in a file, wherever it lies, and which rule decided what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.judgements import status_of
from aigc_label.cli.piping import check_input
from aigc_label.cli.starting import COMMANDS, Invocation
from aigc_label.cli.tracing import lines
from aigc_label.errors import AigcLabelError
from aigc_label.expecting import policy_of
from aigc_label.explaining import explanation, traced
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.placing import Content, source_of
from aigc_label.settings import Group

GROUPS: Final = (Group.VERIFY, Group.INTAKE, Group.FILES, Group.OUTPUT)


def parser(lang: Lang) -> Parser:
    made = Parser("explain", lang, COMMANDS["explain"], ("aigc-label explain picture.jpg",), "FILE")
    made.positional("file", Bilingual("a file; - for standard input", "文件；- 表示标准输入"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Print everything; give the status that `verify` would give."""
    name, console = invocation.arguments.file, invocation.console
    if name == sources.STREAM:
        check_input()
    content: Content = sys.stdin.buffer if name == sources.STREAM else Path(name)
    with source_of(content, sources.limits_of(invocation)) as source:
        try:
            trace = traced(source, policy_of(invocation.settings))
        except AigcLabelError as problem:
            problem.where = problem.where or name
            raise
    if invocation.text("format") == "text":
        for line in lines(trace, console):
            console.out(line)
    else:
        console.out(json_text(with_exact_paths(explanation(trace, console.lang))))
    return status_of(trace.report)
