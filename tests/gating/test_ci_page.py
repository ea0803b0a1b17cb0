"""What docs/ci.md shows of gates is what they take; its console and Python blocks are run by tests/docs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from aigc_label.settings import SETTINGS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
YAML = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def only(wanted: type, key: str) -> Any:
    found = [block for block in YAML if isinstance(block, wanted) and (key in block or wanted is list)]
    assert len(found) == 1
    return found[0]


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    steps = only(list, "")
    step = next(step for step in steps if "aigc-label" in step["uses"])
    assert step["with"].keys() <= ACTION["inputs"].keys()
    asked = {name for row in steps for name in re.findall(r"steps\.labels\.outputs\.(\w+)", str(row.get("with")))}
    assert asked <= ACTION["outputs"].keys()
    options = [line for line in step["with"]["options"].splitlines() if line.startswith("--")]
    assert {option.removeprefix("--") for option in options} <= SETTINGS.keys()


def test_the_job_sets_variables_that_the_template_reads() -> None:
    job = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))["aigc-label"]
    assert only(dict, "include")["aigc-label"]["variables"].keys() <= job["variables"].keys()


def test_the_hooks_exist_and_take_their_arguments(checkout: Path) -> None:
    known = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    (hook,) = only(dict, "repos")["repos"][0]["hooks"]
    command = [*known[hook["id"]]["entry"].split(), *hook["args"], "good/a b.jpg"]
    command[0] = str(Path(sys.executable).with_name(command[0]))
    assert subprocess.run(command, cwd=checkout, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(("folder", "status"), [("good", 0), ("bad", 1)])
def test_the_test_of_the_page_runs(checkout: Path, folder: str, status: int) -> None:
    block = next(b for b in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) if "def test_" in b)
    (checkout / folder).rename(checkout / "release")
    (checkout / "test_page.py").write_text(block)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, "test_page.py"], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout
