"""Holds what the rules found in one file, and the verdict and standing that follow from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.citing import cited
from aigc_label.errors import WrongUse
from aigc_label.evidence import Evidence, Sighting, Use
from aigc_label.label import Label
from aigc_label.recognition import Declaration, Gate, Intake, Recognition, recognised

SCHEMA: Final = "aigc-label/report/1"


class Severity(StrEnum):
    """What a finding does to the verdict."""

    ERROR = "error"  # non-compliant
    UNDECIDED = "undecided"  # could not look: undecidable, never a pass
    WARNING = "warning"  # worth a change; the verdict stands
    ADVICE = "advice"  # ours, or inferred: never more than a hint


class Grade(StrEnum):
    """How well a rule is founded."""

    NORMATIVE = "normative"  # the standard or the Measures, by two or more independent extractions
    GUIDE = "guide"  # a practice guide (TC260-PG), second-hand
    INFERRED = "inferred"  # follows from the above, by our reading
    OWN = "own"  # ours: good engineering, no duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the rule table; ids are never reused.

    `sentence` says what is wrong, `cause` why it usually happens, `remedy` what to do, `example` how a file breaks it.
    """

    id: str
    severity: Severity
    clause: str
    grade: Grade
    sentence: Bilingual
    cause: Bilingual
    remedy: Bilingual
    example: Bilingual

    @property
    def cited(self) -> Bilingual:
        """Give the clause as people of either language cite it; empty where the rule rests on none."""
        return cited(self.clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that was broken, with what exactly and where (a byte offset, where there is one)."""

    rule: Rule
    severity: Severity
    detail: Bilingual
    offset: int | None = None

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        return {
            "rule": self.rule.id,
            "severity": str(self.severity),
            "clause": self.rule.clause,
            "grade": str(self.rule.grade),
            "sentence": self.rule.sentence.said(lang),
            "detail": self.detail.said(lang),
            "remedy": self.rule.remedy.said(lang),
            "offset": self.offset,
        }


class Verdict(StrEnum):
    COMPLIANT = "compliant"
    NON_COMPLIANT = "non-compliant"
    UNLABELLED = "unlabelled"
    UNDECIDABLE = "undecidable"


VERDICT_NAMES: Final = {
    Verdict.COMPLIANT: Bilingual("compliant", "合规"),
    Verdict.NON_COMPLIANT: Bilingual("non-compliant", "不合规"),
    Verdict.UNLABELLED: Bilingual("unlabelled", "未标识"),
    Verdict.UNDECIDABLE: Bilingual("undecidable", "无法判定"),
}


class Scope(StrEnum):
    """What a verdict speaks of."""

    BOTH = "both"
    LABEL = "label"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Content supplied without an explicit mark at a user's request (Measures, Art. 9): why, and to whom.

    `recipient` is a reference to the record of the user, not personal data. Raises `WrongUse` where either is empty.
    """

    reason: str
    recipient: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.recipient.strip():
            raise WrongUse(
                Bilingual(
                    "a mark is waived only with a written reason and a reference to the recipient",
                    "免除显式标识须同时写明理由与提供对象",
                ),
                remedy=Bilingual(
                    "Give both: `--waive-mark --reason TEXT --recipient REFERENCE` (Measures, Art. 9).",
                    "请同时使用 `--waive-mark --reason 理由 --recipient 对象`（《标识办法》第九条）。",
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyUsed:
    """What a report repeats of the policy it was made by: the file's name and hash, and the waiver."""

    name: str = ""
    sha256: str = ""
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The judgement on one file: all evidence, all findings. `label` is the one valid label, if there is one.

    `gate` is who asked, and `declared` what the user who uploaded the file said of it; `use` is what a page was judged as.
    """

    evidence: Evidence
    findings: tuple[Finding, ...]
    label: Label | None
    scope: Scope
    ruleset: str
    tool: str
    gate: Gate = Gate.PRODUCER
    declared: Declaration | None = None
    policy: PolicyUsed | None = None
    use: Use = Use.CONTENT

    @property
    def path(self) -> str:
        return self.evidence.path

    @property
    def verdict(self) -> Verdict:
        """Compliant only where every look was possible and nothing was found wrong."""
        kinds = {finding.severity for finding in self.findings}
        if Severity.ERROR in kinds:
            return Verdict.UNLABELLED if self._bare() and Severity.UNDECIDED not in kinds else Verdict.NON_COMPLIANT
        return Verdict.UNDECIDABLE if Severity.UNDECIDED in kinds else Verdict.COMPLIANT

    def _bare(self) -> bool:
        evidence = self.evidence
        return not (evidence.survey.readings or evidence.sightings or evidence.residue or evidence.earlier)

    @property
    def recognition(self) -> Recognition:
        """The standing of Article 6, from metadata, declaration, marks and traces."""
        return self.intake.recognition

    @property
    def intake(self) -> Intake:
        """The same with what it rests on, whether a person should look, and the notice to show."""
        return recognised(self.evidence, self.label, self.declared)

    def to_dict(self, lang: Lang = Lang.EN) -> dict[str, Any]:
        """Give the report as JSON values; the schema is `docs/report.schema.json`."""
        evidence = self.evidence
        return {
            "schema": SCHEMA,
            "tool": self.tool,
            "ruleset": self.ruleset,
            "path": self.path,
            "format": evidence.format,
            "size": evidence.size,
            "scope": str(self.scope),
            "as": str(self.use),
            "verdict": str(self.verdict),
            "gate": str(self.gate),
            "recognition": str(self.recognition),
            "intake": self.intake.to_dict(lang) if self.gate is Gate.PLATFORM else None,
            "policy": asdict(self.policy) if self.policy else None,
            "label": self.label.to_fields() if self.label else None,
            "readings": [_plain(asdict(reading)) for reading in evidence.survey.readings],
            "sightings": [sighting_to_dict(sighting) for sighting in evidence.sightings],
            "notices": [_plain(asdict(notice)) for notice in evidence.survey.notices],
            "seals": [_plain({**asdict(seal), "detail": seal.detail.said(lang)}) for seal in evidence.seals],
            "residue": [_plain(asdict(residue)) for residue in evidence.residue],
            "marks_looked": str(evidence.marks_looked),
            "findings": [finding.to_dict(lang) for finding in self.findings],
        }


def sighting_to_dict(sighting: Sighting) -> dict[str, Any]:
    return _plain(asdict(sighting))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Turn enums and tuples into JSON's own kinds."""
    return {
        key: [str(v) for v in value]
        if isinstance(value, tuple)
        else str(value)
        if isinstance(value, StrEnum)
        else value
        for key, value in values.items()
    }
