"""One table makes options, variables and keys; what each may be is checked in one place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields

import pytest

from aigc_label.choosing import Configuration, Origin, chosen
from aigc_label.errors import WrongUse
from aigc_label.label import STATUS_NAMES
from aigc_label.marking import Mark
from aigc_label.settings import SETTINGS, Found, Group, Kind, Setting, in_groups

ROWS = list(SETTINGS.values())


def value_of(row: Setting, raw: object) -> object:
    return chosen([row], {row.name: raw}, {}, None)[row.name].value


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_setting_is_spelt_one_way_and_said_in_both_languages(row: Setting) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", row.name)
    assert row.variable == "AIGC_LABEL_" + row.name.upper().replace("-", "_")
    assert row.en
    assert any("一" <= c <= "鿿" for c in row.zh)
    assert row.kind is not Kind.CHOICE or row.choices
    assert row.default is None or not row.choices or row.default in row.choices


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_default_can_be_said(row: Setting) -> None:
    if row.default is not None and row.kind is not Kind.SWITCH:
        said = ",".join(row.default) if isinstance(row.default, tuple) else str(row.default)
        assert value_of(row, said) == row.default


def test_every_setting_belongs_to_one_group() -> None:
    assert [row for group in Group for row in in_groups([group])] != []
    twice = Counter(row.name for group in Group for row in in_groups([group])) - Counter(row.name for row in ROWS)
    assert set(twice) == {"format"}  # what tells of many files knows more forms


def test_the_mark_has_a_setting_for_each_of_its_fields() -> None:
    names = {row.name.replace("-", "_") for row in in_groups([Group.MARK])}
    assert names - {"voice_command"} == {field.name for field in fields(Mark)}  # a command makes the recording


def test_the_statuses_are_the_labels() -> None:
    assert SETTINGS["status"].choices == tuple(STATUS_NAMES)


@pytest.mark.parametrize("row", [row for row in ROWS if row.group is Group.VERIFY], ids=lambda row: row.name)
def test_a_found_file_may_only_tighten_what_is_asked(row: Setting) -> None:
    assert row.found is not Found.FREE or row.name in ("expect-producer", "expect-format")  # naming some narrows


@pytest.mark.parametrize(
    ("value", "fine"), [(0.05, True), (0.06, True), (0.0501, True), (0.0499, False), (0, False), (-1, False)]
)
def test_a_found_floor_may_rise_and_not_fall(value: float, fine: bool) -> None:
    row = SETTINGS["min-height-share"]
    said = Configuration("x.toml", {row.name: value}, Origin.FOUND)
    if fine:
        assert chosen([row], {}, {}, said)[row.name].value == value
    else:
        with pytest.raises(WrongUse):
            chosen([row], {}, {}, said)
    named = Configuration("x.toml", {row.name: value}, Origin.NAMED)
    assert chosen([row], {}, {}, named)[row.name].value == value  # what the standard forbids, the policy refuses


@pytest.mark.parametrize("raw", ["", "x", "nan", "inf", "1e999", True, None, [], {}])
def test_a_number_is_a_finite_number(raw: object) -> None:
    row = SETTINGS["height-share"]
    if raw is None:
        return
    with pytest.raises(WrongUse):
        value_of(row, raw)


@pytest.mark.parametrize(("raw", "value"), [("a,b", ("a", "b")), (["a,b"], ("a,b",)), ("", ()), ([], ())])
def test_a_list_comes_as_text_or_as_list(raw: object, value: tuple[str, ...]) -> None:
    assert value_of(SETTINGS["include"], raw) == value


def test_an_empty_variable_counts_as_none() -> None:
    row = SETTINGS["lang"]
    assert chosen([row], {}, {row.variable: ""}, None)["lang"].value is None
