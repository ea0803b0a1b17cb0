"""A mark on a PDF page: seen upright in its place by other programs, and nothing else about the document changes."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from media import run
from pdfs import drawn
from PIL import Image

import aigc_label
from aigc_label.adapters import pdf as adapter
from aigc_label.detectors import pdf as detector
from aigc_label.detectors.words import sightings
from aigc_label.errors import AigcLabelError, InvalidMark, Refused
from aigc_label.grammars.pdf_pages import MOST_PIXELS, SHORTEST
from aigc_label.label import Label
from aigc_label.markers import Rendering, pdf
from aigc_label.marking import MIN_CONTRAST, MIN_HEIGHT_SHARE, Mark, Place, Position, complies
from aigc_label.order import Action, Order
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory
from fixtures.build import pdf as built

FIXTURES = Path(__file__).parents[2] / "fixtures/pdf"
FILES = sorted(FIXTURES.glob("*.pdf"))
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="pdf-1")
every = pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])


MARK = Mark()


@cache
def marked(data: bytes, mark: Mark = MARK) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = pdf.render(source, mark)
    return in_memory(source, rendering.plan), rendering


def shown(data: bytes) -> np.ndarray:
    with pypdfium2.PdfDocument(data) as document:
        wide, high = document[0].get_size()
        scale = min(SHORTEST / min(wide, high), (MOST_PIXELS / (wide * high)) ** 0.5)
        return np.array(document[0].render(scale=scale).to_pil().convert("L"))


def turned_page(turn: int, boxes: bytes = b"") -> bytes:
    return built.classic(built.page(b"/Rotate %d%s" % (turn, boxes)))


@every
def test_every_old_byte_stays_in_front(path: Path) -> None:
    assert marked(path.read_bytes())[0].startswith(path.read_bytes())


@every
def test_the_detector_sees_the_mark_in_its_box(path: Path) -> None:
    after, rendering = marked(path.read_bytes())
    first, *_ = detector.look(BytesSource(after))
    box = rendering.box
    assert first.text == rendering.words
    assert first.box is not None
    assert box.left < first.box.left < first.box.right < box.right
    assert box.top < first.box.top < first.box.bottom < box.bottom
    assert (first.height_share or 0) >= MIN_HEIGHT_SHARE
    assert (first.contrast or 0) >= MIN_CONTRAST


@every
def test_nothing_is_seen_before(path: Path) -> None:
    assert detector.look(BytesSource(path.read_bytes())) == ()


@every
def test_no_pixel_outside_the_box_changes(path: Path) -> None:
    after, rendering = marked(path.read_bytes())
    old, new = shown(path.read_bytes()), shown(after)
    box = rendering.box
    changed = np.argwhere(old != new)
    assert changed.min(axis=0).tolist() >= [box.top - 1, box.left - 1]
    assert changed.max(axis=0).tolist() <= [box.bottom, box.right]


@every
@pytest.mark.oracle("qpdf")
def test_qpdf_finds_nothing_wrong(path: Path, tmp_path: Path) -> None:
    target = tmp_path / path.name
    target.write_bytes(marked(path.read_bytes())[0])
    assert b"No syntax or stream encoding errors found" in run("qpdf", "--check", target)


@every
@pytest.mark.oracle("pdftotext")
def test_the_text_stays_as_it_reads(path: Path, tmp_path: Path) -> None:
    texts = []
    for data in (path.read_bytes(), marked(path.read_bytes())[0]):
        target = tmp_path / "asked.pdf"
        target.write_bytes(data)
        texts.append(run("pdftotext", "-layout", target, "-"))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("boxes", [b"", b"/CropBox[50 100 545 700]", b"/MediaBox[-300 -400 300 400]", b"/UserUnit 3"])
@pytest.mark.oracle("pdftoppm")
def test_poppler_shows_it_upright_in_its_corner(turn: int, boxes: bytes, tmp_path: Path) -> None:
    after, _ = marked(turned_page(turn, boxes), Mark(place=Place.TOP_LEFT))
    target = tmp_path / "asked.pdf"
    target.write_bytes(after)
    picture = run("pdftoppm", "-cropbox", "-png", "-scale-to", "1000", target)
    pixels = np.array(Image.open(io.BytesIO(picture)).convert("RGB"))
    first, *_ = sightings(pixels)
    assert first.text == "人工智能生成"
    assert first.box is not None
    assert (first.box.left < pixels.shape[1] / 3, first.box.top < pixels.shape[0] / 3) == (True, True)


CONTENTS = {
    "states left open": b"q q 3 0 0 3 0 0 cm",
    "states closed too often": b"Q Q Q 0.1 0 0 0.1 0 0 cm",
    "a scale that is never undone": b"0.01 0 0 0.01 500 500 cm 1 0 0 rg",
    "a clip that is never undone": b"0 0 10 10 re W n",
    "braces in strings": b"q BT (\\) Q Q) Tj ET 0.2 0 0 0.2 0 0 cm",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_whatever_the_page_leaves_behind_the_mark_begins_afresh(name: str) -> None:
    after, rendering = marked(built.classic(built.page(content=CONTENTS[name])))
    first, *_ = detector.look(BytesSource(after))
    assert first.text == rendering.words


def test_the_words_are_an_artifact_and_no_font_is_needed() -> None:
    with pikepdf.open(io.BytesIO(marked(built.plain())[0])) as document:
        page = document.pages[0]
        assert list(page.Resources.Font.keys()) == ["/F1"]
        last = pikepdf.parse_content_stream(page.Contents[-1])
        (begin,) = [each for each in last if str(each.operator) == "BDC"]
        assert str(begin.operands[0]) == "/Artifact"
        assert begin.operands[1] == pikepdf.Dictionary(Type=pikepdf.Name.Pagination)


def test_links_forms_and_the_structure_stay() -> None:
    objects = built.page(b"/StructParents 0/Annots[7 0 R]")
    objects[7] = b"<</Type/Annot/Subtype/Link/Rect[60 700 200 720]/A<</S/URI/URI(https://example.org)>>>>"
    with pikepdf.open(io.BytesIO(marked(built.classic(objects))[0])) as document:
        page = document.pages[0]
        assert page.StructParents == 0
        assert str(page.Annots[0].A.URI) == "https://example.org"


def test_only_the_first_page_changes() -> None:
    before = drawn(lambda canvas: canvas.drawString(60, 700, "one"), lambda canvas: canvas.drawString(60, 700, "two"))
    after, _ = marked(before)
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
        changed = [
            one.keys() == other.keys() and one.Contents == other.Contents
            for one, other in zip(old.pages, new.pages, strict=True)
        ]
    assert changed == [False, True]


@pytest.mark.oracle("pdftoppm")
def test_every_page_has_it_where_that_is_asked_and_pages_that_have_it_stay(tmp_path: Path) -> None:
    pages = [lambda canvas, n=n: canvas.drawString(60, 700, f"page {n}") for n in range(5)]
    once, _ = marked(drawn(*pages))
    order = Order(mark=Mark(position=Position.EVERY))
    outcome = aigc_label.carry_out(once, None, order)
    assert outcome.data is not None
    assert outcome.data.startswith(once)
    assert aigc_label.carry_out(outcome.data, None, order).action is Action.UNCHANGED
    (tmp_path / "a.pdf").write_bytes(outcome.data)
    run("pdftoppm", "-r", "60", "-png", tmp_path / "a.pdf", tmp_path / "a")
    shown = [sightings(np.asarray(Image.open(page).convert("RGB"))) for page in sorted(tmp_path.glob("*.png"))]
    assert [complies(seen[0].text) for seen in shown] == [True] * 5
    assert len(outcome.data) - len(once) < 6_000  # pages of one size share what is drawn


@pytest.mark.parametrize(
    ("position", "expected"), [(Position.END, [False, False, True]), (Position.BOTH, [True, False, True])]
)
def test_the_last_page_has_it_where_that_is_asked(position: Position, expected: list[bool]) -> None:
    before = drawn(*[lambda canvas, n=n: canvas.drawString(60, 700, f"page {n}") for n in range(3)])
    after, _ = marked(before, Mark(position=position))
    with pikepdf.open(io.BytesIO(after)) as document:
        assert [isinstance(page.Contents, pikepdf.Array) for page in document.pages] == expected
    assert detector.look(BytesSource(after))


def test_a_second_mark_takes_the_place_of_the_first() -> None:
    once, _ = marked(built.plain())
    twice, rendering = marked(once, Mark(text="本内容由AI合成", place=Place.TOP))
    assert [seen.text for seen in detector.look(BytesSource(twice))] == [rendering.words]
    with pikepdf.open(io.BytesIO(twice)) as document:
        assert len(document.pages[0].Contents) == 3


@pytest.mark.parametrize("contents", [b"[4 0 R 4 0 R]", b"7 0 R", b""])
def test_contents_in_every_form_are_kept(contents: bytes) -> None:
    objects = built.page() | {7: b"[4 0 R]"}
    objects[3] = objects[3].replace(b"/Contents 4 0 R", b"/Contents " + contents if contents else b"")
    data = built.classic(objects)
    after, _ = marked(data)
    assert detector.look(BytesSource(after))
    with pikepdf.open(io.BytesIO(after)) as document:
        assert len(document.pages[0].Contents) == 2 + contents.count(b"4 0 R") + contents.count(b"7 0 R")


def test_a_page_in_a_tree_inherits_its_box_and_turn() -> None:
    objects = built.page() | {
        2: b"<</Type/Pages/Kids[7 0 R 8 0 R]/Count 1/Rotate 90/MediaBox[0 0 300 600]>>",
        7: b"<</Type/Pages/Parent 2 0 R/Kids[]/Count 0>>",
        8: b"<</Type/Pages/Parent 2 0 R/Kids[3 0 R]/Count 1/CropBox[0 0 300 500]>>",
    }
    after, rendering = marked(built.classic(objects), Mark(place=Place.BOTTOM_RIGHT))
    assert rendering.box.right > 1500
    assert detector.look(BytesSource(after))


def test_both_labels_in_one_go_and_none_in_a_second() -> None:
    outcome = aigc_label.add(built.plain(), label=LABEL)
    assert outcome.data is not None
    assert aigc_label.read(outcome.data) == LABEL
    assert aigc_label.add(outcome.data, label=LABEL).action is Action.UNCHANGED
    assert [r.text for r in adapter.read(BytesSource(outcome.data)).readings] == [LABEL.to_json()]


def test_an_owner_who_forbids_changes_is_obeyed() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(built.plain())) as document:
        forbidding = pikepdf.Permissions(modify_other=False)
        document.save(out, encryption=pikepdf.Encryption(user="", owner="o", allow=forbidding))
    with pytest.raises(Refused, match="password"):
        marked(out.getvalue())


def test_words_that_cannot_fit_are_refused() -> None:
    with pytest.raises(InvalidMark):
        marked(turned_page(0, b"/MediaBox[0 0 10 9]"), Mark(text="这一页的全部内容由人工智能生成", height_share=0.5))


@pytest.mark.parametrize("path", [path for path in FILES if path.stat().st_size < 1200], ids=lambda path: path.name)
def test_a_truncated_file_raises_only_our_errors(path: Path) -> None:
    data = path.read_bytes()
    for length in range(0, len(data), 7):
        try:
            pdf.render(BytesSource(data[:length]), Mark())
        except AigcLabelError:
            continue
