"""Makes the labelled and marked files that the programs are given, one for each ending."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from PIL import Image

from tools import scenes
from tools.survival import command

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
NUMBER: Final = "survival-of-this-label"  # what an independent reader is searched for
LABEL: Final = ("--producer", "Example-Ltd", "--produce-id", NUMBER)
SOUND: Final = ("-f", "lavfi", "-i", "sine=frequency=330:duration=6")
FILM: Final = (
    "-f",
    "lavfi",
    "-i",
    "testsrc2=duration=6:size=480x320:rate=12",
    *SOUND,
    "-g",
    "12",
    "-pix_fmt",
    "yuv420p",
)
DOCUMENTS: Final = {
    "pdf": "pdf/plain.pdf",
    "docx": "ooxml/minimal.docx",
    "xlsx": "ooxml/cells.xlsx",
    "pptx": "ooxml/slides.pptx",
    "odt": "odf/plain.odt",
    "ods": "odf/cells.ods",
    "odp": "odf/pages.odp",
    "html": "html/page.html",
}
CODED: Final = {  # by ffmpeg
    **dict.fromkeys(("mp4", "mov", "mkv", "flv"), (*FILM, "-c:v", "libx264")),
    "avi": (*FILM, "-c:v", "mpeg4"),
    **dict.fromkeys(("wav", "mp3", "flac", "m4a", "opus", "aiff"), SOUND),
}


def sample(ending: str, folder: Path) -> Path:
    """Give the labelled and marked file of that ending, which is made once."""
    made = folder / f"in.{ending}"
    if not made.exists():
        bare = folder / f"bare.{ending}"
        _make(ending, bare)
        if command.ours("add", bare, "-o", made, *LABEL) or command.ours("verify", made):
            raise RuntimeError(f"no sample for {ending}")
    return made


def _make(ending: str, path: Path) -> None:
    if ending in DOCUMENTS:
        shutil.copy(FIXTURES / DOCUMENTS[ending], path)
    elif ending in CODED:
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *CODED[ending], path], check=True)
    elif ending == "heic":
        _make("png", path.with_suffix(".png"))
        subprocess.run(["heif-enc", path.with_suffix(".png"), "-o", path], check=True, capture_output=True)
    else:
        Image.fromarray(scenes.in_bytes(scenes.mountains(640, 480, 7))).save(path)
