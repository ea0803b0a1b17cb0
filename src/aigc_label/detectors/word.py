"""Looks for the words of a mark in a Word document: its first and last paragraph, and headers and footers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.detectors.colours import MIN_POINTS, WHITE
from aigc_label.detectors.statements import LONGEST, is_statement, unwrapped
from aigc_label.detectors.word_colours import contrast_of
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.grammars import word, xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.word import Body, Run, Styles
from aigc_label.grammars.xml import Element
from aigc_label.marking import complies

NAME: Final = "AIGC_mark"  # a bookmark of this name says that the paragraph is a mark, whatever its wording
WIDEST: Final = 11_000  # twentieths of a point (19.4 cm): an indent beyond it leaves the usual page
TIGHT: Final = (
    40.0  # twentieths of a point taken out between letters, half points up or down: beyond it they overlap or leave
)
NARROW: Final = 50.0  # per cent: letters narrower than this are not read
KNOWN: Final = frozenset({  # properties of a run that hide nothing, or are looked at: any other may hide its words
    "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "outline", "shadow", "emboss",
    "imprint", "noProof", "snapToGrid", "vanish", "color", "spacing", "w", "kern", "position", "sz", "szCs",
    "highlight", "u", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang", "ins", "rPrChange", "oMath",
    "specVanish", "ligatures", "numForm", "numSpacing", "stylisticSets", "cntxtAlts",
})  # fmt: skip
SIDES: Final = ("left", "start", "right", "end", "firstLine", "hanging")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph as it is seen: its visible words, and the contrast of the least visible of them, None where that
    is not told."""

    text: str
    contrast: float | None


def look(package: Package) -> tuple[Sighting, ...] | None:
    """Give the marks that stand first or last in the text or in its headers and footers; None for no Word document."""
    body = word.body_of(package)
    if body is None:
        return None
    styles = word.styles_of(package, body.part)
    paper = _paper(package, body)
    found = []
    for moment, blocks in ((Moment.START, body.blocks), (Moment.END, body.blocks[::-1])):
        line = _outermost(package, body, blocks, moment, styles, paper)
        if line is not None:
            found.append(_sighting(line, moment))
    for moment, kind in ((Moment.START, "header"), (Moment.END, "footer")):
        found += [_sighting(line, moment) for line in _repeated(package, body, kind, styles, paper)]
    return tuple(found)


def _sighting(line: Line, moment: Moment) -> Sighting:
    return Sighting(
        kind=SightingKind.TEXT, text=line.text, detector="word", confidence=1.0, contrast=line.contrast, moment=moment
    )


def _paper(package: Package, body: Body) -> str:
    root = body.element.parent
    return word.value(word.child(root, "background"), "color") or WHITE


def _outermost(
    package: Package, body: Body, blocks: list[Element], moment: Moment, styles: Styles, paper: str
) -> Line | None:
    """Give the first or last paragraph that has words, where it is a mark."""
    for block in blocks:
        whole = list(word.paragraphs(xml.excerpt(body.document, block, package.source.limits)))
        for paragraph in whole if moment is Moment.START else whole[::-1]:
            if "".join(run.text for run in word.runs(paragraph)).strip():
                return _mark(paragraph, styles, paper)
            if any(one.name in ("fldChar", "anchor", "pict") for one in paragraph.walk()):
                return None  # a field may go on behind it, a picture lie over what follows
    return None


def _repeated(package: Package, body: Body, kind: str, styles: Styles, paper: str) -> Iterator[Line]:
    """Give the marks in the headers or footers that the document's first section shows on its first page."""
    names = {one.id: one.target for one in package.relations(body.part)}
    _, section = next(word.sections(package, body), (0, None))
    if section is None:
        return
    shown = "first" if word.is_on(word.child(section, "titlePg")) else "default"
    for one in section.children:
        if one.name == f"{kind}Reference" and word.value(one, "type") == shown:
            identity = next((value for (_, name), value in one.attributes.items() if name == "id"), "")
            root = xml.parse(package.part(names.get(identity, "")), package.source.limits)
            lines = (_mark(paragraph, styles, paper) for paragraph in word.paragraphs(root))
            yield from (line for line in lines if line is not None)


def _mark(paragraph: Element, styles: Styles, paper: str) -> Line | None:
    """Give a paragraph that is a mark and can be seen; None for any other."""
    if not _is_shown(paragraph, styles):
        return None
    shown = [run for run in word.runs(paragraph) if _size(paragraph, run, styles) >= MIN_POINTS]
    text = "".join(run.text for run in shown).strip()
    named = any(
        one.name == "bookmarkStart" and (word.value(one, "name") or "").startswith(NAME) for one in paragraph.walk()
    )
    if not (is_statement(unwrapped(text)[0]) or (named and complies(text) and len(text) <= LONGEST)):
        return None
    found = [contrast_of(paragraph, run, styles, paper) for run in shown if run.text.strip()]
    told = not (
        _is_painted_by_table(paragraph, styles) or any(one.name in ("anchor", "pict") for one in paragraph.walk())
    )
    return Line(text, min(found) if told else None)


def _is_shown(paragraph: Element, styles: Styles) -> bool:
    """Tell whether the paragraph stands on the page and its lines are as high as its letters."""
    if styles.of_paragraph(paragraph, "framePr") is not None or _is_cut(paragraph.parent):
        return False
    spacing = styles.of_paragraph(paragraph, "spacing")
    if word.value(spacing, "lineRule") == "exact" and _number(word.value(spacing, "line")) < 20 * MIN_POINTS:
        return False
    numbered = styles.of_paragraph(paragraph, "numPr") is not None
    return all(map(_is_near, (styles.of_paragraph(paragraph, "ind"), *(styles.indents if numbered else ()))))


def _is_near(indent: Element | None) -> bool:
    """Tell whether an indent stays on the usual page, in twentieths of a point and in hundredths of a letter."""
    return all(
        abs(_number(word.value(indent, side))) < WIDEST
        and abs(_number(word.value(indent, f"{side}Chars"))) < WIDEST / 2
        for side in SIDES
    )


def _is_cut(around: Element | None) -> bool:
    """Tell whether a table around it hides it: a row too low for a line, hidden or deleted, a cell that squeezes its
    words, a table that stands elsewhere."""
    while around is not None:
        row, table = word.child(around, "trPr"), word.child(around, "tblPr")
        height, indent = word.child(row, "trHeight"), word.child(table, "tblInd")
        if word.value(height, "hRule") == "exact" and _number(word.value(height)) < 20 * MIN_POINTS:
            return True
        if any(word.child(row, name) is not None for name in ("hidden", "del")):
            return True
        if word.child(word.child(around, "tcPr"), "tcFitText") is not None or word.child(table, "tblpPr") is not None:
            return True
        if abs(_number(word.value(indent, "w"))) >= WIDEST:
            return True
        around = around.parent
    return False


def _is_painted_by_table(paragraph: Element, styles: Styles) -> bool:
    """Tell whether the style of a table around it sets letters or what lies behind them: that is not followed."""
    around = paragraph.parent
    while around is not None:
        named = word.value(word.child(word.child(around, "tblPr"), "tblStyle"))
        for style in styles.based(named) if named else ():
            if style is not styles.normal and any(one.name in ("rPr", "shd", "ind") for one in style.walk()):
                return True
        around = around.parent
    return False


def _size(paragraph: Element, run: Run, styles: Styles) -> float:
    """Give the size of a run in points, 0 where it is hidden or squeezed, or something may hide it."""
    properties = list(styles.run_properties(paragraph, run))
    if any(one.name not in KNOWN for each in properties for one in each.children):
        return 0.0
    own = word.child(run.properties, "vanish")
    if word.is_on(own) or (own is None and any(word.is_on(word.child(each, "vanish")) for each in properties)):
        return 0.0
    if _number(word.value(styles.of_run(paragraph, run, "w")) or "100") < NARROW:
        return 0.0
    moved = abs(_number(word.value(styles.of_run(paragraph, run, "position"))))
    if moved > TIGHT or _number(word.value(styles.of_run(paragraph, run, "spacing"))) < -TIGHT:
        return 0.0
    if styles.of_run(paragraph, run, "fitText") is not None:
        return 0.0
    size = word.value(styles.of_run(paragraph, run, "sz"))
    return _number(size) / 2 if size else 10.0  # ECMA-376-1, 17.3.2.38: 10 pt where nothing says a size


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
