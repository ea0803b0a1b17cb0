"""On a terminal there is colour and a bar; elsewhere there is neither, and results stay clean."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import films
import pytest

from aigc_label.bilingual import Lang
from aigc_label.cli.console import clipped, shown, width_of
from aigc_label.cli.progress import Progress

COMMAND = Path(sys.executable).with_name("aigc-label")
MANY = 1500  # enough for a bar that is drawn ten times a second


def on_terminal(arguments: list[object], columns: int = 80, **variables: str) -> str:
    """Run the command with its three streams on a pseudo-terminal; give what the screen got."""
    main, other = os.openpty()
    os.set_inheritable(other, True)
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", **variables}
    subprocess.run(["stty", "cols", str(columns), "rows", "24"], stdin=other, check=True)
    process = subprocess.Popen([COMMAND, *map(str, arguments)], stdin=other, stdout=other, stderr=other, env=env)
    os.close(other)
    got = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([main], [], [], 0.05)[0]:
            try:
                block = os.read(main, 65536)
            except OSError:
                break
            if not block:
                break
            got += block
        elif process.poll() is not None:
            break
    process.wait(timeout=30)
    os.close(main)
    return got.decode("utf-8", "replace")


@pytest.fixture
def many(tmp_path: Path, picture: Path) -> Path:
    root = tmp_path / "很多图片"
    root.mkdir()
    for index in range(MANY):
        os.link(picture, root / f"第{index}张.jpg")
    return root


def test_colours_are_for_terminals(run, labelled: Path) -> None:
    assert "\x1b[32m" in on_terminal(["verify", "--only", "label", labelled])
    assert b"\x1b" not in run("verify", "--only", "label", labelled).stdout


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_colours_are_off_where_the_user_says_so(labelled: Path, variables: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal(["verify", "--only", "label", labelled], **variables)


def test_colours_are_forced_by_variable_and_option(run, labelled: Path) -> None:
    verify = ("verify", "--only", "label", labelled)
    assert b"\x1b[32m" in run(*verify, env={"FORCE_COLOR": "1"}).stdout
    assert b"\x1b" not in run(*verify, env={"FORCE_COLOR": "0"}).stdout
    assert b"\x1b[32m" in run(*verify, "--color", "always", env={"NO_COLOR": "1"}).stdout
    assert "\x1b" not in on_terminal([*verify, "--color", "never"])


def test_a_single_film_moves_the_bar(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(films.made(*films.X264, "-g", "9999", size="1280x720", seconds=8))
    screen = on_terminal(["mark", "--lang", "en", film, "-o", tmp_path / "out.mp4"])
    shares = [int(share) for share in re.findall(r"\[[#.]+\] +(\d+)%  0/1 files  \S+ left\x1b\[K", screen)]
    assert len(set(shares)) > 3
    assert shares == sorted(shares)


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_bar_fits_the_screen_and_disappears(many: Path, columns: int, lang: str) -> None:
    screen = on_terminal(["verify", "--only", "label", "--jobs", "1", "--lang", lang, many], columns)
    bars = re.findall(r"\r([^\r\n]*?)\x1b\[K", screen)
    drawn = [bar for bar in bars if bar.strip()]
    assert drawn
    assert all(width_of(bar) < columns for bar in drawn)
    assert any(f"/{MANY}" in bar for bar in drawn)
    last = screen.rstrip().splitlines()[-1].removeprefix("\x1b[K")  # where the bar stood to the end
    assert last.startswith(f"{MANY} files" if lang == "en" else f"{MANY} 个文件")


def test_no_bar_in_ci_or_quiet(many: Path) -> None:
    for arguments, variables in ((["-q"], {}), ([], {"CI": "true"})):
        screen = on_terminal(["verify", "--only", "label", *arguments, many], **variables)
        assert "\x1b[K" not in screen


def test_results_and_remarks_go_to_their_own_streams(run, many: Path) -> None:
    done = run("verify", "--only", "label", many)
    assert len([line for line in done.stdout.decode().splitlines() if line.startswith("unlabelled")]) == MANY
    assert done.stderr.decode() == f"{MANY} files: {MANY} unlabelled\n"


def test_a_wide_character_takes_two_columns() -> None:
    assert width_of("ab标识é") == 7
    assert clipped("很长的文件名.jpg", 9) == "…件名.jpg"


def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    assert shown("a\x1b[2Jb\x9b1m\u202ec\ufeff\udcff") == "a\\x1b[2Jb\\x9b1m\\u202ec\\ufeff\\xff"
    assert shown("全角　空格，标点。") == "全角　空格，标点。"


def test_the_line_says_rate_time_left_and_failures() -> None:
    progress = Progress(Lang.EN, 100, {})
    progress.done, progress.failed = 25, 2
    line = progress.line(5.0)
    assert "25/100 files" in line
    assert "5.0/s" in line
    assert "0:15 left" in line
    assert "2 failed" in line
