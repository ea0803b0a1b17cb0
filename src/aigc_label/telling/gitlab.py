"""Tells findings as GitLab's code quality report: a JSON array of issues, a subset of Code Climate's."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Lang
from aigc_label.inert import json_text
from aigc_label.report import Severity

if TYPE_CHECKING:
    from aigc_label.telling.account import Account
    from aigc_label.telling.body import Body, Piece, Totals

SEVERITIES: Final = {
    Severity.ERROR: "critical",
    Severity.UNDECIDED: "major",
    Severity.WARNING: "minor",
    Severity.ADVICE: "info",
}


def pieces(account: Account, lang: Lang) -> Iterator[Piece]:
    for number, point in enumerate(account.points):
        # the number keeps two findings of one rule in one file apart: GitLab drops what it takes for the same
        known = f"{account.place}\0{point.code}\0{number}".encode("utf-8", "surrogateescape")
        remedy = point.remedy.said(lang)
        issue = {
            "type": "issue",
            "check_name": point.code,
            "description": f"{point.code}: {point.said(lang)}{'' if lang is Lang.ZH else ' '}{remedy}",
            "categories": ["Compatibility"],
            "severity": SEVERITIES[point.severity],
            "fingerprint": sha256(known).hexdigest()[:32],
            "location": {"path": account.place, "lines": {"begin": 1}},
        }
        yield str(point.severity), json_text(issue)


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    yield "["
    for number, (_, text) in enumerate(body):
        yield f"{',' if number else ''}\n{text}"
    yield "\n]\n"
