"""Words in headers and footers of Word documents: each one that a page shows has them, and nothing else is changed."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from docx.enum.section import WD_SECTION

import aigc_label
from aigc_label.detectors import look
from aigc_label.errors import InvalidMark
from aigc_label.evidence import Moment
from aigc_label.formats import BY_NAME, FORMATS
from aigc_label.markers import marker_of, ooxml
from aigc_label.marking import Mark, Position
from aigc_label.order import Action, Order
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build import ooxml as build

WORDS = "本内容由人工智能生成"
PLACES = (Position.HEADER, Position.FOOTER)
KINDS = pytest.mark.parametrize("position", PLACES)


def marked(data: bytes, position: Position) -> bytes:
    source = BytesSource(data)
    return in_memory(source, ooxml.render(source, Mark(position=position)).plan)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def book(*sections: str) -> object:
    """Give a document of sections; "first" in a section's name gives it a first page of its own."""
    document = docx.Document()
    for at, name in enumerate(sections):
        if at:
            document.add_section(WD_SECTION.NEW_PAGE)
        document.add_paragraph(name)
        document.sections[at].different_first_page_header_footer = "first" in name
    return document


def running(data: bytes, position: Position) -> list[str]:
    """Give what python-docx reads in each header (or footer) that a page shows, section by section."""
    document = docx.Document(io.BytesIO(data))
    even = document.settings.odd_and_even_pages_header_footer
    found = []
    for section in document.sections:
        types = ["", *["first_page_"] * section.different_first_page_header_footer, *["even_page_"] * even]
        held = [getattr(section, f"{one}{position}") for one in types]
        found += ["|".join(paragraph.text for paragraph in one.paragraphs) for one in held]
    return found


@KINDS
def test_python_docx_reads_the_words_on_pages_of_every_kind(position: Position) -> None:
    document = book("一 first", "二", "三 first")
    document.settings.odd_and_even_pages_header_footer = True  # type: ignore[attr-defined]
    assert running(marked(saved(document), position), position) == [WORDS] * 8


@KINDS
def test_one_part_serves_all_pages_and_no_reference_is_made_for_pages_that_there_are_not(position: Position) -> None:
    before = parts_of(saved(book("一", "二")))
    after = parts_of(marked(saved(book("一", "二")), position))
    assert set(after) - set(before) == {f"word/{position}Aigc1.xml"}
    document = after["word/document.xml"]
    assert re.findall(rb'w:type="(default|first|even)"', document) == [b"default"]


@KINDS
def test_every_other_part_stays_as_it_is_stored(position: Position) -> None:
    data = saved(book("一"))
    before, after = parts_of(data), parts_of(marked(data, position))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"[Content_Types].xml", "word/document.xml", "word/_rels/document.xml.rels"}


@KINDS
def test_a_header_that_is_there_gets_one_paragraph_more_and_keeps_its_bytes(position: Position) -> None:
    document = book("一")
    for kind in PLACES:
        getattr(document.sections[0], str(kind)).paragraphs[0].text = "机密"  # type: ignore[attr-defined]
    data = saved(document)
    before, after = parts_of(data), parts_of(marked(data, position))
    (changed,) = (name for name in after if before.get(name) != after[name])
    assert str(position) in changed
    new = re.search(rb"<w:p [^>]*>(?:(?!</w:p>).)*AIGC_mark.*?</w:p>", after[changed], re.DOTALL)
    assert new is not None
    assert after[changed].replace(new[0], b"") == before[changed]
    assert running(marked(data, position), position) == [
        f"{WORDS}|机密" if position is Position.HEADER else f"机密|{WORDS}"
    ]


def test_a_section_with_a_header_of_its_own_gets_the_words_into_that_too() -> None:
    document = book("一", "二", "三")
    header = document.sections[1].header  # type: ignore[attr-defined]
    header.is_linked_to_previous = False
    header.paragraphs[0].text = "第二节"
    after = marked(saved(document), Position.HEADER)
    assert running(after, Position.HEADER) == [WORDS, f"{WORDS}|第二节", f"{WORDS}|第二节"]
    names = re.findall(rb'w:name="(AIGC_mark\w*)"', b"".join(parts_of(after).values()))
    assert len(names) == len(set(names)) == 2


@KINDS
@pytest.mark.parametrize("made", [build.minimal, build.strict])
@pytest.mark.parametrize("section", ["", "<w:sectPr/>", "<w:p><w:pPr><w:sectPr/></w:pPr></w:p><w:sectPr/>"])
def test_documents_without_section_properties_or_with_empty_ones_get_them(
    made: object, section: str, position: Position
) -> None:
    parts = parts_of(made())  # type: ignore[operator]
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"</w:body>", f"{section}</w:body>".encode())
    after = marked(build.packed(dict(parts)), position)
    assert {one.moment for one in look(BytesSource(after), BY_NAME["ooxml"]).sightings} == {
        Moment.START if position is Position.HEADER else Moment.END
    }
    assert parts_of(after)["word/document.xml"].count(b"Reference ") == 1


@KINDS
def test_it_is_verified_and_a_second_run_changes_nothing(position: Position) -> None:
    label = aigc_label.Label.generated(producer="somebody", produce_id="1")
    order = Order(label=label, mark=Mark(position=position))
    once = aigc_label.carry_out(saved(book("一 first")), None, order)
    assert once.data is not None
    assert aigc_label.verify(once.data).verdict == "compliant"
    again = aigc_label.carry_out(once.data, None, order)
    assert again.action is Action.UNCHANGED


@pytest.mark.parametrize(("position", "side"), [(Position.HEADER, "top"), (Position.FOOTER, "bottom")])
def test_a_fixed_margin_is_refused_because_the_text_would_lie_over_the_words(position: Position, side: str) -> None:
    document = book("一")
    setattr(document.sections[0], f"{side}_margin", -900_000)  # type: ignore[attr-defined]
    with pytest.raises(InvalidMark, match="fixed margin") as problem:
        marked(saved(document), position)
    assert "--position start" in problem.value.remedy.en


@KINDS
@pytest.mark.parametrize("name", [row.name for row in FORMATS if row.marker and row.marker != "ooxml"])
def test_formats_without_headers_are_refused_with_a_way_on(name: str, position: Position) -> None:
    with pytest.raises(InvalidMark, match=f"{position} of Word documents only") as problem:
        marker_of(BY_NAME[name], position)
    assert "--position start" in problem.value.remedy.en


@KINDS
@pytest.mark.parametrize("data", [build.slides(), build.cells()], ids=["slides", "cells"])
def test_slides_and_sheets_are_refused_too(data: bytes, position: Position) -> None:
    with pytest.raises(InvalidMark, match="Word documents only"):
        marked(data, position)
