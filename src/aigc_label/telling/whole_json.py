"""Tells a run as one JSON document: the reports, then what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aigc_label.bilingual import Lang
from aigc_label.inert import json_text
from aigc_label.report import Verdict
from aigc_label.telling.json_lines import pieces

if TYPE_CHECKING:
    from aigc_label.telling.body import Body, Totals

__all__ = ["document", "pieces"]


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    yield opening(totals.command)
    for number, (_, text) in enumerate(body):
        yield f"{',' if number else ''}{text}\n"
    kinds = totals.verdicts - Counter({str(Verdict.UNDECIDABLE): totals.failed}) + Counter(failed=totals.failed)
    summary = {"files": totals.files, "kinds": dict(kinds), "left_out": totals.left_out}
    yield closing(summary, totals.status) + "\n"


def opening(command: str) -> str:
    return f'{{"schema": "aigc-label/run/1", "command": "{command}", "results": [\n'


def closing(summary: Mapping[str, Any], status: int) -> str:
    return f'], "summary": {json_text(summary)}, "status": {status}}}'
