"""Of a PDF page only what is shown counts: words that nobody can see are no mark, whatever the text layer says."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pdfs import drawn, face
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

import aigc_label
from aigc_label.detectors import pdf
from aigc_label.errors import AigcLabelError, MalformedFile
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.lettering import shipped_font
from aigc_label.marking import MIN_CONTRAST, complies
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.source import BytesSource
from fixtures.build import pdf as built

FIXTURES = Path(__file__).parents[2] / "fixtures"
WORDS = "本内容由人工智能生成"
Page = Callable[[Canvas], object]


def seen(*pages: Page) -> tuple[Sighting, ...]:
    return pdf.look(BytesSource(drawn(*pages)))


def at_top(canvas: Canvas) -> None:
    canvas.drawString(60, 780, WORDS)
    canvas.drawString(60, 700, "What AI is, and what it is not")


def body(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "AI and what it means")


def in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("letterhead")
    canvas.setFont(face(), 12)
    canvas.drawString(60, 780, WORDS)
    canvas.endForm()
    canvas.doForm("letterhead")


def turned(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    canvas.translate(100, 60)
    canvas.rotate(90)
    canvas.drawString(0, 0, WORDS)


@pytest.mark.parametrize("page", [at_top, in_a_form, turned])
def test_words_of_the_text_are_seen_where_and_as_large_as_they_are(page: Page) -> None:
    (sighting,) = seen(page)
    assert (sighting.text, sighting.moment) == (WORDS, Moment.START)
    assert sighting.height_share == pytest.approx(0.019, abs=0.002)
    assert (sighting.contrast or 0) > 15


def test_a_mark_on_the_last_page_is_one_at_the_end() -> None:
    (sighting,) = seen(body, body, at_top)
    assert sighting.moment is Moment.END


def test_a_mark_on_a_page_between_is_not_looked_for() -> None:
    assert seen(body, at_top, body) == ()


def white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    at_top(canvas)


def covered(canvas: Canvas) -> None:
    at_top(canvas)
    canvas.setFillGray(0.5)
    canvas.rect(0, 760, 595, 60, fill=1)


def off_the_page(canvas: Canvas) -> None:
    canvas.drawString(60, -80, WORDS)


def cut_off(canvas: Canvas) -> None:
    canvas.drawString(540, 780, WORDS)


def tiny(canvas: Canvas) -> None:
    canvas.setFont(face(), 2)
    at_top(canvas)


def invisible(canvas: Canvas) -> None:
    text = canvas.beginText(60, 780)
    text.setTextRenderMode(3)
    text.textOut(WORDS)
    canvas.drawText(text)


def clipped(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(0, 0, 100, 100)
    canvas.clipPath(path, stroke=0)
    at_top(canvas)


def cropped(canvas: Canvas) -> None:
    canvas.setCropBox((0, 0, 595, 600))
    at_top(canvas)


@pytest.mark.parametrize("page", [white, covered, off_the_page, cut_off, tiny, invisible, clipped, cropped])
def test_words_that_nobody_sees_are_no_mark(page: Page) -> None:
    assert seen(page) == ()


def test_pale_words_are_measured_as_pale() -> None:
    def pale(canvas: Canvas) -> None:
        canvas.setFillGray(0.85)
        at_top(canvas)

    (sighting,) = seen(pale)
    assert (sighting.contrast or 0) < MIN_CONTRAST


@pytest.mark.parametrize("words", ["关于人工智能生成内容的研究", "AI生成了吗？", "本文并非由AI生成"])
def test_words_that_only_speak_of_it_are_no_mark(words: str) -> None:
    assert seen(lambda canvas: canvas.drawString(60, 780, words)) == ()


def test_words_in_english_alone_lack_the_elements() -> None:
    (sighting,) = seen(lambda canvas: canvas.drawString(60, 780, "This content is AI-generated"))
    assert not complies(sighting.text)


def test_a_report_says_what_was_seen() -> None:
    policy = Policy(scope=Scope.MARK)
    assert aigc_label.verify(drawn(at_top), policy).verdict is Verdict.COMPLIANT
    report = aigc_label.verify(drawn(white), policy)
    assert [finding.rule.id for finding in report.findings] == ["DOC-001"]


def test_a_document_that_cannot_be_drawn_is_undecidable() -> None:
    locked = built.encrypted_aes().replace(b"/U<", b"/U<00", 1)
    report = aigc_label.verify(locked, Policy(scope=Scope.MARK))
    assert report.verdict is Verdict.UNDECIDABLE
    with pytest.raises(AigcLabelError):
        pdf.look(BytesSource(locked))


def scanned(words: str, grey: int, size: float = 17) -> bytes:
    """Give a page that is a picture, as of A4 at 100 dpi: words in letters that only text recognition knows, and others."""
    page = Image.new("L", (827, 1169), 255)
    font = ImageFont.truetype(str(shipped_font()), size * 100 / 72)
    for row, line in enumerate(("公司新闻", "用户上传内容", "生活信息")):
        ImageDraw.Draw(page).text((90, 300 + 60 * row), line, fill=0, font=font)
    drawing = Image.new("L", (600, 60), 255)
    ImageDraw.Draw(drawing).text((4, 8), words, fill=grey, font=font)
    page.paste(drawing.resize((360, 60)), (90, 90))
    out = io.BytesIO()
    page.convert("RGB").save(out, "PDF", resolution=100)
    return out.getvalue()


def test_a_label_on_a_scanned_page_is_read() -> None:
    pytest.importorskip("rapidocr")
    seen, *_ = pdf.look(BytesSource(scanned("本文由AI生成", 0)))
    assert (seen.text, seen.detector, seen.kind) == ("本文由AI生成", "ocr", SightingKind.TEXT)


@pytest.mark.parametrize(("words", "grey"), [("本文由AI生成", 225), ("本文不是AI生成", 0), ("公司介绍AI生成技术", 0)])
def test_words_that_nobody_sees_or_that_only_speak_of_it_label_no_scanned_page(words: str, grey: int) -> None:
    assert not [seen for seen in pdf.look(BytesSource(scanned(words, grey))) if complies(seen.text)]


def test_a_file_that_holds_no_page_is_at_fault_itself() -> None:
    """Schemathesis found it: the service answered as if it had failed."""
    cut = (FIXTURES / "pdf/plain.pdf").read_bytes()[:600]
    with pytest.raises(MalformedFile, match="pages"):
        aigc_label.mark(cut)
