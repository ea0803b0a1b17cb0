"""Puts the words onto a sheet of an OpenDocument spreadsheet: a text box beside or below the cells. No cell is touched."""

from __future__ import annotations

from typing import Final

from aigc_label.badge import LIGHT
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.grammars import opendocument
from aigc_label.grammars.opendocument import TABLE, Content, Styles
from aigc_label.grammars.opendocument_tables import Table, first_table
from aigc_label.grammars.parts import Parts
from aigc_label.markers import Rendering
from aigc_label.markers.ends import ends_of, sentence_of
from aigc_label.markers.odf_boxes import NAME, Rectangle, box, box_styles
from aigc_label.marking import Mark

POINTS: Final = 14.0
EM: Final = POINTS * 2.54 / 72  # centimetres
SCREEN: Final = 29.0  # centimetres from the left within which a box is seen when a sheet is opened
PAPER: Final = 17.0  # centimetres that an upright page of A4 prints
DEEP: Final = 3  # rows that a box at the top may lie over
GAP: Final = 0.25  # centimetres between cells and box
BEFORE: Final = ("title", "desc", "table-source", "dde-source", "scenario", "forms")  # of table:shapes in a table
BESIDE: Final = Bilingual(
    "a text box beside the used cells of the first rows; no cell is touched",
    "在首行已用单元格右侧添加文本框，未改动任何单元格",
)
AROUND: Final = Bilingual(
    "text boxes beside the used cells of the first rows and below the last row; no cell is touched",
    "在首行已用单元格右侧和最后一行下方各添加文本框，未改动任何单元格",
)
BELOW: Final = Bilingual(
    "a text box below the last row; no cell is touched", "在最后一行下方添加文本框，未改动任何单元格"
)


def render(parts: Parts, content: Content, mark: Mark) -> Rendering:
    """Give the spreadsheet with the words on its first shown sheet. Raises `UnsupportedFormat` where there is none."""
    styles = Styles(parts, content)
    table = first_table(parts, content, styles, DEEP)
    if table is None:
        raise UnsupportedFormat(
            Bilingual("the spreadsheet shows no sheet", "电子表格没有可见的工作表"),
            remedy=Bilingual("Add a sheet, or show one that is hidden.", "请添加工作表，或取消隐藏。"),
        )
    start, end = ends_of(mark)
    words = sentence_of(mark)
    lines = words.split("\n")
    wide = (max(sum(0.65 if one.isascii() else 1.0 for one in line) for line in lines) + 1) * EM
    high = (1.3 * len(lines) + 0.4) * EM
    places: list[Rectangle] = []
    beside = start and table.right <= SCREEN
    if beside:
        places.append((table.right + GAP, 0.05, wide, high))
    if end or not places or table.right + GAP + wide > PAPER:  # a printed page would cut the box beside the cells
        places.append((GAP, table.bottom + GAP, wide, high))
    name = opendocument.free_name(content, NAME)
    boxes = "".join(box(name, words, place) for place in places).encode()
    edits = [opendocument.styled(content, box_styles(name, POINTS, *LIGHT)), _edit(content, table, boxes)]
    parts.change(opendocument.CONTENT, edits)
    return Rendering(plan=parts.plan(), words=words, way=AROUND if len(places) > 1 else BESIDE if beside else BELOW)


def _edit(content: Content, table: Table, boxes: bytes) -> tuple[int, int, bytes]:
    """Put shapes into the sheet's own `table:shapes`, which it gets where it has none."""
    shapes = next((one for one in table.head.children if one.name == "shapes"), None)
    if shapes is not None:
        at = (shapes.close if not shapes.is_empty_tag else shapes.start) + table.moved
        if shapes.is_empty_tag:
            return at, shapes.end + table.moved, _holder(boxes)
        return at, at, boxes
    following = next((one for one in table.head.children if one.name not in BEFORE), None)
    at = following.start + table.moved if following is not None else table.element.open_end
    if following is None and table.head.children:
        at = table.head.children[-1].end + table.moved
    return at, at, _holder(boxes)


def _holder(boxes: bytes) -> bytes:
    return f'<table:shapes xmlns:table="{TABLE}">'.encode() + boxes + b"</table:shapes>"
