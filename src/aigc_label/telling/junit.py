"""Tells files as test cases in JUnit's XML, by the schema that Jenkins and pytest share (junit-10.xsd)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Lang
from aigc_label.report import Severity, Verdict
from aigc_label.rulebook import RULESET
from aigc_label.rules import TOOL
from aigc_label.telling.account import clipped
from aigc_label.telling.markup import Markup, element, empty, joined, text
from aigc_label.telling.names import policy_said

if TYPE_CHECKING:
    from aigc_label.telling.account import Account, Point
    from aigc_label.telling.body import Body, Piece, Totals

FAILED: Final = (Verdict.NON_COMPLIANT, Verdict.UNLABELLED)


def pieces(account: Account, lang: Lang) -> Iterator[Piece]:
    folder, name = posixpath.split(account.place)
    yield account.severity, element("testcase", _said(account, lang), classname=folder or ".", name=name or "-")


def _said(account: Account, lang: Lang) -> Markup:
    lines = [text(_line(point, lang)) for point in account.points if point.severity is not Severity.ADVICE]
    if not lines:
        return Markup("")
    whole = joined(*(Markup(line + "\n") for line in lines))
    if account.verdict is Verdict.COMPLIANT:
        return element("system-out", whole)
    first = account.points[0]
    name = "failure" if account.verdict in FAILED else "error"
    return element(name, whole, type=first.code, message=f"{account.verdict}: {first.said(lang)}")


def _line(point: Point, lang: Lang) -> str:
    at = "" if point.offset is None else f"@{point.offset}"
    clause = f" [{point.clause.said(lang)}]" if point.clause.en else ""
    return clipped(f"{point.code}{at} {point.said(lang)}{clause} → {point.remedy.said(lang)}")


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    failures = sum(totals.verdicts[str(verdict)] for verdict in FAILED)
    counts = f'tests="{totals.files}" failures="{failures}" errors="{totals.verdicts[str(Verdict.UNDECIDABLE)]}"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n'
    yield f'<testsuite name="aigc-label" {counts} skipped="0" timestamp="{totals.made}">\n'
    about = {"tool": TOOL, "ruleset": RULESET, "scope": totals.scope, "left-out": str(totals.left_out)}
    asked = policy_said(totals.policy)
    about |= {"policy": asked.said(lang)} if asked else {}
    yield element("properties", *(empty("property", name=name, value=value) for name, value in about.items())) + "\n"
    for _, case in body:
        yield case + "\n"
    yield "</testsuite>\n</testsuites>\n"
