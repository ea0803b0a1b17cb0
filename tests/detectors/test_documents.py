"""Marks in office documents count where a reader sees them: hidden, faint, tiny, covered and far-off words do not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pptx
import pytest
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from pptx.dml.color import RGBColor as SlideColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml.ns import qn as qn_of
from pptx.util import Emu, Inches
from pptx.util import Pt as SlidePt

import aigc_label
from aigc_label.detectors import Seen, look
from aigc_label.evidence import Moment
from aigc_label.formats import BY_NAME
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.source import BytesSource
from fixtures.build import epub as books
from fixtures.build import odf as open_documents
from fixtures.build import ooxml as build

WORDS = "本内容由人工智能生成"
MARKS_ALONE = Policy(scope=Scope.MARK)


def seen(document: object) -> Seen:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return look(BytesSource(out.getvalue()), BY_NAME["ooxml"])


def texts(found: Seen) -> list[tuple[str, Moment | None]]:
    return [(one.text, one.moment) for one in found.sightings]


# Word


def written(*paragraphs: str) -> docx.document.Document:
    document = docx.Document()
    for one in paragraphs:
        document.add_paragraph(one)
    return document


def test_the_first_and_the_last_paragraph_with_words_count() -> None:
    assert texts(seen(written("", WORDS, "正文", ""))) == [(WORDS, Moment.START)]
    assert texts(seen(written("正文", WORDS, ""))) == [(WORDS, Moment.END)]
    assert texts(seen(written("正文", WORDS, "正文"))) == []


@pytest.mark.parametrize(
    "title",
    [
        "人工智能生成内容的法律问题",
        "如何标识AI生成的图片？",
        "本内容不是由AI生成",
        "利用人工智能生成测试数据的方法研究",
    ],
)
def test_a_title_that_mentions_both_elements_is_no_mark(title: str) -> None:
    assert texts(seen(written(title, "正文"))) == []


def test_a_mark_in_another_s_words_counts_run_by_run() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("本文由")
    paragraph.add_run("AI").bold = True
    paragraph.add_run("生成，仅供参考。")
    document.add_paragraph("正文")
    assert texts(seen(document)) == [("本文由AI生成，仅供参考。", Moment.START)]


def hide_run(document: docx.document.Document) -> None:
    document.paragraphs[0].runs[0].font.hidden = True


def hide_by_style(document: docx.document.Document) -> None:
    document.styles["Normal"].font.hidden = True


def whiten(document: docx.document.Document) -> None:
    document.paragraphs[0].runs[0].font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)


def whiten_by_style(document: docx.document.Document) -> None:
    document.styles["Normal"].font.color.rgb = RGBColor(0xFD, 0xFD, 0xFD)


def shade_alike(document: docx.document.Document) -> None:
    document.paragraphs[0].runs[0].font.color.rgb = RGBColor(0x20, 0x20, 0x20)
    shading = OxmlElement("w:shd")
    shading.set(qn("w:fill"), "202020")
    document.paragraphs[0]._p.get_or_add_pPr().append(shading)


def shrink(document: docx.document.Document) -> None:
    document.paragraphs[0].runs[0].font.size = Pt(1)


def flatten(document: docx.document.Document) -> None:
    document.paragraphs[0].paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    document.paragraphs[0].paragraph_format.line_spacing = Pt(1)


def squeeze(document: docx.document.Document) -> None:
    scale = OxmlElement("w:w")
    scale.set(qn("w:val"), "1")
    document.paragraphs[0].runs[0]._r.get_or_add_rPr().append(scale)


def push_off_the_page(document: docx.document.Document) -> None:
    document.paragraphs[0].paragraph_format.left_indent = Pt(1500)


def set_on_the_run(name: str, value: str) -> Callable[[docx.document.Document], None]:
    def hide(document: docx.document.Document) -> None:
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        document.paragraphs[0].runs[0]._r.get_or_add_rPr().append(element)

    return hide


FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}textFill"


def paint_with_nothing(document: docx.document.Document) -> None:
    properties = document.paragraphs[0].runs[0]._r.get_or_add_rPr()
    properties.append(properties.makeelement(FILL))


def paint_with_nothing_by_style(document: docx.document.Document) -> None:
    properties = document.styles["Normal"].element.get_or_add_rPr()
    properties.append(properties.makeelement(FILL))


def colour_by_theme(document: docx.document.Document) -> None:
    colour = document.paragraphs[0].runs[0].font.color
    colour.rgb = RGBColor(0, 0, 0)
    colour._color.set(qn("w:themeColor"), "text1")
    colour._color.set(qn("w:themeTint"), "00")


def indent_in_letters(document: docx.document.Document) -> None:
    indent = document.paragraphs[0]._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:leftChars"), "30000")


def write_as_the_code_of_a_field(document: docx.document.Document) -> None:
    run = document.paragraphs[0].runs[0]._r
    begin = OxmlElement("w:fldChar")
    begin.set(qn("w:fldCharType"), "begin")
    run.insert(0, begin)


def put_into_a_black_cell(document: docx.document.Document) -> None:
    document.paragraphs[0].runs[0].font.color.rgb = RGBColor(0, 0, 0)
    table = document.add_table(1, 1)
    shading = OxmlElement("w:shd")
    shading.set(qn("w:fill"), "000000")
    table.cell(0, 0)._tc.get_or_add_tcPr().append(shading)
    table.cell(0, 0).paragraphs[0]._p.addnext(document.paragraphs[0]._p)
    document.element.body.insert(0, table._tbl)


def put_into_a_row_without_height(document: docx.document.Document) -> None:
    table = document.add_table(1, 1)
    table.rows[0].height, table.rows[0].height_rule = Pt(1), WD_ROW_HEIGHT_RULE.EXACTLY
    table.cell(0, 0).paragraphs[0]._p.addnext(document.paragraphs[0]._p)
    document.element.body.insert(0, table._tbl)


def delete_under_revision(document: docx.document.Document) -> None:
    paragraph = document.paragraphs[0]._p
    deleted = OxmlElement("w:del")
    deleted.append(paragraph.r_lst[0])
    paragraph.append(deleted)


@pytest.mark.parametrize(
    "hidden",
    [
        hide_run,
        hide_by_style,
        whiten,
        whiten_by_style,
        shade_alike,
        shrink,
        flatten,
        squeeze,
        push_off_the_page,
        delete_under_revision,
        set_on_the_run("w:spacing", "-2000"),
        set_on_the_run("w:position", "-4000"),
        set_on_the_run("w:fitText", "1"),
        paint_with_nothing,
        paint_with_nothing_by_style,
        colour_by_theme,
        indent_in_letters,
        write_as_the_code_of_a_field,
        put_into_a_black_cell,
        put_into_a_row_without_height,
    ],
)
def test_words_that_nobody_sees_are_no_mark(hidden) -> None:  # type: ignore[no-untyped-def]
    document = written(WORDS, "正文")
    hidden(document)
    assert texts(seen(document)) == []


def test_faint_words_are_a_mark_with_a_warning() -> None:
    document = written(WORDS, "正文")
    document.paragraphs[0].runs[0].font.color.rgb = RGBColor(0xA0, 0xA0, 0xA0)
    out = io.BytesIO()
    document.save(out)
    report = aigc_label.verify(out.getvalue(), MARKS_ALONE)
    assert report.verdict is Verdict.COMPLIANT
    assert [one.rule.id for one in report.findings] == ["DOC-003"]


def test_a_header_of_the_first_page_counts_and_one_of_other_pages_does_not() -> None:
    document = written("正文")
    document.sections[0].header.paragraphs[0].text = WORDS
    assert texts(seen(document)) == [(WORDS, Moment.START)]
    document.sections[0].different_first_page_header_footer = True
    assert texts(seen(document)) == []


def test_a_word_file_without_a_mark_is_unlabelled_and_says_why() -> None:
    report = aigc_label.verify(build.minimal(), MARKS_ALONE)
    assert report.verdict is Verdict.UNLABELLED
    assert [one.rule.id for one in report.findings] == ["DOC-001"]


# slides


def show() -> tuple[pptx.presentation.Presentation, pptx.shapes.autoshape.Shape]:
    """Give a presentation of one slide, and the box on it that holds the words."""
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    box = slide.shapes.add_textbox(Inches(1), Inches(6), Inches(5), Inches(1))
    box.text_frame.text = WORDS
    box.text_frame.paragraphs[0].runs[0].font.size = SlidePt(28)
    return presentation, box


def test_a_text_box_in_the_theme_s_colours_counts() -> None:
    presentation, _ = show()
    (one, other) = seen(presentation).sightings
    assert (one.moment, other.moment) == (Moment.START, Moment.END)
    assert one.contrast == 21.0


def test_a_placeholder_stands_where_its_layout_puts_it() -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[0])
    slide.placeholders[1].text = WORDS
    slide.placeholders[1].text_frame.paragraphs[0].runs[0].font.color.rgb = SlideColor(0, 0, 0)
    assert texts(seen(presentation))[0] == (WORDS, Moment.START)


def off_the_slide(presentation, box) -> None:  # type: ignore[no-untyped-def]
    box.left = presentation.slide_width


def half_off_the_slide(presentation, box) -> None:  # type: ignore[no-untyped-def]
    box.top = presentation.slide_height - box.height // 2


def tiny(presentation, box) -> None:  # type: ignore[no-untyped-def]
    box.text_frame.paragraphs[0].runs[0].font.size = SlidePt(1)


def white_on_white(presentation, box) -> None:  # type: ignore[no-untyped-def]
    box.text_frame.paragraphs[0].runs[0].font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1


def like_its_own_fill(presentation, box) -> None:  # type: ignore[no-untyped-def]
    box.fill.solid()
    box.fill.fore_color.rgb = SlideColor(0, 0, 0)
    box.text_frame.paragraphs[0].runs[0].font.color.rgb = SlideColor(0, 0, 0)


def like_the_background(presentation, box) -> None:  # type: ignore[no-untyped-def]
    fill = presentation.slides[0].background.fill
    fill.solid()
    fill.fore_color.rgb = SlideColor(0x10, 0x10, 0x10)
    box.text_frame.paragraphs[0].runs[0].font.color.rgb = SlideColor(0, 0, 0)


def covered(presentation, box) -> None:  # type: ignore[no-untyped-def]
    shape = presentation.slides[0].shapes.add_shape(1, 0, 0, presentation.slide_width, presentation.slide_height)
    shape.fill.solid()


def hidden(presentation, box) -> None:  # type: ignore[no-untyped-def]
    box._element.nvSpPr.cNvPr.set("hidden", "1")


def on_a_hidden_slide(presentation, box) -> None:  # type: ignore[no-untyped-def]
    presentation.slides[0]._element.set("show", "0")


def covered_by_its_theme(presentation, box) -> None:  # type: ignore[no-untyped-def]
    presentation.slides[0].shapes.add_shape(1, 0, 0, presentation.slide_width, presentation.slide_height)


def covered_in_a_group(presentation, box) -> None:  # type: ignore[no-untyped-def]
    group = presentation.slides[0].shapes.add_group_shape()
    group.shapes.add_shape(1, 0, 0, presentation.slide_width, presentation.slide_height)


def white_by_the_usual_style(presentation, box) -> None:  # type: ignore[no-untyped-def]
    styles = presentation.element.find(qn_of("p:defaultTextStyle"))
    styles.find(f".//{qn_of('a:schemeClr')}").set("val", "bg1")
    other = presentation.slide_master.element.find(f".//{qn_of('p:otherStyle')}")
    other.find(f".//{qn_of('a:schemeClr')}").set("val", "bg1")


def over_a_black_master(presentation, box) -> None:  # type: ignore[no-untyped-def]
    box.text_frame.paragraphs[0].runs[0].font.color.rgb = SlideColor(0, 0, 0)
    shape = presentation.slides[0].shapes.add_shape(1, 0, 0, presentation.slide_width, presentation.slide_height)
    shape.fill.solid()
    shape.fill.fore_color.rgb = SlideColor(0, 0, 0)
    presentation.slide_master.shapes._spTree.append(shape._element)


@pytest.mark.parametrize(
    "hide",
    [
        covered_by_its_theme,
        covered_in_a_group,
        white_by_the_usual_style,
        over_a_black_master,
        off_the_slide,
        half_off_the_slide,
        tiny,
        white_on_white,
        like_its_own_fill,
        like_the_background,
        covered,
        hidden,
        on_a_hidden_slide,
    ],
)
def test_words_that_no_viewer_sees_are_no_mark(hide) -> None:  # type: ignore[no-untyped-def]
    presentation, box = show()
    hide(presentation, box)
    found = seen(presentation)
    assert found.sightings == ()
    assert found.doubt is None


@pytest.mark.parametrize(
    ("plain", "strange"),
    [
        ("<a:bodyPr/>", '<a:bodyPr lIns="90000000"/>'),
        ("<a:bodyPr/>", '<a:bodyPr><a:prstTxWarp prst="textPlain"/></a:bodyPr>'),
        ("<a:xfrm>", '<a:xfrm rot="5400000">'),
        ("<a:p><a:r>", "<a:p/>" * 200 + "<a:p><a:r>"),
        ('sz="2400"', 'sz="2400" spc="-9000"'),
        ("</a:prstGeom>", "</a:prstGeom><a:scene3d/>"),
        ("<a:p><a:r>", '<a:p><a:pPr marL="51206400"/><a:r>'),
    ],
)
def test_what_may_take_words_out_of_sight_leaves_a_slide_undecided(plain: str, strange: str) -> None:
    held = build.slide(WORDS)
    assert look(BytesSource(build.presented(held)), BY_NAME["ooxml"]).doubt is None
    found = look(BytesSource(build.presented(held.replace(plain, strange))), BY_NAME["ooxml"])
    assert (found.sightings, found.doubt is None) == ((), False)


def test_a_group_elsewhere_covers_nothing() -> None:
    presentation, _ = show()
    group = presentation.slides[0].shapes.add_group_shape()
    group.shapes.add_shape(1, 0, 0, Inches(1), Inches(1))
    assert len(seen(presentation).sightings) == 2


def test_words_over_a_picture_are_undecidable() -> None:
    presentation, _box = show()
    fill = presentation.slides[0].background.fill
    fill.gradient()
    out = io.BytesIO()
    presentation.save(out)
    report = aigc_label.verify(out.getvalue(), MARKS_ALONE)
    assert report.verdict is Verdict.UNDECIDABLE
    assert [one.rule.id for one in report.findings] == ["DOC-004"]


def test_the_middle_slide_does_not_count() -> None:
    held = [build.slide("一"), build.slide(WORDS), build.slide("三")]
    assert look(BytesSource(build.presented(*held)), BY_NAME["ooxml"]).sightings == ()


def test_an_animated_box_is_not_there_when_the_slide_opens() -> None:
    timing = '<p:timing><p:tnLst><p:spTgt spid="2"/></p:tnLst></p:timing>'
    held = build.slide(WORDS).replace("</p:cSld>", f"</p:cSld>{timing}")
    assert look(BytesSource(build.presented(held)), BY_NAME["ooxml"]).sightings == ()


def test_measures_are_those_of_the_slide() -> None:
    presentation, box = show()
    box.left = Emu(0)
    one, *_ = seen(presentation).sightings
    assert one.edge_share == 0
    assert one.height_share == pytest.approx(28 * 12_700 * 0.75 / presentation.slide_height, abs=0.001)


# OpenDocument


def opened(kind: str, body: str, styles: str = "", shared: str = "") -> Seen:
    return look(BytesSource(open_documents.written(kind, body, styles, shared)), BY_NAME["odf"])


def test_the_ends_of_an_open_document_count_through_spans_and_sections() -> None:
    first = "<text:section><text:p>本文由<text:span>AI</text:span>生成</text:p></text:section>"
    assert texts(opened("text", f"{first}<text:p>正文</text:p>")) == [("本文由AI生成", Moment.START)]


@pytest.mark.parametrize(
    "properties",
    [
        '<style:text-properties text:display="none"/>',
        '<style:text-properties fo:color="#ffffff"/>',
        '<style:text-properties fo:color="#fff" fo:background-color="#fefefe"/>',
        '<style:text-properties fo:font-size="1pt"/>',
        '<style:text-properties fo:font-size="5%"/>',
        '<style:text-properties style:text-scale="1%"/>',
        '<style:paragraph-properties fo:margin-left="60cm"/>',
    ],
)
def test_a_style_can_hide_words_of_an_open_document(properties: str) -> None:
    style = f'<style:style style:name="P" style:family="paragraph">{properties}</style:style>'
    child = '<style:style style:name="C" style:family="paragraph" style:parent-style-name="P"/>'
    body = f'<text:p text:style-name="C">{WORDS}</text:p><text:p>正文</text:p>'
    assert opened("text", body, style + child).sightings == ()
    span = style.replace('"paragraph"', '"text"')
    within = f'<text:p><text:span text:style-name="P">{WORDS}</text:span></text:p><text:p>正文</text:p>'
    if "margin" not in properties:
        assert opened("text", within, span).sightings == ()


@pytest.mark.parametrize(
    "properties",
    [
        '<style:text-properties style:text-position="super 1%"/>',
        '<style:text-properties fo:letter-spacing="-5cm"/>',
        '<style:text-properties style:font-size-asian="1pt"/>',
        '<style:paragraph-properties fo:line-height="0.01cm"/>',
        '<style:paragraph-properties fo:margin-left="9000%"/>',
        '<style:map style:condition="list-level()=1" style:apply-style-name="H"/>',
    ],
)
def test_a_style_that_may_hide_words_of_an_open_document_leaves_it_undecided(properties: str) -> None:
    style = f'<style:style style:name="P" style:family="paragraph">{properties}</style:style>'
    found = opened("text", f'<text:p text:style-name="P">{WORDS}</text:p><text:p>正文</text:p>', style)
    assert (found.sightings, found.doubt is None) == ((), False)


@pytest.mark.parametrize(
    "body",
    [
        f'<text:p><draw:rect svg:x="90cm" svg:y="90cm"><text:p>{WORDS}</text:p></draw:rect></text:p>',
        f'<text:p><text:hidden-paragraph text:is-hidden="true"/>{WORDS}</text:p>',
        f'<text:p><text:variable-set text:display="none">{WORDS}</text:variable-set></text:p>',
        f'<table:table><table:table-row table:visibility="collapse"><table:table-cell><text:p>{WORDS}</text:p>'
        "</table:table-cell></table:table-row></table:table>",
    ],
)
def test_words_in_what_may_not_be_shown_leave_an_open_document_undecided(body: str) -> None:
    found = opened("text", f"{body}<text:p>正文</text:p>")
    assert (found.sightings, found.doubt is None) == ((), False)


@pytest.mark.parametrize(
    ("look_of_it", "behind"),
    [
        (' draw:opacity="0%"', ""),
        (' fo:padding-left="60cm"', ""),
        ("", '<draw:rect svg:x="0cm" svg:y="0cm" svg:width="25cm" svg:height="19cm"/>'),
        ("", "<draw:frame><draw:image/></draw:frame>"),
    ],
)
def test_a_frame_that_is_covered_or_not_plain_leaves_a_page_undecided(look_of_it: str, behind: str) -> None:
    style = (
        '<style:style style:name="G" style:family="graphic"><style:graphic-properties draw:fill="solid" '
        f'draw:fill-color="#ffffff"{look_of_it}/></style:style>'
    )
    page = open_documents.page(WORDS, behind).replace("<draw:frame", '<draw:frame draw:style-name="G"', 1)
    found = opened("presentation", page, style, open_documents.MASTER)
    assert (found.sightings, found.doubt is None) == ((), False)


def test_a_hidden_section_hides_its_words() -> None:
    body = f'<text:section text:display="none"><text:p>{WORDS}</text:p></text:section><text:p>正文</text:p>'
    assert opened("text", body).sightings == ()


def test_a_dark_page_shows_automatic_letters_and_hides_black_ones() -> None:
    dark = open_documents.MASTER.replace(
        "<style:page-layout-properties", '<style:page-layout-properties fo:background-color="#000000"'
    )
    black = (
        '<style:style style:name="P" style:family="paragraph"><style:text-properties fo:color="#000000"/></style:style>'
    )
    body = f'<text:p text:style-name="P">{WORDS}</text:p><text:p>正文</text:p>'
    assert opened("text", body, black, dark).sightings == ()
    assert len(opened("text", body, "", dark).sightings) == 1


def test_a_frame_beyond_the_page_does_not_count() -> None:
    style = (
        '<style:style style:name="G" style:family="graphic"><style:graphic-properties draw:fill="solid" '
        'draw:fill-color="#ffffff"/></style:style>'
    )
    inside = open_documents.page(WORDS).replace("<draw:frame", '<draw:frame draw:style-name="G"')
    outside = inside.replace('svg:x="2cm"', 'svg:x="24cm"')
    assert len(opened("presentation", inside, style, open_documents.MASTER).sightings) == 2
    assert opened("presentation", outside, style, open_documents.MASTER).sightings == ()


# EPUB


@pytest.mark.parametrize(
    ("notice", "count"),
    [
        (f"<p>{WORDS}</p>", 1),
        (f'<p hidden="hidden">{WORDS}</p>', 0),
        (f'<p style="display: none">{WORDS}</p>', 0),
        (f'<div/><p class="n">{WORDS}</p>', 0),
        (f"<!-- {WORDS} -->", 0),
    ],
)
def test_what_a_page_of_a_book_hides_does_not_count(notice: str, count: int) -> None:
    page = books.PAGE.replace("<body>", f"<body>{notice}").replace(
        "<title>书</title>", "<title/><style>.n{display:none}</style>"
    )
    found = look(BytesSource(books.packed("3.0", "", page)), BY_NAME["epub"])
    assert len(found.sightings) == count


@pytest.mark.parametrize(
    ("sheet", "count"),
    [(b"p { text-indent: 2em; margin: 0 }", 1), (b".n { display: none }", 0), (b"p { color: white }", 0)],
)
def test_what_a_book_s_style_sheet_may_hide_is_undecided(sheet: bytes, count: int) -> None:
    page = books.PAGE.replace("<body>", f'<body><p class="n">{WORDS}</p>').replace(
        "</head>", '<link rel="stylesheet" href="s.css"/></head>'
    )
    book = io.BytesIO(books.packed("3.0", "", page))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("OEBPS/s.css", sheet)
    found = look(BytesSource(book.getvalue()), BY_NAME["epub"])
    assert (len(found.sightings), found.doubt is None) == (count, bool(count))
