"""Puts the words into EPUB books: a notice at the top of the first page that is read, or below the last."""

from __future__ import annotations

from typing import Final

from aigc_label import package_label
from aigc_label.bilingual import Bilingual
from aigc_label.grammars import epub, xml, zip  # noqa: A004
from aigc_label.grammars.epub import Page
from aigc_label.grammars.parts import Parts
from aigc_label.markers import Rendering
from aigc_label.markers.ends import ends_of, sentence_of
from aigc_label.marking import Mark
from aigc_label.source import Source

SIGNATURES: Final = "META-INF/signatures.xml"
LOOK: Final = (  # declared on the element and important where a style sheet of the book could hide the words
    "display:block!important;visibility:visible!important;opacity:1!important;position:relative!important;float:none;"
    "clear:both;width:auto;height:auto;margin:0 0 1em 0;padding:0.4em 0.8em;background:#ffffff!important;"
    "color:#111111!important;border:1px solid #111111;font-size:1em!important;line-height:1.5;font-weight:bold;"
    "font-style:normal;text-align:center;text-indent:0!important;text-transform:none;writing-mode:horizontal-tb"
)
TOP: Final = Bilingual("a notice at the top of the first page", "在第一个页面顶部添加提示")
BELOW: Final = Bilingual("a notice below the last page", "在最后一个页面末尾添加提示")
BOTH: Final = Bilingual(
    "notices at the top of the first page and below the last", "在第一个页面顶部和最后一个页面末尾各添加提示"
)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the book with the notice; every byte of the page stays, every other part as it is stored.

    Raises `Refused` for a signed book, `UnsupportedFormat` where the page is encrypted or no XHTML.
    """
    archive = zip.archive_of(source)
    package_label.refuse_signed(archive, SIGNATURES)
    parts = Parts(source, archive)
    book = epub.book_of(parts)
    start, end = ends_of(mark)
    words = sentence_of(mark)
    if start:
        page = epub.page_of(parts, book.pages[0])
        parts.change(page.part, [_top(page, _notice(book.version, words))])
    if end:
        page = epub.page_of(parts, book.pages[-1])
        new = epub.spelt_for(page.document, _notice(book.version, words))
        parts.change(page.part, [xml.appended(page.document, page.body, new)])
    return Rendering(plan=parts.plan(), words=words, way=BOTH if start and end else TOP if start else BELOW)


def _top(page: Page, notice: str) -> tuple[int, int, bytes]:
    new = epub.spelt_for(page.document, notice)
    if page.body.is_empty_tag:
        return xml.appended(page.document, page.body, new)
    return page.body.open_end, page.body.open_end, new


def _notice(version: str, words: str) -> str:
    """Give the element; EPUB 2 knows no roles."""
    role = "" if version.startswith("2") else ' role="note"'
    lines = "<br/>".join(xml.escaped(line) for line in words.split("\n"))
    return f'<div xmlns="http://www.w3.org/1999/xhtml"{role} xml:lang="zh-CN" style="{LOOK}">{lines}</div>'
