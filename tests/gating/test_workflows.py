"""The GitHub Action and the GitLab template: as their schemas ask, and their shell steps run in a bare environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
JOB = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))["aigc-label"]
COMMAND = Path(sys.executable).with_name("aigc-label")
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.github-actions", "action.yml"), ("vendor.gitlab-ci", "ci/gitlab.yml")]
)
def test_the_file_is_as_its_schema_says(schema: str, file: str) -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, ROOT / file]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_input_is_put_into_a_shell_line() -> None:
    """What `${{ }}` puts into a script is run: inputs come through the environment instead."""
    assert not [step for step in ACTION["runs"]["steps"] if "${{" in step["run"]]


class Step:
    """A composite step with its inputs given, as the runner runs it."""

    def __init__(self, number: int, checkout: Path, **inputs: str) -> None:
        temp = checkout.parent / "temp"
        temp.mkdir(exist_ok=True)
        self.output, self.summary = temp / "output", temp / "summary"
        defaults = {name: str(row.get("default", "")) for name, row in ACTION["inputs"].items()}
        known = {f"inputs.{name}": value for name, value in (defaults | inputs).items()}
        known["github.action_path"] = str(ROOT)
        step = ACTION["runs"]["steps"][number]
        given = {key: re.sub(r"\$\{\{ (\S+) \}\}", lambda m: known[m[1]], value) for key, value in step["env"].items()}
        files = {"GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary), "RUNNER_TEMP": str(temp)}
        self.environment = {**BARE, **files, "GITHUB_WORKSPACE": str(checkout), "GITHUB_ACTIONS": "true", **given}
        self.script, self.checkout, self.temp = step["run"], checkout, temp

    def run(self) -> subprocess.CompletedProcess[str]:
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.script]
        return subprocess.run(
            shell, cwd=self.checkout, env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


@pytest.fixture
def verified(checkout: Path) -> Any:
    """Run the step that verifies, with the command of this environment where the first step would have installed it."""

    def ran(**inputs: str) -> tuple[subprocess.CompletedProcess[str], Step]:
        step = Step(1, checkout, **inputs)
        (step.temp / "aigc-label/bin").mkdir(parents=True, exist_ok=True)
        if not (step.temp / "aigc-label/bin/aigc-label").exists():
            (step.temp / "aigc-label/bin/aigc-label").symlink_to(COMMAND)
        return step.run(), step

    return ran


def test_the_action_passes_what_is_labelled(verified: Any, checkout: Path) -> None:
    done, step = verified(paths="good")
    assert done.returncode == 0, done.stderr
    assert step.outputs() == {
        "status": "0",
        "sarif": "aigc-label-reports/report.sarif",
        "html": "aigc-label-reports/report.html",
    }
    assert "::error" not in done.stdout
    assert "✅" in step.summary.read_text(encoding="utf-8")
    assert (checkout / step.outputs()["html"]).read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_action_fails_annotates_and_sums_up_what_is_not(verified: Any, checkout: Path) -> None:
    done, step = verified(paths="good\n\nbad\n", options="--only\nlabel")
    assert done.returncode == 1
    assert step.outputs()["status"] == "1"
    assert "::error file=bad/bare.jpg,line=1,title=aigc-label%3A unlabelled::LBL-001" in done.stdout
    assert "bad/bare.jpg" in step.summary.read_text(encoding="utf-8")
    results = json.loads((checkout / step.outputs()["sarif"]).read_bytes())["runs"][0]["results"]
    assert {one["ruleId"] for one in results} == {"LBL-001"}


@pytest.mark.parametrize("paths", ["empty", "", "nowhere"])
def test_the_action_never_passes_on_nothing(verified: Any, paths: str) -> None:
    done, step = verified(paths=paths)
    assert done.returncode in (2, 3)
    assert step.outputs()["status"] == str(done.returncode)


def test_the_action_takes_an_option_that_cannot_be_for_a_failure(verified: Any) -> None:
    done, _ = verified(paths="good", options="--no-such-option")
    assert done.returncode == 2


def test_hostile_inputs_run_nothing(verified: Any, checkout: Path) -> None:
    done, _ = verified(paths="$(touch forged)\n`touch forged`;touch forged", options="--strict")
    assert done.returncode == 3
    assert not (checkout / "forged").exists()


@pytest.mark.long
def test_the_action_installs_itself(checkout: Path) -> None:
    step = Step(0, checkout, python=sys.executable)
    step.environment["PATH"] = os.environ["PATH"]
    step.environment |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME"))}
    done = step.run()
    assert done.returncode == 0, done.stderr
    verify = Step(1, checkout, paths="good")
    assert verify.run().returncode == 0


def template(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    place = checkout.parent / "temp/aigc-label/bin"
    place.mkdir(parents=True)
    (place / "aigc-label").symlink_to(COMMAND)
    environment = {**BARE, **JOB["variables"], "TMPDIR": str(checkout.parent / "temp"), **variables}
    return subprocess.run(
        ["sh", "-e", "-c", "\n".join(JOB["script"])],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_template_tells_the_merge_request_and_the_pipeline(checkout: Path) -> None:
    done = template(checkout, LABEL_PATHS="good\nbad", LABEL_OPTIONS="--only\nlabel")
    assert done.returncode == 1
    folder = checkout / "aigc-label-reports"
    issues = json.loads((folder / "code-quality.json").read_bytes())
    assert [(issue["check_name"], issue["location"]["path"]) for issue in issues] == [("LBL-001", "bad/bare.jpg")]
    suite = ElementTree.parse(folder / "junit.xml").getroot()[0]
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("2", "1")
    for kind, path in JOB["artifacts"]["reports"].items():
        assert (checkout / path).exists(), kind


def test_the_template_passes_what_is_labelled_and_never_nothing(checkout: Path) -> None:
    assert template(checkout, LABEL_PATHS="good").returncode == 0


def test_the_template_never_passes_on_nothing(checkout: Path) -> None:
    assert template(checkout).returncode == 2
