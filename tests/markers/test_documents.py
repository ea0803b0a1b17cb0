"""Words in office documents: other libraries open the result and find everything else as it was."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest
from docx.enum.section import WD_SECTION

import aigc_label
from aigc_label.detectors import look
from aigc_label.errors import InvalidMark, Refused, UnsupportedFormat
from aigc_label.evidence import Moment
from aigc_label.formats import BY_NAME
from aigc_label.markers import epub, odf, ooxml
from aigc_label.marking import Mark, Place, Position
from aigc_label.order import Action, Order
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build import epub as books
from fixtures.build import odf as open_documents
from fixtures.build import ooxml as build

WORDS = "本内容由人工智能生成"
STRICT = {
    build.OFFICE: "http://purl.oclc.org/ooxml/officeDocument",
    build.WORD: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    build.SLIDES: "http://purl.oclc.org/ooxml/presentationml/main",
    build.SHEETS: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    build.DRAWING: "http://purl.oclc.org/ooxml/drawingml/main",
}


def marked(data: bytes, mark: Mark | None = None) -> bytes:
    source = BytesSource(data)
    return in_memory(source, ooxml.render(source, mark or Mark()).plan)


def moments(data: bytes, name: str = "ooxml") -> list[Moment | None]:
    return [one.moment for one in look(BytesSource(data), BY_NAME[name]).sightings]


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, name: str, old: str, new: str) -> bytes:
    parts = parts_of(data)
    assert old.encode() in parts[name]
    return build.packed({**parts, name: parts[name].replace(old.encode(), new.encode())})


def strict(data: bytes) -> bytes:
    """Give a package with the names of the strict variant, longer names first."""
    parts = parts_of(data)
    for old, new in STRICT.items():
        parts = {name: part.replace(old.encode(), new.encode()) for name, part in parts.items()}
    return build.packed(parts)


# Word


def text(*paragraphs: str) -> bytes:
    document = docx.Document()
    for one in paragraphs:
        document.add_paragraph(one)
    return saved(document)


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (Position.START, [WORDS, "一", "二"]),
        (Position.END, ["一", "二", WORDS]),
        (Position.BOTH, [WORDS, "一", "二", WORDS]),
    ],
)
def test_python_docx_reads_the_paragraph_where_it_was_put(position: Position, expected: list[str]) -> None:
    after = docx.Document(io.BytesIO(marked(text("一", "二"), Mark(position=position))))
    assert [one.text for one in after.paragraphs] == expected


def test_sections_tables_headers_and_styles_stay() -> None:
    document = docx.Document()
    document.add_heading("标题", 0)
    document.add_table(2, 2).cell(0, 0).text = "格"
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.add_section(WD_SECTION.NEW_PAGE).left_margin = 12_345
    document.add_paragraph("末")
    before = docx.Document(io.BytesIO(saved(document)))
    after = docx.Document(io.BytesIO(marked(saved(document), Mark(position=Position.BOTH))))
    assert [one.left_margin for one in after.sections] == [one.left_margin for one in before.sections]
    assert after.sections[0].header.paragraphs[0].text == "页眉"
    assert after.tables[0].cell(0, 0).text == "格"
    assert [(one.text, one.style.name) for one in after.paragraphs[1:-1]] == [
        (one.text, one.style.name) for one in before.paragraphs
    ]
    assert after.element.body[-1].tag.endswith("sectPr")


def test_a_first_paragraph_that_begins_a_page_is_not_parted_from_its_page() -> None:
    document = docx.Document()
    document.add_paragraph("一").paragraph_format.page_break_before = True
    source = BytesSource(saved(document))
    rendering = ooxml.render(source, Mark())
    assert "begins a page" in rendering.way.en
    assert moments(in_memory(source, rendering.plan)) == [Moment.END]


def test_words_of_ones_own_are_known_again_by_their_bookmark() -> None:
    mark = Mark(text="某某大学课程材料：AI 合成朗读稿\n2026 版")
    once = marked(text("一"), mark)
    assert moments(once) == [Moment.START]
    assert "合成朗读稿\n2026" in docx.Document(io.BytesIO(once)).paragraphs[0].text


def test_bookmarks_of_two_marks_have_numbers_and_names_of_their_own() -> None:
    parts = parts_of(marked(marked(text("一"), Mark(position=Position.BOTH)), Mark(position=Position.BOTH)))
    document = parts["word/document.xml"]
    for key in (b"w:id=", b"w:name="):
        held = [
            piece.split(b'"')[1]
            for piece in document.split(b"<w:bookmarkStart ")[1:]
            for piece in [piece.partition(key)[2]]
        ]
        assert len(set(held)) == len(held) == 4


def test_macros_stay_as_they_are_stored() -> None:
    data = build.with_properties()
    assert parts_of(marked(data))["word/vbaProject.bin"] == bytes(range(256))


def test_a_long_text_is_outlined_and_not_held_as_a_tree() -> None:
    body = "".join(f"<w:p>{'<w:r><w:t>字</w:t></w:r>' * 10}</w:p>" for _ in range(20_000))
    document = build.document().replace("<w:body>", f"<w:body>{body}")
    parts = {"[Content_Types].xml": build.types(), "_rels/.rels": build.relations(), "word/document.xml": document}
    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        assert moments(marked(out.getvalue())) == [Moment.START]


# slides


def show(*titles: str) -> bytes:
    presentation = pptx.Presentation()
    for one in titles:
        presentation.slides.add_slide(presentation.slide_layouts[0]).shapes.title.text = one
    return saved(presentation)


@pytest.mark.parametrize("place", Place)
def test_the_box_lies_inside_the_slide_at_its_place(place: Place) -> None:
    presentation = pptx.Presentation(io.BytesIO(marked(show("一", "二"), Mark(place=place))))
    box = presentation.slides[0].shapes[-1]
    wide, high = presentation.slide_width, presentation.slide_height
    assert 0 <= box.left < box.left + box.width <= wide
    assert 0 <= box.top < box.top + box.height <= high
    band = 0.12 * min(wide, high)
    edges = {
        "left": box.left,
        "right": wide - box.left - box.width,
        "top": box.top,
        "bottom": high - box.top - box.height,
    }
    assert all(edges[side] <= band for side in place.value.split("-"))


def test_the_letters_are_as_tall_as_on_a_picture_of_the_slide() -> None:
    presentation = pptx.Presentation(io.BytesIO(marked(show("一"))))
    size = presentation.slides[0].shapes[-1].text_frame.paragraphs[0].runs[0].font.size
    assert 0.7 * size >= 0.05 * min(presentation.slide_width, presentation.slide_height)


def test_other_shapes_notes_and_slides_stay() -> None:
    presentation = pptx.Presentation(io.BytesIO(show("一", "二", "三")))
    presentation.slides[0].notes_slide.notes_text_frame.text = "备注"
    after = pptx.Presentation(io.BytesIO(marked(saved(presentation), Mark(position=Position.BOTH))))
    assert [one.shapes.title.text for one in after.slides] == ["一", "二", "三"]
    assert after.slides[0].notes_slide.notes_text_frame.text == "备注"
    assert [len(one.shapes) for one in after.slides] == [3, 2, 3]
    assert len({one.shape_id for one in after.slides[0].shapes}) == 3


@pytest.mark.parametrize("name", ["pptx", "odp"])
def test_every_slide_has_it_where_that_is_asked_and_one_that_has_it_gets_no_second(name: str) -> None:
    before = show("一", "二", "三") if name == "pptx" else open_documents.pages()
    marker, part = (ooxml, "ppt/slides/slide") if name == "pptx" else (odf, "content.xml")
    source = BytesSource(before)
    once = in_memory(source, marker.render(source, Mark()).plan)
    order = Order(mark=Mark(position=Position.EVERY))
    outcome = aigc_label.carry_out(once, None, order)
    assert outcome.data is not None
    held = [content.count(b'name="AIGC_mark"') for key, content in parts_of(outcome.data).items() if part in key]
    shown = parts_of(before)["content.xml"].count(b"<draw:page ") if name == "odp" else 3
    assert (held == [1] * 3) if name == "pptx" else (0 < held[0] <= shown)
    assert aigc_label.carry_out(outcome.data, None, order).action is Action.UNCHANGED
    assert moments(outcome.data, "odf" if name == "odp" else "ooxml") == [Moment.START, Moment.END]


def test_texts_and_books_have_no_pages() -> None:
    for data in (build.minimal(), books.three(), open_documents.plain(), build.cells()):
        with pytest.raises(InvalidMark, match="start or the end"):
            aigc_label.mark(data, mark=Mark(position=Position.EVERY))


def test_hidden_slides_are_passed_over() -> None:
    parts = parts_of(marked(build.slides()))
    assert "人工智能".encode() not in parts["ppt/slides/slide1.xml"]
    assert "人工智能".encode() in parts["ppt/slides/slide2.xml"]


def test_words_too_long_for_a_slide_are_refused() -> None:
    with pytest.raises(InvalidMark):
        marked(show("一"), Mark(text="AI生成" * 60))


def test_a_show_without_slides_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedFormat, match="no slide"):
        marked(show())


# sheets


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    return saved(book)


def table(columns: int) -> Callable[[openpyxl.Workbook], None]:
    def fill(book: openpyxl.Workbook) -> None:
        for number in range(1, 9):
            book.active.append([number * one for one in range(columns)])
        book.active["B2"] = "=SUM(A1:A8)"

    return fill


def corners(data: bytes) -> list[tuple[int, int]]:
    """Give row and column of every box."""
    drawing = next(part for name, part in parts_of(data).items() if name.startswith("xl/drawings/drawing"))
    texts = [drawing.split(key)[1:] for key in (b"<xdr:row>", b"<xdr:col>")]
    return [tuple(int(one.partition(b"<")[0]) for one in pair) for pair in zip(*texts, strict=True)]


def test_openpyxl_reads_every_cell_as_it_was() -> None:
    data = workbook(table(4))
    before, after = (openpyxl.load_workbook(io.BytesIO(one)).active for one in (data, marked(data)))
    assert [[cell.value for cell in row] for row in after] == [[cell.value for cell in row] for row in before]
    assert after.dimensions == before.dimensions


def test_the_box_stands_beside_the_first_rows() -> None:
    assert corners(marked(workbook(table(4)))) == [(0, 4)]


def test_below_the_last_row_where_the_first_is_wider_than_a_screen() -> None:
    data = marked(workbook(table(60)))
    assert corners(data) == [(9, 0)]
    assert moments(data) == [Moment.END]


def test_the_print_header_shows_the_words_and_keeps_its_own() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        header = book.active.oddHeader
        header.left.text, header.right.text = "A&&B", "机密"
        book.active.oddFooter.center.text = "页脚"
        book.active.HeaderFooter.differentFirst = True

    after = openpyxl.load_workbook(io.BytesIO(marked(workbook(fill)))).active
    assert (after.oddHeader.left.text, after.oddFooter.center.text) == ("A&&B", "页脚")
    assert after.oddHeader.right.text == f"机密 {WORDS}"
    assert after.firstHeader.right.text == WORDS


def test_charts_stay_and_are_not_covered() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        table(3)(book)
        chart = openpyxl.chart.BarChart()
        chart.add_data(openpyxl.chart.Reference(book.active, min_col=1, min_row=1, max_row=8))
        book.active.add_chart(chart, "D1")

    data = workbook(fill)
    after = parts_of(marked(data))
    assert after["xl/charts/chart1.xml"] == parts_of(data)["xl/charts/chart1.xml"]
    assert max(corners(marked(data)), key=lambda one: one[1])[1] > 9


def test_hidden_columns_send_the_box_below() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        table(2)(book)
        book.active.column_dimensions.group("C", "XFD", hidden=True)

    data = marked(workbook(fill))
    assert moments(data) == [Moment.END]


def test_where_nothing_beside_the_cells_is_shown_the_refusal_says_so() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        table(2)(book)
        book.active.column_dimensions.group("C", "XFD", hidden=True)
        book.active.sheet_format.zeroHeight = True

    with pytest.raises(UnsupportedFormat, match="hidden rows and columns"):
        marked(workbook(fill))


def test_rows_without_numbers_count_in_order() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    data = marked(build.tabulated(build.worksheet(rows)), Mark(position=Position.BOTH))
    assert corners(data) == [(0, 2), (3, 0)]


# OpenDocument, EPUB


def content(data: bytes) -> str:
    return parts_of(data)["content.xml"].decode()


def open_marked(data: bytes, mark: Mark | None = None) -> bytes:
    source = BytesSource(data)
    return in_memory(source, odf.render(source, mark or Mark()).plan)


def test_declarations_stay_before_the_paragraph() -> None:
    declared = '<text:sequence-decls><text:sequence-decl text:name="a"/></text:sequence-decls>'
    data = open_marked(open_documents.written("text", f"{declared}<text:h>题</text:h>"))
    assert content(data).index(declared) < content(data).index(WORDS) < content(data).index("题")


@pytest.mark.parametrize("body", ["", "<text:sequence-decls/>"])
def test_a_text_without_paragraphs_gets_one(body: str) -> None:
    data = open_marked(open_documents.written("text", body))
    assert moments(data, "odf") == [Moment.START, Moment.END]


def test_a_first_paragraph_with_a_master_page_is_not_parted_from_its_page() -> None:
    styles = '<style:style style:name="P1" style:family="paragraph" style:master-page-name="M"/>'
    data = open_marked(open_documents.written("text", '<text:p text:style-name="P1">一</text:p>', styles))
    assert moments(data, "odf") == [Moment.END]


def test_the_notes_of_a_page_stay_its_last_child() -> None:
    data = content(open_marked(open_documents.pages(), Mark(position=Position.END)))
    assert data.index("AIGC_mark") < data.index("人工智能生成") < data.index("<presentation:notes>")


def test_two_marks_have_styles_of_their_own() -> None:
    data = content(open_marked(open_marked(open_documents.plain()), Mark(position=Position.END)))
    assert data.count('style:name="AIGC_mark_1"') == data.count('style:name="AIGC_mark_2"') == 1


def book_marked(data: bytes, mark: Mark | None = None) -> bytes:
    source = BytesSource(data)
    return in_memory(source, epub.render(source, mark or Mark()).plan)


def test_the_notice_of_a_book_has_a_role_where_its_version_knows_roles() -> None:
    assert b'role="note"' in parts_of(book_marked(books.three()))["OEBPS/a.xhtml"]
    assert b'role="note"' not in parts_of(book_marked(books.two()))["OEBPS/a.xhtml"]


def test_a_document_type_and_its_entities_stay_in_a_page() -> None:
    page = parts_of(book_marked(books.old_page()))["OEBPS/a.xhtml"].decode()
    assert "<!DOCTYPE html PUBLIC" in page
    assert page.index('<body class="cover"><div ') < page.index(WORDS) < page.index("正文&nbsp;一")


def test_a_page_in_another_encoding_gets_character_references() -> None:
    latin = books.PAGE.replace("UTF-8", "ISO-8859-1").replace("正文", "text").replace("书", "book").encode()
    page = parts_of(book_marked(books.packed("3.0", "", latin)))["OEBPS/a.xhtml"]
    assert page.isascii()
    assert b"&#26412;" in page


# refusals


def test_signed_documents_are_refused_with_a_remedy() -> None:
    parts = parts_of(build.minimal())
    with pytest.raises(Refused) as refusal:
        marked(build.packed({**parts, "_xmlsignatures/sig1.xml": "<x/>"}))
    assert refusal.value.remedy.en


def test_an_encrypted_open_document_is_refused_and_undecidable() -> None:
    parts = parts_of(open_documents.plain())
    manifest = parts["META-INF/manifest.xml"].replace(
        b"/>", b"><x:encryption-data xmlns:x='x'/></manifest:file-entry>", 1
    )
    data = build.packed({**parts, "META-INF/manifest.xml": manifest})
    with pytest.raises(UnsupportedFormat, match="encrypted"):
        open_marked(data)
    with pytest.raises(UnsupportedFormat, match="encrypted"):
        look(BytesSource(data), BY_NAME["odf"])


def test_an_encrypted_page_of_a_book_is_refused() -> None:
    parts = parts_of(books.three())
    listed = '<e xmlns:c="x"><c:CipherReference URI="OEBPS/a.xhtml"/></e>'
    with pytest.raises(UnsupportedFormat, match="encrypted"):
        book_marked(build.packed({**parts, "META-INF/encryption.xml": listed}))


def test_an_encrypted_office_file_is_named() -> None:
    with pytest.raises(UnsupportedFormat, match="encrypted"):
        aigc_label.mark(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_a_part_in_utf_16_is_refused_with_a_remedy() -> None:
    parts = parts_of(build.minimal())
    wide = build.document().replace("UTF-8", "UTF-16").encode("utf-16")
    with pytest.raises(UnsupportedFormat, match="UTF-8"):
        marked(build.packed({**parts, "word/document.xml": wide}))


@pytest.mark.parametrize("render", [ooxml.render, odf.render, epub.render])
def test_the_middle_of_a_document_is_refused(render: Callable[[BytesSource, Mark], object]) -> None:
    data = {ooxml.render: build.minimal, odf.render: open_documents.plain, epub.render: books.three}[render]()
    with pytest.raises(InvalidMark, match="start or the end"):
        render(BytesSource(data), Mark(position=Position.MIDDLE))


# the strict variant


@pytest.mark.parametrize("made", [build.minimal, build.slides, build.cells])
def test_the_strict_variant_is_marked_in_its_own_names(made: Callable[[], bytes]) -> None:
    data = strict(made())
    assert moments(data) == []
    after = marked(data)
    assert moments(after) == [Moment.START]
    new = b"".join(part for name, part in parts_of(after).items() if parts_of(data).get(name) != part)
    assert not any(old.encode() in new for old in STRICT)
