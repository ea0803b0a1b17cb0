"""Says what was judged: a report, or why there is none, as lines or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aigc_label.cli.console import Console, Style
from aigc_label.cli.intake import intake_text
from aigc_label.cli.printing import LEFT_OUT
from aigc_label.cli.starting import DEFECT, DONE, FINDING, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import failure_text
from aigc_label.errors import AigcLabelError, Defect
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.order import error_to_dict
from aigc_label.recognition import UNLOOKED, Basis, Gate, Recognition
from aigc_label.report import SCHEMA, VERDICT_NAMES, Finding, Report, Severity, Verdict

if TYPE_CHECKING:
    from aigc_label.batch.judging import Judged
    from aigc_label.batch.shares import Answer

STATUS: Final = {
    Verdict.COMPLIANT: DONE,
    Verdict.NON_COMPLIANT: FINDING,
    Verdict.UNLABELLED: FINDING,
    Verdict.UNDECIDABLE: NOT_PROCESSED,
}


def status_of(report: Report) -> int:
    """Give the exit status for one report: a platform's says whether a notice is due, a producer's whether it complies."""
    if report.gate is Gate.PRODUCER:
        return STATUS[report.verdict]
    if Basis.UNSEEN in report.intake.bases:
        return NOT_PROCESSED
    return DONE if report.recognition is Recognition.NONE else FINDING


def judgement_answer(path: str, judged: Judged, invocation: Invocation) -> Answer:
    """Give (status, kind, text for stdout, text for stderr, name) for one judged file."""
    console, text = invocation.console, invocation.text("format") == "text"
    if judged is None:
        return DONE, LEFT_OUT, "", "", path
    if isinstance(judged, Report):
        status, kind = status_of(judged), judged.verdict if judged.gate is Gate.PRODUCER else judged.recognition
        if not text:
            told = json_text(with_exact_paths(judged.to_dict(console.lang)))
        else:
            told = "" if console.quiet and status == DONE else report_text(judged, console)
        return status, str(kind), told, "", path
    status = DEFECT if isinstance(judged, Defect) else NOT_PROCESSED
    if text:
        return status, "failed", "", failure_text(judged, path, console), path
    return status, "failed", json_text(with_exact_paths(_unjudged(path, judged, invocation))), "", path


def recorded_text(values: dict[str, Any], invocation: Invocation) -> Answer:
    """Give the answer on a file that an earlier run judged, from the report that its ledger holds."""
    verdict = Verdict(values["verdict"])
    status, path = STATUS[verdict], values["path"]
    if invocation.text("format") != "text":
        return status, str(verdict), json_text(with_exact_paths(values)), "", path
    console = invocation.console
    if console.quiet and status == DONE:
        return status, str(verdict), "", "", path
    paint = console.out_paint
    rules = " ".join(dict.fromkeys(finding["rule"] for finding in values["findings"]))
    styles = {Verdict.COMPLIANT: Style.GOOD, Verdict.UNDECIDABLE: Style.UNSURE}
    said = paint(console.say(VERDICT_NAMES[verdict]), styles.get(verdict, Style.BAD))
    return status, str(verdict), f"{said}  {paint(path, Style.NAME)}  {paint(rules)}".rstrip(), "", path


def _unjudged(path: str, problem: AigcLabelError | OSError, invocation: Invocation) -> dict[str, Any]:
    gate, lang = Gate(invocation.text("gate")), invocation.console.lang
    return {
        "schema": SCHEMA,
        "path": path,
        "verdict": str(Verdict.UNDECIDABLE),
        "gate": str(gate),
        "recognition": str(UNLOOKED.recognition) if gate is Gate.PLATFORM else None,
        "intake": UNLOOKED.to_dict(lang) if gate is Gate.PLATFORM else None,
        "error": error_to_dict(problem, lang),
    }


def report_text(report: Report, console: Console) -> str:
    """Give the lines on one judged file: verdict, label, findings with remedies; a platform's with standing and notice."""
    if report.gate is Gate.PLATFORM:
        return intake_text(report, console)
    styles = {Verdict.COMPLIANT: Style.GOOD, Verdict.UNDECIDABLE: Style.UNSURE}
    paint, lang = console.out_paint, console.lang
    verdict = VERDICT_NAMES[report.verdict].said(lang)
    lines = [f"{paint(verdict, styles.get(report.verdict, Style.BAD))}  {paint(report.path or '-', Style.NAME)}"]
    if report.label is not None and console.verbose:
        lines.append(f"  {paint(report.label.to_json())}")
    lines += [finding_text(finding, console) for finding in report.findings if _matters(finding, console)]
    return "\n".join(lines)


def _matters(finding: Finding, console: Console) -> bool:
    return console.verbose or finding.severity is not Severity.ADVICE


def finding_text(finding: Finding, console: Console, indent: str = "  ") -> str:
    styles = {Severity.ERROR: Style.BAD, Severity.UNDECIDED: Style.UNSURE, Severity.WARNING: Style.UNSURE}
    paint, lang, rule = console.out_paint, console.lang, finding.rule
    at = f"@{finding.offset}" if finding.offset is not None else ""
    detail = finding.detail.said(lang)
    line = f"{indent}{paint(rule.id + at, styles.get(finding.severity, Style.FAINT))} {paint(rule.sentence.said(lang))}"
    line += f" {paint(f'({detail})' if detail else '')}".rstrip()
    clause = f"[{rule.clause}]" if rule.clause != "none" else ""
    return f"{line} {paint(clause, Style.FAINT)}\n{indent}  → {paint(rule.remedy.said(lang))}"
