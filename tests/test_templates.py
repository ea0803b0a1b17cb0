"""A template gives each file its own number, and says at once what it cannot do."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from pathlib import Path

import pytest

from aigc_label.api import embed, read
from aigc_label.errors import InvalidLabel, WrongUse
from aigc_label.label import Label, Status
from aigc_label.order import LabelTemplate
from aigc_label.source import BytesSource
from aigc_label.templates import FIELDS, LabelFields, Run, Template

RUN = Run(date="20261122", time="142530")
SOURCE = BytesSource(b"content", "folder/猫 1.tar.gz")


def filled(text: str, source: BytesSource = SOURCE, index: int = 7) -> str:
    return Template(text).filled(source, index, RUN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("fixed", "fixed"),
        ("{name}", "猫 1.tar.gz"),
        ("{stem}", "猫 1.tar"),
        ("{date}T{time}Z-{index}", "20261122T142530Z-7"),
        ("{{uuid}}", "{uuid}"),
        ("a{{{index}}}b", "a{7}b"),
        ("{sha256}", hashlib.sha256(b"content").hexdigest()),
        ("", ""),
    ],
)
def test_fields_are_filled_in(text: str, value: str) -> None:
    assert filled(text) == value


def test_a_uuid_is_random_and_of_version_4() -> None:
    first, second = filled("{uuid}"), filled("{uuid}")
    assert first != second
    parsed = uuid.UUID(first)
    assert (parsed.version, parsed.variant, str(parsed)) == (4, uuid.RFC_4122, first)


def test_every_field_has_a_value() -> None:
    assert all(filled(f"{{{field}}}") for field in FIELDS)


@pytest.mark.parametrize("text", ["{", "}", "a{b", "{unknown}", "{}", "{Uuid}", "{index:03}", "{stem", "{{{", "{a}}"])
def test_what_cannot_be_filled_in_is_refused_at_once(text: str) -> None:
    with pytest.raises(WrongUse):
        Template(text)


def test_bytes_that_are_no_text_are_written_as_percent_signs() -> None:
    assert filled("{stem}", BytesSource(b"", os.fsdecode(b"a\xff\n.jpg"))) == "a%FF%0A"


def test_a_stream_has_a_name_too() -> None:
    assert filled("{stem}", BytesSource(b"", "")) == "stdin"


def fields(produce_id: str, producer: str = "P") -> LabelFields:
    return LabelFields(producer=producer, status=Status.GENERATED, produce_id=Template(produce_id))


def test_a_fixed_number_is_a_label_and_a_made_one_a_template() -> None:
    assert fields("n-1").ordered(1, RUN) == Label.generated(producer="P", produce_id="n-1")
    assert isinstance(fields("{uuid}").ordered(1, RUN), LabelTemplate)


def test_a_wrong_producer_is_found_before_any_file() -> None:
    with pytest.raises(InvalidLabel):
        fields("{uuid}", "001191110108335469089X10100").check()


def test_a_file_with_this_producers_label_keeps_it() -> None:
    picture = (Path(__file__).parents[1] / "fixtures/jpeg/baseline.jpg").read_bytes()
    order = fields("{uuid}").ordered(1, RUN)
    first = embed(picture, label=order).data
    assert first is not None
    again = embed(first, label=order).data
    assert again == first
    label = read(first)
    assert label is not None
    assert re.fullmatch(r"[0-9a-f-]{36}", label.produce_id)
