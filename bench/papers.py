"""Measures documents: a PDF of a hundred pages and a DOCX, one file as a process, and the goals for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from bench.contenders import Contender
from bench.goals import AT_LEAST, AT_MOST, Goal
from bench.jobs import Result, Stage
from bench.media import BARE, OURS_CHANGED, OURS_COPY, OURS_IN_PLACE
from bench.media_goals import BARE as BARE_NAME
from bench.media_goals import COPY, IN_PLACE, wall, written
from bench.workload import Scale

PAGES: Final = 100
PIKEPDF: Final = (
    "import sys,pikepdf\nwith pikepdf.open(sys.argv[1]) as f:\n f.docinfo['/AIGC']=sys.argv[3]\n f.save(sys.argv[2])"
)
PYPDF: Final = (
    "import sys,pypdf\nw=pypdf.PdfWriter(clone_from=sys.argv[1])\nw.add_metadata({'/AIGC':sys.argv[3]})\n"
    "w.write(sys.argv[2])"
)
ZIPFILE: Final = (
    "import sys,zipfile as z\na=z.ZipFile(sys.argv[1])\nwith z.ZipFile(sys.argv[2],'w',z.ZIP_DEFLATED) as b:\n"
    " for i in a.infolist(): b.writestr(i,a.read(i))\n b.writestr('docProps/custom.xml',sys.argv[3])"
)
DOCX: Final = (
    "import sys,docx\nd=docx.Document(sys.argv[1])\nd.core_properties.keywords=sys.argv[3][:250]\nd.save(sys.argv[2])"
)


def _script(name: str, script: str, package: str) -> Contender:
    argv = (sys.executable, "-c", script, "{in}", "{out}", "{label}")
    return Contender(name=name, argv=argv, needs=f"import {package}")


OURS: Final = (BARE, OURS_COPY, OURS_IN_PLACE, OURS_CHANGED)
EXIFTOOL: Final = Contender(
    name="exiftool", argv=("exiftool", "-q", "-q", "-Keywords={label}", "-o", "{out}", "{in}"), needs="exiftool"
)
ON_PDF: Final = (*OURS, _script("pikepdf", PIKEPDF, "pikepdf"), _script("pypdf", PYPDF, "pypdf"), EXIFTOOL)
ON_DOCX: Final = (*OURS, _script("zipfile", ZIPFILE, "zipfile"), _script("python-docx", DOCX, "docx"))


def pdf(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("pdf", _pdf(files / "pages.pdf"), ON_PDF, 2 * scale.rounds)


def docx(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    return stage.run("docx", _docx(files / "report.docx"), ON_DOCX, 2 * scale.rounds)


def _pdf(path: Path) -> Path:
    from reportlab.pdfgen.canvas import Canvas

    if not path.exists():
        canvas = Canvas(str(path))
        for page in range(PAGES):
            for line in range(50):
                canvas.drawString(60, 780 - 14 * line, f"page {page + 1}, line {line + 1}: " + "words and words " * 4)
            canvas.showPage()
        canvas.save()
    return path


def _docx(path: Path) -> Path:
    from docx import Document

    if not path.exists():
        document = Document()
        for number in range(2000):
            document.add_paragraph(f"paragraph {number}: " + "words and words " * 12)
        document.save(str(path))
    return path


JOBS: Final = {"pdf": pdf, "docx": docx}
CHANGED: Final = "ours, changed in place"
GOALS: Final = (
    Goal(7, "PDF, copy: wall, ours : bare Python", "pdf", wall(COPY, BARE_NAME), AT_MOST, 3),
    Goal(7, "PDF, in place: wall, ours : bare Python", "pdf", wall(IN_PLACE, BARE_NAME), AT_MOST, 3),
    Goal(7, "PDF: wall, pikepdf : ours", "pdf", wall("pikepdf", COPY), AT_LEAST, 5),
    Goal(7, "PDF: wall, pypdf : ours", "pdf", wall("pypdf", COPY), AT_LEAST, 8),
    Goal(7, "PDF: wall, exiftool : ours", "pdf", wall("exiftool", COPY), AT_LEAST, 8),
    Goal(7, "PDF, in place: KB written", "pdf", written(IN_PLACE), AT_MOST, 4),
    Goal(7, "PDF, changed in place: KB written", "pdf", written(CHANGED), AT_MOST, 4),
    Goal(7, "DOCX, copy: wall, ours : bare Python", "docx", wall(COPY, BARE_NAME), AT_MOST, 3),
    Goal(7, "DOCX: wall, zipfile : ours", "docx", wall("zipfile", COPY), AT_LEAST, 5),
    Goal(7, "DOCX: wall, python-docx : ours", "docx", wall("python-docx", COPY), AT_LEAST, 8),
    Goal(7, "DOCX, changed in place: KB written", "docx", written(CHANGED), AT_MOST, 4),
)
