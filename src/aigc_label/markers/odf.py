"""Puts the words into OpenDocument files: a paragraph in a text, a text box on a page or beside the cells of a sheet."""

from __future__ import annotations

from typing import Final

from aigc_label import package_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.grammars import opendocument, xml, zip  # noqa: A004
from aigc_label.grammars.opendocument import FO, STYLE, TEXT, Content, Styles
from aigc_label.grammars.parts import Parts
from aigc_label.grammars.xml import Element
from aigc_label.markers import Rendering, ods
from aigc_label.markers.boxes import laid_out
from aigc_label.markers.ends import ends_of, pages_of, sentence_of, way_of
from aigc_label.markers.odf_boxes import NAME, box, box_styles
from aigc_label.marking import Mark, Position
from aigc_label.source import Source

ANIMATION: Final = "urn:oasis:names:tc:opendocument:xmlns:animation:1.0"
SIGNATURES: Final = "META-INF/documentsignatures.xml"
USUAL: Final = (28.0, 21.0)  # centimetres, where a page states no size
AT_START: Final = Bilingual("a paragraph of its own before all others", "在正文最前面插入独立段落")
AT_END: Final = Bilingual("a paragraph of its own behind all others", "在正文最后面插入独立段落")
AT_BOTH: Final = Bilingual("paragraphs of their own before and behind all others", "在正文最前面和最后面各插入独立段落")
INSTEAD: Final = Bilingual(
    "a paragraph of its own behind all others: the first paragraph begins a page, so one before it would fill a page alone",
    "在正文最后面插入独立段落：原首段自带分页，若插在其前将独占一页",
)
PAGE: Final = Bilingual("page", "页")


def render(source: Source, mark: Mark) -> Rendering:
    """Give the document with the words in it; all else in its content stays, every other part as it is stored.

    Raises `Refused` for a signed document, `UnsupportedFormat` for an encrypted one or one without text, pages or sheets.
    """
    archive = zip.archive_of(source)
    package_label.refuse_signed(archive, SIGNATURES)
    parts = Parts(source, archive)
    if opendocument.is_encrypted(parts):
        raise UnsupportedFormat(
            Bilingual("the document is encrypted", "文档已加密"),
            remedy=Bilingual("Mark it before it is encrypted.", "请在加密之前添加显式标识。"),
        )
    content = opendocument.content_of(parts)
    kinds = {"text": _text, "presentation": _pages, "drawing": _pages, "spreadsheet": ods.render}
    if content.body.name not in kinds:
        raise UnsupportedFormat(
            Bilingual(
                f"documents of the kind {content.body.name} are not marked",
                f"不支持为 {content.body.name} 文档添加标识",
            ),
            remedy=Bilingual("Export it as PDF and mark that.", "请导出为 PDF 后添加显式标识。"),
        )
    return kinds[content.body.name](parts, content, mark)


def _text(parts: Parts, content: Content, mark: Mark) -> Rendering:
    start, end = ends_of(mark)
    blocks = content.blocks
    way = AT_BOTH if start and end else AT_START if start else AT_END
    if start and not end and blocks and _begins_a_page(Styles(parts, content), content):
        (start, end), way = (False, True), INSTEAD
    name, words = opendocument.free_name(content, NAME), sentence_of(mark)
    paragraph = _paragraph(name, words).encode()
    edits = [opendocument.styled(content, _paragraph_style(name))]
    if not blocks:
        edits.append(xml.appended(content.document, content.body, paragraph))
    elif start:
        edits.append((blocks[0].start, blocks[0].start, paragraph))
    if blocks and end:
        edits.append((blocks[-1].end, blocks[-1].end, paragraph))
    parts.change(opendocument.CONTENT, edits)
    return Rendering(plan=parts.plan(), words=words, way=way)


def _begins_a_page(styles: Styles, content: Content) -> bool:
    first = content.blocks[0]
    family = "table" if first.name == "table" else "paragraph"
    name = next((value for (_, key), value in first.attributes.items() if key == "style-name"), None)
    breaks = styles.value(family, name, (FO, "break-before"))
    return bool(styles.attribute(family, name, (STYLE, "master-page-name"))) or breaks == "page"


def _paragraph_style(name: str) -> str:
    """All that the look of the words depends on, so that no other style can hide them."""
    return (
        f'<style:style xmlns:style="{STYLE}" xmlns:fo="{FO}" xmlns:text="{TEXT}" style:name="{name}" '
        'style:family="paragraph"><style:paragraph-properties fo:margin-left="0cm" fo:margin-right="0cm" '
        'fo:text-indent="0cm" fo:margin-top="0cm" '
        'fo:margin-bottom="0.21cm" fo:line-height="100%" fo:text-align="start" fo:background-color="#ffffff"/>'
        '<style:text-properties fo:color="#000000" fo:font-family="Arial" style:font-family-asian="\'Microsoft YaHei\'" '
        'fo:font-size="12pt" style:font-size-asian="12pt" fo:font-weight="bold" style:font-weight-asian="bold" '
        'style:use-window-font-color="false" text:display="true"/></style:style>'
    )


def _paragraph(name: str, words: str) -> str:
    lines = "<text:line-break/>".join(xml.escaped(line) for line in words.split("\n"))
    return f'<text:p xmlns:text="{TEXT}" text:style-name="{name}">{lines}</text:p>'


def _pages(parts: Parts, content: Content, mark: Mark) -> Rendering:
    styles = Styles(parts, content)
    shown = opendocument.pages(content, styles)
    if not shown:
        raise UnsupportedFormat(
            Bilingual("the document shows no page", "文档没有可显示的页面"),
            remedy=Bilingual("Add a page, or show one that is hidden.", "请添加页面，或取消隐藏。"),
        )
    edits, markup, words = [], "", mark.text
    for count, at in enumerate(pages_of(mark, len(shown))):
        page = shown[at]
        if mark.position is Position.EVERY and _has_it(parts, content, page):
            continue
        size = styles.page_size(page.attributes.get((opendocument.DRAW, "master-page-name"), "")) or USUAL
        plate = laid_out(mark, *size)
        name, words = f"{opendocument.free_name(content, NAME)}{f'b{count}' if count else ''}", plate.words
        markup += box_styles(name, plate.size / 2.54 * 72, plate.plate, plate.ink)
        markup_of_box = box(name, words, (plate.left, plate.top, plate.width, plate.height)).encode()
        edits.append(_edit(parts, content, page, markup_of_box))
    if edits:
        parts.change(opendocument.CONTENT, [opendocument.styled(content, markup), *edits])
    return Rendering(plan=parts.plan(), words=words, way=way_of(mark, PAGE))


def _has_it(parts: Parts, content: Content, page: Element) -> bool:
    inner = xml.excerpt(content.document, page, parts.source.limits)
    return any(one.attributes.get((opendocument.DRAW, "name")) == NAME for one in inner.walk())


def _edit(parts: Parts, content: Content, page: Element, markup: bytes) -> tuple[int, int, bytes]:
    """Put a shape in front of all others, before what the schema wants behind them: animations and notes."""
    if not page.is_empty_tag:
        inner = xml.excerpt(content.document, page, parts.source.limits)
        last = next((one for one in inner.children if one.name == "notes" or one.namespace == ANIMATION), None)
        if last is not None:
            at = last.start - inner.start + page.start
            return at, at, markup
    return xml.appended(content.document, page, markup)
