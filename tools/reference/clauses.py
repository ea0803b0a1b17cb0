"""Writes the page on the standard clause by clause: what a person wrote, then which rules rest on which clause."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.citing import cited
from aigc_label.rulebook import RULES
from tools.reference.layout import table, written_above
from tools.reference.rules import GRADES

HEAD: Final = Bilingual("## Which rules rest on which clause", "## 各条款对应的规则")
NOBODY: Final = Bilingual("no text asks for it", "没有条款要求")
RULE: Final = Bilingual("{0} ({1})", "{0}（{1}）")
BETWEEN: Final = Bilingual(", ", "、")
HEADS: Final = (Bilingual("Clause", "条款"), Bilingual("Rules", "规则"))


def clauses_page(lang: Lang) -> str:
    """Give the page; each rule stands under every clause it names, with its grade."""
    resting = defaultdict(list)
    for rule in RULES.values():
        link = f"[{rule.id}](rules.md#{rule.id.lower()})"
        for clause in rule.clause.split("; "):
            resting[clause].append(RULE.said(lang).format(link, GRADES[rule.grade].said(lang)))
    rows = (
        (cited(clause).said(lang) or NOBODY.said(lang), BETWEEN.said(lang).join(rules))
        for clause, rules in sorted(resting.items())
    )
    heads = tuple(head.said(lang) for head in HEADS)
    return f"{written_above('clauses', lang)}\n{HEAD.said(lang)}\n\n{table(heads, rows)}\n"
