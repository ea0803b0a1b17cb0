"""Reports of `verify`: one run feeds several readers, each whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

FORMS = ("json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown", "html")


def test_one_run_writes_several_reports_beside_its_text(run, folder: Path, tmp_path: Path) -> None:
    asked = [f"--report={form}=report.{form}" for form in FORMS]
    done = run("verify", "--only", "label", folder, *asked)
    assert done.returncode == 1
    assert done.stdout.decode().count("LBL-001") == 3
    assert all((tmp_path / f"report.{form}").stat().st_size for form in FORMS)
    results = json.loads((tmp_path / "report.sarif").read_bytes())["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == ["LBL-001"] * 3
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "pictures/a.jpg"


@pytest.mark.parametrize("form", FORMS)
def test_a_format_goes_to_standard_output_or_to_a_file(run, folder: Path, tmp_path: Path, form: str) -> None:
    env = {"SOURCE_DATE_EPOCH": "1764331200"}
    printed = run("verify", "--only", "label", folder, "--format", form, env=env)
    written = run("verify", "--only", "label", folder, "--format", form, "-o", "report", env=env)
    assert printed.returncode == written.returncode == 1
    assert written.stdout == b""
    assert (tmp_path / "report").read_bytes() == printed.stdout


def test_workers_tell_the_same_as_one_process(run, tmp_path: Path, picture: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for index in range(100):
        (many / f"{index:03}.jpg").write_bytes(picture.read_bytes())
    alone = run("verify", "--only", "label", "--format", "gitlab", "--jobs", "1", many)
    shared = run("verify", "--only", "label", "--format", "gitlab", "--jobs", "2", many)
    assert json.loads(alone.stdout) == json.loads(shared.stdout)
    assert len(json.loads(alone.stdout)) == 100


def test_no_file_is_a_failure_that_every_report_tells(run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "junit.xml").write_text("of an earlier run")
    done = run("verify", "empty", "--report", "junit=junit.xml", "--report", "sarif=a.sarif", "--report", "html=a.html")
    assert done.returncode == 2
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()[0]
    assert suite.find("testcase/error").attrib["type"] == "wrong-use"
    run_ = json.loads((tmp_path / "a.sarif").read_bytes())["runs"][0]
    assert [one["ruleId"] for one in run_["results"]] == ["wrong-use"]
    assert run_["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]


def test_an_empty_list_of_files_is_a_failure(run, tmp_path: Path) -> None:
    assert run("verify", "--files-from", "-", "-0", stdin=b"").returncode == 2


def test_a_list_that_ends_with_nul_takes_any_name(run, tmp_path: Path, picture: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/a\nb\xe9 .jpg"
    Path(os.fsdecode(odd)).write_bytes(picture.read_bytes())
    done = run("verify", "--only", "label", "--files-from", "-", "-0", "--format", "sarif", stdin=odd + b"\0")
    assert done.returncode == 1
    result = json.loads(done.stdout)["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%0Ab%E9%20.jpg"


def test_reports_of_an_earlier_run_are_no_content_of_this_one(run, folder: Path) -> None:
    first = run("verify", "--only", "label", folder, "--report", f"html={folder}/report.html")
    again = run("verify", "--only", "label", folder, "--report", f"html={folder}/report.html")
    assert first.returncode == again.returncode == 1
    assert b"report.html" not in again.stdout
    assert b"1 left out" in again.stderr


def test_a_report_whose_folder_is_missing_is_refused_before_any_file_is_looked_at(run, folder: Path) -> None:
    done = run("verify", folder, "--report", "sarif=nowhere/a.sarif")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"mkdir -p nowhere" in done.stderr


@pytest.mark.parametrize(
    "asked",
    [
        ("--report", "pdf=a.pdf"),
        ("--report", "sarif"),
        ("--report", "sarif=a", "--report", "html=a"),
        ("-o", "report.txt"),
        ("--format", "xml"),
        ("--report", "sarif=a", "--ledger", "ledger.db", "--resume"),
        ("--report", "sarif=a", "--gate", "platform"),
    ],
)
def test_a_report_that_cannot_be_is_wrong_use(run, folder: Path, asked: tuple[str, ...]) -> None:
    done = run("verify", folder, *asked)
    assert (done.returncode, done.stdout) == (2, b"")


def test_other_commands_print_text_and_json_only(run, folder: Path) -> None:
    assert run("add", folder, "-o", "out", "--format", "sarif").returncode == 2


def test_a_configuration_that_was_found_writes_no_report(run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "aigc-label.toml").write_text('report = ["html=../elsewhere.html"]\n')
    done = run("verify", folder)
    assert done.returncode == 2
    assert b"report" in done.stderr


def test_text_as_before_loads_no_module_of_reports(run, picture: Path) -> None:
    done = run("verify", "--only", "label", picture, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert b"telling.sarif" not in done.stderr
    assert b"telling.page" not in done.stderr
    assert b"tempfile" not in done.stderr


@pytest.mark.parametrize("form", ["html", "markdown", "junit", "sarif", "json"])
def test_a_waiver_is_repeated_with_its_reason(run, labelled: Path, form: str) -> None:
    waiver = ("--waive-mark", "--reason", "a proof for the client", "--recipient", "order 7")
    done = run("verify", labelled, "--format", form, *waiver)
    assert done.returncode == 0
    assert "a proof for the client" in done.stdout.decode()
    assert "order 7" in done.stdout.decode()
