"""A platform adds its half and nothing else; where there is no label, it states what Article 6 says and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from breaking import FIXTURES, example_of

import aigc_label
from aigc_label import Declaration, Label, Propagator
from aigc_label.errors import InvalidLabel, Refused
from aigc_label.order import Action

HALF = Propagator(code="001191110102MACQD9K64028705", number="p-1", reserved="theirs")
SIGNED = '{"SecurityData":{"Type":"TC260PG","Version":1,"PubSD":[{"Type":"DS","Signature":"3046022100CF"}]}}'
FORMATS = [
    "jpeg/baseline.jpg",
    "png/plain.png",
    "webp/lossy.webp",
    "mp4/tail.mp4",
    "mp3/bare.mp3",
    "pdf/plain.pdf",
    "ooxml/minimal.docx",
    "html/page.html",
]


def labelled(name: str) -> bytes:
    label = Label(
        status=aigc_label.Status.GENERATED,
        producer="001191110108335469089C10100",
        produce_id="n-1/中文",
        reserved1=SIGNED,
        propagator="001191110108335469089C10100",
        propagate_id="n-1/中文",
    )
    return aigc_label.embed((FIXTURES / name).read_bytes(), label=label).data or b""


@pytest.mark.parametrize("name", FORMATS)
def test_the_producers_half_stays_with_its_signature(name: str) -> None:
    before = labelled(name)
    outcome = aigc_label.propagate(before, half=HALF)
    was, now = aigc_label.read(before), aigc_label.read(outcome.data or b"")
    assert was is not None
    assert now == was.propagated(propagator=HALF.code, propagate_id=HALF.number, reserved2=HALF.reserved)
    assert outcome.replaced == (was.to_json(),)


@pytest.mark.parametrize("name", ["jpeg/baseline.jpg", "png/plain.png", "mp4/tail.mp4", "mp3/bare.mp3"])
def test_the_producers_half_is_the_same_bytes_in_the_file(name: str) -> None:
    before = labelled(name)
    after = aigc_label.propagate(before, half=HALF).data or b""
    start = before.index(b'{"Label"') if b'{"Label"' in before else before.index(b"{&quot;Label")
    half = before[start : before.index(b"ContentPropagator", start)]
    assert b"n-1/" in half
    assert after.count(half) == 1
    assert half not in after.replace(half, b"", 1)


def test_a_missing_half_is_completed() -> None:
    half = '{"Label":"1","ContentProducer":"Example-Ltd","ProduceID":"7"}'
    page = f"<!doctype html><html><head><meta name=\"AIGC\" content='{half}'></head><body></body></html>"
    label = aigc_label.read(aigc_label.propagate(page.encode(), half=HALF).data or b"")
    assert label is not None
    assert (label.producer, label.produce_id, label.propagator) == ("Example-Ltd", "7", HALF.code)


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "upload.png"
    path.write_bytes(labelled("png/plain.png"))
    assert aigc_label.propagate(path, half=HALF).action is not Action.UNCHANGED
    once = path.read_bytes()
    assert aigc_label.propagate(path, half=Propagator(code=HALF.code, number="p-2")).action is Action.UNCHANGED
    assert path.read_bytes() == once


@pytest.mark.parametrize(
    ("name", "declared", "status"),
    [
        ("png/plain.png", Declaration.AI, "2"),
        ("png/generated.png", None, "3"),
        ("png/generated.png", Declaration.NONE, "3"),
        ("png/generated.png", Declaration.AI, "2"),
    ],
)
def test_without_a_label_the_standing_is_written(name: str, declared: Declaration | None, status: str) -> None:
    outcome = aigc_label.propagate((FIXTURES / name).read_bytes(), half=HALF, declared=declared)
    label = aigc_label.read(outcome.data or b"")
    assert label is not None
    assert (label.status, label.producer, label.propagator) == (status, HALF.code, HALF.code)


def test_nothing_is_written_where_there_is_nothing_to_state() -> None:
    data = (FIXTURES / "png/plain.png").read_bytes()
    outcome = aigc_label.propagate(data, half=HALF)
    assert (outcome.action, outcome.data, outcome.label) == (Action.UNCHANGED, data, None)


@pytest.mark.parametrize("code", ["LBL-011", "LBL-010", "LBL-012"])
def test_what_a_person_has_to_decide_is_refused(code: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="a person has to decide"):
        aigc_label.propagate(example_of(code, tmp_path / code).path, tmp_path / "out.png", half=HALF)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("code", ["LBL-003", "LBL-006", "LBL-104", "LBL-106"])
def test_a_producers_half_that_is_wrong_is_not_a_propagators_to_mend(code: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidLabel):
        aigc_label.propagate(example_of(code, tmp_path / code).path, tmp_path / "out.png", half=HALF)


def test_the_command_fills_the_number_from_a_template(tmp_path: Path) -> None:
    from aigc_label.cli import main

    (tmp_path / "uploads").mkdir()
    for name in ("a", "b"):
        (tmp_path / f"uploads/{name}.png").write_bytes(labelled("png/plain.png"))
    (tmp_path / "uploads/plain.jpg").write_bytes((FIXTURES / "jpeg/baseline.jpg").read_bytes())
    out = tmp_path / "out"
    arguments = ["propagate", str(tmp_path / "uploads"), "-o", str(out), "--propagator", HALF.code]
    assert main([*arguments, "--propagate-id", "{stem}-{index}", "--isolated", "-q"]) == 0
    numbers = [json.loads((aigc_label.read(out / f"{n}.png") or HALF).to_json())["PropagateID"] for n in "ab"]  # type: ignore[union-attr]
    assert numbers == ["a-1", "b-2"]
    assert (out / "plain.jpg").read_bytes() == (FIXTURES / "jpeg/baseline.jpg").read_bytes()
