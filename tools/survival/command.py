"""Runs programs in a folder of their own, and our command in this process, in English and without this machine's settings."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from aigc_label.cli import main

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 180  # seconds


def ours(what: str, *words: str | Path) -> int:
    """Run `aigc-label WHAT WORDS...` and give how it ended."""
    heard = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
        return main([what, "--isolated", *map(str, words)])


def status(*words: str | Path, folder: Path) -> int:
    """Run another program and give how it ended."""
    return _ran(words, folder).returncode


def said(*words: str | Path, folder: Path) -> str:
    """Run another program and give what it wrote to its output."""
    return _ran(words, folder).stdout.decode(errors="replace")


def _ran(words: tuple[str | Path, ...], folder: Path) -> subprocess.CompletedProcess[bytes]:
    home = Path(tempfile.gettempdir()) / f"survival-{os.getuid()}"  # of programs that keep a profile
    home.mkdir(exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=PATIENCE
    )
