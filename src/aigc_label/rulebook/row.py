"""Spells one row of the rule table, and the remedies that many rows share."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.report import Grade, Rule, Severity

ERROR, UNDECIDED, WARNING, ADVICE = Severity.ERROR, Severity.UNDECIDED, Severity.WARNING, Severity.ADVICE
NORMATIVE, GUIDE, INFERRED, OWN = Grade.NORMATIVE, Grade.GUIDE, Grade.INFERRED, Grade.OWN

EMBED: Final = ("Run `aigc-label embed FILE --in-place`.", "运行 `aigc-label embed 文件 --in-place`。")
RELABEL: Final = (
    "Label the file anew; to replace another producer's label give `--replace REASON`.",
    "重新添加标识；替换其他生产者的标识须用 `--replace 理由` 说明。",
)
DRAW: Final = ("Run `aigc-label mark FILE --in-place`.", "运行 `aigc-label mark 文件 --in-place`。")

Pair = tuple[str, str]  # English, Chinese


def rule(
    code: str,
    severity: Severity,
    founded: tuple[str, Grade],
    *,
    says: Pair,
    cause: Pair,
    remedy: Pair,
    example: Pair,
) -> Rule:
    """Give a row: `founded` is the clause and how well it is known, `example` a file that breaks the rule.

    tests/breaking.py builds each example, and a test runs the installed command over all of them.
    """
    clause, grade = founded
    return Rule(
        id=code,
        severity=severity,
        clause=clause,
        grade=grade,
        sentence=Bilingual(*says),
        cause=Bilingual(*cause),
        remedy=Bilingual(*remedy),
        example=Bilingual(*example),
    )
