"""Article 6: what a platform makes of each circumstance; uncertain is suspected, never clean."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.evidence import (
    Evidence,
    Looked,
    Notice,
    NoticeKind,
    Proof,
    Reading,
    Repair,
    Residue,
    Seal,
    Sighting,
    SightingKind,
    Standing,
    Survey,
)
from aigc_label.label import Label, Status
from aigc_label.marking import complies
from aigc_label.policy import Policy
from aigc_label.recognition import BASIS_NAMES, NOTICES, RECOGNITION_NAMES, Basis, Declaration, Gate, Recognition
from aigc_label.report import Report, Scope
from aigc_label.rules import judge

CONFIRMED, POSSIBLE, SUSPECTED, NONE = Recognition
MARK = Sighting(kind=SightingKind.WORDS, text="人工智能生成", detector="test", confidence=1)


def label(number: str = "n-1", status: Status = Status.GENERATED) -> str:
    return Label.generated(producer="Example-Ltd", produce_id=number, status=status).to_json()


def reading(text: str, standing: Standing = Standing.PRIMARY, *repairs: Repair) -> Reading:
    return Reading(carrier="png.itxt.xmp", standing=standing, text=text, offset=9, repairs=repairs)


def read(*readings: Reading) -> dict[str, Any]:
    return {"readings": readings}


def noticed(kind: NoticeKind) -> dict[str, Any]:
    return {"notices": (Notice(kind=kind, offset=3),)}


HALF = '{"Label":"1","ContentProducer":"a","ProduceID":"1"}'
NOTHING: dict[str, Any] = {}
TABLE = [  # reliability of a verdict: circumstance, standing, bases, standing when the user declares it
    ("nothing", NOTHING, NONE, (), POSSIBLE),
    ("one label", read(reading(label())), CONFIRMED, (Basis.LABEL,), CONFIRMED),
    ("may be", read(reading(label(status=Status.POSSIBLE))), POSSIBLE, (Basis.LABEL,), POSSIBLE),
    ("suspected", read(reading(label(status=Status.SUSPECTED))), SUSPECTED, (Basis.LABEL,), POSSIBLE),
    ("twice the same", read(reading(label()), reading(label())), CONFIRMED, (Basis.LABEL,), CONFIRMED),
    ("conflict", read(reading(label()), reading(label("n-2"))), CONFIRMED, (Basis.CONFLICT,), CONFIRMED),
    ("no propagator", read(reading(HALF)), CONFIRMED, (Basis.LABEL,), CONFIRMED),
    ("malformed", read(reading('{"Label":"yes"}')), SUSPECTED, (Basis.MALFORMED,), POSSIBLE),
    ("not JSON", read(reading("AI")), SUSPECTED, (Basis.MALFORMED,), POSSIBLE),
    ("said twice", read(reading('{"Label":"1","Label":"3"}')), SUSPECTED, (Basis.MALFORMED,), POSSIBLE),
    ("hidden", read(reading(label(), Standing.HIDDEN)), SUSPECTED, (Basis.HIDDEN,), POSSIBLE),
    ("alike", read(reading(label(), Standing.PRIMARY, Repair.LOOKALIKE)), SUSPECTED, (Basis.HIDDEN,), POSSIBLE),
    ("left over", {"residue": (Residue(4, "ContentProducer"),)}, SUSPECTED, (Basis.HIDDEN,), POSSIBLE),
    ("a mark alone", {"sightings": (MARK,)}, SUSPECTED, (Basis.MARK,), POSSIBLE),
    ("parameters", noticed(NoticeKind.GENERATOR), SUSPECTED, (Basis.TRACE,), POSSIBLE),
    ("source type", noticed(NoticeKind.IPTC_SOURCE_TYPE), SUSPECTED, (Basis.TRACE,), POSSIBLE),
    ("credentials", noticed(NoticeKind.C2PA), SUSPECTED, (Basis.UNSEEN,), POSSIBLE),
    ("encrypted", noticed(NoticeKind.UNREAD), SUSPECTED, (Basis.UNSEEN,), POSSIBLE),
    ("two formats", noticed(NoticeKind.POLYGLOT), SUSPECTED, (Basis.UNSEEN,), POSSIBLE),
    ("blind", {"marks_looked": Looked.COULD_NOT}, SUSPECTED, (Basis.UNSEEN,), POSSIBLE),
    ("unknown speech", {"marks_doubt": Bilingual("speech", "语音")}, SUSPECTED, (Basis.UNSEEN,), POSSIBLE),
    ("bytes behind the end", noticed(NoticeKind.TRAILING), NONE, (), POSSIBLE),
    ("damage elsewhere", noticed(NoticeKind.DAMAGED), NONE, (), POSSIBLE),
]  # fmt: skip


def judged(more: dict[str, Any], declared: Declaration | None = None) -> Report:
    values = {"marks_looked": Looked.YES, "path": "a.png", "format": "png", "size": 1, **more}
    survey = Survey(readings=values.pop("readings", ()), notices=values.pop("notices", ()))
    return judge(Evidence(survey=survey, **values), Policy(gate=Gate.PLATFORM, declared=declared))


@pytest.mark.parametrize(("name", "more", "standing", "bases", "when_declared"), TABLE, ids=[row[0] for row in TABLE])
def test_the_standing_of_each_circumstance(
    name: str, more: dict[str, Any], standing: Recognition, bases: tuple[Basis, ...], when_declared: Recognition
) -> None:
    intake = judged(more).intake
    assert (intake.recognition, intake.bases) == (standing, bases)
    assert judged(more, Declaration.AI).recognition is when_declared
    assert judged(more, Declaration.NONE).recognition is standing, "a denial lowers nothing"


def test_of_two_circumstances_the_stronger_counts() -> None:
    order = list(Recognition)
    for (_, one, first, *_), (_, other, second, *_) in itertools.permutations(TABLE, 2):
        if {"readings"} <= one.keys() & other.keys() or one.keys() & other.keys() == {"notices"}:
            continue
        stronger = min((first, second), key=order.index)
        assert judged({**one, **other}).recognition is stronger


def test_what_a_label_confirms_needs_no_second_look() -> None:
    assert judged({**read(reading(label())), "marks_looked": Looked.COULD_NOT}).intake.review is False


SIGNED = [proof for proof in Proof if proof is not Proof.ABSENT]


@pytest.mark.parametrize("status", Status)
def test_a_label_states_something_only_where_no_part_of_its_signature_is_wrong(status: Status) -> None:
    for proofs in itertools.product(SIGNED, Proof, Proof):
        seal = Seal(field="ReservedCode1", offset=9, label=proofs[0], bound=proofs[1], content=proofs[2])
        intake = judged({**read(reading(label(status=status))), "seals": (seal,)}).intake
        if Proof.INVALID in proofs:
            assert (intake.recognition, intake.bases[0], intake.review) == (SUSPECTED, Basis.TAMPERED, True)
        else:
            assert intake.recognition is judged(read(reading(label(status=status)))).recognition
            assert intake.review is (Proof.BLIND in proofs), "nobody could check it: a person looks"


def test_a_propagators_signature_changes_no_standing() -> None:
    for proof in Proof:
        seal = Seal(field="ReservedCode2", offset=9, label=proof)
        assert judged({**read(reading(label())), "seals": (seal,)}).intake.bases == (Basis.LABEL,)


def test_beside_a_label_with_a_wrong_signature_another_one_still_counts() -> None:
    other = Reading(carrier="png.itxt.xmp", standing=Standing.PRIMARY, text=label("n-2"), offset=77)
    seal = Seal(field="ReservedCode1", offset=9, label=Proof.INVALID)
    intake = judged({**read(reading(label()), other), "seals": (seal,)}).intake
    assert (intake.recognition, intake.bases, intake.review) == (CONFIRMED, (Basis.LABEL, Basis.TAMPERED), True)


@pytest.mark.parametrize("name", ["conflict", "malformed", "hidden", "encrypted", "blind", "credentials"])
def test_a_person_decides_where_it_is_not_plain(name: str) -> None:
    assert judged(next(row[1] for row in TABLE if row[0] == name)).intake.review


def test_every_notice_holds_both_elements_and_the_word_of_its_standing() -> None:
    assert set(NOTICES) == set(Recognition) - {NONE}
    assert all(complies(notice.zh) for notice in NOTICES.values())
    assert "可能" in NOTICES[POSSIBLE].zh
    assert "疑似" in NOTICES[SUSPECTED].zh
    assert judged(NOTHING).intake.notice is None


def test_every_value_has_its_words() -> None:
    assert set(BASIS_NAMES) == set(Basis)
    assert set(RECOGNITION_NAMES) == set(Recognition)


def test_a_platform_looks_at_both_halves() -> None:
    with pytest.raises(WrongUse):
        Policy(gate=Gate.PLATFORM, scope=Scope.LABEL)
    with pytest.raises(WrongUse):
        Policy(declared=Declaration.AI)
