"""What the pages show is what happens: every console and Python block is run, and its output compared."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

import aigc_label
from aigc_label.bilingual import Lang
from aigc_label.cli.starting import COMMANDS, command_named

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
RUN = ("console", "python", "sh")
NOT_RUN = {  # what a block holds: why it is not run here
    "make demo": "makes every kind of file, for minutes: behind `long` below",
    "127.0.0.1:8045/v1/add?producer=CODE": "docs/service.md shows the same with a service that runs",
    "make setup": "this is what CI runs",
    "python -m conformance ": "builds all of the kit: tests/conformance runs parts of it",
    "aigc-label serve --host 0.0.0.0": "serves without an end: tests/server/test_refusals.py has keys and hosts",
    "aigc-label keys new": "asks for a passphrase: tests/cli/test_keys.py, with a store and without",
    "--trust store": "needs a store of keys: tests/cli/test_keys.py",
    "--with-c2pa": "needs a chain of certificates: tests/security/test_credentials.py",
    "aigc-label[cloud]": "needs a bucket: tests/storage, with a server of its own",
    "--engine dask": "needs a cluster: tests/batch/test_engines.py",
    "#SBATCH": "needs Slurm: tests/batch/test_shares.py has the shards",
    "ray.data": "needs Ray: tests/batch/test_ray.py",
    "aigc-label watch": "watches without an end: tests/cli/test_watch.py",
}
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


ALL = [
    "README.md",
    "CONTRIBUTING.md",
    "conformance/README.md",
    *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]


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
        if match[1] in RUN and not any(words in match[2] for words in NOT_RUN):
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


@pytest.fixture
def shelf(folder: Path) -> Path:
    """Give the same folder with what the shorter blocks speak of as well: a labelled film, a label, a paper, files found."""
    label = aigc_label.Label.generated(producer="Example-Ltd", produce_id="1")
    film = ["-f", "lavfi", "-i", "testsrc=duration=1:size=160x120:rate=10", "film.mp4"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *film], check=True)
    aigc_label.embed("film.mp4", "labelled.mp4", label=label)
    Path("label.json").write_text(label.to_json())
    shutil.copy(ROOT / "fixtures/pdf/plain.pdf", "paper.pdf")
    Path("found").mkdir()
    order = aigc_label.Order(label=label, mark=aigc_label.Mark())
    Image.radial_gradient("L").resize((640, 480)).save("another.png")
    aigc_label.carry_out("another.png", "found/another.png", order)
    return folder


@pytest.mark.parametrize("page", [param for page in PAGES for param in in_both_languages(page)])
def test_the_blocks_of_a_page_show_what_happens(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_LABEL_LANG", "zh" if "zh" in page else "en")
    names: dict[str, object] = {}
    ran = 0
    for block in blocks_of(page):
        if block.kind == "sh":
            continue
        place = f"{page}:{block.line}"
        if block.kind == "console":
            run_console(block, place)
        else:
            run_python(block, place, names)
        ran += 1
    assert ran, f"{page} shows nothing that can be run"


SHELL = [(page, block) for page in ALL for block in blocks_of(page) if block.kind == "sh"]


@pytest.mark.oracle("ffmpeg", "exiftool")
@pytest.mark.parametrize(("page", "block"), SHELL, ids=[f"{page}:{block.line}" for page, block in SHELL])
def test_a_block_of_commands_ends_well(page: str, block: Block, shelf: Path) -> None:
    command = block.text.replace("CODE", "001191110108335469089C10100")
    done = subprocess.run(["bash", "-ec", command], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{page}:{block.line}\n{done.stdout}{done.stderr}"


@pytest.mark.long
def test_the_demo_ends_well(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "tools.demo", tmp_path / "demo"], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_every_block_is_run_or_there_is_a_reason() -> None:
    english = {page for page in ALL if any(block.kind != "sh" for block in blocks_of(page))}
    assert english <= set(PAGES), "add the page to PAGES, or the block to NOT_RUN"
    texts = "".join((ROOT / page).read_text(encoding="utf-8") for page in ALL)
    assert [words for words in NOT_RUN if words not in texts] == []
    hidden = [
        page
        for page in ALL
        for kind, text in FENCE.findall((ROOT / page).read_text(encoding="utf-8"))
        if kind not in RUN and re.match(r"(\$ )?(aigc-label|pip|python|make) ", text)
    ]
    assert set(hidden) <= {"docs/cli.md"}, "commands in a block of another kind are not run"


@pytest.mark.parametrize("page", ALL)
def test_every_option_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8").replace("\\\n", " ")
    for name, rest in re.findall(r"\baigc-label ([a-z-]+)((?: [^`\n|&;]*)?)", text):
        if name not in COMMANDS:
            continue
        known = command_named(name).parser(Lang.EN)._option_string_actions
        for option in re.findall(r"(?<=\s)--[a-z][a-z0-9-]*", rest.partition(" -- ")[0]):
            assert option in known, f"{page}: aigc-label {name} has no {option}"


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
