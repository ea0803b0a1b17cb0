"""Names in Chinese the clauses that rules rest on, as Chinese law and standards cite them."""

from __future__ import annotations

import re
from typing import Final

from aigc_label.bilingual import NOTHING, Bilingual

NOWHERE: Final = "none"  # the clause of a rule that no text asks for
_NUMERALS: Final = " 一二三四五六七八九"
_TURNS: Final = (  # in this order: items get their bracket before what joins them is said
    (r"\b(GB(?:/T)? \d+)-(\d{4})", r"\1—\2"),
    (r"\bMeasures Art\. ([1-9])\b", lambda found: f"《标识办法》第{_NUMERALS[int(found[1])]}条"),
    (r"条\(([1-9])\)", lambda found: f"条第（{_NUMERALS[int(found[1])]}）项"),
    (r"(?<=[ .\d])([a-z])(?= (?:and|to) |;|$)", r"\1)"),
    (r",? Annex ", " 附录 "),
    (r",? note ", " 注 "),
    (r" and 注 ", " 及注 "),
    (r" and ", " 和 "),
    (r" to ", " 至 "),
    (r"practice guides", "实践指南"),
    (r"the caller's policy", "调用方策略"),
    (r"\bdocs/(?=\w+\.md)", "docs/zh/"),
    (r"; ", "；"),
)


def cited(clause: str) -> Bilingual:
    """Give a clause of the rule table in both languages; NOTHING where a rule rests on none."""
    if clause == NOWHERE:
        return NOTHING
    chinese = clause
    for pattern, turned in _TURNS:
        chinese = re.sub(pattern, turned, chinese)
    return Bilingual(clause, chinese)
