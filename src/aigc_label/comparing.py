"""Says what a transcode or an upload did to a file: to its label, to its mark, to its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aigc_label.api import verify
from aigc_label.bilingual import Bilingual
from aigc_label.dialects import understand
from aigc_label.evidence import Looked, Reading, Sighting, Standing
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.placing import Content
from aigc_label.policy import DEFAULT_POLICY, Policy
from aigc_label.report import Report, Verdict

SCHEMA: Final = "aigc-label/comparison/1"
PLACED: Final = (Standing.PRIMARY, Standing.CHOSEN, Standing.COPY)
NEAR: Final = 0.05  # of width and height, by which a mark's middle may differ and stay where it was
ALIKE: Final = 0.1  # of its height, by which a mark's letters may differ and stay as large


class Change(StrEnum):
    """What became of a label or a mark."""

    ABSENT = "absent"  # there was none, and there is none
    KEPT = "kept"
    MOVED = "moved"  # the same, at another place
    CHANGED = "changed"
    ADDED = "added"
    LOST = "lost"
    UNKNOWN = "unknown"  # one of the two could not be looked at


CHANGE_NAMES: Final = {
    Change.ABSENT: Bilingual("none", "无"),
    Change.KEPT: Bilingual("kept", "保留"),
    Change.MOVED: Bilingual("moved", "位置改变"),
    Change.CHANGED: Bilingual("changed", "内容改变"),
    Change.ADDED: Bilingual("added", "新增"),
    Change.LOST: Bilingual("lost", "丢失"),
    Change.UNKNOWN: Bilingual("unknown", "无法判定"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two reports on what should be the same content, and what lies between them."""

    before: Report
    after: Report

    @property
    def label(self) -> Change:
        """Give what became of the label; one that is only found in a hidden place afterwards is lost."""
        was, now = _stated(self.before), _stated(self.after)
        if not was or not now:
            return _appearance(bool(was), bool(now))
        if {_said(one) for one in was} != {_said(one) for one in now}:
            return Change.CHANGED
        if {one.carrier for one in was} == {one.carrier for one in now}:
            return Change.KEPT
        placed = all(one.standing in PLACED for one in (*was, *now))
        return Change.KEPT if placed and self.before.evidence.format != self.after.evidence.format else Change.MOVED

    @property
    def mark(self) -> Change:
        """Give what became of the mark: words, form, place and height, of the most convincing one of each file."""
        if Looked.COULD_NOT in (self.before.evidence.marks_looked, self.after.evidence.marks_looked):
            return Change.UNKNOWN
        was, now = self.before.evidence.sightings, self.after.evidence.sightings
        if not was or not now:
            return _appearance(bool(was), bool(now))
        return _between(was[0], now[0])

    @property
    def lost(self) -> bool:
        """Tell whether label or mark are lost, or a file that complied no longer does."""
        worse = self.before.verdict is Verdict.COMPLIANT is not self.after.verdict
        return worse or Change.LOST in (self.label, self.mark)

    @property
    def unknown(self) -> bool:
        """Tell whether something could not be looked at."""
        return Change.UNKNOWN in (self.label, self.mark)

    def to_dict(self) -> dict[str, Any]:
        """Give the comparison as JSON values; the schema is `docs/comparison.schema.json`."""
        return {
            "schema": SCHEMA,
            "tool": self.after.tool,
            "ruleset": self.after.ruleset,
            "label": str(self.label),
            "mark": str(self.mark),
            "lost": self.lost,
            "before": _side(self.before),
            "after": _side(self.after),
        }


def compare(
    before: Content, after: Content, policy: Policy = DEFAULT_POLICY, limits: Limits = DEFAULT_LIMITS
) -> Comparison:
    """Look at both files and give what lies between them. Raises what `verify` raises."""
    return Comparison(before=verify(before, policy, limits), after=verify(after, policy, limits))


def _stated(report: Report) -> tuple[Reading, ...]:
    return report.evidence.survey.present


def _said(reading: Reading) -> tuple[tuple[str, str], ...] | str:
    """Give the fields of a label text in any spelling; a text that is none counts as it stands."""
    return tuple(sorted(understand(reading.text).values.items())) or reading.text


def _appearance(was: bool, now: bool) -> Change:
    return {(True, False): Change.LOST, (False, True): Change.ADDED}.get((was, now), Change.ABSENT)


def _between(was: Sighting, now: Sighting) -> Change:
    same = (was.kind, "".join(was.text.split())) == (now.kind, "".join(now.text.split()))
    tall, low = (one.height_share or 0.0 for one in (was, now))
    if not same or abs(tall - low) > ALIKE * tall:
        return Change.CHANGED
    stood, stands = ((one.across or 0.0, one.down or 0.0) for one in (was, now))
    moved = max(abs(stood[0] - stands[0]), abs(stood[1] - stands[1])) > NEAR or was.moment is not now.moment
    return Change.MOVED if moved else Change.KEPT


def _side(report: Report) -> dict[str, Any]:
    mark = report.evidence.sightings[0] if report.evidence.sightings else None
    return {
        "path": report.path,
        "format": report.evidence.format,
        "size": report.evidence.size,
        "verdict": str(report.verdict),
        "recognition": str(report.recognition),
        "label": report.label.to_fields() if report.label else None,
        "carriers": [reading.carrier for reading in report.evidence.survey.readings],
        "mark": mark.text if mark else None,
        "findings": [finding.rule.id for finding in report.findings],
    }
