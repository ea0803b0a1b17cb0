"""Says at which ends of a document the words go, and how they read there."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.markers import refuse_headers
from aigc_label.marking import DEFAULT_TEXT, Mark, Position

AT_START: Final = (Position.START, Position.BOTH)
AT_END: Final = (Position.END, Position.BOTH)


def ends_of(mark: Mark) -> tuple[bool, bool]:
    """Tell whether the words go to the start and to the end. Raises `InvalidMark` for other places."""
    refuse_headers(mark.position)
    if mark.position in (Position.MIDDLE, Position.EVERY):
        raise InvalidMark(
            Bilingual("in a document the words stand at the start or the end", "文档中的标识只能放在开头或末尾"),
            remedy=Bilingual("Use `--position start`.", "请使用 `--position start`。"),
        )
    return mark.position in AT_START, mark.position in AT_END


def pages_of(mark: Mark, count: int) -> tuple[int, ...]:
    """Give which of a document's pages or slides the words go to, in order. Raises `InvalidMark` for the middle."""
    if mark.position is Position.EVERY:
        return tuple(range(count))
    start, end = ends_of(mark)
    return tuple(dict.fromkeys([0] * start + [count - 1] * end))


def way_of(mark: Mark, noun: Bilingual) -> Bilingual:
    """Say on which pages (`noun`: page, slide) text boxes were put."""
    if mark.position is Position.EVERY:
        return Bilingual(f"a text box on every {noun.en}", f"在每{noun.zh}上添加文本框")
    start, end = ends_of(mark)
    if start and end:
        return Bilingual(f"text boxes on the first and the last {noun.en}", f"在首尾两{noun.zh}上各添加文本框")
    which = ("first", "第一") if start else ("last", "最后一")
    return Bilingual(f"a text box on the {which[0]} {noun.en}", f"在{which[1]}{noun.zh}上添加文本框")


def sentence_of(mark: Mark) -> str:
    """Give the words as a paragraph of their own: the default ones then say of what they speak."""
    return f"本内容由{DEFAULT_TEXT}" if mark.text == DEFAULT_TEXT else mark.text
