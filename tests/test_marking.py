"""Marks comply by construction, and words are judged by their two elements."""

from __future__ import annotations

import pytest

from aigc_label.errors import InvalidMark
from aigc_label.marking import SHORTER_TEXTS, Mark, Place, complies


@pytest.mark.parametrize(
    "words",
    [
        "AI生成",
        "人工智能生成合成",
        "本内容由AI合成",
        "合成内容，AI 制作",
        "由某公司人工智能生成",
        "AI-generated AI生成",
        *SHORTER_TEXTS,
    ],
)
def test_words_with_both_elements_comply_in_any_order(words: str) -> None:
    assert complies(words)
    assert Mark(text=words).text == words


@pytest.mark.parametrize(
    "words",
    ["AI播客", "AI助手", "虚拟主播", "AI", "某某生成", "AI-generated", "MAIL生成", "ai生成", "人工 智能生成", ""],
)
def test_words_that_lack_an_element_are_refused_with_an_example(words: str) -> None:
    assert not complies(words)
    with pytest.raises(InvalidMark) as refusal:
        Mark(text=words)
    assert "人工智能生成" in refusal.value.remedy.zh


@pytest.mark.parametrize("share", [0.0499, 0.0, -1.0, 0.51, float("nan")])
def test_a_text_height_below_five_percent_is_refused(share: float) -> None:
    with pytest.raises(InvalidMark):
        Mark(height_share=share)


@pytest.mark.parametrize("seconds", [1.99, 0.0, float("nan")])
def test_less_than_two_seconds_are_refused(seconds: float) -> None:
    with pytest.raises(InvalidMark):
        Mark(seconds=seconds)


def test_control_characters_are_refused_but_a_line_feed_parts_lines() -> None:
    with pytest.raises(InvalidMark):
        Mark(text="AI\x07生成")
    assert Mark(text="AI\n生成").text == "AI\n生成"


def test_there_are_eight_places() -> None:
    assert len(Place) == 8
