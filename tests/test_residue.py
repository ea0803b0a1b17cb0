"""Labels are noticed where no carrier holds them, above all where they say something else than the label that counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_label import api
from aigc_label.evidence import Form, Reading, Standing
from aigc_label.label import Label
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.residue import contradicting
from aigc_label.source import BytesSource

FIXTURES = Path(__file__).parents[1] / "fixtures"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="number-1")
OTHER = Label.generated(producer="001191110102MACQD9K64010000", produce_id="number-2")
READING = Reading(carrier="x", standing=Standing.PRIMARY, text=LABEL.to_json(), offset=0, form=Form.BARE)


def offsets(data: bytes) -> list[int]:
    return [found.offset for found in contradicting(BytesSource(data), (READING,))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("around", [bytes(100), b"\xff" * 100], ids=["zeros", "ones"])
def test_another_label_is_found_where_it_stands(encoding: str, around: bytes) -> None:
    found = offsets(around + OTHER.to_json().encode(encoding) + around)
    assert [at // 2 for at in found] == [50]  # between NULs either byte order of UTF-16 reads the same


@pytest.mark.parametrize("spelt", ["{}", '{{"AIGC":{}}}', "<a>{}</a>"])
def test_the_label_itself_and_its_copies_contradict_nothing(spelt: str) -> None:
    text = spelt.format(LABEL.to_json())
    assert offsets(text.encode() + bytes(9) + text.replace('"', "&quot;").encode()) == []


def test_a_piece_of_a_label_contradicts_nothing() -> None:
    assert offsets(OTHER.to_json()[:-30].encode() + bytes(9)) == []


def test_every_one_of_many_is_found() -> None:
    text = OTHER.to_json().encode()
    assert offsets((text + b"\0") * 40) == [number * (len(text) + 1) for number in range(40)]


@pytest.mark.parametrize("path", ["ape/bare.wv", "mp3/bare.mp3", "aac/bare.aac"])
def test_an_older_tag_before_the_newest_is_no_pass(path: str) -> None:
    """A file that ends in two APE tags: readers take the last, and the first looks like sound."""
    media = (FIXTURES / path).read_bytes()
    once = api.embed(media, label=LABEL).data or b""
    tag = (api.embed((FIXTURES / "ape/bare.wv").read_bytes(), label=OTHER).data or b"")[1834:]
    assert api.verify(once, Policy(scope=Scope.LABEL)).verdict is Verdict.COMPLIANT
    found = api.verify(once + tag + bytes(10), Policy(scope=Scope.LABEL))
    assert found.verdict is Verdict.NON_COMPLIANT
