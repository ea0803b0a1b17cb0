"""What the pages show is what happens: every console and Python block is run, and its output compared."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/index.md",
    "docs/tutorial.md",
    "docs/library.md",
    "docs/cli.md",
    "docs/ci.md",
    "docs/platform.md",
    "docs/policies.md",
    "docs/service.md",
    "docs/hosts.md",
    "docs/duty.md",
    "docs/repair.md",
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and the output shown below it."""

    kind: str
    text: str
    line: int
    shown: str | None


def blocks_of(page: str) -> Iterator[Block]:
    """Give the blocks that are run. A `text` block right after a `python` block is its output."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = list(FENCE.finditer(text))
    for number, match in enumerate(found):
        follower = found[number + 1] if number + 1 < len(found) else None
        adjacent = follower is not None and follower[1] == "text" and not text[match.end() : follower.start()].strip()
        shown = follower[2] if adjacent and follower is not None else None
        if match[1] in ("console", "python"):
            yield Block(match[1], match[2], text[: match.start()].count("\n") + 2, shown)


def in_both_languages(page: str) -> Iterator[object]:
    """Give a page, and its Chinese twin where there is one; what the twin types is the same, so one is enough by default."""
    needs = [pytest.mark.oracle("curl")] if "service" in page else []
    yield pytest.param(page, marks=needs)
    twin = "README.zh.md" if page == "README.md" else page.replace("docs/", "docs/zh/")
    if (ROOT / twin).exists():
        yield pytest.param(twin, marks=needs if "tutorial" in twin else [*needs, pytest.mark.long])


def as_shown(expected: str, got: str) -> bool:
    """Compare line by line; `...` alone stands for any lines, within a line for any characters."""
    pattern = ""
    for line in expected.strip("\n").split("\n"):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += r".*?".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ ]*\n"
    return re.fullmatch(pattern, got.strip("\n") + "\n") is not None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the pictures that the pages speak of, and go there."""
    (tmp_path / "pictures" / "summer").mkdir(parents=True)
    base = Image.linear_gradient("L").resize((640, 480))
    picture = Image.merge("RGB", (base, base.transpose(Image.Transpose.FLIP_TOP_BOTTOM), base.rotate(180)))
    for name in ("picture.png", "picture.jpg", "pictures/one.jpg", "pictures/two.png", "pictures/summer/three.webp"):
        picture.save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


@pytest.mark.parametrize("page", [param for page in PAGES for param in in_both_languages(page)])
def test_the_blocks_of_a_page_show_what_happens(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_LABEL_LANG", "zh" if "zh" in page else "en")
    names: dict[str, object] = {}
    ran = 0
    for block in blocks_of(page):
        place = f"{page}:{block.line}"
        if block.kind == "console":
            run_console(block, place)
        else:
            run_python(block, place, names)
        ran += 1
    assert ran, f"{page} shows nothing that can be run"


def run_console(block: Block, place: str) -> None:
    status = 0
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, expected = re.sub(r"\\\n> ?", "", part).partition("\n")
        done = subprocess.run(
            ["bash", "-c", f"(exit {status}); {command}"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=300,
        )
        status = done.returncode
        got = done.stdout + done.stderr
        assert as_shown(expected, got), f"{place}: {command}\n--- shown\n{expected}\n--- got (status {status})\n{got}"


def run_python(block: Block, place: str, names: dict[str, object]) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(block.text, place, "exec"), names)
    if block.shown is not None:
        got = out.getvalue()
        assert as_shown(block.shown, got), f"{place}\n--- shown\n{block.shown}\n--- got\n{got}"
