"""A box over the cells counts where nothing of the sheet can lie over it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import aigc_label
from aigc_label.marking import Mark
from aigc_label.order import Order
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict

CELLS = Path(__file__).parents[2] / "fixtures/ooxml/cells.xlsx"
MAIN = b"http://schemas.openxmlformats.org/drawingml/2006/main"
PLAIN = b'<a:solidFill xmlns:a="%s"><a:srgbClr val="FFFFFF"/></a:solidFill>' % MAIN
COVER = (
    b'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="9" name="cover"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr>%s</xdr:spPr></xdr:sp>'
    b"<xdr:clientData/>" % PLAIN
)
AT = b"<xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>%d</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"


def judged(anchor: bytes, *, sheet: tuple[bytes, bytes] = (b"", b"")) -> Verdict:
    """Give the verdict on a marked workbook with one more anchor in its drawing, and a change in its first sheet."""
    marked = aigc_label.carry_out(CELLS.read_bytes(), None, Order(mark=Mark())).data
    assert marked is not None
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(marked)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if "drawings/" in name and name.endswith(".xml"):
                data = data.replace(b"</xdr:wsDr>", anchor + b"</xdr:wsDr>")
            if re.fullmatch(r"xl/worksheets/[^/]*\.xml", name):
                data = data.replace(*sheet, 1)
            new.writestr(name, data)
    return aigc_label.verify(out.getvalue(), Policy(scope=Scope.MARK)).verdict


def one_cell(row: int) -> bytes:
    corner = AT % row
    return b'<xdr:oneCellAnchor>%s<xdr:ext cx="9000000" cy="9000000"/>%s</xdr:oneCellAnchor>' % (corner, COVER)


@pytest.mark.parametrize("row", [40, 6])
def test_a_box_that_begins_below_the_mark_covers_nothing(row: int) -> None:
    assert judged(one_cell(row)) is Verdict.COMPLIANT


@pytest.mark.parametrize(
    "anchor",
    [
        one_cell(0),
        one_cell(3),
        b'<xdr:absoluteAnchor><xdr:pos x="0" y="0"/><xdr:ext cx="9000000" cy="9000000"/>%s</xdr:absoluteAnchor>'
        % COVER,
    ],
    ids=["at the same row", "within its height", "by a place in the sheet"],
)
def test_a_box_that_may_lie_over_the_mark_leaves_it_undecided(anchor: bytes) -> None:
    assert judged(anchor) is Verdict.UNDECIDABLE


def test_rows_that_are_lower_than_words_leave_it_undecided() -> None:
    low = (b"<sheetData", b'<sheetFormatPr defaultRowHeight="2"/><sheetData')
    assert judged(one_cell(40), sheet=low) is Verdict.UNDECIDABLE
