"""Puts the words into DOCX, PPTX and XLSX, by what the main part turns out to be."""

from __future__ import annotations

from typing import Final

from aigc_label import package_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.grammars import sheets, slides, word, zip  # noqa: A004
from aigc_label.grammars.opc import Package
from aigc_label.markers import Rendering, headers
from aigc_label.markers import sheets as on_sheets
from aigc_label.markers import slides as on_slides
from aigc_label.markers import word as in_word
from aigc_label.marking import Mark, Position
from aigc_label.source import Source

SIGNATURES: Final = "_xmlsignatures/"


def render(source: Source, mark: Mark) -> Rendering:
    """Give the document with the words in it; macros and every other part stay as they are stored.

    Raises `Refused` for a signed document, `UnsupportedFormat` for kinds of documents that have neither text, slides nor
    worksheets, and as the three markers do.
    """
    archive = zip.archive_of(source)
    package_label.refuse_signed(archive, SIGNATURES)
    package = Package(source, archive)
    body = word.body_of(package)
    if body is not None:
        if mark.position in (Position.HEADER, Position.FOOTER):
            return headers.render(package, body, mark)
        return in_word.render(package, body, mark)
    deck = slides.deck_of(package)
    if deck is not None:
        return on_slides.render(package, deck, mark)
    shown = sheets.sheets_of(package)
    if shown is not None:
        return on_sheets.render(package, shown, mark)
    raise UnsupportedFormat(
        Bilingual("the package is no text, presentation or workbook", "该文档包不是文字、演示或表格文档"),
        remedy=Bilingual("Export it as PDF and mark that.", "请导出为 PDF 后添加显式标识。"),
    )
