"""Looks at office documents and books and says which marks a reader sees where they begin and end."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.detectors import epub, odf, sheets, slides, word
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Sighting
from aigc_label.formats import Format
from aigc_label.grammars import sheets as workbooks
from aigc_label.grammars import slides as decks
from aigc_label.grammars import zip  # noqa: A004
from aigc_label.grammars.opc import Package
from aigc_label.source import Source

VISIBLE: Final = 1.5  # contrast below which words are not seen at all, white on white; ours, 5.1 gives no number
DOUBT: Final = Bilingual(
    "words stand there whose contrast the document does not tell: a theme, a picture or cells lie behind them",
    "文档中有相应文字，但其背景为主题色、图片或单元格，无法得出对比度",
)


def look(source: Source, row: Format) -> tuple[tuple[Sighting, ...], Bilingual | None]:
    """Give the marks that are seen, and why there may be more where their contrast cannot be told.

    Raises `UnsupportedFormat` for encrypted documents and kinds that nobody here looks at: that is never "nothing seen".
    """
    if row.name == "epub":  # a book's pages leave colours to the reader's own settings
        return epub.look(source)
    found = odf.look(source) if row.name == "odf" else _office(source)
    told = tuple(one for one in found if one.contrast is not None and one.contrast >= VISIBLE)
    return told, None if told or all(one.contrast is not None for one in found) else DOUBT


def _office(source: Source) -> tuple[Sighting, ...]:
    package = Package(source, zip.archive_of(source))
    found = word.look(package)
    if found is not None:
        return found
    deck = decks.deck_of(package)
    if deck is not None:
        return slides.look(package, deck)
    shown = workbooks.sheets_of(package)
    if shown is not None:
        return sheets.look(package, shown)
    raise UnsupportedFormat(
        Bilingual("the package is no text, presentation or workbook", "该文档包不是文字、演示或表格文档")
    )
