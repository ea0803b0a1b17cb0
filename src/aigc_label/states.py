"""Names what a file's label amounts to in one word, the worst first; the verdict says whether that is enough."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, Refused, UnsupportedFormat
from aigc_label.report import Finding, Report, Severity
from aigc_label.seal_rules import PRODUCER, trusted


class State(StrEnum):
    """What the label of a file is known to be. Only `trusted` and `declared` can be compliant, and neither has to be."""

    ERROR = "error"  # it could not be read, or something broke
    REFUSED = "refused"  # a bound on hostile files was met
    TAMPERED = "tampered"  # a signature is there, and wrong
    CONFLICT = "conflict"  # labels differ
    MALFORMED = "malformed"  # a label is there, and not as Annex E has it
    SUSPICIOUS = "suspicious"  # only where no reader looks, or only something like a label
    UNLABELLED = "unlabelled"  # everything was searched, nothing was found
    UNSUPPORTED = "unsupported"  # a part that could hold a label could not be read, or a signature not be checked
    DECLARED = "declared"  # one right label; nobody proves who wrote it
    TRUSTED = "trusted"  # the same, signed by the signer that was expected, for this content


STATE_NAMES: Final = {
    State.ERROR: Bilingual("could not be read", "无法读取"),
    State.REFUSED: Bilingual("a limit was met", "触及上限"),
    State.TAMPERED: Bilingual("changed after it was signed", "签名后被改动"),
    State.CONFLICT: Bilingual("labels contradict each other", "标识相互矛盾"),
    State.MALFORMED: Bilingual("not a right label", "标识有误"),
    State.SUSPICIOUS: Bilingual("traces out of place", "痕迹位置异常"),
    State.UNLABELLED: Bilingual("no label", "没有标识"),
    State.UNSUPPORTED: Bilingual("cannot be told", "无法判定"),
    State.DECLARED: Bilingual("declared, not proved", "已声明，未证明"),
    State.TRUSTED: Bilingual("signed by the expected signer for this content", "由预期签名者为此内容签名"),
}
OF_RULE: Final = {
    "SIG-001": State.TAMPERED,
    "SIG-002": State.TAMPERED,
    "LBL-003": State.CONFLICT,
    "LBL-004": State.SUSPICIOUS,
    "LBL-010": State.SUSPICIOUS,
    "LBL-011": State.SUSPICIOUS,
    "LBL-014": State.SUSPICIOUS,
    "LBL-016": State.SUSPICIOUS,
    "FMT-003": State.SUSPICIOUS,
    "LBL-001": State.UNLABELLED,
    "FMT-007": State.UNLABELLED,
    "LBL-012": State.UNSUPPORTED,
    "LBL-017": State.UNSUPPORTED,
    "SIG-003": State.UNSUPPORTED,
    "SIG-006": State.UNSUPPORTED,
}
POLICY_RULES: Final = ("LBL-108",)  # about what the caller wants, not about what the label is


def state_of(report: Report) -> State:
    """Give what the label of a judged file amounts to: the worst that a finding says of it."""
    found = {_of(finding) for finding in report.findings if finding.severity in (Severity.ERROR, Severity.UNDECIDED)}
    worst = next((state for state in State if state in found), None)
    if worst is not None:
        return worst
    if report.label is None:
        return State.UNSUPPORTED  # only the marks were looked at
    seals = [seal for seal in report.evidence.seals if seal.field == PRODUCER]
    return State.TRUSTED if seals and all(map(trusted, seals)) else State.DECLARED


def _of(finding: Finding) -> State | None:
    code = finding.rule.id
    if code in OF_RULE:
        return OF_RULE[code]
    return State.MALFORMED if code.startswith("LBL-") and code not in POLICY_RULES else None


def state_of_problem(problem: AigcLabelError | OSError) -> State:
    """Give the state of a file that could not be judged; never one that could pass."""
    if isinstance(problem, LimitExceeded | Refused):
        return State.REFUSED
    return State.UNSUPPORTED if isinstance(problem, UnsupportedFormat) else State.ERROR
