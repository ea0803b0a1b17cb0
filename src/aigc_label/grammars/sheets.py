"""Knows the sheets of a workbook: which are shown, how wide their columns are, which cells are used, where parts go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from aigc_label.grammars import xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.xml import Element

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
ORDER: Final = (  # the children of a worksheet (ECMA-376-1, 18.3.1.99)
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
    "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
    "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects",
    "AlternateContent", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
ROW: Final = re.compile(rb"""<(?:[\w.-]+:)?row(?=[\s/>])([^>]*+)>""")
CELL: Final = re.compile(rb"""<(?:[\w.-]+:)?c(?=[\s/>])([^>]*+)>""")
NUMBER: Final = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")
HIDDEN: Final = re.compile(rb"""\shidden=["'](?:1|true)["']""")
USUAL_WIDTH: Final = 8.43  # characters of a column that states no width
LAST_COLUMN: Final = 16_384


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet, outlined. `widths` are those of its columns in characters, 0 where hidden, `left` where each begins in
    pixels at 100 %; `rows` is how many rows are used, `hidden` those (0-based) that are not shown."""

    part: str
    document: bytes
    root: Element
    widths: Sequence[float]
    left: Sequence[float]
    rows: int
    hidden: frozenset[int]

    def child(self, name: str) -> Element | None:
        return next((one for one in self.root.children if one.name == name), None)

    @property
    def hides_unused_rows(self) -> bool:
        usual = self.child("sheetFormatPr")
        return usual is not None and usual.attributes.get(("", "zeroHeight")) in ("1", "true")

    def width(self, column: int) -> float:
        """Give the width of a column in characters, 0 where it is hidden or beyond the last."""
        return self.widths[column] if column < LAST_COLUMN else 0.0

    def pixels_before(self, column: int) -> float:
        """Give how far a column lies from the sheet's left side, in pixels at 100 %."""
        return self.left[min(column, LAST_COLUMN)]

    def columns_used(self, first: int, last: int) -> int:
        """Give how many columns are used by the rows `first..last` (0-based)."""
        data = self.child("sheetData")
        used = 0
        if data is None:
            return 0
        for number, start, end in _rows(self.document, data):
            if number > last:
                break
            if number >= first:
                cells = [NUMBER.search(found[1]) for found in CELL.finditer(self.document, start, end)]
                named = [column_of(cell[1].decode()) for cell in cells if cell is not None and cell[1]]
                used = max(used, len(cells), *(one + 1 for one in named))
        return used


def column_of(letters: str) -> int:
    """Give the 0-based number of a column from its letters."""
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total - 1


def _rows(document: bytes, data: Element) -> list[tuple[int, int, int]]:
    """Give the number (0-based) of each row with where it begins and where the next one does."""
    found = list(ROW.finditer(document, data.open_end, data.close))
    rows, number = [], -1
    for at, row in enumerate(found):
        stated = NUMBER.search(row[1])
        number = int(stated[2]) - 1 if stated else number + 1
        rows.append((number, row.start(), found[at + 1].start() if at + 1 < len(found) else data.close))
    return rows


def sheets_of(package: Package) -> tuple[str, ...] | None:
    """Give the parts of the worksheets that are shown, in order; None where the main part is another kind of document."""
    part = package.main()
    root = xml.parse(package.part(part), package.source.limits)
    if root.namespace not in (TRANSITIONAL, STRICT):
        return None
    names = {one.id: one.target for one in package.relations(part) if one.kind == "worksheet"}
    listed = next((one for one in root.children if one.name == "sheets"), None)
    if any(
        one.attributes.get(("", "showObjects"), "all") != "all" for one in root.children if one.name == "workbookPr"
    ):
        return ()  # text boxes are shown on none
    shown = [
        one for one in (listed.children if listed else []) if one.attributes.get(("", "state"), "visible") == "visible"
    ]
    keys = (
        next((value for (space, name), value in one.attributes.items() if name == "id" and space), "") for one in shown
    )
    return tuple(names[key] for key in keys if key in names)


def sheet_of(package: Package, part: str) -> Sheet:
    """Give a worksheet."""
    document = package.part(part)
    root = xml.parse(document, package.source.limits, depth=2)
    named = {one.name: one for one in root.children}
    usual = _float(named["sheetFormatPr"], "defaultColWidth") if "sheetFormatPr" in named else 0.0
    widths = [usual or USUAL_WIDTH] * LAST_COLUMN
    stated = xml.excerpt(document, named["cols"], package.source.limits).children if "cols" in named else []
    for one in stated:
        first, last = max(0, int(_float(one, "min")) - 1), min(LAST_COLUMN, int(_float(one, "max")))
        hidden = one.attributes.get(("", "hidden")) in ("1", "true")
        widths[first:last] = [0.0 if hidden else _float(one, "width") or USUAL_WIDTH] * (last - first)
    left = list(accumulate((7 * wide + 5 if wide else 0.0 for wide in widths), initial=0.0))
    rows = _rows(document, named["sheetData"]) if "sheetData" in named else []
    unseen = frozenset(
        number for number, start, _ in rows if HIDDEN.search(document, start, document.find(b">", start))
    )
    last = max((number for number, _, _ in rows), default=-1)
    return Sheet(part, document, root, widths, left, last + 1, unseen)


def _float(element: Element, name: str) -> float:
    try:
        value = float(element.attributes.get(("", name), "0"))
    except ValueError:
        return 0.0
    return value if 0 <= value < 1e6 else 0.0


def inserted(sheet: Sheet, markup: str) -> tuple[int, int, bytes]:
    """Give the edit that puts a new child into a worksheet, in the order that the schema asks for."""
    name = re.split(r"[\s/>]", markup[1:], maxsplit=1)[0]
    later = set(ORDER[ORDER.index(name) + 1 :])
    following = next((one for one in sheet.root.children if one.name in later), None)
    if following is not None:
        return following.start, following.start, markup.encode()
    return xml.appended(sheet.document, sheet.root, markup.encode())
