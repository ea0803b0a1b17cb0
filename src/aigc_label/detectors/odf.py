"""Looks for the words of a mark in OpenDocument files: first and last paragraph, first and last page, beside the cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.detectors.colours import MIN_POINTS, WHITE, contrast, contrast_of_automatic
from aigc_label.detectors.odf_plain import is_plain_around, is_plain_frame, place_of
from aigc_label.detectors.statements import LONGEST, is_statement, unwrapped
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.grammars import opendocument, xml, zip  # noqa: A004
from aigc_label.grammars.opendocument import DRAW, FO, STYLE, TEXT, Content, Styles, length
from aigc_label.grammars.opendocument_tables import Table, first_table
from aigc_label.grammars.parts import Parts
from aigc_label.grammars.xml import Element
from aigc_label.marking import complies
from aigc_label.source import Source

NAME: Final = "AIGC_mark"
POINT: Final = 2.54 / 72  # centimetres
USUAL_POINTS: Final = 12.0
USUAL_PAGE: Final = (28.0, 21.0)  # centimetres, where a page states no size
LATIN, HAN = 0.7, 0.75  # ink of the smallest letter over the font size, in the fonts of office programs
SPILL: Final = 0.01  # of the shortest side by which a box may stand out of the page
SCREEN: Final = 31.0  # centimetres from the left within which a box is seen when a sheet is opened
LEFT: Final = 10.0  # centimetres from the left in which a box below the last row is found
WIDEST: Final = 19.4  # centimetres: an indent beyond it leaves the usual page
PARTLY: Final = frozenset({"start-page", "show"})  # settings of a show that leaves pages out
LEAST: Final = 0.18  # centimetres: a box less wide or high holds no letter of 5 points
NARROW: Final = 50.0  # per cent: letters narrower than this are not read
PERCENT: Final = re.compile(r"(\d{1,4}(?:\.\d*)?)%")
UNSEEN: Final = (
    "note",
    "annotation",
    "tracked-changes",
    "hidden-text",
    "hidden-paragraph",
    "conditional-text",
    "frame",
)
BREAKS: Final = {"tab": "\t", "line-break": "\n", "s": " "}


def look(source: Source) -> tuple[Sighting, ...]:
    """Give the marks at the ends of a text, on the first and last page, or on the first sheet.

    Raises `UnsupportedFormat` for encrypted documents and for kinds that have none of these.
    """
    parts = Parts(source, zip.archive_of(source))
    if opendocument.is_encrypted(parts):
        raise UnsupportedFormat(Bilingual("the document is encrypted", "文档已加密"))
    content = opendocument.content_of(parts)
    looks = {"text": _text, "presentation": _pages, "drawing": _pages, "spreadsheet": _sheet}
    if content.body.name not in looks:
        raise UnsupportedFormat(
            Bilingual(
                f"marks in {content.body.name} documents are not looked for", f"不支持检测 {content.body.name} 文档"
            )
        )
    return tuple(looks[content.body.name](parts, content, Styles(parts, content)))


def _text(parts: Parts, content: Content, styles: Styles) -> Iterator[Sighting]:
    papers = {WHITE, *styles.papers()}
    for moment, blocks in ((Moment.START, content.blocks), (Moment.END, content.blocks[::-1])):
        found = next(_paragraphs(parts, content, blocks, moment), None)
        if found is not None and _is_shown(found, styles):
            text = _words(found).strip()
            if _is_mark(text, found.attributes.get((TEXT, "style-name"), "").startswith(NAME)):
                points, seen = _look_of([found], styles, papers)
                if points >= MIN_POINTS:
                    yield _sighting(text, moment, seen if is_plain_around(found, styles) else None)


def _paragraphs(parts: Parts, content: Content, blocks: list[Element], moment: Moment) -> Iterator[Element]:
    """Give the paragraphs with words, from the start or from the end."""
    for block in blocks:
        whole = xml.excerpt(content.document, block, parts.source.limits)
        found = [one for one in whole.walk() if (one.namespace, one.name) in ((TEXT, "p"), (TEXT, "h"))]
        for one in found if moment is Moment.START else found[::-1]:
            if _words(one).strip() and not _within_unseen(one):
                yield one


def _within_unseen(element: Element) -> bool:
    above = element.parent
    while above is not None:
        if above.name in UNSEEN:
            return True
        above = above.parent
    return False


def _words(element: Element) -> str:
    """Give the words of a paragraph or a part of it, in order."""
    parts = [BREAKS.get(element.name, "")]
    for one in element.flow():
        parts.append(one if isinstance(one, str) else "" if one.name in UNSEEN else _words(one))
    return "".join(parts)


def _is_shown(paragraph: Element, styles: Styles) -> bool:
    """Tell whether no section or style around or on a paragraph hides it."""
    above: Element | None = paragraph
    while above is not None:
        if above.attributes.get((TEXT, "display")) in ("none", "condition") or above.name == "deletion":
            return False
        above = above.parent
    style = paragraph.attributes.get((TEXT, "style-name"))
    indents = (
        length(styles.value("paragraph", style, (FO, key))) for key in ("margin-left", "margin-right", "text-indent")
    )
    return all(abs(one or 0.0) < WIDEST for one in indents)


def _is_mark(text: str, ours: bool) -> bool:
    return is_statement(unwrapped(text)[0]) or (ours and complies(text) and len(text) <= LONGEST)


def _look_of(
    paragraphs: list[Element], styles: Styles, papers: set[str], frame: str | None = None
) -> tuple[float, float | None]:
    """Give the points of the smallest words and the contrast of the faintest; (0, ...) where some are hidden."""
    points, seen = [], []
    for paragraph in paragraphs:
        own = paragraph.attributes.get((TEXT, "style-name"))
        spans = [one for one in paragraph.walk() if one.name == "span" and _words(one).strip()]
        plain = [None] if paragraph.text.strip() or not spans else []
        for span in [*plain, *(one.attributes.get((TEXT, "style-name")) for one in spans)]:

            def value(key: tuple[str, str], span: str | None = span, own: str | None = own) -> str | None:
                stated = styles.value("text", span, key) if span else None
                stated = stated if stated is not None else styles.value("paragraph", own, key)
                return stated if stated is not None or frame is None else styles.value("graphic", frame, key)

            scale = _percent(value((STYLE, "text-scale")))
            hidden = value((TEXT, "display")) in ("none", "condition") or scale < NARROW
            points.append(0.0 if hidden else _points(value((FO, "font-size"))))
            behind = {fill} if (fill := value((FO, "background-color"))) not in (None, "transparent") else papers
            ink = value((FO, "color"))
            automatic = ink is None or value((STYLE, "use-window-font-color")) == "true"
            seen.append(min(contrast_of_automatic(one) if automatic else contrast(ink or "", one) for one in behind))
    return min(points, default=0.0), min(seen, default=None)


def _points(size: str | None) -> float:
    stated = length(size)
    return stated / POINT if stated is not None else USUAL_POINTS * _percent(size) / 100


def _percent(text: str | None) -> float:
    found = PERCENT.fullmatch(text or "")
    return float(found[1]) if found else 100.0


def _pages(parts: Parts, content: Content, styles: Styles) -> Iterator[Sighting]:
    shown = opendocument.pages(content, styles)
    if any(one.name == "settings" and {key for _, key in one.attributes} & PARTLY for one in content.body.children):
        return  # the show begins elsewhere
    for moment, pages in ((Moment.START, shown[:1]), (Moment.END, shown[-1:])):
        for page in pages:
            size = styles.page_size(page.attributes.get((DRAW, "master-page-name"), "")) or USUAL_PAGE
            whole = xml.excerpt(content.document, page, parts.source.limits)
            animated = b"targetElement" in content.document
            for frame in () if animated and _is_animated(whole) else _frames(whole):
                yield from _boxed(frame, styles, moment, size)


def _sheet(parts: Parts, content: Content, styles: Styles) -> Iterator[Sighting]:
    table = first_table(parts, content, styles, 1)
    shapes = opendocument.child(table.head, "shapes") if table is not None else None
    if table is None or shapes is None:
        return
    for frame in _frames(shapes):
        moment = _moment(frame, table)
        if moment is not None:
            yield from _boxed(frame, styles, moment, None)


def _frames(holder: Element) -> list[Element]:
    return [one for one in holder.children if one.namespace == DRAW and one.name in ("frame", "custom-shape", "rect")]


def _moment(frame: Element, table: Table) -> Moment | None:
    place = place_of(frame)
    if place is None or place[0] < 0 or place[1] < 0:
        return None
    if place[1] <= 1.5 and place[0] <= SCREEN:
        return Moment.START
    return Moment.END if place[1] >= table.bottom - 0.05 and place[0] <= LEFT else None


def _boxed(
    frame: Element, styles: Styles, moment: Moment, page: tuple[float, float] | None
) -> Iterator[Sighting]:  # fmt: skip
    paragraphs = [one for one in frame.walk() if (one.namespace, one.name) in ((TEXT, "p"), (TEXT, "h"))]
    text = "\n".join(_words(one) for one in paragraphs).strip()
    place = place_of(frame)
    if place is None or not _is_mark(text, frame.attributes.get((DRAW, "name"), "").startswith(NAME)):
        return
    style = frame.attributes.get((DRAW, "style-name"))
    fill = styles.value("graphic", style, (DRAW, "fill"))
    colour = styles.value("graphic", style, (DRAW, "fill-color")) if fill == "solid" else None
    points, seen = _look_of(paragraphs, styles, {colour or WHITE}, style)
    if points < MIN_POINTS or not all(_is_shown(one, styles) for one in paragraphs):
        return
    plain = is_plain_frame(frame, styles) and all(is_plain_around(one, styles) for one in paragraphs)
    measured = seen if colour and plain and place[2] >= LEAST and place[3] >= LEAST else None
    if page is None:
        yield _sighting(text, moment, measured)
    elif _is_inside(place, page):
        shortest = min(page)
        share = LATIN if any(one.isascii() and one.isalnum() for one in text) else HAN
        edges = (place[0], place[1], page[0] - place[0] - place[2], page[1] - place[1] - place[3])
        height, edge = points * POINT * share / shortest, max(0.0, min(edges)) / shortest
        yield _sighting(text, moment, measured, round(height, 4), round(edge, 4))


def _is_animated(page: Element) -> bool:
    return any(key == "targetElement" for one in page.walk() for _, key in one.attributes)


def _is_inside(place: tuple[float, float, float, float], page: tuple[float, float]) -> bool:
    left, top, wide, high = place
    spill = SPILL * min(page)
    return -spill <= left and left + wide <= page[0] + spill and -spill <= top and top + high <= page[1] + spill


def _sighting(
    text: str, moment: Moment, seen: float | None, height: float | None = None, edge: float | None = None
) -> Sighting:
    return Sighting(
        kind=SightingKind.TEXT, text=text, detector="odf", confidence=1.0, contrast=seen, moment=moment, height_share=height,
        edge_share=edge,
    )  # fmt: skip
