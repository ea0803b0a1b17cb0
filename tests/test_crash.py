"""Killed before any system call of the write path, or with any of them failing, the old file or the new one is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_label import api
from aigc_label.label import Label
from aigc_label.output import sweep

FIXTURES = Path(__file__).parents[1] / "fixtures"
OLD = Label.generated(producer="001191110108335469089C10100", produce_id="old")
NEW = Label.generated(producer="001191110108335469089C10100", produce_id="new")
JOB = (
    "import sys, aigc_label, aigc_label.api, aigc_label.adapters.{adapter}\n"
    "label = aigc_label.Label.generated(producer='001191110108335469089C10100', produce_id='new')\n"
    "open('/dev/null').close()\n"
    "aigc_label.embed(sys.argv[1], label=label)\n"
)
CASES = ["jpeg/baseline.jpg", "jpeg/labelled"]
WRITES = (
    "openat|write|pwrite64|copy_file_range|sendfile|fsync|fdatasync"
    "|fchmod|fchown|fsetxattr|rename|unlink|ftruncate|close"
)


def strace(arguments: list[str], job: str, path: Path, log: Path) -> subprocess.CompletedProcess[bytes]:
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed; `.ci/run` installs it")
    command = ["strace", "-o", str(log), *arguments, sys.executable, "-S", "-c", job, str(path)]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1] / "src"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False)


def prepared(case: str, folder: Path) -> tuple[Path, str]:
    """Give a fresh file and the job: a first label (draft and rename), or a change of it (in place)."""
    path = folder / "file.jpg"
    path.write_bytes((FIXTURES / "jpeg/baseline.jpg").read_bytes())
    if case == "jpeg/labelled":
        api.embed(path, label=OLD)
    return path, JOB.format(adapter="jpeg")


def calls_of(case: str, folder: Path) -> list[tuple[str, int]]:
    """Give every system call of the write path as (name, occurrence since the program's start)."""
    path, job = prepared(case, folder)
    log = folder / "log"
    assert strace([], job, path, log).returncode == 0
    seen: dict[str, int] = {}
    found, on = [], False
    for line in log.read_text(errors="replace").splitlines():
        name = line.split("(", 1)[0]
        seen[name] = seen.get(name, 0) + 1
        on = on or '"/dev/null"' in line
        if on and re.fullmatch(WRITES, name):
            found.append((name, seen[name]))
    return found


def check(path: Path, before: bytes, after: bytes) -> None:
    assert path.read_bytes() in (before, after)
    sweep(path.parent)
    assert not list(path.parent.glob(".aigc-label-*"))


@pytest.mark.oracle
@pytest.mark.parametrize("case", CASES)
def test_killed_before_any_call_nothing_is_lost(case: str, tmp_path: Path) -> None:
    calls = calls_of(case, tmp_path)
    after = (tmp_path / "file.jpg").read_bytes()
    assert api.read(tmp_path / "file.jpg") == NEW
    assert len(calls) >= 4
    for name, occurrence in calls:
        path, job = prepared(case, tmp_path)
        before = path.read_bytes()
        strace([f"-einject={name}:signal=KILL:when={occurrence}"], job, path, tmp_path / "log")
        check(path, before, after)


@pytest.mark.oracle
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("case", CASES)
def test_any_failing_call_is_reported_and_nothing_is_lost(case: str, error: str, tmp_path: Path) -> None:
    calls = [call for call in calls_of(case, tmp_path) if call[0] not in ("close", "unlink")]
    after = (tmp_path / "file.jpg").read_bytes()
    for name, occurrence in calls:
        path, job = prepared(case, tmp_path)
        before = path.read_bytes()
        ended = strace([f"-einject={name}:error={error}:when={occurrence}"], job, path, tmp_path / "log")
        assert path.read_bytes() in (before, after), (name, occurrence)
        assert not list(tmp_path.glob(".aigc-label-*")), (name, occurrence)
        if path.read_bytes() == before != after and ended.returncode == 0:
            pytest.fail(f"{name} #{occurrence} failed with {error}, the file is unlabelled, and nobody was told")
