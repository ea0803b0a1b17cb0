"""Shows every trace of a label in a file, wherever it lies, and which rule decided what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

from aigc_label.api import gather
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli import sources
from aigc_label.cli.arguments import Parser
from aigc_label.cli.judgements import STATUS
from aigc_label.cli.piping import check_input
from aigc_label.cli.starting import COMMANDS, NOT_PROCESSED, Invocation
from aigc_label.cli.tracing import Trace, lines
from aigc_label.cli.verify import policy_of
from aigc_label.dialects import understand
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Reading
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.placing import Content, source_of
from aigc_label.policy import Policy
from aigc_label.residue import scan
from aigc_label.rules import judge
from aigc_label.settings import Group
from aigc_label.source import Source

GROUPS: Final = (Group.VERIFY, Group.FILES, Group.OUTPUT)
AROUND: Final = 4096  # bytes around a reading in which a raw trace most likely belongs to it (its packet, its segment)


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
            trace = traced(source, policy_of(invocation))
        except AigcLabelError as problem:
            problem.where = problem.where or name
            raise
    if invocation.text("format") == "text":
        for line in lines(trace, console):
            console.out(line)
    else:
        console.out(json_text(with_exact_paths(_values(trace, console.lang))))
    return STATUS.get(trace.report.verdict, NOT_PROCESSED)


def traced(source: Source, policy: Policy) -> Trace:
    """Give all evidence, the raw traces among all bytes included, and the judgement on it."""
    evidence = gather(source, policy)
    raw = tuple(scan(source))
    return Trace(
        report=judge(evidence, policy), raw=raw, owners=tuple(_owner(r.offset, evidence.survey.readings) for r in raw)
    )


def _owner(offset: int, readings: tuple[Reading, ...]) -> int | None:
    """Give the number of the reading that a raw trace lies in or right beside, None where it stands alone."""
    near = [
        (abs(offset - reading.offset), number)
        for number, reading in enumerate(readings, 1)
        if reading.offset - AROUND <= offset <= reading.offset + 6 * len(reading.text) + AROUND
    ]
    return min(near)[1] if near else None


def _values(trace: Trace, lang: Lang) -> dict[str, Any]:
    values = trace.report.to_dict(lang)
    values["schema"] = "aigc-label/explanation/1"
    for row, reading in zip(values["readings"], trace.report.evidence.survey.readings, strict=True):
        understanding = understand(reading.text)
        row["fields"] = understanding.values
        row["extra"] = understanding.extra
        row["text_repairs"] = [str(repair) for repair in understanding.repairs]
        row["faults"] = [fault.detail.said(lang) for fault in understanding.faults]
        row["rules"] = trace.rules_at(reading.offset)
    values["raw_traces"] = [
        {"offset": residue.offset, "excerpt": residue.excerpt, "reading": owner}
        for residue, owner in zip(trace.raw, trace.owners, strict=True)
    ]
    return values
