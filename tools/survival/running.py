"""Passes a labelled file through a program and judges what came out, by us and by readers that nobody here wrote."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from aigc_label.comparing import Change, Comparison, compare
from aigc_label.errors import AigcLabelError
from aigc_label.report import Verdict
from tools.survival import command
from tools.survival.samples import NUMBER, sample
from tools.survival.treatments import Treatment

CONFIG: Final = files("aigc_label") / "data/exiftool/aigc-label.config"
READERS: Final = {
    "exiftool": ("exiftool", "-config", str(CONFIG), "-a", "-u"),
    "ffprobe": ("ffprobe", "-v", "error", "-show_format", "-show_streams"),
}
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of label and mark on one route, whether the result complies, who else sees the label, what mends it."""

    program: str
    says: str
    source: str
    target: str
    label: str
    mark: str
    complies: bool
    seen_by: tuple[str, ...] = ()
    recipe: str = ""
    mended: bool = False

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"seen_by": list(self.seen_by)}


def tried(treatment: Treatment, source: str, target: str, shelf: Path) -> Row:
    """Run one treatment on one route. `shelf` holds the samples, which are made once."""
    given = sample(source, shelf)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / given.name).write_bytes(given.read_bytes())
        out = folder / f"out.{target}"
        text = _filled(treatment.command, given.name, out.name)
        words = (sys.executable, "-c", text[7:].lstrip()) if text.startswith("python:") else ("bash", "-ec", text)
        ended = command.status(*words, folder=folder)
        about = {"program": treatment.program, "says": treatment.says.en, "source": source, "target": target}
        if ended or not out.exists():
            return Row(**about, label=FAILED, mark=FAILED, complies=False)
        return _judged(folder / given.name, out, about)


def _filled(text: str, given: str, out: str) -> str:
    endings = {"EXT": given.partition(".")[2], "TO": out.partition(".")[2]}
    browser = f"{sys.executable} -m tools.survival.browser"
    words = {"IN": given, "OUT": out, "CONFIG": str(CONFIG), "BROWSER": browser, **endings}
    return re.sub(r"\b(IN|OUT|CONFIG|BROWSER|EXT|TO)\b", lambda found: words[found[0]], text)


def _judged(given: Path, out: Path, about: dict[str, str]) -> Row:
    seen = tuple(name for name, words in READERS.items() if NUMBER in command.said(*words, out, folder=out.parent))
    try:
        found = compare(given, out)
    except AigcLabelError:
        return Row(**about, label=str(Change.UNKNOWN), mark=str(Change.UNKNOWN), complies=False, seen_by=seen)
    complies = found.after.verdict is Verdict.COMPLIANT
    row = {**about, "label": str(found.label), "mark": str(found.mark), "complies": complies, "seen_by": seen}
    if complies:
        return Row(**row)
    recipe = _mended(given, out, found)
    mended = command.ours("verify", out) == 0
    return Row(**row, recipe=recipe, mended=mended)


def _mended(given: Path, out: Path, found: Comparison) -> str:
    """Bring back what is lost with our own commands; give their names."""
    done = []
    if found.label is not Change.KEPT:
        done.append("transplant")
        command.ours("transplant", given, out)
    if command.ours("verify", "--only", "mark", out) != 0:
        ways = ("mark", "mark --position end")  # the second for a sound that was cut out of a longer one
        done += next(([way] for way in ways if command.ours(*way.split(), out, "--in-place") == 0), [])
    return " + ".join(done)
