"""Judges evidence by the rules: a pure function from what was seen to a report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from aigc_label import sidecar
from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.dialects import Understanding, understand
from aigc_label.evidence import Evidence, Looked, NoticeKind, Reading, Repair, Sighting, SightingKind, Standing, View
from aigc_label.formats import BY_NAME, Medium
from aigc_label.label import SPELLING, Label, Status
from aigc_label.marking import EDGE_BAND, LEGIBLE_CONTRAST, MIN_CONTRAST, complies, long_enough
from aigc_label.policy import Policy, Strictness
from aigc_label.policy_rules import objected, objections
from aigc_label.report import Finding, Report, Scope, Severity, Waiver
from aigc_label.rulebook import RULES, RULESET
from aigc_label.rulebook.broken import FAULT_RULES, HARMLESS, MARK_RULES, NOTICE_RULES, REPAIR_NAMES
from aigc_label.seal_rules import seal_complaints
from aigc_label.sound_rules import complaints

TOOL: Final = "aigc-label 0.1.0"
ORDER: Final = {code: place for place, code in enumerate(RULES)}
OPENING: Final = 0.5  # seconds within which a mark stands on the opening picture; ours: the standard gives none
VIEWS: Final = {  # what is wrong with a notice that is not there all the time
    View.HIDDEN: ("gone", Bilingual("it is not shown", "未显示")),
    View.SCROLLS: ("gone", Bilingual("it scrolls away with the page", "会随页面滚动移出视野")),
    View.UNTOLD: (
        "blind",
        Bilingual("whether it stays in view is not told by the file", "文件本身无法说明其是否持续可见"),
    ),
}
BORDERLINE: Final = 0.054  # up to this measured height a report says how near the floor it is


def judge(evidence: Evidence, policy: Policy) -> Report:
    """Give the report on one file: every rule that the evidence breaks, in the order of the table."""
    label: Label | None = None
    findings: list[Finding] = []
    if policy.scope is not Scope.MARK:
        label, found = _judge_label(evidence, policy)
        findings += found
    if policy.scope is not Scope.LABEL:
        findings += _waived(policy.waiver) if policy.waiver is not None else _judge_mark(evidence, policy)
    findings += _judge_file(evidence, policy, label)
    if policy.strictness is Strictness.STRICT:
        findings = [_hardened(finding) for finding in findings]
    findings.sort(key=lambda finding: ORDER[finding.rule.id])
    return Report(
        evidence=evidence,
        findings=tuple(findings),
        label=label,
        scope=policy.scope,
        ruleset=RULESET,
        tool=TOOL,
        gate=policy.gate,
        declared=policy.declared,
        policy=policy.used,
        use=policy.use,
    )


def _waived(waiver: Waiver) -> list[Finding]:
    said = Bilingual(
        f"{waiver.reason}; recipient: {waiver.recipient}", f"{waiver.reason}；提供对象：{waiver.recipient}"
    )
    return [_found("POL-005", said)]


def _hardened(finding: Finding) -> Finding:
    if finding.severity is not Severity.WARNING:
        return finding
    return Finding(rule=finding.rule, severity=Severity.ERROR, detail=finding.detail, offset=finding.offset)


def _found(code: str, detail: Bilingual = NOTHING, offset: int | None = None) -> Finding:
    return Finding(rule=RULES[code], severity=RULES[code].severity, detail=detail, offset=offset)


def _judge_label(evidence: Evidence, policy: Policy) -> tuple[Label | None, list[Finding]]:
    findings: list[Finding] = []
    real: list[tuple[Reading, Understanding]] = []
    for reading in evidence.survey.readings:
        if Repair.LOOKALIKE in reading.repairs:
            findings.append(_found("LBL-010", _at(reading), reading.offset))
        elif reading.standing is Standing.HIDDEN:
            findings.append(_found("LBL-011", _at(reading), reading.offset))
        else:
            understanding = understand(reading.text)
            real.append((reading, understanding))
            findings += _judge_reading(reading, understanding)
    findings += [
        _found("LBL-011", Bilingual(residue.excerpt, residue.excerpt), residue.offset) for residue in evidence.residue
    ]
    findings += _judge_earlier(evidence, [understanding for _, understanding in real])
    if not real:
        row = BY_NAME[evidence.format]
        return None, [*findings, _found("LBL-001") if row.adapter else _found("FMT-007", row.remedy)]
    findings += _judge_several(real)
    findings += [_found(*complaint) for complaint in seal_complaints(evidence, policy)]
    labels = {understanding.label for _, understanding in real}
    label = labels.pop() if len(labels) == 1 else None
    if label is not None and policy.producers and label.producer not in policy.producers:
        findings.append(_found("LBL-108", Bilingual(label.producer, label.producer)))
    return label, findings


def _judge_earlier(evidence: Evidence, real: list[Understanding]) -> Iterator[Finding]:
    """Compare what a registry knows of a picture that looks like this one with the labels that stand in this one."""
    if evidence.earlier_problem is not None:
        yield _found("LBL-017", evidence.earlier_problem)
    here = {_producers_half(understanding) for understanding in real}
    if not evidence.earlier or any(_producers_half(understand(one.label)) in here for one in evidence.earlier):
        return
    nearest = evidence.earlier[0]
    half = ", ".join(_producers_half(understand(nearest.label)))
    yield _found(
        "LBL-016",
        Bilingual(
            f"labelled before as {half}: entry {nearest.number} of the ledger, {nearest.distance} of 256 bits differ",
            f"此前的标识：{half}（台账第 {nearest.number} 条，256 位中相差 {nearest.distance} 位）",
        ),
    )


def _producers_half(understanding: Understanding) -> tuple[str, ...]:
    return tuple(understanding.values.get(SPELLING[name], "") for name in ("status", "producer", "produce_id"))


def _at(reading: Reading) -> Bilingual:
    return Bilingual(f"in {reading.carrier}", f"位于 {reading.carrier}")


def _judge_reading(reading: Reading, understanding: Understanding) -> Iterator[Finding]:
    if reading.standing is Standing.COMPATIBLE:
        yield _found("LBL-004", _at(reading), reading.offset)
    elif reading.standing is Standing.ALTERNATIVE:
        yield _found("LBL-005", _at(reading), reading.offset)
    if reading.carrier == sidecar.CARRIER:
        yield _found("LBL-015", _at(reading))
    for fault in understanding.faults:
        yield _found(FAULT_RULES[fault.kind], fault.detail, reading.offset)
    for repair in dict.fromkeys((*reading.repairs, *understanding.repairs)):
        if repair in (Repair.BARE, Repair.WRAPPED):
            if repair.value == reading.form.value:
                continue
            yield _found("LBL-009", REPAIR_NAMES[repair], reading.offset)
        else:
            yield _found("LBL-009" if repair in HARMLESS else "LBL-008", REPAIR_NAMES[repair], reading.offset)


def _judge_several(real: list[tuple[Reading, Understanding]]) -> Iterator[Finding]:
    if len(real) < 2:
        return
    places = ", ".join(f"{reading.carrier}@{reading.offset}" for reading, _ in real)
    first = real[0][1].values
    same = all(understanding.values == first for _, understanding in real[1:])
    yield _found("LBL-002" if same and first else "LBL-003", Bilingual(places, places), real[1][0].offset)


def _judge_mark(evidence: Evidence, policy: Policy) -> list[Finding]:
    medium = BY_NAME[evidence.format].medium_as(policy.use)
    codes = MARK_RULES[medium]
    if evidence.marks_looked is not Looked.YES:
        return [_found(codes["blind"], evidence.marks_problem or NOTHING)]
    wanted = policy.mark_in(medium)
    if medium is Medium.AUDIO:
        return [_found(code, detail) for code, detail in (*complaints(evidence), *objections(evidence, wanted))]
    if not evidence.sightings:
        doubted = evidence.marks_doubt is not None and "doubt" in codes
        return [_found(codes["doubt" if doubted else "none"], evidence.marks_doubt or NOTHING)]
    judged = [
        [
            *_judge_sighting(sighting, max(policy.min_height_share, wanted.min_height_share), codes),
            *_judge_time(sighting, evidence.watched, codes),
            *(_found(code, detail) for code, detail in objected(sighting, evidence.watched, wanted)),
        ]
        for sighting in evidence.sightings
    ]
    # one complying mark is enough: another text in the picture is none of our business
    return min(
        judged,
        key=lambda findings: (_count(findings, Severity.ERROR), _count(findings, Severity.UNDECIDED), len(findings)),
    )


def _count(findings: list[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def _judge_sighting(sighting: Sighting, floor: float, codes: Mapping[str, str]) -> list[Finding]:
    findings = []
    words = Bilingual(f"“{sighting.text}”", f"“{sighting.text}”")
    if not complies(sighting.text):
        findings.append(_found(codes["words"], words))
    if sighting.kind is SightingKind.TEXT:  # 5.1 asks for words in their place, and for no size
        if sighting.contrast is not None and sighting.contrast < MIN_CONTRAST:
            findings.append(_found(codes["contrast"], _contrast(sighting.contrast)))
        if sighting.view in VIEWS:
            code, detail = VIEWS[sighting.view]
            findings.append(_found(codes[code], detail))
        return findings
    # in a tiny picture legible letters are so tall that even the plate's own padding is wider than the band
    if sighting.edge_share is None or sighting.edge_share > max(EDGE_BAND, sighting.height_share or 0.0):
        findings.append(
            _found(codes["edge"], _measured("distance from the edge", "距边缘", _percent(sighting.edge_share)))
        )
    code = _height_code(sighting, floor)
    if code:
        height = _measured("text height", "文字高度", sighting.height_told)
        findings.append(_found(codes[code], height))
    unmeasured = sighting.contrast is None and sighting.height_share is None  # told above, once
    if not unmeasured and (sighting.contrast is None or sighting.contrast < MIN_CONTRAST):
        faint = sighting.contrast is None or sighting.contrast < LEGIBLE_CONTRAST
        findings.append(_found(codes["faint" if faint else "contrast"], _contrast(sighting.contrast)))
    return findings


def _height_code(sighting: Sighting, floor: float) -> str:
    """Say what a height breaks. What its measure does not decide is never rounded in anyone's favour."""
    share, error = sighting.height_share, sighting.height_error
    if share is None:
        return "unsure"
    if share + error < floor:
        return "height"
    if share - error < floor:
        return "unsure"
    return "near" if share < BORDERLINE else ""


def _contrast(contrast: float | None) -> Bilingual:
    measured = "?" if contrast is None else f"{contrast:.1f}"
    return Bilingual(f"contrast {measured}:1", f"对比度 {measured}:1")


def _judge_time(sighting: Sighting, watched: float | None, codes: Mapping[str, str]) -> Iterator[Finding]:
    if watched is None:
        return
    start, seconds = sighting.start or 0.0, sighting.seconds or 0.0
    if start > OPENING:
        yield _found(codes["late"], Bilingual(f"it appears after {start:.2f} s", f"在 {start:.2f} 秒后才出现"))
    if not long_enough(seconds, watched):
        yield _found(codes["short"], Bilingual(f"it is shown for {seconds:.2f} s", f"显示时长 {seconds:.2f} 秒"))


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.2%}"


def _measured(en: str, zh: str, value: str | None) -> Bilingual:
    if value is None:
        return Bilingual(f"{en} could not be measured", f"{zh}无法测量")
    return Bilingual(f"{en}: {value} of the shortest side", f"{zh}：最短边的 {value}")


def _judge_file(evidence: Evidence, policy: Policy, label: Label | None) -> Iterator[Finding]:
    suffix = os.path.splitext(evidence.path)[1].lower().removesuffix(".")
    row = BY_NAME[evidence.format]
    if suffix and suffix not in row.suffixes:
        yield _found("FMT-004", Bilingual(f"{suffix}, but {row.title}", f"{suffix}，实际为 {row.title_zh}"))
    if policy.formats and evidence.format not in policy.formats:
        yield _found("FMT-006", Bilingual(row.title, row.title_zh))
    for notice in evidence.survey.notices:
        code = NOTICE_RULES.get(notice.kind)
        if notice.kind is NoticeKind.C2PA and label is not None:  # it may well have been labelled first and signed last
            yield replace(
                _found("FMT-001", Bilingual(notice.detail, notice.detail), notice.offset), severity=Severity.ADVICE
            )
        elif code and (code != "LBL-012" or policy.scope is not Scope.MARK):
            yield _found(code, Bilingual(notice.detail, notice.detail), notice.offset)
        elif notice.kind in (NoticeKind.IPTC_SOURCE_TYPE, NoticeKind.GENERATOR) and label is None:
            yield _found("XSC-001", Bilingual(notice.detail, notice.detail), notice.offset)
        elif label is not None and (code := _disagrees(notice.kind, label)):
            yield _found(code, Bilingual(notice.detail, notice.detail), notice.offset)


def _disagrees(kind: NoticeKind, label: Label) -> str:
    """Give the rule that another scheme's statement of how the content was made breaks beside this label."""
    if kind is NoticeKind.SOURCE_TYPE:
        return "XSC-002"
    return "XSC-003" if kind is NoticeKind.IPTC_SOURCE_TYPE and label.status is not Status.GENERATED else ""
