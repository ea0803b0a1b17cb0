"""Labels beside files: on request only, bound to every byte, never mistaken for those of another file."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

from aigc_label import api
from aigc_label.batch.walk import walk
from aigc_label.errors import Refused, UnsupportedFormat
from aigc_label.label import Label
from aigc_label.marking import Mark
from aigc_label.order import Action, Beside, Copy, Delivery, Order
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict

LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="n-1")
OTHER = Label.generated(producer="001191110108335469089C10100", produce_id="n-2")
BOTH = Order(label=LABEL, mark=Mark(), beside=Beside.WRITE)
EMBED = Order(label=LABEL, beside=Beside.WRITE)
NAMES = ["a.txt", "a.json", "a.csv", "a.srt", "a.py", "a.rtf"]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("正文\n", encoding="utf-8")
    return path


def beside(path: Path) -> Path:
    return path.with_name(path.name + ".aigc.json")


def codes(path: Path, scope: Scope = Scope.LABEL) -> list[str]:
    return [finding.rule.id for finding in api.verify(path, Policy(scope=scope)).findings]


@pytest.mark.parametrize("name", NAMES)
def test_without_the_request_a_label_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"{\\rtf1 x}" if name == "a.rtf" else b"{}\n")
    with pytest.raises(UnsupportedFormat) as problem:
        api.embed(path, label=LABEL)
    assert problem.value.remedy.zh
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", NAMES)
def test_on_request_the_label_is_written_beside_and_the_file_is_not_touched(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = b"{\\rtf1 x}" if name == "a.rtf" else b"{}\n"
    path.write_bytes(data)
    outcome = api.carry_out(path, None, EMBED)
    assert outcome.action is Action.WRITTEN
    assert outcome.warnings
    assert path.read_bytes() == data
    values = json.loads(beside(path).read_bytes())
    assert values["sha256"] == hashlib.sha256(data).hexdigest()
    assert values["size"] == len(data)
    assert values["AIGC"] == LABEL.to_fields()
    report = api.verify(path, Policy(scope=Scope.LABEL))
    assert report.label == LABEL
    assert [finding.rule.id for finding in report.findings if finding.rule.id != "FMT-004"] == ["LBL-015"]


def test_the_label_speaks_of_the_text_with_its_words(text: Path) -> None:
    api.carry_out(text, None, BOTH)
    assert api.verify(text).verdict is Verdict.COMPLIANT
    assert codes(text, Scope.BOTH) == ["LBL-015"]


def test_a_second_run_changes_nothing(text: Path) -> None:
    api.carry_out(text, None, BOTH)
    before = text.read_bytes(), beside(text).read_bytes(), beside(text).stat().st_mtime_ns
    assert api.carry_out(text, None, BOTH).action is Action.UNCHANGED
    assert (text.read_bytes(), beside(text).read_bytes(), beside(text).stat().st_mtime_ns) == before


def test_a_dry_run_says_so_and_writes_nothing(text: Path, tmp_path: Path) -> None:
    outcome = api.carry_out(text, None, Order(label=LABEL, beside=Beside.WRITE, delivery=Delivery.PLAN))
    assert outcome.intended is Action.WRITTEN
    assert list(tmp_path.iterdir()) == [text]


def test_a_byte_that_changes_is_an_error(text: Path) -> None:
    api.carry_out(text, None, EMBED)
    text.write_text("正文。\n", encoding="utf-8")
    assert codes(text) == ["LBL-014", "FMT-007"]


def test_a_sidecar_of_another_file_is_no_label(text: Path, tmp_path: Path) -> None:
    api.carry_out(text, None, EMBED)
    other = tmp_path / "b.txt"
    other.write_text("别的\n", encoding="utf-8")
    beside(text).rename(beside(other))
    assert "LBL-014" in codes(other)
    assert "LBL-015" not in codes(other)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"schema":"x"}', b"[" * 100_000, b'{"schema":"aigc-label/sidecar/1"}', b" " * 300_000]
)
def test_what_is_no_sidecar_is_a_finding_and_no_crash(text: Path, data: bytes) -> None:
    beside(text).write_bytes(data)
    assert "LBL-014" in codes(text)


def test_a_label_in_the_sidecar_is_judged_as_any_other(text: Path) -> None:
    api.carry_out(text, None, EMBED)
    values = json.loads(beside(text).read_bytes())
    values["AIGC"]["Label"] = "7"
    beside(text).write_text(json.dumps(values), encoding="utf-8")
    assert "LBL-104" in codes(text)


def test_a_sidecar_that_contradicts_the_file_s_own_label_is_a_conflict(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("正文\n", encoding="utf-8")
    api.embed(path, label=LABEL)
    data = path.read_bytes()
    values = {"schema": "aigc-label/sidecar/1", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    beside(path).write_text(json.dumps({**values, "AIGC": OTHER.to_fields()}), encoding="utf-8")
    assert "LBL-003" in codes(path)


def test_another_producer_s_sidecar_is_not_replaced_without_a_reason(text: Path) -> None:
    api.carry_out(text, None, Order(label=Label.generated(producer="kling", produce_id="k"), beside=Beside.WRITE))
    with pytest.raises(Refused):
        api.carry_out(text, None, EMBED)


def test_a_copy_elsewhere_gets_a_sidecar_of_its_own(text: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    api.carry_out(text, out, BOTH)
    assert not beside(text).exists()
    assert codes(out, Scope.BOTH) == ["LBL-015"]


def test_bytes_without_a_name_have_nothing_to_lie_beside() -> None:
    file = io.BytesIO(b"x\n")
    file.name = "a.txt"
    with pytest.raises(Refused):
        api.carry_out(file, None, EMBED)


def test_a_format_with_a_place_of_its_own_gets_no_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("正文\n", encoding="utf-8")
    api.carry_out(path, None, EMBED)
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_that_was_asked_for_is_never_left_out_in_silence(text: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="no copy of the label"):
        api.carry_out(text, None, Order(label=LABEL, beside=Beside.WRITE, copy=Copy.WRITE))
    assert [path.name for path in text.parent.iterdir()] == [text.name]


def test_a_walk_looks_at_sidecars_with_their_files_only(text: Path, tmp_path: Path) -> None:
    api.carry_out(text, None, EMBED)
    assert [Path(found.path) for found in walk(str(tmp_path))] == [text]
