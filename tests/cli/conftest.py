"""Runs the installed command as users do: a process with its own folder, environment, streams and exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).with_name("aigc-label")
FIXTURES = Path(__file__).parents[2] / "fixtures"
PICTURE = (FIXTURES / "jpeg/baseline.jpg").read_bytes()
PRODUCER = "001191110108335469089C10100"
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def environment(**more: str) -> dict[str, str]:
    """Give an environment in which nothing of this machine's settings shows."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **more}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `aigc-label ARGUMENTS` in the test's folder; `env` adds variables, `stdin` is bytes."""

    def ran(*arguments: Any, stdin: bytes = b"", env: dict[str, str] | None = None, cwd: Path | None = None) -> Any:
        return subprocess.run(
            [COMMAND, *map(os.fsencode, map(str, arguments))],
            input=stdin,
            capture_output=True,
            cwd=cwd or tmp_path,
            env=environment(**(env or {})),
            timeout=120,
        )

    return ran


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.jpg"
    path.write_bytes(PICTURE)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three pictures, one of them in a folder below."""
    root = tmp_path / "pictures"
    (root / "below").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg", "below/c.jpg"):
        (root / name).write_bytes(PICTURE)
    return root


@pytest.fixture
def labelled(run: Run, picture: Path, tmp_path: Path) -> Path:
    """A picture with a label of PRODUCER and the number `n-1`."""
    out = tmp_path / "labelled.jpg"
    done = run("embed", picture, "-o", out, "--producer", PRODUCER, "--produce-id", "n-1")
    assert done.returncode == 0, done.stderr.decode()
    return out


@pytest.fixture
def tree() -> Callable[[Path], dict[str, tuple[bytes, int]]]:
    """Give every file below a folder with its content and time of change, to compare before and after."""

    def seen(root: Path) -> dict[str, tuple[bytes, int]]:
        files = (path for path in sorted(root.rglob("*")) if path.is_file())
        return {os.fsdecode(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    return seen
