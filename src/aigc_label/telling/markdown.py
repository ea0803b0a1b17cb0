"""Tells a run as a Markdown page for a job's summary: counts, rules, then the files, within GitHub's bound of 1 MiB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.inert import shown
from aigc_label.limits import KIB, MIB
from aigc_label.report import VERDICT_NAMES, Severity, Verdict
from aigc_label.rulebook import RULES, RULESET
from aigc_label.rules import TOOL
from aigc_label.telling.account import WEIGHTS, clipped
from aigc_label.telling.names import policy_said

if TYPE_CHECKING:
    from aigc_label.telling.account import Account
    from aigc_label.telling.body import Body, Piece, Totals

MOST: Final = 1 * MIB  # bytes of a step's summary (GitHub, "Workflow commands", job summaries)
ROOM: Final = 4 * KIB  # of these for the last line, and for what others write into the same summary
POINTS: Final = 6  # findings of one file that its row spells out
LONGEST: Final = 160  # characters of each
SIGNS: Final = {
    Verdict.COMPLIANT: "✅",
    Verdict.NON_COMPLIANT: "❌",
    Verdict.UNLABELLED: "❌",
    Verdict.UNDECIDABLE: "❔",
}


def pieces(account: Account, lang: Lang) -> Iterator[Piece]:
    told = [point for point in account.points if point.severity is not Severity.ADVICE]
    if not told:
        return
    lines = [f"{point.code} {_plain(clipped(point.said(lang), LONGEST))}" for point in told[:POINTS]]
    if len(told) > POINTS:
        more = len(told) - POINTS
        lines.append(Bilingual(f"and {more} more", f"以及其他 {more} 项").said(lang))
    verdict = f"{SIGNS[account.verdict]} {VERDICT_NAMES[account.verdict].said(lang)}"
    yield account.severity, f"| {verdict} | <code>{_plain(account.place)}</code> | {'<br>'.join(lines)} |\n"


def _plain(text: str) -> str:
    """Give text in which no character means anything to GitHub's Markdown or to HTML."""
    return re.sub(r"[\\`*_{}\[\]()#+!|<>&~@:$^]|(?<=www)\.", lambda found: f"&#{ord(found[0])};", shown(text))


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    head = "".join(_head(totals, lang))
    yield head
    used = len(head.encode())
    told = 0
    for severity in map(str, WEIGHTS):
        for row in body.of(severity):
            used += len(row.encode())
            if used > MOST - ROOM:
                yield "\n" + _rest(len(body) - told).said(lang) + "\n"
                return
            if not told:
                yield _titles(Bilingual("Verdict | File | Findings", "结论 | 文件 | 问题"), lang)
            told += 1
            yield row


def _head(totals: Totals, lang: Lang) -> Iterator[str]:
    sign = "✅" if totals.passed else "❌"
    yield f"## {sign} {Bilingual('AI-generated content labels', 'AI 生成合成内容标识核验').said(lang)}\n"
    yield _titles(Bilingual("Verdict | Files", "结论 | 文件数"), lang)
    for verdict, name in VERDICT_NAMES.items():
        if totals.verdicts[str(verdict)]:
            yield f"| {SIGNS[verdict]} {name.said(lang)} | {totals.verdicts[str(verdict)]} |\n"
    yield f"| {Bilingual('all', '合计').said(lang)} | {totals.files} |\n"
    if totals.codes:
        yield _titles(Bilingual("Rule | Times | Says", "规则 | 次数 | 含义"), lang)
    for code, count in totals.codes.most_common():
        says = RULES[code].sentence.said(lang) if code in RULES else Bilingual("could not look", "无法查看").said(lang)
        yield f"| {code} | {count} | {_plain(says)} |\n"
    scope = Bilingual(f"scope: {totals.scope}", f"核验范围：{totals.scope}").said(lang)
    yield f"\n{TOOL} · {Bilingual('rules', '规则集').said(lang)} {RULESET} · {scope}\n"
    asked = policy_said(totals.policy)
    if asked is not None:
        yield f"\n{Bilingual('policy', '策略').said(lang)}: {_plain(clipped(asked.said(lang)))}\n"


def _titles(titles: Bilingual, lang: Lang) -> str:
    said = titles.said(lang)
    return f"\n| {said} |\n|{' --- |' * (said.count('|') + 1)}\n"


def _rest(count: int) -> Bilingual:
    return Bilingual(
        f"**{count} more files with findings** are not listed: GitHub takes 1 MiB. They are counted above and stand in the "
        "other reports.",
        f"**另有 {count} 个存在问题的文件**未列出：GitHub 摘要上限为 1 MiB。上方统计已包含它们，详情见其他报告。",
    )
