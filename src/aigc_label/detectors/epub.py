"""Looks for the words of a mark in EPUB books: the first paragraph that is read, and the last."""

from __future__ import annotations

from aigc_label.detectors.statements import is_statement, unwrapped
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.grammars import epub, html_text, zip  # noqa: A004
from aigc_label.grammars.html import Document
from aigc_label.grammars.parts import Parts
from aigc_label.source import Source


def look(source: Source) -> tuple[Sighting, ...]:
    """Give the marks at the top of the first page and below the last. What the page itself hides does not count; style
    sheets in files of their own are not read.

    Raises `UnsupportedFormat` where a page is encrypted or no XHTML.
    """
    parts = Parts(source, zip.archive_of(source))
    pages = epub.book_of(parts).pages
    found = []
    for moment, name in ((Moment.START, pages[0]), (Moment.END, pages[-1])):
        page = epub.page_of(parts, name)
        blocks = list(html_text.blocks(Document(epub.as_html(page), "utf-8", "utf-8", 0)))
        if blocks:
            text, _ = unwrapped(blocks[0 if moment is Moment.START else -1].text)
            if is_statement(text):
                found.append(_sighting(text, moment))
    return tuple(found)


def _sighting(text: str, moment: Moment) -> Sighting:
    return Sighting(kind=SightingKind.TEXT, text=text, detector="epub", confidence=1.0, moment=moment)
