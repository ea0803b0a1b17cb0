"""Looks for the words of a mark in a Word document: its first and last paragraph, and headers and footers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.detectors.colours import MIN_POINTS, WHITE, contrast, contrast_of_automatic
from aigc_label.detectors.statements import LONGEST, is_statement, unwrapped
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
LIGHT: Final = ("background1", "background2", "light1", "light2")
HIGHLIGHTS: Final = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph as it is seen: its visible words, and the contrast of the least visible of them."""

    text: str
    contrast: float


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
    return Line(text, min(_contrast(paragraph, run, styles, paper) for run in shown if run.text.strip()))


def _is_shown(paragraph: Element, styles: Styles) -> bool:
    """Tell whether the paragraph stands on the page and its lines are as high as its letters."""
    if styles.of_paragraph(paragraph, "framePr") is not None or _is_cut(paragraph.parent):
        return False
    spacing, indent = styles.of_paragraph(paragraph, "spacing"), styles.of_paragraph(paragraph, "ind")
    if word.value(spacing, "lineRule") == "exact" and _number(word.value(spacing, "line")) < 20 * MIN_POINTS:
        return False
    sides = ("left", "start", "right", "end", "firstLine", "hanging")
    return all(abs(_number(word.value(indent, side))) < WIDEST for side in sides)


def _is_cut(around: Element | None) -> bool:
    """Tell whether a table's row around it is too low for a line."""
    while around is not None:
        height = word.child(word.child(around, "trPr"), "trHeight")
        if word.value(height, "hRule") == "exact" and _number(word.value(height)) < 20 * MIN_POINTS:
            return True
        around = around.parent
    return False


def _size(paragraph: Element, run: Run, styles: Styles) -> float:
    """Give the size of a run in points, 0 where it is hidden or squeezed."""
    if word.is_on(styles.of_run(paragraph, run, "vanish")):
        return 0.0
    if _number(word.value(styles.of_run(paragraph, run, "w")) or "100") < NARROW:
        return 0.0
    moved = abs(_number(word.value(styles.of_run(paragraph, run, "position"))))
    if moved > TIGHT or _number(word.value(styles.of_run(paragraph, run, "spacing"))) < -TIGHT:
        return 0.0
    painted = run.properties is not None and any(one.name == "textFill" for one in run.properties.children)
    if painted or styles.of_run(paragraph, run, "fitText") is not None:
        return 0.0  # a paint of Word 2010's, or a width, in place of the letters' own
    size = word.value(styles.of_run(paragraph, run, "sz"))
    return _number(size) / 2 if size else 10.0  # ECMA-376-1, 17.3.2.38: 10 pt where nothing says a size


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _contrast(paragraph: Element, run: Run, styles: Styles, paper: str) -> float:
    """Give the contrast of a run to what lies behind it; automatic letters are black or white, whichever is seen."""
    fill = _behind(paragraph, run, styles)
    behind = [fill] if fill else [WHITE, paper]  # a page's colour is shown or not, as the reader's program likes
    color = styles.of_run(paragraph, run, "color")
    letters = word.value(color)
    if (word.value(color, "themeColor") or "") in LIGHT:
        letters = WHITE
    if letters is None or letters == "auto":
        return min(contrast_of_automatic(one) for one in behind)
    return min(contrast(letters, one) for one in behind)


def _behind(paragraph: Element, run: Run, styles: Styles) -> str | None:
    """Give the colour of the highlight or shading behind a run, None where it stands on the paper."""
    highlight = word.value(styles.of_run(paragraph, run, "highlight"))
    if highlight in HIGHLIGHTS:
        return HIGHLIGHTS[highlight]
    for shading in (styles.of_run(paragraph, run, "shd"), styles.of_paragraph(paragraph, "shd")):
        fill = word.value(shading, "fill")
        if fill and fill != "auto":
            return fill
    return None
