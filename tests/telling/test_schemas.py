"""Reports are what their readers' own schemas ask, also where names and labels are hostile."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from telling.accounts import HOSTILE, SCRIPT, accounts, document

from aigc_label.bilingual import Lang

SCHEMAS = Path(__file__).with_name("schemas")
SARIF = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
GITLAB = {  # GitLab's documentation, "Code Quality report format"
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 16},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}


@pytest.mark.parametrize("lang", list(Lang))
def test_sarif_is_as_its_schema_says(lang: Lang) -> None:
    found = json.loads(document("sarif", accounts(), lang))
    jsonschema.Draft7Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(found)
    run = found["runs"][0]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= known
    assert {"malformed-file", "os-enoent", "LBL-001", "IMG-001"} <= {result["ruleId"] for result in run["results"]}


def test_sarif_names_each_file_by_its_bytes() -> None:
    results = json.loads(document("sarif", accounts()))["runs"][0]["results"]
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
    assert any(uri.startswith("pictures/caf%E9%20") for uri in uris)
    assert all(uri.isascii() and " " not in uri and "<" not in uri for uri in uris)


def test_sarif_says_where_in_the_file() -> None:
    results = json.loads(document("sarif", accounts()))["runs"][0]["results"]
    broken = next(one for one in results if one["ruleId"] == "malformed-file")
    assert broken["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "byteOffset": 77, "byteLength": 0}


def test_sarif_holds_no_link_of_a_label() -> None:
    results = json.loads(document("sarif", accounts()))["runs"][0]["results"]
    assert not [one for one in results if "](" in one["message"]["text"]]


@pytest.mark.oracle("xmllint")
@pytest.mark.parametrize("lang", list(Lang))
def test_junit_is_as_its_schema_says(lang: Lang, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(document("junit", accounts(), lang), encoding="utf-8")
    done = subprocess.run(
        ["xmllint", "--noout", "--schema", SCHEMAS / "junit-10.xsd", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_junit_counts_and_says_what_failed() -> None:
    suite = ElementTree.fromstring(document("junit", accounts()))[0]
    cases = suite.findall("testcase")
    assert len(cases) == int(suite.attrib["tests"]) == 5 + 2 * len(HOSTILE)
    assert len(suite.findall("testcase/failure")) == int(suite.attrib["failures"])
    assert len(suite.findall("testcase/error")) == int(suite.attrib["errors"]) == 2
    assert cases[2].find("failure").attrib["type"] == "LBL-001"


@pytest.mark.parametrize("lang", list(Lang))
def test_gitlab_issues_are_as_its_documentation_says(lang: Lang) -> None:
    found = json.loads(document("gitlab", accounts(), lang))
    jsonschema.validate(found, GITLAB)


def test_gitlab_takes_no_two_issues_for_one() -> None:
    once = list(accounts())[:5]
    prints = [issue["fingerprint"] for issue in json.loads(document("gitlab", once))]
    assert len(set(prints)) == len(prints) > 4


def test_json_of_a_run_is_what_the_command_prints() -> None:
    found = json.loads(document("json", accounts()))
    assert found["schema"] == "aigc-label/run/1"
    assert found["summary"]["kinds"]["failed"] == 2
    assert len(found["results"]) == found["summary"]["files"] == len(list(accounts()))


@pytest.mark.parametrize("form", ["github", "markdown", "junit"])
def test_no_name_and_no_label_is_more_than_text(form: str) -> None:
    said = document(form, accounts())
    assert SCRIPT not in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\u2028" not in said
