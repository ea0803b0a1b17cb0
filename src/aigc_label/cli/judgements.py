"""Says what was judged: a report, or why there is none, as lines or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aigc_label.bilingual import Lang
from aigc_label.cli.console import Console, Style
from aigc_label.cli.intake import intake_text
from aigc_label.cli.printing import LEFT_OUT
from aigc_label.cli.starting import DEFECT, DONE, FINDING, NOT_PROCESSED, Invocation
from aigc_label.cli.telling import failure_text
from aigc_label.errors import Defect
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.recognition import Basis, Gate, Recognition
from aigc_label.report import VERDICT_NAMES, Finding, Report, Severity, Verdict
from aigc_label.settings import PRINTED
from aigc_label.telling.account import account_of
from aigc_label.telling.json_lines import line_of
from aigc_label.telling.names import waived

if TYPE_CHECKING:
    from aigc_label.batch.judging import Judged
    from aigc_label.batch.shares import Answer
    from aigc_label.cli.reporting import Reports

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


def judgement_answer(path: str, judged: Judged, invocation: Invocation, reports: Reports | None = None) -> Answer:
    """Give (status, kind, text for stdout, text for stderr, name, what the reports need) for one judged file."""
    if judged is None:
        return DONE, LEFT_OUT, "", "", path, ""
    console, form = invocation.console, invocation.text("format") if reports is None else reports.printed
    if isinstance(judged, Report):
        status, kind = status_of(judged), str(judged.verdict if judged.gate is Gate.PRODUCER else judged.recognition)
    else:
        status, kind = DEFECT if isinstance(judged, Defect) else NOT_PROCESSED, "failed"
    out = err = told = ""
    if form in PRINTED[1:]:
        out = line_of(account_of(path, judged, gate=Gate(invocation.text("gate"))), console.lang)
    elif form and isinstance(judged, Report):
        out = "" if console.quiet and status == DONE else report_text(judged, console)
    elif form and not isinstance(judged, Report):
        err = failure_text(judged, path, console)
    if reports is not None:
        told = reports.told(reports.account(path, judged))
    return status, kind, out, err, path, told


def recorded_text(values: dict[str, Any], invocation: Invocation) -> Answer:
    """Give the answer on a file that an earlier run judged, from the report that its ledger holds."""
    verdict = Verdict(values["verdict"])
    status, path = STATUS[verdict], values["path"]
    if invocation.text("format") != "text":
        return status, str(verdict), json_text(with_exact_paths(values)), "", path, ""
    console = invocation.console
    if console.quiet and status == DONE:
        return status, str(verdict), "", "", path, ""
    paint = console.out_paint
    rules = " ".join(dict.fromkeys(finding["rule"] for finding in values["findings"]))
    styles = {Verdict.COMPLIANT: Style.GOOD, Verdict.UNDECIDABLE: Style.UNSURE}
    said = paint(console.say(VERDICT_NAMES[verdict]), styles.get(verdict, Style.BAD))
    return status, str(verdict), f"{said}  {paint(path, Style.NAME)}  {paint(rules)}".rstrip(), "", path, ""


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
    if report.policy is not None and report.policy.waiver is not None:
        lines.append(f"  {paint(console.say(waived(report.policy.waiver)), Style.UNSURE)}")
    lines += [finding_text(finding, console) for finding in report.findings if _matters(finding, console)]
    return "\n".join(lines)


def _matters(finding: Finding, console: Console) -> bool:
    return console.verbose or finding.severity is not Severity.ADVICE


def finding_text(finding: Finding, console: Console, indent: str = "  ") -> str:
    styles = {Severity.ERROR: Style.BAD, Severity.UNDECIDED: Style.UNSURE, Severity.WARNING: Style.UNSURE}
    paint, lang, rule = console.out_paint, console.lang, finding.rule
    at = f"@{finding.offset}" if finding.offset is not None else ""
    detail, clause = finding.detail.said(lang), rule.cited.said(lang)
    line = f"{indent}{paint(rule.id + at, styles.get(finding.severity, Style.FAINT))} {paint(rule.sentence.said(lang))}"
    gap, left, right = ("", "（", "）") if lang is Lang.ZH else (" ", "(", ")")
    line += gap + paint(f"{left}{detail}{right}") if detail else ""
    line += f" {paint(f'[{clause}]', Style.FAINT)}" if clause else ""
    return f"{line}\n{indent}  → {paint(rule.remedy.said(lang))}"
