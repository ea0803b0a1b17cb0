"""However many processes label one file at the same time: it stays whole, with one label, and each is told how it went."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from cli.conftest import COMMAND, PICTURE, PRODUCER, environment  # type: ignore[import-not-found]
from PIL import Image

from aigc_label import api
from aigc_label.label import Label
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict

LABEL_ONLY = Policy(scope=Scope.LABEL)
WRITER = """
import sys, aigc_label
from aigc_label.errors import Refused
source, target, name, turns = sys.argv[1:]
sys.stdin.read()
for turn in range(int(turns)):
    number = f"{name}-{turn}-" + "x" * (7 * turn % 40)
    label = aigc_label.Label.generated(producer="001191110108335469089C10100", produce_id=number)
    try:
        aigc_label.embed(source, target or None, label=label)
        print("labelled")
    except Refused as problem:
        print(problem.what.en)
"""
REFUSALS = {"another process is changing the file", "the file changed while it was being read"}


def check(path: Path, allowed: set[str]) -> None:
    """Exactly one valid label, the picture's own pixels, and no draft beside it."""
    report = api.verify(path, LABEL_ONLY)
    assert report.verdict is Verdict.COMPLIANT, report
    assert len(report.evidence.survey.readings) == 1
    assert {one.name for one in path.parent.iterdir()} == allowed
    with Image.open(path) as now, Image.open(path.parent / "original.jpg") as before:
        assert now.tobytes() == before.tobytes()


@pytest.mark.parametrize("target", ["", "out.jpg"], ids=["in place", "same target"])
@pytest.mark.parametrize(("writers", "turns"), [(4, 40), pytest.param(16, 400, marks=pytest.mark.long)])
def test_many_writers_leave_one_whole_file(tmp_path: Path, writers: int, turns: int, target: str) -> None:
    for name in ("a.jpg", "original.jpg"):
        (tmp_path / name).write_bytes(PICTURE)
    out = str(tmp_path / target) if target else ""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path / "a.jpg", out, str(number), str(turns)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(writers)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()  # all begin now
        process.stdin = None
    said: Counter[str] = Counter()
    for process in processes:
        told, _ = process.communicate(timeout=900)
        assert process.returncode == 0
        said.update(told.splitlines())
    print(dict(said))
    assert said.total() == writers * turns
    assert said["labelled"] >= turns if target else said["labelled"]
    assert set(said) <= {"labelled", *REFUSALS}
    check(tmp_path / (target or "a.jpg"), {"a.jpg", "original.jpg", target} - {""})


@pytest.mark.parametrize("to", [("--in-place",), ("-o", "out.jpg", "--overwrite")], ids=["in place", "same target"])
@pytest.mark.parametrize("writers", [4, pytest.param(16, marks=pytest.mark.long)])
def test_each_command_ends_well_or_with_a_refusal(tmp_path: Path, writers: int, to: tuple[str, ...]) -> None:
    for name in ("a.jpg", "original.jpg"):
        (tmp_path / name).write_bytes(PICTURE)
    api.embed(tmp_path / "a.jpg", label=Label.generated(producer=PRODUCER, produce_id="before"))
    processes = [
        subprocess.Popen(
            [COMMAND, "embed", "a.jpg", *to, "--producer", PRODUCER, "--produce-id", f"writer-{'x' * number}"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=tmp_path,
            env=environment(),
            text=True,
        )
        for number in range(writers)
    ]
    done = [(process.communicate(timeout=300)[1], process.returncode) for process in processes]
    print(Counter(status for _, status in done))
    assert {status for _, status in done} <= {0, 3}
    assert 0 in {status for _, status in done}
    assert all(any(text in said for text in REFUSALS) for said, status in done if status)
    out = "out.jpg" if "-o" in to else "a.jpg"
    check(tmp_path / out, {"a.jpg", "original.jpg", out})
