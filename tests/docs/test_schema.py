"""Reports are as docs/report.schema.json says."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

import jsonschema
import pytest

import aigc_label
from aigc_label.bilingual import Lang
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Form, Looked, Proof, SightingKind, Standing, Trust
from aigc_label.label import Status
from aigc_label.recognition import Basis, Declaration, Gate, Recognition
from aigc_label.report import Grade, Scope, Severity, Verdict

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))
FILES = sorted(path for path in (ROOT / "fixtures").glob("*/*") if path.is_file() and path.suffix != ".py")
ENUMS = [
    ("verdict", Verdict, SCHEMA["properties"]["verdict"]),
    ("recognition", Recognition, SCHEMA["properties"]["recognition"]),
    ("gate", Gate, SCHEMA["properties"]["gate"]),
    ("basis", Basis, SCHEMA["$defs"]["intake"]["properties"]["bases"]["items"]),
    ("scope", Scope, SCHEMA["properties"]["scope"]),
    ("proof", Proof, SCHEMA["$defs"]["proof"]),
    ("trust", Trust, SCHEMA["$defs"]["seal"]["properties"]["trust"]),
    ("marks_looked", Looked, SCHEMA["properties"]["marks_looked"]),
    ("standing", Standing, SCHEMA["$defs"]["reading"]["properties"]["standing"]),
    ("form", Form, SCHEMA["$defs"]["reading"]["properties"]["form"]),
    ("kind", SightingKind, SCHEMA["$defs"]["sighting"]["properties"]["kind"]),
    ("severity", Severity, SCHEMA["$defs"]["finding"]["properties"]["severity"]),
    ("grade", Grade, SCHEMA["$defs"]["finding"]["properties"]["grade"]),
    ("Label", Status, SCHEMA["$defs"]["label"]["properties"]["Label"]),
]


@pytest.mark.parametrize(("name", "enum", "part"), ENUMS, ids=[name for name, _, _ in ENUMS])
def test_the_schema_names_every_value(name: str, enum: type[StrEnum], part: dict[str, list[str]]) -> None:
    assert set(part["enum"]) == {str(value) for value in enum}, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_report_on_a_fixture_is_as_the_schema_says(path: Path) -> None:
    try:
        report = aigc_label.verify(path, aigc_label.Policy(scope=Scope.LABEL))
    except AigcLabelError:
        pytest.skip("could not be looked at: there is no report")
    jsonschema.validate(json.loads(json.dumps(report.to_dict(Lang.ZH))), SCHEMA)


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix in (".png", ".pdf", ".md")], ids=str)
def test_a_platforms_report_is_as_the_schema_says(path: Path) -> None:
    report = aigc_label.verify(path, aigc_label.Policy(gate=Gate.PLATFORM, declared=Declaration.AI))
    jsonschema.validate(json.loads(json.dumps(report.to_dict(Lang.ZH))), SCHEMA)


def test_the_report_on_a_marked_picture_is_as_the_schema_says() -> None:
    label = aigc_label.Label.generated(producer="Example Ltd", produce_id="1")
    data = aigc_label.add((ROOT / "fixtures/jpeg/baseline.jpg").read_bytes(), label=label).data
    report = aigc_label.verify(data or b"").to_dict(Lang.EN)
    jsonschema.validate(json.loads(json.dumps(report)), SCHEMA)
    assert report["sightings"]
