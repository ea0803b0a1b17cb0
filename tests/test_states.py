"""The truth table: every state that signatures, their binding and a trust store can be in, and the verdict each leads to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import product

import pytest

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, Refused, UnsupportedFormat
from aigc_label.evidence import Evidence, Notice, NoticeKind, Proof, Reading, Residue, Seal, Standing, Survey, Trust
from aigc_label.label import Label
from aigc_label.policy import Policy
from aigc_label.report import Report, Scope, Verdict
from aigc_label.rulebook import RULES
from aigc_label.rules import judge
from aigc_label.security.trust import Store
from aigc_label.states import STATE_NAMES, State, state_of, state_of_problem

NOW = datetime(2026, 11, 28, tzinfo=UTC)
STORE = Store(members=(), now=NOW, clock=Bilingual("", ""), expected=("acme",))
PLAIN, TRUSTING = Policy(scope=Scope.LABEL), Policy(scope=Scope.LABEL, trust=STORE)
TEXT = Label.generated(producer="Example", produce_id="1").to_json()
SAID = Bilingual("said", "说明")


def judged(asked: Policy, *seals: Seal, texts: tuple[str, ...] = (TEXT,), **other: object) -> Report:
    readings = tuple(
        Reading(carrier="jpeg.app1.xmp", standing=Standing.PRIMARY, text=text, offset=at)
        for at, text in enumerate(texts)
    )
    survey = Survey(readings=readings, notices=other.get("notices", ()))  # type: ignore[arg-type]
    residue = other.get("residue", ())
    evidence = Evidence(path="", format="jpeg", size=1, survey=survey, seals=seals, residue=residue)  # type: ignore[arg-type]
    return judge(evidence, asked)


def seal(label: Proof, bound: Proof, content: Proof, trust: Trust = Trust.NOT_ASKED) -> Seal:
    return Seal(field="ReservedCode1", offset=0, label=label, bound=bound, content=content, trust=trust, detail=SAID)


def expected(label: Proof, bound: Proof, content: Proof, trust: Trust | None) -> tuple[Verdict, State]:
    """The table as a person would say it, in the order in which it counts; written anew, not taken from the program."""
    if Proof.INVALID in (label, bound, content):
        return Verdict.NON_COMPLIANT, State.TAMPERED
    if Proof.BLIND in (label, bound, content):
        return Verdict.UNDECIDABLE, State.UNSUPPORTED
    if trust is None:  # nobody asked who signed: a label declares, signed or not
        return Verdict.COMPLIANT, State.DECLARED
    if label is not Proof.VALID:
        return Verdict.UNDECIDABLE, State.UNSUPPORTED
    bad = trust in (Trust.STRANGER, Trust.OTHER, Trust.LAPSED, Trust.REVOKED) or content is Proof.ABSENT
    unsure = trust is Trust.UNCLEAR or content is Proof.UNSUPPORTED
    verdict = Verdict.NON_COMPLIANT if bad else Verdict.UNDECIDABLE
    if unsure:
        return verdict, State.UNSUPPORTED
    if bad or trust is Trust.KNOWN:
        return verdict, State.DECLARED
    return Verdict.COMPLIANT, State.TRUSTED if bound is Proof.VALID else State.DECLARED


JUDGED = [trust for trust in Trust if trust is not Trust.NOT_ASKED]


@pytest.mark.parametrize("trust", [None, *JUDGED], ids=str)
def test_every_combination_leads_to_its_verdict_and_state(trust: Trust | None) -> None:
    for label, bound, content in product(Proof, repeat=3):
        if label is Proof.ABSENT:
            continue  # then there is no seal
        found = judged(
            TRUSTING if trust else PLAIN,
            seal(label, bound, content, trust if trust and label is Proof.VALID else Trust.NOT_ASKED),
        )
        assert (found.verdict, state_of(found)) == expected(label, bound, content, trust), (label, bound, content)


def test_only_one_combination_of_all_is_trusted() -> None:
    rows = product(list(Proof)[1:], Proof, Proof, Trust)
    found = [row for row in rows if state_of(judged(TRUSTING, seal(*row))) is State.TRUSTED]
    assert found == [(Proof.VALID, Proof.VALID, Proof.VALID, Trust.EXPECTED)]


def test_a_missing_signature_fails_where_one_is_required_and_nowhere_else() -> None:
    assert judged(PLAIN).verdict is Verdict.COMPLIANT
    found = judged(TRUSTING)
    assert [finding.rule.id for finding in found.findings] == ["SIG-005"]
    assert (found.verdict, state_of(found)) == (Verdict.NON_COMPLIANT, State.DECLARED)


def test_a_propagators_seal_never_makes_or_breaks_a_verdict() -> None:
    good = seal(Proof.VALID, Proof.VALID, Proof.VALID, Trust.EXPECTED)
    for proof in (Proof.UNSUPPORTED, Proof.VALID, Proof.INVALID):
        other = Seal(field="ReservedCode2", offset=0, label=proof, detail=SAID)
        assert judged(TRUSTING, good, other).verdict is Verdict.COMPLIANT
        assert judged(PLAIN, other).verdict is Verdict.COMPLIANT
        assert [f.rule.id for f in judged(TRUSTING, other).findings][-1] == "SIG-005"


def test_two_labels_with_one_good_and_one_bad_seal_fail() -> None:
    good = seal(Proof.VALID, Proof.VALID, Proof.VALID, Trust.EXPECTED)
    bad = seal(Proof.INVALID, Proof.VALID, Proof.ABSENT)
    assert state_of(judged(TRUSTING, good, bad)) is State.TAMPERED


OTHER = json.dumps({**json.loads(TEXT), "Label": "3"})
REST = [
    (State.UNLABELLED, Verdict.UNLABELLED, {"texts": ()}),
    (State.CONFLICT, Verdict.NON_COMPLIANT, {"texts": (TEXT, OTHER)}),
    (State.MALFORMED, Verdict.NON_COMPLIANT, {"texts": ('{"Label":"1"}',)}),
    (State.SUSPICIOUS, Verdict.NON_COMPLIANT, {"texts": (), "residue": (Residue(9, '"Label":"1"'),)}),
    (State.UNSUPPORTED, Verdict.UNDECIDABLE, {"notices": (Notice(kind=NoticeKind.UNREAD, offset=0),)}),
]


@pytest.mark.parametrize(("state", "verdict", "seen"), REST, ids=[str(row[0]) for row in REST])
def test_states_without_signatures(state: State, verdict: Verdict, seen: dict[str, object]) -> None:
    found = judged(PLAIN, **seen)  # type: ignore[arg-type]
    assert (state_of(found), found.verdict) == (state, verdict)


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (LimitExceeded(SAID, limit="items"), State.REFUSED),
        (Refused(SAID), State.REFUSED),
        (UnsupportedFormat(SAID), State.UNSUPPORTED),
        (MalformedFile(SAID), State.ERROR),
        (OSError(), State.ERROR),
    ],
)
def test_files_that_could_not_be_judged_never_pass(problem: MalformedFile | OSError, state: State) -> None:
    assert state_of_problem(problem) is state


def test_nothing_but_declared_and_trusted_can_be_compliant() -> None:
    for label, bound, content, trust in product(list(Proof)[1:], Proof, Proof, Trust):
        for asked in (PLAIN, TRUSTING):
            found = judged(asked, seal(label, bound, content, trust))
            if state_of(found) not in (State.DECLARED, State.TRUSTED):
                assert found.verdict is not Verdict.COMPLIANT


def test_every_state_has_a_name_in_both_languages_and_every_signature_rule_is_reached_here() -> None:
    assert set(STATE_NAMES) == set(State)
    reached = {
        finding.rule.id
        for row in product(list(Proof)[1:], Proof, Proof, Trust)
        for asked in (PLAIN, TRUSTING)
        for finding in judged(asked, seal(*row)).findings
    }
    assert {code for code in RULES if code.startswith("SIG-")} - reached == {"SIG-005", "SIG-011"}
