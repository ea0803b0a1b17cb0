"""A repair loses nothing that anyone stated; what touches another's label waits for a written reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from breaking import FIXTURES, PRODUCER, example_of
from PIL import Image

import aigc_label
from aigc_label import Label, Scope, Verdict
from aigc_label.dialects import understand
from aigc_label.errors import Refused
from aigc_label.policy import Policy
from aigc_label.repairing import FIX_NAMES, Fix, Safety, diagnose, repair

FRESH = Label.generated(producer=PRODUCER, produce_id="fresh-1")
STRANGER = Label.generated(producer="Example-Ltd", produce_id="fresh-1")
SAFE = {
    "LBL-001": (Fix.LABEL,),
    "LBL-002": (Fix.PLACE, Fix.DOUBLE),
    "LBL-004": (Fix.PLACE,),
    "LBL-008": (Fix.SPELLING, Fix.PLACE),
    "LBL-102": (Fix.SPELLING, Fix.PLACE, Fix.HALF),
    "LBL-103": (Fix.SPELLING, Fix.PLACE, Fix.HALF),
}
UNSAFE = ["LBL-003", "LBL-006", "LBL-007", "LBL-010", "LBL-011", "LBL-101", "LBL-104", "LBL-106"]


def diagnosed(path: Path, fresh: Label = FRESH):  # type: ignore[no-untyped-def]
    return diagnose(path, lambda _: fresh)


@pytest.mark.parametrize(("code", "fixes"), SAFE.items(), ids=list(SAFE))
def test_a_safe_repair_keeps_every_value_and_complies(code: str, fixes: tuple[Fix, ...], tmp_path: Path) -> None:
    path = example_of(code, tmp_path / code).path
    found = diagnosed(path)
    assert found is not None
    assert (found.fixes, found.safety) == (fixes, Safety.SAFE)
    for reading in found.before:
        stated = understand(reading.text).values
        assert stated.items() <= found.after.to_fields().items()
    repair(found)
    assert aigc_label.read(path) == found.after
    assert aigc_label.verify(path, Policy(scope=Scope.LABEL)).verdict is Verdict.COMPLIANT
    assert diagnosed(path) is None, "a second repair finds nothing"


@pytest.mark.parametrize("code", UNSAFE)
def test_an_unsafe_one_waits_for_a_reason(code: str, tmp_path: Path) -> None:
    path = example_of(code, tmp_path / code).path
    before = path.read_bytes()
    found = diagnosed(path)
    assert found is not None
    assert found.safety is Safety.UNSAFE
    for reason in ("", "  "):
        with pytest.raises(Refused, match="what another wrote"):
            repair(found, unsafe=reason)
    assert path.read_bytes() == before


@pytest.mark.parametrize("code", ["LBL-003", "LBL-007", "LBL-104"])
def test_with_a_reason_it_is_done_and_the_reason_repeated(code: str, tmp_path: Path) -> None:
    path = example_of(code, tmp_path / code).path
    found = diagnosed(path)
    assert found is not None
    outcome = repair(found, unsafe="the vendor wrote it twice")
    assert outcome.reason == "the vendor wrote it twice"
    assert set(outcome.replaced) == {reading.text for reading in found.before}
    assert aigc_label.verify(path, Policy(scope=Scope.LABEL)).verdict is Verdict.COMPLIANT


@pytest.mark.parametrize("code", [code for code in SAFE if code != "LBL-001"])
def test_anothers_label_is_never_safe_to_touch(code: str, tmp_path: Path) -> None:
    found = diagnosed(example_of(code, tmp_path / code).path, STRANGER)
    assert found is not None
    assert found.safety is Safety.UNSAFE
    assert found.after.producer == PRODUCER, "and it stays the other's"


@pytest.mark.parametrize("code", ["LBL-009", "LBL-108"])
def test_what_is_right_is_left_alone(code: str, tmp_path: Path) -> None:
    assert diagnosed(example_of(code, tmp_path / code).path) is None


def test_a_repair_changes_no_media(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes((FIXTURES / "jpeg/exif-label.jpg").read_bytes())
    found = diagnosed(path)
    assert found is not None
    with Image.open(path) as before:
        pixels = before.tobytes()
    repair(found)
    with Image.open(path) as after:
        assert after.tobytes() == pixels


def test_every_fix_has_its_words() -> None:
    assert set(FIX_NAMES) == set(Fix)
