"""Says at which ends of a document the words go, and how they read there."""

from __future__ import annotations

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.marking import DEFAULT_TEXT, Mark, Position


def ends_of(mark: Mark) -> tuple[bool, bool]:
    """Tell whether the words go to the start and to the end. Raises `InvalidMark` for the middle."""
    if mark.position is Position.MIDDLE:
        raise InvalidMark(
            Bilingual("in a document the words stand at the start or the end", "文档中的标识只能放在开头或末尾"),
            remedy=Bilingual("Use `--position start`.", "请使用 `--position start`。"),
        )
    return mark.position is not Position.END, mark.position is not Position.START


def sentence_of(mark: Mark) -> str:
    """Give the words as a paragraph of their own: the default ones then say of what they speak."""
    return f"本内容由{DEFAULT_TEXT}" if mark.text == DEFAULT_TEXT else mark.text
