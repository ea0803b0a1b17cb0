"""The conformance kit: our verifier gives every verdict that the kit expects, whatever the order of the files."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from aigc_label import api
from aigc_label.errors import AigcLabelError
from aigc_label.policy import Policy
from aigc_label.report import Scope
from conformance.__main__ import main
from conformance.kit import CASES, HASHES, built, cases, sums

COMMAND = Path(sys.executable).with_name("aigc-label")
OURS = f"{COMMAND} verify --isolated --only label --format json --lang en {{folder}}"
TRUSTING = f"{OURS.removesuffix('{folder}')}--trust {{store}} --expect-signer {{signer}} --at {{at}} {{file}}"
LABEL_ONLY = Policy(scope=Scope.LABEL)


def test_every_verdict_of_the_installed_command_is_the_expected_one(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--tool", OURS, "--trust-tool", TRUSTING])
    assert status == 0, capsys.readouterr().out


def test_most_files_of_the_kit_must_fail() -> None:
    verdicts = Counter(case.expectation(file).verdict for case in cases() for file in case.judged)
    assert verdicts["compliant"] < 0.4 * verdicts.total()


def test_the_kit_is_built_the_same_everywhere() -> None:
    assert sums(cases()) == HASHES.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_a_case_says_what_it_is_in_both_languages_and_by_which_clause(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert any("\u4e00" <= character <= "\u9fff" for character in text)
    assert json.loads((folder / "expected.json").read_text(encoding="utf-8"))["clause"] in text


def test_verdicts_do_not_depend_on_the_files_before(tmp_path: Path) -> None:
    files = [path for _, _, path in built(cases(), tmp_path)]
    before = {path: told(path) for path in files}
    for seed in range(2):
        random.Random(seed).shuffle(files)
        assert {path: told(path) for path in files} == before


def told(path: Path) -> object:
    try:
        return api.verify(path, LABEL_ONLY).to_dict()
    except AigcLabelError as problem:
        return str(problem)


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (
            '{"verdict": "compliant"}',
            {"files": 11, "as expected": 0, "could not look": 0, "false passes": 11, "false fails": 0},
        ),
        (
            '{"verdict": "unlabelled"}',
            {"files": 11, "as expected": 11, "could not look": 0, "false passes": 0, "false fails": 0},
        ),
        ("no json", {"files": 11, "as expected": 0, "could not look": 11, "false passes": 0, "false fails": 0}),
    ],
)
def test_another_program_is_asked_by_its_command(answer: str, counted: dict[str, int], tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"print({answer!r})")
    command = [sys.executable, "-m", "conformance", "--json", "--case", "S03*"]
    done = subprocess.run(
        [*command, "--tool", f"{sys.executable} {program} {{file}}"], capture_output=True, check=False
    )
    assert json.loads(done.stdout) == counted


def test_without_a_command_that_can_be_told_whom_to_trust_such_files_are_left_out_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--tool", OURS, "--case", "G0[19]*", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["files"] == 4
    assert "left out for want of --trust-tool: 3 files" in said.err
    assert main(["--tool", OURS, "--case", "G12*"]) == 2


def test_a_trusting_program_is_told_the_store_the_signer_and_the_time(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import json, pathlib, sys\n"
        "store, signer, at, file = sys.argv[1:]\n"
        "known = pathlib.Path(store, signer + '.pem').is_file() and at.endswith('Z') and pathlib.Path(file).is_file()\n"
        "print(json.dumps({'verdict': 'non-compliant' if known else 'undecidable'}))\n"
    )
    asked = f"{sys.executable} {program} {{store}} {{signer}} {{at}} {{file}}"
    assert main(["--tool", "no-such-program {file}", "--trust-tool", asked, "--case", "G12*"]) == 0


def test_a_pattern_that_no_case_fits_is_a_failure() -> None:
    assert main(["--case", "none-such"]) == 2
