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

# What the rules of pictures and of films say alike.
ELEMENTS: Final = {
    "says": ("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
    "cause": (
        "A service's name or a slogan stands there instead of the two elements.",
        "标识处只有服务名称或口号，缺少两项要素。",
    ),
    "remedy": DRAW,
}
CONTRAST: Final = {
    "says": ("The mark stands out too little from what lies behind it.", "显式标识与背景的对比度不足。"),
    "cause": ("Half-transparent words, or words in the colour of what lies behind.", "文字半透明，或与背景颜色相近。"),
    "remedy": DRAW,
}
DOUBTFUL: Final = {
    "says": (
        "The text height is so near the floor of 5 % that its measure does not decide.",
        "文字高度过于接近 5% 的下限，测量结果不足以判定。",
    ),
    "cause": (
        "Text recognition read the words; in an unknown typeface a height is known to about 0.4 % of the side.",
        "文字由文字识别读出；未知字体的高度只能精确到最短边的约 0.4%。",
    ),
    "remedy": (
        "Draw the words 6 % high or more, or measure them by hand.",
        "请将文字高度设为 6% 以上，或人工测量。",
    ),
    "example": ("Words 5.1 % high in another typeface.", "其他字体的文字，高度为 5.1%。"),
}
FAINT: Final = {
    "says": (
        "The mark is so faint that a person may not see it.",
        "显式标识过于浅淡，人可能看不到。",
    ),
    "cause": (
        "A contrast below 3:1: nearly transparent words, or words in the colour of what lies behind.",
        "对比度低于 3:1：文字接近透明，或与背景颜色相近。",
    ),
    "remedy": DRAW,
    "example": ("Words of 2:1 on a plate.", "底板上对比度为 2:1 的文字。"),
}

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
