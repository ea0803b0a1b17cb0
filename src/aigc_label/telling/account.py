"""Holds what is to be told of one file, whether it was judged or could not be looked at."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import NOTHING, Bilingual, Lang
from aigc_label.errors import AigcLabelError
from aigc_label.os_errors import code_of, explained
from aigc_label.recognition import Gate
from aigc_label.report import Finding, Report, Severity, Verdict

WEIGHTS: Final = (Severity.ERROR, Severity.UNDECIDED, Severity.WARNING, Severity.ADVICE)
LONGEST: Final = 2_000  # characters of one detail: a label's text may be long, and a hostile one will be


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to say of a file: a finding with its rule, or the error that kept us from looking, with its code."""

    code: str
    severity: Severity
    sentence: Bilingual
    detail: Bilingual
    remedy: Bilingual
    clause: Bilingual = NOTHING
    offset: int | None = None

    def said(self, lang: Lang) -> str:
        """Give what is wrong, with what exactly."""
        sentence, detail = self.sentence.said(lang), self.detail.said(lang)
        left, right = ("（", "）") if lang is Lang.ZH else (" (", ")")
        return f"{sentence}{left}{clipped(detail)}{right}" if detail else sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is to be told of one file. `place` is its path as a CI system names it: from the root of the checkout.

    Where the file could not be looked at, `judged` is the error, which is the one point then, and the verdict is undecidable.
    """

    path: str
    place: str
    verdict: Verdict
    points: tuple[Point, ...]
    judged: Report | AigcLabelError | OSError
    gate: Gate = Gate.PRODUCER

    @property
    def report(self) -> Report | None:
        return self.judged if isinstance(self.judged, Report) else None

    @property
    def severity(self) -> str:
        """The gravest severity among the points, "" where there are none."""
        return str(min((point.severity for point in self.points), key=WEIGHTS.index, default=""))


def account_of(
    path: str, judged: Report | AigcLabelError | OSError, root: str = "", gate: Gate = Gate.PRODUCER
) -> Account:
    """Give the account of one file; a path below `root` is named from there. `gate` is who asked."""
    place = os.path.relpath(path, root) if root and path.startswith(root.rstrip("/") + "/") else path
    if isinstance(judged, Report):
        points = tuple(_point(finding) for finding in judged.findings)
        return Account(path=path, place=place, verdict=judged.verdict, points=points, judged=judged, gate=gate)
    points = (_reason(judged),)
    return Account(path=path, place=place, verdict=Verdict.UNDECIDABLE, points=points, judged=judged, gate=gate)


def _point(finding: Finding) -> Point:
    rule = finding.rule
    return Point(
        code=rule.id,
        severity=finding.severity,
        sentence=rule.sentence,
        detail=finding.detail,
        remedy=rule.remedy,
        clause=rule.cited,
        offset=finding.offset,
    )


def _reason(problem: AigcLabelError | OSError) -> Point:
    """Give an error as a point: what could not be looked at cannot pass."""
    if isinstance(problem, AigcLabelError):
        code, offset, detail = problem.code, problem.offset, problem.why
        what, remedy = problem.what, problem.remedy
    else:
        code, offset, detail = code_of(problem), None, NOTHING
        what, remedy = explained(problem)
    return Point(code=code, severity=Severity.UNDECIDED, sentence=what, detail=detail, remedy=remedy, offset=offset)


def clipped(text: str, most: int = LONGEST) -> str:
    """Give text, its end replaced by how much of it is missing where it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[:most]}… (+{len(text) - most})"
