"""Gives every trace of a label in a file, wherever it lies, with the rule that decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aigc_label.api import gather
from aigc_label.bilingual import Lang
from aigc_label.byte_map import Stretch, byte_map
from aigc_label.dialects import understand
from aigc_label.evidence import Reading, Residue
from aigc_label.policy import Policy
from aigc_label.report import Report
from aigc_label.residue import scan
from aigc_label.rules import judge
from aigc_label.source import Source

SCHEMA: Final = "aigc-label/explanation/1"
AROUND: Final = 4096  # bytes around a reading in which a raw trace most likely belongs to it (its packet, its segment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A judged file with the raw traces among its bytes, and the map of them.

    `owners` gives for each raw trace the number of its reading, if any.
    """

    report: Report
    raw: tuple[Residue, ...]
    owners: tuple[int | None, ...]
    bytes: tuple[Stretch, ...]

    def rules_at(self, offset: int) -> list[str]:
        return [finding.rule.id for finding in self.report.findings if finding.offset == offset]


def traced(source: Source, policy: Policy) -> Trace:
    """Give all evidence, the raw traces among all bytes included, and the judgement on it."""
    evidence = gather(source, policy)
    raw = tuple(scan(source))
    return Trace(
        report=judge(evidence, policy),
        raw=raw,
        owners=tuple(_owner(r.offset, evidence.survey.readings) for r in raw),
        bytes=byte_map(source, evidence, raw),
    )


def _owner(offset: int, readings: tuple[Reading, ...]) -> int | None:
    """Give the number of the reading that a raw trace lies in or right beside, None where it stands alone."""
    near = [
        (abs(offset - reading.offset), number)
        for number, reading in enumerate(readings, 1)
        if reading.offset - AROUND <= offset <= reading.offset + 6 * len(reading.text) + AROUND
    ]
    return min(near)[1] if near else None


def explanation(trace: Trace, lang: Lang) -> dict[str, Any]:
    """Give the explanation as JSON values: a report, each reading with its fields, repairs, faults and rules."""
    values = trace.report.to_dict(lang)
    values["schema"] = SCHEMA
    for row, reading in zip(values["readings"], trace.report.evidence.survey.readings, strict=True):
        understanding = understand(reading.text)
        row["fields"] = dict(understanding.values)
        row["extra"] = dict(understanding.extra)
        row["text_repairs"] = [str(repair) for repair in understanding.repairs]
        row["faults"] = [fault.detail.said(lang) for fault in understanding.faults]
        row["rules"] = trace.rules_at(reading.offset)
    values["raw_traces"] = [
        {"offset": residue.offset, "excerpt": residue.excerpt, "reading": owner}
        for residue, owner in zip(trace.raw, trace.owners, strict=True)
    ]
    values["bytes"] = [stretch.to_dict() for stretch in trace.bytes]
    return values
