"""Tells files as annotations of GitHub Actions: a workflow command a file, no more than GitHub shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.inert import shown
from aigc_label.report import VERDICT_NAMES, Severity
from aigc_label.telling.account import clipped

if TYPE_CHECKING:
    from aigc_label.telling.account import Account
    from aigc_label.telling.body import Body, Piece, Totals

MOST: Final = 10  # annotations of one level that a step shows (actions/toolkit, docs/problem-matchers.md)
POINTS: Final = 8  # findings of one file that its annotation spells out
LONGEST: Final = 500  # characters of each
LEVELS: Final = {"error": (Severity.ERROR, Severity.UNDECIDED), "warning": (Severity.WARNING,)}


def pieces(account: Account, lang: Lang) -> Iterator[Piece]:
    told = [point for point in account.points if point.severity is not Severity.ADVICE]
    if not told:
        return
    lines = [f"{point.code} {clipped(point.said(lang), LONGEST)} → {point.remedy.said(lang)}" for point in told]
    if len(lines) > POINTS:
        more = len(lines) - POINTS
        lines[POINTS:] = [Bilingual(f"and {more} more findings", f"以及其他 {more} 项问题").said(lang)]
    title = VERDICT_NAMES[account.verdict].said(lang)
    level = "warning" if account.severity == Severity.WARNING else "error"
    yield account.severity, command(level, title, "\n".join(map(shown, lines)), account.place)


def command(level: str, title: str, message: str, place: str = "") -> str:
    """Give a workflow command, its values escaped so that none of them can begin another."""
    file = f"file={_property(place)},line=1," if place else ""
    return f"::{level} {file}title={_property(f'aigc-label: {title}')}::{_data(message)}"


def _data(value: str) -> str:
    safe = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return re.sub("##(?=\\[)", "## ", safe)  # the runner's older form of a command, which may stand within a line


def _property(value: str) -> str:
    return _data(shown(value)).replace(":", "%3A").replace(",", "%2C")


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    for level, severities in LEVELS.items():
        count = sum(body.counts[severity] for severity in severities)
        told = count if count <= MOST else MOST - 1
        for _, text in zip(range(told), body.of(*severities), strict=False):
            yield text + "\n"
        if told < count:
            yield command(level, _more(count - told).said(lang), _where(count, totals).said(lang)) + "\n"


def _more(count: int) -> Bilingual:
    return Bilingual(f"{count} more files", f"另有 {count} 个文件")


def _where(count: int, totals: Totals) -> Bilingual:
    return Bilingual(
        f"{count} of {totals.files} files have findings of this level. GitHub shows {MOST} annotations of a step; the "
        "others are in the job's summary and in the reports.",
        f"{totals.files} 个文件中有 {count} 个存在此级别的问题。GitHub 每个步骤只显示 {MOST} 条注释，"
        "其余见作业摘要和报告文件。",
    )
