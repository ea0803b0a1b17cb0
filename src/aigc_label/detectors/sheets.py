"""Looks for the words of a mark on the first worksheet that is shown: in a text box where the sheet begins or ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aigc_label.detectors.colours import MIN_POINTS, contrast
from aigc_label.detectors.drawing import is_plain
from aigc_label.detectors.statements import LONGEST, is_statement, unwrapped
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.grammars import sheets, slides, xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.sheets import Sheet
from aigc_label.grammars.slides import child, number
from aigc_label.grammars.xml import Element
from aigc_label.marking import complies

NAME: Final = "AIGC_mark"
SCREEN: Final = 1_200  # pixels from the left within which a box is seen when a sheet is opened
TOP: Final = 3  # rows at the top in which a box stands at the start
LEFT: Final = 6  # columns at the left in which a box below the last row is found
NARROW: Final = 1.0  # characters: a narrower column shows nothing
LEAST: Final = 63_500  # EMU: a box less high holds no line of 5 points
DEEP: Final = 30  # rows over which a box may reach
NEAR: Final = re.compile(r"\d{1,7}")
SCROLLED: Final = re.compile(
    rb"""\s(?:topLeftCell=["'](?!A1["'])|zoomScale\w*=["'][1-4]?\d["']|zeroHeight=["'](?:1|true)|defaultRowHeight=["'][0-4](?:\.\d*)?["'])"""
)
LOW: Final = re.compile(rb"""<(?:[\w.-]+:)?row\s[^>]*\sht=["'][0-4](?:\.\d*)?["']""")
USUAL_SIZE: Final = 1_100  # hundredths of a point


def look(package: Package, shown: tuple[str, ...]) -> tuple[Sighting, ...]:
    """Give the marks on the first worksheet that is shown. Words in cells are data: they are not taken for a mark."""
    if not shown:
        return ()
    sheet = sheets.sheet_of(package, shown[0])
    drawing = next((one.target for one in package.relations(sheet.part) if one.kind == "drawing" and one.target), None)
    if drawing is None or sheet.child("drawing") is None:
        return ()
    root = xml.parse(package.part(drawing), package.source.limits)
    return tuple(_on_sheet(sheet, root))


def _on_sheet(sheet: Sheet, root: Element) -> Iterator[Sighting]:
    unsure = _is_elsewhere(sheet)
    for at, anchor in enumerate(root.children):
        shape, corner = child(anchor, "sp"), child(anchor, "from")
        if shape is None or corner is None:
            continue
        text = "\n".join(
            "".join(one.text for run in line for one in run.children if one.name == "t") for line in slides.lines(shape)
        ).strip()
        named = child(shape, "nvSpPr", "cNvPr")
        attributes = named.attributes if named is not None else {}
        ours = attributes.get(("", "name"), "").startswith(NAME) and complies(text) and len(text) <= LONGEST
        moment = _moment(sheet, *(_whole(child(corner, name)) for name in ("row", "col")))
        if not (ours or is_statement(unwrapped(text)[0])) or moment is None:
            continue
        if attributes.get(("", "hidden")) in ("1", "true") or min(_sizes(shape)) < MIN_POINTS:
            continue
        yield Sighting(
            kind=SightingKind.TEXT,
            text=text,
            detector="sheets",
            confidence=1.0,
            contrast=None
            if unsure or not _is_open(anchor, root.children[at + 1 :], len(sheet.hidden))
            else _contrast(shape),
            moment=moment,
        )


def _is_elsewhere(sheet: Sheet) -> bool:
    """Tell whether the sheet opens scrolled or shrunk, or some of its rows and columns are too small to be seen."""
    views = sheet.child("sheetViews")
    stated = b"".join(
        sheet.document[one.start : one.end] for one in (views, sheet.child("sheetFormatPr")) if one is not None
    )
    data = sheet.child("sheetData")
    rows = sheet.document[data.start : data.end] if data is not None else b""
    return bool(SCROLLED.search(stated) or LOW.search(rows)) or any(0 < wide < NARROW for wide in sheet.widths)


def _is_open(anchor: Element, above: list[Element], hidden: int) -> bool:
    """Tell whether a box is plain, as large as words, and all that lies above it begins below it; `hidden` rows take none
    of the way between."""
    shape, corner, size = child(anchor, "sp"), child(anchor, "from"), child(anchor, "ext")
    if shape is None or not is_plain(shape) or anchor.name not in ("oneCellAnchor", "twoCellAnchor"):
        return False
    offsets = [child(corner, name) for name in ("colOff", "rowOff")]
    if any(one is not None and not NEAR.fullmatch(one.text.strip()) for one in offsets):
        return False
    start, end = _cell(corner), _cell(child(anchor, "to"))
    large = (
        end > start and end[1] > start[1] if size is None else min(number(size, key) for key in ("cx", "cy")) >= LEAST
    )
    below = start[0] + hidden + (DEEP if size is None else _rows_under(size, corner))
    return large and all(child(one, "from") is not None and _cell(child(one, "from"))[0] >= below for one in above)


def _rows_under(size: Element, corner: Element | None) -> int:
    """Give over how many rows a box may reach at most: rows of less height than `LEAST` leave the whole sheet unsure."""
    return min(DEEP, -(-(_whole(child(corner, "rowOff")) + number(size, "cy")) // LEAST))


def _cell(corner: Element | None) -> tuple[int, int]:
    return _whole(child(corner, "row")), _whole(child(corner, "col"))


def _whole(element: Element | None) -> int:
    text = element.text.strip() if element is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1 << 30


def _moment(sheet: Sheet, row: int, column: int) -> Moment | None:
    """Tell whether a cell is where a reader of the sheet begins or ends; None where he does neither, or cannot see it."""
    if sheet.width(column) <= 0 or row in sheet.hidden:
        return None
    top = next(number for number in range(len(sheet.hidden) + 1) if number not in sheet.hidden)
    if row < top + TOP and sheet.pixels_before(column) <= SCREEN:
        return Moment.START
    return Moment.END if row >= sheet.rows and column < LEFT and not sheet.hides_unused_rows else None


def _sizes(shape: Element) -> Iterator[float]:
    scale = number(child(shape, "txBody", "bodyPr", "normAutofit"), "fontScale", 100_000) / 100_000
    inherited = number(child(shape, "txBody", "lstStyle", "lvl1pPr", "defRPr"), "sz", USUAL_SIZE)
    for line in slides.lines(shape):
        for run in line:
            yield number(child(run, "rPr"), "sz", inherited) / 100 * scale


def _contrast(shape: Element) -> float | None:
    """Give the contrast where both colours are stated as such; None where a theme or the cells behind would decide."""
    behind = _stated(child(shape, "spPr"))
    found = []
    for line in slides.lines(shape):
        for run in line:
            ink = _stated(child(run, "rPr"))
            if ink is None or behind is None:
                return None
            found.append(contrast(ink, behind))
    return min(found, default=None)


def _stated(holder: Element | None) -> str | None:
    colour = child(holder, "solidFill", "srgbClr")
    return None if colour is None or colour.children else colour.attributes.get(("", "val"))
