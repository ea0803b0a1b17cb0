"""Puts the words into Word documents: a paragraph of its own before or behind all others, named by a bookmark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.grammars import word, xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.word import Body
from aigc_label.markers import Rendering
from aigc_label.markers.ends import ends_of, sentence_of
from aigc_label.marking import Mark

NAME: Final = "AIGC_mark"  # of the bookmark around the words
NUMBER: Final = 450_438  # of the first bookmark; the next free one is taken
NEAR: Final = rb"4[5-9][0-9]{4}(?![0-9])"  # numbers like it
HALF_POINTS: Final = 24  # 12 pt, 小四: a little over the usual 10.5 pt of body text
AT_START: Final = Bilingual("a paragraph of its own before all others", "在正文最前面插入独立段落")
AT_END: Final = Bilingual("a paragraph of its own behind all others", "在正文最后面插入独立段落")
BOTH: Final = Bilingual("paragraphs of their own before and behind all others", "在正文最前面和最后面各插入独立段落")
INSTEAD: Final = Bilingual(
    "a paragraph of its own behind all others: the first paragraph begins a page, so one before it would fill a page alone",
    "在正文最后面插入独立段落：原首段自带分页，若插在其前将独占一页",
)


def render(package: Package, body: Body, mark: Mark) -> Rendering:
    """Give the document with the words at the start, the end or both; nothing else changes."""
    (start, end), way = _wanted(package, body, mark)
    words, names = sentence_of(mark), bookmarks(body.document)
    edits = []
    if start:
        first = body.element.children[0] if body.element.children else None
        at = first.start if first is not None else None
        edits.append(_edit(body, at, paragraph(body.element.namespace, words, next(names))))
    if end:
        last = body.element.children[-1] if body.element.children else None
        at = last.start if last is not None and last.name == "sectPr" else None
        edits.append(_edit(body, at, paragraph(body.element.namespace, words, next(names))))
    package.change(body.part, edits)
    return Rendering(plan=package.plan(), words=words, way=way)


def _wanted(package: Package, body: Body, mark: Mark) -> tuple[tuple[bool, bool], Bilingual]:
    start, end = ends_of(mark)
    if start and end:
        return (True, True), BOTH
    if start and _begins_a_page(package, body):
        return (False, True), INSTEAD
    return (start, end), AT_START if start else AT_END


def _begins_a_page(package: Package, body: Body) -> bool:
    blocks = body.blocks
    if not blocks or blocks[0].name != "p":
        return False
    first = xml.excerpt(body.document, blocks[0], package.source.limits)
    return word.is_on(word.styles_of(package, body.part).of_paragraph(first, "pageBreakBefore"))


def _edit(body: Body, at: int | None, new: bytes) -> tuple[int, int, bytes]:
    return xml.appended(body.document, body.element, new) if at is None else (at, at, new)


def bookmarks(taken: bytes) -> Iterator[tuple[int, str]]:
    """Give numbers and names of bookmarks that do not occur in what is there."""
    held = {int(found[0]) for found in re.finditer(NEAR, taken)}
    for number in count(NUMBER):
        if number not in held:
            yield number, NAME if number == NUMBER and f'"{NAME}"'.encode() not in taken else f"{NAME}_{number}"


def paragraph(namespace: str, words: str, bookmark: tuple[int, str]) -> bytes:
    """Give the paragraph; all that its look depends on stands on it, so that no style can hide the words."""
    number, name = bookmark
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{xml.escaped(line)}</w:t>' for line in words.split("\n"))
    return (
        f'<w:p xmlns:w="{namespace}"><w:pPr><w:keepLines/><w:pageBreakBefore w:val="0"/>'
        '<w:shd w:val="clear" w:color="auto" w:fill="FFFFFF"/>'
        '<w:spacing w:before="0" w:after="120" w:line="240" w:lineRule="auto"/>'
        '<w:ind w:firstLine="0" w:firstLineChars="0"/><w:jc w:val="both"/></w:pPr>'
        f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
        '<w:r><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Microsoft YaHei" w:hint="eastAsia"/>'
        '<w:b/><w:vanish w:val="0"/><w:color w:val="000000"/>'
        f'<w:sz w:val="{HALF_POINTS}"/><w:szCs w:val="{HALF_POINTS}"/></w:rPr>{lines}</w:r>'
        f'<w:bookmarkEnd w:id="{number}"/></w:p>'
    ).encode()
