"""Looks for the words of a mark in EPUB books: the first paragraph that is read, and the last."""

from __future__ import annotations

import re
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.detectors.statements import is_statement, unwrapped
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.grammars import epub, html_text, zip  # noqa: A004
from aigc_label.grammars.html import Document
from aigc_label.grammars.parts import Parts
from aigc_label.source import Source

STYLED: Final = re.compile(
    rb"""(?:<link(?=[^>]*stylesheet)[^>]*?\shref=|<\?xml-stylesheet[^>]*?\shref=|@import\s+(?:url\()?)\s*["']?([^"'>)\s;]*)"""
)  # what a page or its own sheet names as a style sheet
HIDDEN: Final = Bilingual(
    "words stand there that a style sheet of the book may hide", "该处有相应文字，但图书的样式表可能将其隐藏"
)


def look(source: Source) -> tuple[tuple[Sighting, ...], Bilingual | None]:
    """Give the marks at the top of the first page and below the last, and why there may be more where a style sheet of the
    book may hide them.

    Raises `UnsupportedFormat` where a page is encrypted or no XHTML.
    """
    parts = Parts(source, zip.archive_of(source))
    pages = epub.book_of(parts).pages
    found, doubt = [], None
    for moment, name in ((Moment.START, pages[0]), (Moment.END, pages[-1])):
        page = epub.page_of(parts, name)
        text = _outermost(epub.as_html(page), moment)
        if text is not None and is_statement(text):
            if _outermost(_sheets(parts, page) + epub.as_html(page), moment) == text:
                found.append(_sighting(text, moment))
            else:
                doubt = HIDDEN
    return tuple(found), None if found else doubt


def _outermost(page: bytes, moment: Moment) -> str | None:
    blocks = list(html_text.blocks(Document(page, "utf-8", "utf-8", 0)))
    return unwrapped(blocks[0 if moment is Moment.START else -1].text)[0] if blocks else None


def _sheets(parts: Parts, page: epub.Page) -> bytes:
    """Give the book's style sheets as an element, where a page names any; one that hides all where it cannot be read."""
    named = STYLED.findall(page.document)
    if not named:
        return b""
    held = [parts.part(one.name) for one in parts.archive.members if one.name.lower().endswith(".css")]
    named += [one for sheet in held for one in STYLED.findall(sheet)]
    known = len(held) > 0 and all(one.split(b"#")[0].lower().endswith(b".css") and b":" not in one for one in named)
    return b"<style>%b</style>" % (b"\n".join(held).replace(b"</", b"< /") if known else b"*{display:none}")


def _sighting(text: str, moment: Moment) -> Sighting:
    return Sighting(kind=SightingKind.TEXT, text=text, detector="epub", confidence=1.0, moment=moment)
