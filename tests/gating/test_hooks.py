"""The pre-commit hooks see every kind of content, by the endings of names, and run for real."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from aigc_label.formats import FORMATS, Medium

ROOT = Path(__file__).parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]


def test_the_manifest_is_valid() -> None:
    done = subprocess.run(
        [*PRE_COMMIT, "validate-manifest", ROOT / ".pre-commit-hooks.yaml"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("row", [row for row in FORMATS if row.medium is not Medium.TEXT], ids=lambda row: row.name)
def test_a_hook_looks_at_every_format_of_content(row) -> None:
    for hook in HOOKS.values():
        for suffix in row.suffixes:
            if suffix != ".ts":
                assert re.search(hook["files"], f"folder/name{suffix.upper()}")


@pytest.mark.parametrize("name", ["a.py", "a.ts", "README.md", "png", "a.png.txt", "a.json", "index.html", "a.css"])
def test_a_hook_leaves_programs_and_texts_alone(name: str) -> None:
    assert not [hook for hook in HOOKS.values() if re.search(hook["files"], name)]


def test_no_hook_goes_by_types() -> None:
    assert not [hook for hook in HOOKS.values() if {"types", "types_or", "exclude_types"} & hook.keys()]


@pytest.mark.parametrize(("folder", "status"), [("good", 0), ("bad", 1)])
def test_the_check_says_what_its_command_says(checkout: Path, folder: str, status: int) -> None:
    hook = HOOKS["aigc-label-check"]
    files = [str(path.relative_to(checkout)) for path in (checkout / folder).iterdir()]
    command = [*hook["entry"].split(), *hook["args"], *files]
    command[0] = str(Path(sys.executable).with_name(command[0]))
    assert subprocess.run(command, cwd=checkout, capture_output=True, check=False).returncode == status


@pytest.mark.long
def test_pre_commit_runs_the_hooks(checkout: Path, tmp_path: Path) -> None:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=checkout, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def committed() -> tuple[int, str]:
        done = subprocess.run(
            [*PRE_COMMIT, "run", "--all-files", "--verbose"], cwd=checkout, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    repo = {"repo": str(ROOT), "rev": commit.stdout.strip(), "hooks": [{"id": "aigc-label-check"}]}
    config = checkout / ".pre-commit-config.yaml"
    config.write_text(yaml.safe_dump({"repos": [repo]}))
    (checkout / "aigc-label.toml").write_text('producer = "001191110108335469089C10100"\n')
    git("init", "-q")
    git("add", "-A")
    status, said = committed()
    assert status == 1, said
    assert "bad/bare.jpg" in said
    assert "good/a b.jpg" not in said

    repo["hooks"] = [{"id": "aigc-label-fix"}]
    config.write_text(yaml.safe_dump({"repos": [repo]}))
    status, said = committed()
    assert status == 1, said
    assert "files were modified by this hook" in said
    assert "bad/bare.jpg" in git("diff", "--name-only").splitlines()

    repo["hooks"] = [{"id": "aigc-label-fix"}, {"id": "aigc-label-check"}]
    config.write_text(yaml.safe_dump({"repos": [repo]}))
    git("add", "-A")
    status, said = committed()
    assert status == 0, said
