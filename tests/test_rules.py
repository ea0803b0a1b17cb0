"""The judge: nothing passes that was not looked at, two labels are never resolved by picking one."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from aigc_label.bilingual import Lang
from aigc_label.dialects import FaultKind
from aigc_label.evidence import (
    Box,
    Evidence,
    Form,
    Looked,
    Notice,
    NoticeKind,
    Reading,
    Repair,
    Residue,
    Sighting,
    SightingKind,
    Standing,
    Survey,
)
from aigc_label.label import Label, wrapped
from aigc_label.policy import Policy, Strictness
from aigc_label.recognition import Recognition
from aigc_label.report import Scope, Verdict
from aigc_label.rulebook import RULES, RULESET
from aigc_label.rulebook.broken import FAULT_RULES, MARK_RULES, REPAIR_NAMES
from aigc_label.rules import judge

LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="r-1")
OTHER = Label.generated(producer="001191110108335469089C10100", produce_id="r-2")


def reading(
    text: str = LABEL.to_json(), standing: Standing = Standing.PRIMARY, *repairs: Repair, form: Form = Form.BARE
) -> Reading:
    return Reading(carrier="jpeg.app1.xmp", standing=standing, text=text, offset=100, repairs=repairs, form=form)


def sighting(text: str = "人工智能生成", height: float = 0.06, contrast: float = 15.0, edge: float = 0.02) -> Sighting:
    box = Box(left=0, top=0, right=10, bottom=10)
    return Sighting(
        kind=SightingKind.WORDS,
        text=text,
        detector="test",
        confidence=0.9,
        box=box,
        height_share=height,
        contrast=contrast,
        edge_share=edge,
    )


def evidence(*readings: Reading, sightings: tuple[Sighting, ...] = (sighting(),), **more: object) -> Evidence:
    notices = more.pop("notices", ())
    values = {"marks_looked": Looked.YES, "path": "a.jpg", "format": "jpeg", "size": 1, **more}
    return Evidence(survey=Survey(readings=readings, notices=notices), sightings=sightings, **values)  # type: ignore[arg-type]


def codes(found: Evidence, policy: Policy | None = None) -> set[str]:
    return {finding.rule.id for finding in judge(found, policy or Policy()).findings}


def verdict(found: Evidence, policy: Policy | None = None) -> Verdict:
    return judge(found, policy or Policy()).verdict


def test_a_mark_within_its_own_height_of_the_edge_stands_at_the_edge() -> None:
    """On 64 pixels the smallest legible Han letters take 14 % of the side, their plate's padding 12.5 %."""
    assert codes(evidence(reading(), sightings=(sighting(height=0.14, edge=0.125),))) == set()
    assert codes(evidence(reading(), sightings=(sighting(height=0.14, edge=0.15),))) == {"IMG-003"}


def test_one_label_in_place_and_one_good_mark_comply() -> None:
    report = judge(evidence(reading()), Policy())
    assert (report.verdict, report.findings, report.label) == (Verdict.COMPLIANT, (), LABEL)
    assert report.recognition is Recognition.CONFIRMED


def test_nothing_at_all_is_unlabelled() -> None:
    assert verdict(evidence(sightings=())) is Verdict.UNLABELLED
    assert codes(evidence(sightings=())) == {"LBL-001", "IMG-001"}


def test_what_could_not_be_looked_at_never_passes() -> None:
    blind = evidence(reading(), sightings=(), marks_looked=Looked.COULD_NOT)
    assert verdict(blind) is Verdict.UNDECIDABLE
    unread = (Notice(kind=NoticeKind.UNREAD, offset=5),)
    assert verdict(evidence(reading(), notices=unread)) is Verdict.UNDECIDABLE
    assert verdict(evidence(reading(), sightings=(), marks_looked=Looked.NOT_ASKED)) is Verdict.UNDECIDABLE


def test_a_scope_judges_only_its_half_and_says_so() -> None:
    report = judge(evidence(reading(), sightings=(), marks_looked=Looked.NOT_ASKED), Policy(scope=Scope.LABEL))
    assert report.verdict is Verdict.COMPLIANT
    assert report.to_dict()["scope"] == "label"
    assert verdict(evidence(), Policy(scope=Scope.MARK)) is Verdict.COMPLIANT


def test_two_labels_that_differ_contradict_and_give_no_label() -> None:
    report = judge(evidence(reading(), reading(OTHER.to_json())), Policy())
    assert "LBL-003" in {finding.rule.id for finding in report.findings}
    assert report.label is None
    assert report.verdict is Verdict.NON_COMPLIANT


def test_two_equal_labels_are_a_warning() -> None:
    found = evidence(reading(), reading(wrapped(LABEL.to_json()), Standing.ALTERNATIVE, form=Form.WRAPPED))
    assert codes(found) == {"LBL-002", "LBL-005"}
    assert verdict(found) is Verdict.COMPLIANT
    assert verdict(found, Policy(strictness=Strictness.STRICT)) is Verdict.NON_COMPLIANT


@pytest.mark.parametrize("repair", [repair for repair in Repair if repair not in (Repair.BARE, Repair.WRAPPED)])
def test_a_repair_never_makes_a_label_conform(repair: Repair) -> None:
    found = verdict(evidence(reading(LABEL.to_json(), Standing.PRIMARY, repair)))
    harmless = repair in (Repair.ATTRIBUTE, Repair.NOTATION, Repair.SPACE)
    assert found is (Verdict.COMPLIANT if harmless else Verdict.NON_COMPLIANT)


@pytest.mark.parametrize("standing", [Standing.COMPATIBLE, Standing.HIDDEN])
def test_a_label_in_a_wrong_place_does_not_comply(standing: Standing) -> None:
    assert verdict(evidence(reading(LABEL.to_json(), standing))) is Verdict.NON_COMPLIANT


def test_residue_is_not_unlabelled() -> None:
    found = evidence(sightings=(), residue=(Residue(9, "ContentProducer"),))
    assert verdict(found) is Verdict.NON_COMPLIANT
    assert judge(found, Policy()).recognition is Recognition.SUSPECTED


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (sighting("AI助手"), "IMG-002"),
        (sighting("生成"), "IMG-002"),
        (sighting(height=0.0499), "IMG-005"),
        (sighting(height=0.046), "IMG-005"),
        (sighting(edge=0.4), "IMG-003"),
        (sighting(contrast=4.0), "IMG-004"),
        (sighting(contrast=2.0), "IMG-009"),
        (replace(sighting(), contrast=None), "IMG-009"),
        (replace(sighting(height=0.0455), height_error=0.004), "IMG-005"),
        (replace(sighting(height=0.0465), height_error=0.004), "IMG-008"),
        (replace(sighting(height=0.0535), height_error=0.004), "IMG-008"),
        (replace(sighting(), height_share=None), "IMG-008"),
        (sighting(height=0.0505), "IMG-007"),
    ],
)
def test_a_mark_that_breaks_a_clause_is_named(seen: Sighting, code: str) -> None:
    assert code in codes(evidence(reading(), sightings=(seen,)))


def test_what_a_measure_does_not_decide_is_undecidable_and_never_a_pass() -> None:
    near = replace(sighting(height=0.0530), height_error=0.004)
    assert verdict(evidence(reading(), sightings=(near,))) is Verdict.UNDECIDABLE
    assert verdict(evidence(reading(), sightings=(sighting(contrast=2.9),))) is Verdict.UNDECIDABLE
    clear = replace(sighting(height=0.0545), height_error=0.004)
    assert verdict(evidence(reading(), sightings=(clear,))) is Verdict.COMPLIANT


def test_what_could_not_be_measured_at_all_is_said_once() -> None:
    unmeasured = replace(sighting(), height_share=None, contrast=None)
    assert codes(evidence(reading(), sightings=(unmeasured,))) == {"IMG-008"}


def test_a_doubtful_mark_is_judged_before_one_that_is_wrong() -> None:
    doubtful, wrong = replace(sighting(height=0.0530), height_error=0.004), sighting("AI助手")
    assert codes(evidence(reading(), sightings=(wrong, doubtful))) == {"IMG-008"}


def test_one_good_mark_is_enough_whatever_else_is_written_in_the_picture() -> None:
    assert verdict(evidence(reading(), sightings=(sighting("AI助手"), sighting()))) is Verdict.COMPLIANT


def test_a_policy_tightens() -> None:
    assert codes(evidence(reading()), Policy(producers=("somebody",))) == {"LBL-108"}
    assert codes(evidence(reading()), Policy(min_height_share=0.08)) == {"IMG-005"}
    assert codes(evidence(reading()), Policy(formats=("png",))) == {"FMT-006"}


def test_a_format_without_a_place_says_so() -> None:
    assert "FMT-007" in codes(evidence(format="bmp", path="a.bmp"))


def test_the_status_decides_the_recognition() -> None:
    for status, expected in (("1", "confirmed"), ("2", "possible"), ("3", "suspected")):
        text = LABEL.to_json().replace('"Label":"1"', f'"Label":"{status}"')
        assert judge(evidence(reading(text)), Policy()).recognition == expected


def test_every_fault_and_repair_has_its_rule_and_its_words() -> None:
    assert set(FAULT_RULES) == set(FaultKind)
    assert set(REPAIR_NAMES) == set(Repair)


def test_what_a_mark_in_pixels_can_be_is_ruled_in_every_kind_of_content() -> None:
    pixels = [medium for medium, codes in MARK_RULES.items() if "height" in codes]
    assert len(pixels) == 3
    assert all({"unsure", "faint", "near", "edge", "contrast"} <= MARK_RULES[medium].keys() for medium in pixels)


def test_every_rule_speaks_both_languages_and_names_its_ground() -> None:
    for rule in RULES.values():
        assert rule.sentence.en
        assert rule.sentence.zh
        assert rule.remedy.en
        assert rule.remedy.zh
        assert rule.cause.en
        assert rule.cause.zh
        assert rule.example.en
        assert rule.example.zh
        assert rule.clause


def test_only_good_with_good_complies() -> None:
    """The truth table: of every pair of circumstances, one bad one is enough to fail."""
    pieces: dict[str, dict[str, object]] = {
        "good": {},
        "no-mark": {"sightings": ()},
        "blind": {"sightings": (), "marks_looked": Looked.COULD_NOT},
        "unread": {"notices": (Notice(kind=NoticeKind.UNREAD, offset=1),)},
        "polyglot": {"notices": (Notice(kind=NoticeKind.POLYGLOT, offset=1),)},
        "residue": {"residue": (Residue(1, "x"),)},
    }
    for first, second in itertools.product(pieces, repeat=2):
        found = verdict(evidence(reading(), **{**pieces[first], **pieces[second]}))
        assert (found is Verdict.COMPLIANT) == (first == second == "good"), (first, second)


def test_a_report_is_json_in_both_languages() -> None:
    report = judge(evidence(sightings=()), Policy())
    for lang in Lang:
        written = json.loads(json.dumps(report.to_dict(lang), ensure_ascii=False))
        assert written["verdict"] == "unlabelled"
        assert written["ruleset"] == RULESET
    assert report.to_dict(Lang.ZH)["findings"][0]["sentence"] == RULES["LBL-001"].sentence.zh
