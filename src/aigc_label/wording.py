"""Gives a mark's words the form that text takes: one line in brackets that says of what it speaks."""

from __future__ import annotations

from typing import Final

from aigc_label.marking import DEFAULT_TEXT, Mark

SENTENCE: Final = f"本内容由{DEFAULT_TEXT}"  # in a text the words stand alone, so they name what they speak of
OPENINGS: Final = ("【", "[", "［", "（", "(", "〔")


def words_of(mark: Mark) -> str:
    """Give the words as a text shows them: on one line, in brackets that no sentence of the text has around it."""
    words = " ".join(mark.text.split())
    words = SENTENCE if words == DEFAULT_TEXT else words
    return words if words.startswith(OPENINGS) else f"【{words}】"
