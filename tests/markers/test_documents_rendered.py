"""LibreOffice shows the words of a mark: pages are rendered and looked at as pictures are."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pptx
import pytest
from PIL import Image

import aigc_label
from aigc_label.detectors.words import sightings
from aigc_label.evidence import Sighting
from aigc_label.marking import MIN_CONTRAST, MIN_HEIGHT_SHARE, Mark, Position, complies
from fixtures.build import odf as open_documents
from fixtures.build import ooxml as build

pytestmark = pytest.mark.long  # LibreOffice is no small thing to install: CI does not
NEEDED = ("soffice", "pdftoppm")
SLIDES = (".pptx", ".odp")


def rendered(path: Path) -> list[np.ndarray]:
    """Give the first and the last page as LibreOffice prints them, 150 pixels an inch."""
    lacking = [program for program in NEEDED if shutil.which(program) is None]
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)} (Debian: libreoffice-writer, -calc, -impress; poppler-utils)")
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", str(path.with_suffix(".pdf")), str(path.with_suffix(""))], check=True
    )
    pages = sorted(path.parent.glob(f"{path.stem}-*.png"))
    return [np.asarray(Image.open(page).convert("RGB")) for page in (pages[0], pages[-1])]


def looked_at(page: np.ndarray, whole: bool) -> list[Sighting]:
    """Give what is seen on a page: on a slide as a whole, on a page of text strip by strip, as a reader goes through it."""
    if whole:
        return list(sightings(page))
    return [
        seen for top in range(0, len(page), 150) for seen in sightings(page[top : top + 250]) if complies(seen.text)
    ]


def report() -> bytes:
    document = docx.Document()
    document.add_heading("季度报告", 0)
    document.add_paragraph("正文。" * 2000)
    return saved(document)


def show() -> bytes:
    presentation = pptx.Presentation()
    for one in ("一", "二", "三"):
        presentation.slides.add_slide(presentation.slide_layouts[0]).shapes.title.text = one
    return saved(presentation)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for number in range(30):
        book.active.append([number, 2 * number, 3 * number])
    return saved(book)


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


MADE = {
    "report.docx": report,
    "strict.docx": build.strict,
    "show.pptx": show,
    "hidden.pptx": build.slides,
    "book.xlsx": workbook,
    "cells.xlsx": build.cells,
    "plain.odt": open_documents.plain,
    "pages.odp": open_documents.pages,
    "cells.ods": open_documents.cells,
}


@pytest.mark.parametrize("position", [Position.START, Position.END])
@pytest.mark.parametrize("name", MADE)
def test_the_words_are_seen_on_the_page_that_libreoffice_prints(name: str, position: Position, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(MADE[name]())
    aigc_label.mark(path, mark=Mark(position=position))
    page = rendered(path)[0 if position is Position.START else 1]
    best, *_ = looked_at(page, path.suffix in SLIDES)
    assert complies(best.text)
    assert (best.contrast or 0) >= MIN_CONTRAST
    if path.suffix in SLIDES:
        assert (best.height_share or 0) >= MIN_HEIGHT_SHARE


@pytest.mark.parametrize("position", [Position.HEADER, Position.FOOTER])
@pytest.mark.parametrize("name", ["report.docx", "strict.docx"])
def test_words_in_the_header_or_footer_are_seen_on_the_first_page_and_on_the_last(
    name: str, position: Position, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(MADE[name]())
    aigc_label.mark(path, mark=Mark(position=position))
    for page in rendered(path):
        seen = [one for one in looked_at(page, whole=False) if complies(one.text)]
        assert max(one.contrast or 0 for one in seen) >= MIN_CONTRAST


@pytest.mark.parametrize("name", MADE)
def test_nothing_is_seen_before(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(MADE[name]())
    assert not any(complies(seen.text) for page in rendered(path) for seen in looked_at(page, path.suffix in SLIDES))
