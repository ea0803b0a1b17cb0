"""Knows where the cells of an OpenDocument sheet stand: widths, heights, what the first rows hold, where the last ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.grammars import xml
from aigc_label.grammars.opendocument import STYLE, TABLE, Content, Styles, length
from aigc_label.grammars.parts import Parts
from aigc_label.grammars.xml import Element

USUAL_WIDTH: Final = 2.258  # centimetres, as office programs have it
USUAL_HEIGHT: Final = 0.452
LAST_COLUMN: Final = 16_384
LAST_ROW: Final = 1_048_576
FILLED: Final = re.compile(rb"""value-type=|<[\w.-]+:p[\s/>]""")  # within a row that holds anything
ROWS: Final = rb"<%btable-(?:row|rows|header-rows|row-group)(?=[\s/>])"
ROW: Final = rb"<%btable-row(?=[\s/>])([^>]*+)>"
ATTRIBUTE: Final = re.compile(rb"""[\s:](style-name|number-rows-repeated|visibility)=["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, outlined. `right` is where what the first rows hold ends, `bottom` where the last used row does, both in
    centimetres from the sheet's corner. `head` is what stands before the rows; its places are `moved` in the document."""

    element: Element
    head: Element
    moved: int
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is written: its bytes, how often it is repeated, its height in centimetres."""

    start: int
    end: int
    repeated: int
    height: float


def first_table(parts: Parts, content: Content, styles: Styles, rows: int) -> Table | None:
    """Give the first sheet that is shown, measured to the right along its first `rows` rows; None where there is none."""
    for one in content.body.children:
        if (one.namespace, one.name) == (TABLE, "table") and not one.is_empty_tag:
            name = one.attributes.get((TABLE, "style-name"))
            if styles.value("table", name, (TABLE, "display")) != "false":
                return _measured(parts, content, styles, one, rows)
    return None


def _measured(parts: Parts, content: Content, styles: Styles, table: Element, rows: int) -> Table:
    document, limits = content.document, parts.source.limits
    found = re.compile(ROWS % _prefix(table)).search(document, table.open_end, table.close)
    head = xml.within(document, table, table.open_end, found.start() if found else table.close, limits)
    used, at, bottom = 0, 0.0, 0.0
    for number, row in enumerate(_rows(document, styles, table)):
        at += row.height * row.repeated
        if FILLED.search(document, row.start, row.end):
            bottom = at
        if number < rows:
            whole = xml.within(document, table, row.start, row.end, limits).children[0]
            used = max(used, _columns(whole))
    widths = _widths(head, styles, used)
    return Table(table, head, table.open_end - head.open_end, sum(widths), bottom)


def _prefix(table: Element) -> bytes:
    return re.escape(f"{table.prefix}:".encode()) if table.prefix else b""


def _rows(document: bytes, styles: Styles, table: Element) -> Iterator[Row]:
    pattern = re.compile(ROW % _prefix(table))
    closing = b"</" + (f"{table.prefix}:" if table.prefix else "").encode() + b"table-row>"
    heights: dict[bytes, float] = {}
    at = table.open_end
    while found := pattern.search(document, at, table.close):
        stated = dict(ATTRIBUTE.findall(found[1]))
        end = found.end() if found[1].endswith(b"/") else document.find(closing, found.end(), table.close)
        if end < 0:
            return
        name = stated.get(b"style-name", b"")
        if name not in heights:
            stored = styles.value("table-row", name.decode(errors="replace"), (STYLE, "row-height"))
            heights[name] = max(0.0, length(stored) or USUAL_HEIGHT)
        shown = stated.get(b"visibility", b"visible") == b"visible"
        at = end if found[1].endswith(b"/") else end + len(closing)
        repeated = _whole(stated.get(b"number-rows-repeated", b"1").decode(errors="replace"), LAST_ROW)
        yield Row(found.start(), at, repeated, heights[name] if shown else 0.0)


def _whole(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _columns(row: Element) -> int:
    """Give how many columns of a row are used."""
    used = at = 0
    for cell in row.children:
        at += _whole(cell.attributes.get((TABLE, "number-columns-repeated"), "1"), LAST_COLUMN)
        if cell.children or cell.name == "covered-table-cell" or any(key == "value-type" for _, key in cell.attributes):
            used = at
    return min(used, LAST_COLUMN)


def _widths(head: Element, styles: Styles, count: int) -> list[float]:
    """Give the widths in centimetres of the first columns, 0 for those that are hidden."""
    widths: list[float] = []
    for one in head.walk():
        if one.name == "table-column" and len(widths) < count:
            shown = one.attributes.get((TABLE, "visibility"), "visible") == "visible"
            stored = length(
                styles.value("table-column", one.attributes.get((TABLE, "style-name")), (STYLE, "column-width"))
            )
            repeated = _whole(one.attributes.get((TABLE, "number-columns-repeated"), "1"), LAST_COLUMN)
            widths += [max(0.0, stored or USUAL_WIDTH) if shown else 0.0] * min(repeated, count - len(widths))
    return widths + [USUAL_WIDTH] * (count - len(widths))
