"""What real generators write is understood, and every repair is on record."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_label.dialects import FaultKind, understand
from aigc_label.evidence import Repair
from aigc_label.label import SPELLING, Label

GOOD = Label.generated(producer="001191330106MA2CFLDG4R10001", produce_id="R-RI_4brMNTYm1kmZsehYuWw")


def changed(**values: object) -> str:
    return json.dumps({**GOOD.to_fields(), **values}, ensure_ascii=False)


def faults(text: str) -> set[FaultKind]:
    return {fault.kind for fault in understand(text).faults}


def test_our_own_spelling_needs_no_repair() -> None:
    found = understand(GOOD.to_json())
    assert found.label == GOOD
    assert found.repairs == (Repair.BARE,)
    assert found.faults == ()


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ('{"AIGC": ' + GOOD.to_json() + "}", Repair.WRAPPED),
        ('{"aigc": ' + GOOD.to_json() + "}", Repair.NAME_CASE),
        (json.dumps(GOOD.to_json()), Repair.DOUBLE_ENCODED),
        (json.dumps({"AIGC": GOOD.to_json()}), Repair.DOUBLE_ENCODED),
        ("\ufeff" + GOOD.to_json(), Repair.BOM),
        (GOOD.to_json() + "\0", Repair.NULS),
        ("\n " + GOOD.to_json(), Repair.SPACE),
        (GOOD.to_json().replace('"', "&quot;"), Repair.ENTITIES),
        (GOOD.to_json().replace('"', "&amp;quot;"), Repair.ENTITIES),
        (GOOD.to_json().replace("R-RI", "R-\nRI"), Repair.CONTROLS),
        (GOOD.to_json().replace("ProduceID", "produceid"), Repair.KEY_CASE),
        (GOOD.to_json().replace("PropagateID", "PropatorID"), Repair.KEY_DRAFT),
        (GOOD.to_json().replace("ReservedCode", "ReserveCode"), Repair.KEY_DRAFT),
        (changed(ReservedCode1=None, ReservedCode2=None), Repair.NULL),
        (changed(Label=1), Repair.NUMBER),
        (changed(ReservedCode1={"SecurityData": {}}), Repair.NESTED),
    ],
)
def test_a_dialect_is_read_and_its_repair_recorded(text: str, repair: Repair) -> None:
    found = understand(text)
    assert found.values["ContentProducer"] == GOOD.producer
    assert repair in found.repairs


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"Label":"1","Label":"3"}', FaultKind.DUPLICATE_KEY),
        ('{"Label":"1","label":"3"}', FaultKind.DUPLICATE_KEY),
        ("{'Label': '1'}", FaultKind.NOT_JSON),
        ('{"AIGC:{"Label":"1"}}', FaultKind.NOT_JSON),
        ("[1]", FaultKind.NOT_OBJECT),
        ('{"AIGC": 3}', FaultKind.NOT_OBJECT),
        ('{"Label": NaN}', FaultKind.NOT_JSON),
        (changed(Label="１"), FaultKind.STATUS),
        (changed(Label="٣"), FaultKind.STATUS),
        (changed(Label="01"), FaultKind.STATUS),
        (changed(Label="1 "), FaultKind.STATUS),
        (changed(Label="AIGC"), FaultKind.STATUS),
        (changed(Label=True), FaultKind.STATUS),
        (changed(Label=""), FaultKind.MISSING),
        (changed(PropagateID=""), FaultKind.MISSING_PROPAGATOR),
        (changed(ContentProducer="001191330106MA2CFLDG4R1000"), FaultKind.CODE),
        (changed(ContentProducer="a\u200bb"), FaultKind.CONTROL),
        (changed(ProduceID="a\u202eb"), FaultKind.CONTROL),
        (changed(ContentProducer="某公司"), FaultKind.CHARSET),
        ('{"a":' * 100_000, FaultKind.TOO_LONG),
        ('{"a":' * 1_000, FaultKind.TOO_DEEP),
    ],
)
def test_what_breaks_annex_e_is_a_fault(text: str, fault: FaultKind) -> None:
    assert fault in faults(text)


@pytest.mark.parametrize("key", list(SPELLING.values())[:5:2])
def test_a_missing_field_never_makes_a_label(key: str) -> None:
    fields = GOOD.to_fields()
    del fields[key]
    assert understand(json.dumps(fields)).label is None


def test_unknown_fields_are_kept() -> None:
    found = understand(changed(Extra="x", Number=5))
    assert found.extra == {"Extra": "x", "Number": "5"}
    assert found.label == GOOD


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    understand(text)
    understand('{"Label":' + text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda c: st.lists(c) | st.dictionaries(st.sampled_from([*SPELLING.values(), "AIGC", "x"]), c),
    )
)
def test_any_json_gets_an_answer(value: object) -> None:
    understand(json.dumps(value))


@pytest.mark.parametrize(
    "text", ["{" * 60_000, '"' * 60_000, "\\" * 60_000, '{"a":"' + "\\" * 60_000, '{"a":' + "9" * 60_000 + "}"]
)
def test_hostile_texts_cost_little(text: str) -> None:
    began = time.process_time()
    understand(text)
    assert time.process_time() - began < 1.0
