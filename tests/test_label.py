"""The label is valid by construction and has one spelling."""

from __future__ import annotations

import json

import pytest

from aigc_label.bilingual import Lang
from aigc_label.errors import InvalidLabel
from aigc_label.label import Label, Status
from aigc_label.provider_code import credit_code_check, faults_of, parse

CODE = "001191110108335469089C10100"
IN_THE_WILD = [  # standard/implicit.md 4.1, those that are well-formed
    "001191110102MACQD9K64010000",
    "00119144030008867405X210001",
    "001191110102MAD55U9H0F10002",
    "001191110108335469089C10100",
    "001191440101MA9Y9T4H7A00000",
    "001191330106MA2CFLDG4R10001",
    "001191440300708461136T1WFUO",
    "001191110108MA01KP2T5U00000",
    "001191310104MACE0YX63918020",
    "001191340000711771143J00000",
    "001191440300MA5G49LC9K1YO01",
    "001191330110MADHPQQY7L10000",
    "001191320118MAK93FC72D10001",
    "001191110108587659081E10001",
    "001191350100M000100Y4300000",
]


def test_the_spelling_is_compact_json_in_gb_order() -> None:
    label = Label.generated(producer=CODE, produce_id='a"b')
    assert label.to_json() == (
        '{"Label":"1","ContentProducer":"' + CODE + '","ProduceID":"a\\"b","ReservedCode1":"",'
        '"ContentPropagator":"' + CODE + '","PropagateID":"a\\"b","ReservedCode2":""}'
    )


def test_a_first_writing_repeats_the_producer_as_propagator() -> None:
    fields = json.loads(Label.generated(producer=CODE, produce_id="1").to_json())
    assert (fields["ContentPropagator"], fields["PropagateID"]) == (CODE, "1")


def test_propagation_keeps_the_producers_half() -> None:
    label = Label.generated(producer=CODE, produce_id="1").propagated(propagator="platform", propagate_id="p-9")
    assert (label.producer, label.produce_id, label.propagator, label.propagate_id) == (CODE, "1", "platform", "p-9")


def test_every_violation_is_named_at_once_in_both_languages() -> None:
    with pytest.raises(InvalidLabel) as caught:
        Label.generated(producer="001191110108335469089C1010", produce_id="a\x00b")
    for lang, words in ((Lang.EN, "control characters"), (Lang.ZH, "控制字符")):
        told = caught.value.told(lang)
        assert words in told
        assert "26" in told


@pytest.mark.parametrize("name", ["producer", "produce_id", "propagator", "propagate_id"])
def test_no_half_may_be_empty(name: str) -> None:
    parts = {"producer": "a", "produce_id": "b", "propagator": "c", "propagate_id": "d", name: ""}
    with pytest.raises(InvalidLabel):
        Label(status=Status.GENERATED, **parts)


def test_a_field_has_an_upper_bound() -> None:
    with pytest.raises(InvalidLabel):
        Label.generated(producer="a", produce_id="x" * 16_385)


def test_characters_outside_annex_e_j_are_named_but_allowed() -> None:
    label = Label.generated(producer="某公司", produce_id="a b\\c")
    assert label.outside_charset()["ContentProducer"] == "公司某"
    assert label.outside_charset()["ProduceID"] == " \\"
    assert Label.generated(producer=CODE, produce_id='{"a":1}').outside_charset() == {}


@pytest.mark.parametrize("code", IN_THE_WILD)
def test_codes_of_real_services_pass(code: str) -> None:
    assert faults_of(code) == ()
    assert parse(code) is not None


@pytest.mark.parametrize(
    "code",
    [
        "001191330101MA27WPYJ18xliu",
        "001191110000802100433BY43",
        "001191110108335469089D10100",
        "011191110108335469089C10100",
    ],
)
def test_codes_that_break_the_rules_fail(code: str) -> None:
    assert faults_of(code)
    assert parse(code) is None


def test_the_check_character_is_that_of_gb_32100() -> None:
    assert credit_code_check("91350100M000100Y4") == "3"
    assert credit_code_check("91350100M000100I4") is None
