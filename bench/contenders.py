"""Names who is measured at each job, and with which command."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
FONT: Final = HERE.parent / "src/aigc_label/data/aigc-label-sans.otf"
PRODUCER: Final = "001191110108335469089C10100"
EXIFTOOL_CONFIG: Final = """%Image::ExifTool::UserDefined = ('Image::ExifTool::XMP::Main' =>
  { TC260 => { SubDirectory => { TagTable => 'Image::ExifTool::UserDefined::TC260' } } });
%Image::ExifTool::UserDefined::TC260 = (GROUPS => { 0 => 'XMP', 1 => 'XMP-TC260', 2 => 'Other' },
  NAMESPACE => { 'TC260' => 'http://www.tc260.org.cn/ns/AIGC/1.0/' }, WRITABLE => 'string', AIGC => { });
1;
"""
OURS: Final = "aigc-label"
LABEL: Final = ("--producer", PRODUCER, "--produce-id", "bench-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One command for a job. `{in}` the input, `{out}` the target, `{work}` a fresh copy of the input, `{labelled}` the
    input with labels, `{label}` the label's JSON, `{config}` exiftool's configuration. `most` bounds how many files a
    slow one gets; its figures count a file."""

    name: str
    argv: tuple[str, ...]
    needs: str = ""  # program or Python package without which it is left out
    most: int = 0

    def missing(self) -> bool:
        if self.needs.startswith("import "):
            return importlib.util.find_spec(self.needs.removeprefix("import ")) is None
        return bool(self.needs) and shutil.which(self.needs) is None


def _python(script: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(HERE / script), *arguments)


def _peer(job: str, *, into: str = "{out}") -> tuple[str, ...]:
    return _python("peers.py", job, "{in}", into, str(FONT))


EXIFTOOL: Final = ("exiftool", "-config", "{config}", "-q", "-q")
SET: Final = "-XMP-TC260:AIGC={label}"
PER_FILE: Final = (
    'mkdir "$2"; for f in "$1"/*; do exiftool -config "$3" -q -q "-XMP-TC260:AIGC=$4" -o "$2/" "$f" || exit 1; done'
)
COPY: Final = Contender(name="cp -r", argv=("cp", "-r", "{in}", "{out}"))


def embedding(ours: str = OURS) -> tuple[Contender, ...]:
    """Labelled copies of a folder."""
    return (
        COPY,
        Contender(name="bare splice", argv=_python("limit.py", "{in}", "{out}")),
        Contender(name="ours", argv=(ours, "embed", "{in}", "-o", "{out}", "--jobs", "1", *LABEL)),
        Contender(name="ours, 2 processes", argv=(ours, "embed", "{in}", "-o", "{out}", "--jobs", "2", *LABEL)),
        Contender(name="exiftool, one batch", argv=(*EXIFTOOL, SET, "-o", "{out}/", "{in}"), needs="exiftool"),
        Contender(
            name="exiftool, a process a file",
            argv=("sh", "-c", PER_FILE, "sh", "{in}", "{out}", "{config}", "{label}"),
            needs="exiftool",
            most=8,
        ),
        Contender(name="pyexiv2", argv=_peer("pyexiv2"), needs="import pyexiv2"),
        Contender(name="Pillow, saved again", argv=_peer("save-again"), most=16),
    )


CHANGING: Final = (
    COPY,
    Contender(
        name="ours, in place",
        argv=(
            OURS,
            "embed",
            "{work labelled}",
            "--in-place",
            "--jobs",
            "1",
            "--producer",
            PRODUCER,
            "--produce-id",
            "bench-2",
        ),
    ),
    Contender(
        name="exiftool, in place",
        argv=(*EXIFTOOL, SET, "-overwrite_original", "{work labelled}"),
        needs="exiftool",
        most=300,
    ),
)
ONE_FILE: Final = (
    Contender(name="python -c pass", argv=(sys.executable, "-c", "pass")),
    Contender(name="ours --version", argv=(OURS, "--version")),
    Contender(name="ours --help", argv=(OURS, "--help")),
    Contender(name="ours", argv=(OURS, "embed", "{in}", "-o", "{out}", *LABEL)),
    Contender(name="exiftool", argv=(*EXIFTOOL, SET, "-o", "{out}", "{in}"), needs="exiftool"),
    Contender(name="exiv2", argv=("exiv2", "-M", "set Xmp.dc.source bench", "mo", "{work}"), needs="exiv2"),
)
READING: Final = (
    Contender(name="cat", argv=("sh", "-c", 'cat "$1"/* > /dev/null', "sh", "{labelled}")),
    Contender(name="ours", argv=(OURS, "verify", "--only", "label", "--jobs", "1", "{labelled}")),
    Contender(name="exiftool -j", argv=(*EXIFTOOL, "-j", "-XMP-TC260:AIGC", "{labelled}"), needs="exiftool"),
    Contender(
        name="Pillow, open",
        argv=_python("peers.py", "read-with-pillow", "{labelled}", "{out}"),
    ),
)
LARGE: Final = (
    Contender(name="python -c pass", argv=(sys.executable, "-c", "pass")),
    Contender(name="cp", argv=("cp", "{in}", "{out}")),
    Contender(name="ours, copy", argv=(OURS, "embed", "{in}", "-o", "{out}", *LABEL)),
    Contender(name="ours, in place", argv=(OURS, "embed", "{work}", "--in-place", *LABEL)),
    Contender(name="ours, verify", argv=(OURS, "verify", "--only", "label", "{labelled}")),
    Contender(name="exiftool", argv=(*EXIFTOOL, SET, "-o", "{out}", "{in}"), needs="exiftool"),
)
_ANNOTATE: Final = (
    'mkdir "$2"; mogrify -path "$2" -font "$3" -pointsize 72 -gravity southeast -fill white -undercolor "#1c1c1c" '
    '-annotate +40+40 人工智能生成 "$1"/*'
)
DRAWING: Final = (
    COPY,
    Contender(name="ours, both labels", argv=(OURS, "add", "{in}", "-o", "{out}", "--jobs", "1", *LABEL)),
    Contender(name="ours, both labels, 2 processes", argv=(OURS, "add", "{in}", "-o", "{out}", "--jobs", "2", *LABEL)),
    Contender(name="Pillow, decode–draw–encode", argv=_peer("draw")),
    Contender(name="Pillow, fastest compression", argv=_peer("draw-fast")),
    Contender(name="ImageMagick", argv=("sh", "-c", _ANNOTATE, "sh", "{in}", "{out}", str(FONT)), needs="mogrify"),
)


def cores() -> int:
    return len(os.sched_getaffinity(0))
