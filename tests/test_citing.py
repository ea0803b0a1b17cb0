"""Clauses are cited in Chinese as Chinese law and standards do, whatever the table of rules names."""

from __future__ import annotations

import re

import pytest

from aigc_label.bilingual import NOTHING
from aigc_label.citing import cited
from aigc_label.rulebook import RULES


@pytest.mark.parametrize(
    ("clause", "chinese"),
    [
        ("GB 45438-2025 5.2 a; Measures Art. 4(3)", "GB 45438—2025 5.2 a)；《标识办法》第四条第（三）项"),
        ("GB 45438-2025 5.3 d and note 2", "GB 45438—2025 5.3 d) 及注 2"),
        ("GB 45438-2025 Annex E c to e", "GB 45438—2025 附录 E c) 至 e)"),
        ("the caller's policy; RFC 5280", "调用方策略；RFC 5280"),
        ("docs/trust.md", "docs/zh/trust.md"),
    ],
)
def test_a_clause_is_cited_as_chinese_texts_do(clause: str, chinese: str) -> None:
    assert cited(clause).zh == chinese


def test_a_rule_that_rests_on_no_text_cites_none() -> None:
    assert cited("none") == NOTHING


@pytest.mark.parametrize("clause", sorted({rule.clause for rule in RULES.values()}))
def test_no_english_word_is_left_in_a_chinese_citation(clause: str) -> None:
    assert not re.search(r"\b[a-z]{2,}\b", re.sub(r"docs/\S+", "", cited(clause).zh))
    assert cited(clause).en in (clause, "")
