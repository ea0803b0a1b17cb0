"""Puts the words onto a worksheet: a text box beside or below the used cells, and the print header. No cell is touched.

A row of its own would shift cells, a sheet of its own would be the first that other programs read; a text box floats. It
stands in the first rows where these leave room on a screen, else below the last row. On paper the header shows the words.
"""

from __future__ import annotations

import re
from typing import Final

from aigc_label.badge import LIGHT
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars import sheets, slides, xml
from aigc_label.grammars.opc import HEAD, OFFICE, STRICT_OFFICE, Package
from aigc_label.grammars.sheets import LAST_COLUMN, STRICT, Sheet
from aigc_label.grammars.xml import Element
from aigc_label.markers import Rendering
from aigc_label.markers.ends import ends_of, sentence_of
from aigc_label.markers.slides import filled, text_body
from aigc_label.marking import Mark, complies

NAME: Final = "AIGC_mark"
POINTS: Final = 14.0
POINT: Final = 12_700  # EMU
PIXEL: Final = 9_525  # EMU
SCREEN: Final = 1_100  # pixels from the left within which a box is seen when a sheet is opened
DEEP: Final = 3  # rows that a box at the top may lie over
LONGEST: Final = 255  # characters of a header (ECMA-376-1, 18.3.1.39 as spreadsheets keep it)
LAST_ROW: Final = 1_048_576
SECTION: Final = re.compile(r"&(.)", re.DOTALL)
PRINTED: Final = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
DRAWING_TYPE: Final = "application/vnd.openxmlformats-officedocument.drawing+xml"
MAIN: Final = "http://schemas.openxmlformats.org/drawingml/2006"
STRICT_MAIN: Final = "http://purl.oclc.org/ooxml/drawingml"
BESIDE: Final = Bilingual(
    "a text box beside the used cells of the first rows, and the print header; no cell is touched",
    "在首行已用单元格右侧添加文本框并加入打印页眉，未改动任何单元格",
)
BELOW: Final = Bilingual(
    "a text box below the last row, and the print header; no cell is touched",
    "在最后一行下方添加文本框并加入打印页眉，未改动任何单元格",
)


def render(package: Package, shown: tuple[str, ...], mark: Mark) -> Rendering:
    """Give the workbook with the words on its first shown worksheet. Raises `UnsupportedFormat` where there is none, or
    where hidden rows and columns leave no place on it."""
    if not shown:
        raise UnsupportedFormat(
            Bilingual("the workbook shows no worksheet", "工作簿没有可见的工作表"),
            remedy=Bilingual("Add a worksheet, or show one that is hidden.", "请添加工作表，或取消隐藏。"),
        )
    sheet = sheets.sheet_of(package, shown[0])
    top, bottom = _beside(package, sheet), (sheet.rows + 1, 0)
    top_seen = sheet.width(top[1]) > 0 and sheet.pixels_before(top[1]) <= SCREEN
    bottom_seen = sheet.width(0) > 0 and not sheet.hides_unused_rows and bottom[0] < LAST_ROW
    start, end = ends_of(mark)
    cells = [top] if start and top_seen else []
    if bottom_seen and (end or not cells):
        cells.append(bottom)
    if not cells:
        raise UnsupportedFormat(
            Bilingual(
                "hidden rows and columns leave no place for words beside the cells",
                "隐藏的行列使单元格之外没有可放置文字的位置",
            ),
            remedy=Bilingual("Show a column to the right of the cells.", "请取消隐藏数据右侧的一列。"),
        )
    words = sentence_of(mark)
    edits = [*_header(package, sheet, " ".join(words.split())), *_boxes(package, sheet, words, cells)]
    if edits:
        package.change(sheet.part, edits)
    return Rendering(plan=package.plan(), words=words, way=BESIDE if top in cells else BELOW)


def _beside(package: Package, sheet: Sheet) -> tuple[int, int]:
    """Give row and column of the first cell to the right of all that the first rows shown hold, drawings included."""
    row = next(number for number in range(len(sheet.hidden) + 1) if number not in sheet.hidden)
    column = sheet.columns_used(row, row + DEEP - 1)
    part = _drawing_part(package, sheet)
    for anchor in xml.parse(package.part(part), package.source.limits).children if part else []:
        corner = slides.child(anchor, "from")
        if corner is not None and _whole(corner, "row") < row + DEEP:
            column = max(column, _behind(sheet, anchor, corner))
    return row, column


def _behind(sheet: Sheet, anchor: Element, corner: Element) -> int:
    """Give the first column that a drawing does not reach."""
    to, size = slides.child(anchor, "to"), slides.child(anchor, "ext")
    if to is not None:
        return _whole(to, "col") + 1
    column = _whole(corner, "col")
    ends = sheet.pixels_before(column) + (slides.number(size, "cx") + _whole(corner, "colOff")) / PIXEL
    while column < LAST_COLUMN and sheet.pixels_before(column) < min(ends, 2 * SCREEN):
        column += 1
    return column


def _whole(corner: Element, name: str) -> int:
    found = slides.child(corner, name)
    text = found.text.strip() if found is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _drawing_part(package: Package, sheet: Sheet) -> str | None:
    element = sheet.child("drawing")
    if element is None:
        return None
    own = next((value for (_, name), value in element.attributes.items() if name == "id"), "")
    part = next((one.target for one in package.relations(sheet.part) if one.id == own and one.target), None)
    if part is None:
        raise MalformedFile(
            Bilingual(f"{sheet.part} names a drawing that is missing", f"{sheet.part} 引用的绘图部件缺失")
        )
    return part


def _boxes(
    package: Package, sheet: Sheet, words: str, cells: list[tuple[int, int]]
) -> list[tuple[int, int, bytes]]:  # fmt: skip
    """Put the boxes into the sheet's drawing part; gives the edits of the sheet that a new part needs."""
    strict = sheet.root.namespace == STRICT
    main, office = (STRICT_MAIN, STRICT_OFFICE) if strict else (MAIN, OFFICE)
    part = _drawing_part(package, sheet)
    edits = []
    if part is None:
        part = package.free("xl/drawings/drawingAigc", ".xml")
        package.add(part, DRAWING_TYPE, f'{HEAD}<xdr:wsDr xmlns:xdr="{main}/spreadsheetDrawing"/>'.encode())
        own = package.relate(sheet.part, f"{office}/drawing", part)
        markup = f'<drawing xmlns="{sheet.root.namespace}" xmlns:r="{office}" r:id="{own}"/>'
        edits.append(sheets.inserted(sheet, markup))
    document = package.part(part)
    root = xml.parse(document, package.source.limits)
    number = max((slides.number(one, "id") for one in root.walk() if one.name == "cNvPr"), default=0) + 1
    boxes = "".join(_box(words, cell, number + at, main) for at, cell in enumerate(cells))
    package.change(part, [xml.appended(document, root, boxes.encode())])
    return edits


def _box(text: str, cell: tuple[int, int], number: int, main: str) -> str:
    lines = text.split("\n")
    ems = max(sum(0.65 if one.isascii() else 1.0 for one in line) for line in lines)
    wide, high = round((ems + 1) * POINTS * POINT), round((1.3 * len(lines) + 0.4) * POINTS * POINT)
    words = xml.escaped(text.replace("\n", " ")).replace('"', "&quot;")
    row, column = cell
    plate, ink = LIGHT
    return (
        f'<xdr:oneCellAnchor xmlns:xdr="{main}/spreadsheetDrawing" xmlns:a="{main}/main"><xdr:from>'
        f"<xdr:col>{column}</xdr:col><xdr:colOff>95250</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>19050</xdr:rowOff></xdr:from>"
        f'<xdr:ext cx="{wide}" cy="{high}"/><xdr:sp macro="" textlink=""><xdr:nvSpPr>'
        f'<xdr:cNvPr id="{number}" name="{NAME} {number}" descr="{words}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect">'
        f"<a:avLst/></a:prstGeom>{filled(plate)}<a:ln><a:noFill/></a:ln></xdr:spPr>"
        f"{text_body(text, round(POINTS * 100), ink, 'xdr')}</xdr:sp>"
        '<xdr:clientData fPrintsWithSheet="0"/></xdr:oneCellAnchor>'
    )


def _header(package: Package, sheet: Sheet, words: str) -> list[tuple[int, int, bytes]]:
    """Give the edits that add the words to every header that the sheet prints; others' headers keep what they say."""
    whole = sheet.child("headerFooter")
    if whole is None:
        text = xml.escaped(_with_words("", words))
        markup = f'<headerFooter xmlns="{sheet.root.namespace}"><oddHeader>{text}</oddHeader></headerFooter>'
        return [sheets.inserted(sheet, markup)]
    inner = xml.excerpt(sheet.document, whole, package.source.limits)
    edits = []
    for name in _printed(inner):
        found = slides.child(inner, name)
        text = found.text if found is not None else ""
        new = _with_words(text, words)
        if not complies(text) and len(new) <= LONGEST:
            edits.append(_stated(sheet, whole, inner, name, new))
    return edits


def _printed(inner: Element) -> list[str]:
    """Give the names of the headers that a sheet prints: one for all pages, or others for even pages and the first."""
    asked = {"evenHeader": "differentOddEven", "firstHeader": "differentFirst"}
    return [
        "oddHeader",
        *(name for name, switch in asked.items() if inner.attributes.get(("", switch)) in ("1", "true")),
    ]


def _stated(sheet: Sheet, whole: Element, inner: Element, name: str, text: str) -> tuple[int, int, bytes]:
    moved = whole.start - inner.start
    markup = f'<{name} xmlns="{inner.namespace}">{xml.escaped(text)}</{name}>'.encode()
    found = slides.child(inner, name)
    if found is not None and not found.is_empty_tag:
        return found.open_end + moved, found.close + moved, xml.escaped(text).encode()
    if found is not None:
        return found.start + moved, found.end + moved, markup
    following = next((one for one in inner.children if one.name in PRINTED[PRINTED.index(name) :]), None)
    if following is not None:
        return following.start + moved, following.start + moved, markup
    return xml.appended(sheet.document, whole, markup)


def _with_words(header: str, words: str) -> str:
    """Give a header's text with the words at the end of its right section (ECMA-376-1, 18.3.1.46)."""
    shown = f'&12&"Microsoft YaHei,Bold"{words.replace("&", "&&")}'
    parts = [found for found in SECTION.finditer(header) if found[1] in "LCR"]
    right = next((at for at, found in enumerate(parts) if found[1] == "R"), None)
    if right is None:
        return f"{header}&R{shown}"
    end = parts[right + 1].start() if right + 1 < len(parts) else len(header)
    return f"{header[:end]} {shown}{header[end:]}"
