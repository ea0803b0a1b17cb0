"""Says what a platform makes of a file (Measures, Art. 6): it is, may be, or is suspected to be AI-generated, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.dialects import FaultKind, understand
from aigc_label.evidence import Evidence, Looked, NoticeKind, Proof, Repair, Standing
from aigc_label.label import SPELLING, Label, Status


class Gate(StrEnum):
    """Who asks. What is uncertain fails a producer's file, and is suspected of a platform's; it is never clean."""

    PRODUCER = "producer"  # before publication: Articles 4 and 5
    PLATFORM = "platform"  # at intake: Article 6


class Declaration(StrEnum):
    """What the user who uploads says of the content (Art. 6(2), Art. 10)."""

    AI = "ai"
    NONE = "none"


class Recognition(StrEnum):
    """The standings of Article 6, the strongest first."""

    CONFIRMED = "confirmed"  # 确认: the metadata says so
    POSSIBLE = "possible"  # 可能: the user (or a Label of 2) says so
    SUSPECTED = "suspected"  # 疑似: a mark or other traces say so, or nobody could look
    NONE = "none"


class Basis(StrEnum):
    """What a standing rests on."""

    LABEL = "label"
    CONFLICT = "conflict"
    DECLARED = "declared"
    MALFORMED = "malformed"
    TAMPERED = "tampered"
    HIDDEN = "hidden"
    MARK = "mark"
    TRACE = "trace"
    UNSEEN = "unseen"


RECOGNITION_NAMES: Final = {
    Recognition.CONFIRMED: Bilingual("confirmed", "确认"),
    Recognition.POSSIBLE: Bilingual("possible", "可能"),
    Recognition.SUSPECTED: Bilingual("suspected", "疑似"),
    Recognition.NONE: Bilingual("none", "无"),
}
NOTICES: Final = {  # to be shown beside the content; the Chinese ones hold both elements of GB 45438-2025, 5.6 b
    Recognition.CONFIRMED: Bilingual("This content is AI-generated.", "该内容为人工智能生成合成内容"),
    Recognition.POSSIBLE: Bilingual("This content may be AI-generated.", "该内容可能为人工智能生成合成内容"),
    Recognition.SUSPECTED: Bilingual(
        "This content is suspected to be AI-generated.", "该内容疑似为人工智能生成合成内容"
    ),
}
BASIS_NAMES: Final = {
    Basis.LABEL: Bilingual("the implicit label states it", "隐式标识已声明"),
    Basis.CONFLICT: Bilingual("labels that contradict each other state it", "相互矛盾的隐式标识均已声明"),
    Basis.DECLARED: Bilingual("the user declares it", "用户声明"),
    Basis.MALFORMED: Bilingual("a label that breaks its own form", "隐式标识不符合格式要求"),
    Basis.TAMPERED: Bilingual("a label whose signature is wrong", "标识的签名无效"),
    Basis.HIDDEN: Bilingual("label text hidden, left over or only alike", "存在隐藏、残留或仿冒的标识文本"),
    Basis.MARK: Bilingual("a mark was seen or heard", "检测到显式标识"),
    Basis.TRACE: Bilingual("a generator left other traces", "检测到其他生成合成痕迹"),
    Basis.UNSEEN: Bilingual("a part could not be looked at", "有内容无法查看"),
}
REVIEWED: Final = {Basis.CONFLICT, Basis.MALFORMED, Basis.TAMPERED, Basis.HIDDEN, Basis.UNSEEN}  # a person decides
STATED: Final = {
    Status.GENERATED: Recognition.CONFIRMED,
    Status.POSSIBLE: Recognition.POSSIBLE,
    Status.SUSPECTED: Recognition.SUSPECTED,
}
READABLE: Final = {FaultKind.MISSING_PROPAGATOR, FaultKind.MISSING_RESERVED, FaultKind.CHARSET}  # the status stands
TRACES: Final = {NoticeKind.GENERATOR, NoticeKind.IPTC_SOURCE_TYPE}
CONCEALED: Final = {NoticeKind.EARLIER, NoticeKind.SIDECAR}
UNSEEN: Final = {
    NoticeKind.UNREAD,
    NoticeKind.POLYGLOT,
    NoticeKind.C2PA,
}  # what Content Credentials say is not read here

Ground = tuple[Basis, Recognition]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The standing of one file, with what it rests on in the order of `Basis`."""

    recognition: Recognition
    bases: tuple[Basis, ...] = ()
    declared: Declaration | None = None

    @property
    def review(self) -> bool:
        """Tell whether a person should look before the notice is shown."""
        return not REVIEWED.isdisjoint(self.bases)

    @property
    def notice(self) -> Bilingual | None:
        """Give the words to show beside the content, None where there is nothing to say."""
        return NOTICES.get(self.recognition)

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        notice = self.notice
        return {
            "declared": str(self.declared) if self.declared else None,
            "bases": [str(basis) for basis in self.bases],
            "grounds": [BASIS_NAMES[basis].said(lang) for basis in self.bases],
            "review": self.review,
            "notice": {"zh": notice.zh, "en": notice.en} if notice else None,
        }


def recognised(evidence: Evidence, label: Label | None, declared: Declaration | None = None) -> Intake:
    """Give the strongest standing for which there is a ground; `label` is the one valid label, if there is one.

    A declaration that the content is not AI-generated lowers nothing. What could not be looked at counts as suspected,
    unless the label confirms what it could have added. A label whose signature is wrong states nothing: somebody changed it
    or moved it here, so it is a trace.
    """
    grounds = [*_metadata(evidence, label), *_declaration(declared), *_traces(evidence)]
    if Basis.LABEL not in (basis for basis, _ in grounds) and _unseen(evidence):
        grounds.append((Basis.UNSEEN, Recognition.SUSPECTED))
    order = list(Recognition)
    strongest = min((standing for _, standing in grounds), key=order.index, default=Recognition.NONE)
    bases = dict.fromkeys(basis for basis in Basis if any(basis is one for one, _ in grounds))
    return Intake(recognition=strongest, bases=tuple(bases), declared=declared)


UNLOOKED: Final = Intake(recognition=Recognition.SUSPECTED, bases=(Basis.UNSEEN,))  # no report could be made at all


def _metadata(evidence: Evidence, label: Label | None) -> Iterator[Ground]:
    broken = _with_signatures(evidence, Proof.INVALID)
    stated = []
    if label is not None and not broken:
        yield Basis.LABEL, STATED[label.status]
    for reading in evidence.survey.readings:
        if reading.standing is Standing.HIDDEN or Repair.LOOKALIKE in reading.repairs:
            yield Basis.HIDDEN, Recognition.SUSPECTED
            continue
        if reading.text in broken:
            yield Basis.TAMPERED, Recognition.SUSPECTED
            continue
        found = understand(reading.text)
        status = found.values.get("Label", "")
        if status in tuple(Status) and all(fault.kind in READABLE for fault in found.faults):
            stated.append((STATED[Status(status)], tuple(sorted(found.values.items()))))
        else:
            yield Basis.MALFORMED, Recognition.SUSPECTED
    for standing, _ in stated if label is None else ():
        yield (Basis.CONFLICT if len(set(stated)) > 1 else Basis.LABEL), standing
    if _with_signatures(evidence, Proof.BLIND):
        yield Basis.UNSEEN, Recognition.SUSPECTED
    concealed = any(notice.kind in CONCEALED for notice in evidence.survey.notices)
    if evidence.residue or concealed:
        yield Basis.HIDDEN, Recognition.SUSPECTED


def _with_signatures(evidence: Evidence, proof: Proof) -> set[str]:
    """Give the texts of the labels whose producer's signature, or its binding to the content, came out so."""
    found = {
        seal.offset
        for seal in evidence.seals
        if seal.field == SPELLING["reserved1"] and proof in (seal.label, seal.bound, seal.content)
    }
    return {reading.text for reading in evidence.survey.readings if reading.offset in found}


def _declaration(declared: Declaration | None) -> Iterator[Ground]:
    if declared is Declaration.AI:
        yield Basis.DECLARED, Recognition.POSSIBLE


def _traces(evidence: Evidence) -> Iterator[Ground]:
    if evidence.sightings:
        yield Basis.MARK, Recognition.SUSPECTED
    if any(notice.kind in TRACES for notice in evidence.survey.notices):
        yield Basis.TRACE, Recognition.SUSPECTED


def _unseen(evidence: Evidence) -> bool:
    doubtful = evidence.marks_doubt is not None and not evidence.sightings
    if evidence.marks_looked is Looked.COULD_NOT or doubtful:
        return True
    return any(notice.kind in UNSEEN for notice in evidence.survey.notices)
