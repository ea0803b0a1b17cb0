"""Says what is wrong with a mark that was heard, by the rules of clause 5.3; no names of rules but theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.evidence import Evidence, Moment, Sighting, SightingKind
from aigc_label.marking import RHYTHM, complies

CLEAR: Final = 6.0  # decibels between the tones and what sounds with them; ours: 5.3 f says only "clear"
NORMAL_RATE: Final = (120.0, 160.0)  # characters a minute: GB 45438-2025, 5.3 note 4, which says "about"
ABOUT: Final = 0.05  # by so much of it
GRAVE: Final = ("AUD-002", "AUD-003")  # a mark with one of these is no mark; the rest is advice on a mark

Complaint = tuple[str, Bilingual]


def complaints(evidence: Evidence) -> tuple[Complaint, ...]:
    """Give the rules that the best mark of a sound breaks, each with its detail; AUD-001 or AUD-006 where none was heard."""
    if not evidence.sightings:
        return (("AUD-006", evidence.marks_doubt),) if evidence.marks_doubt is not None else (("AUD-001", NOTHING),)
    judged = [tuple(_wrong(sighting)) for sighting in evidence.sightings]
    return min(judged, key=lambda wrong: 10 * sum(code in GRAVE for code, _ in wrong) + len(wrong))


def sounds_right(sighting: Sighting) -> bool:
    """Tell whether what was heard is a mark: the rhythm in its order, or words with both elements."""
    return not any(code in GRAVE for code, _ in _wrong(sighting))


def _wrong(sighting: Sighting) -> Iterator[Complaint]:
    said = Bilingual(f"“{sighting.text}”", f"“{sighting.text}”")
    if sighting.kind is SightingKind.RHYTHM:
        if not sighting.text.startswith(RHYTHM):
            yield "AUD-003", said
        elif sighting.clearance is not None and sighting.clearance < CLEAR:
            clearance = f"{sighting.clearance:.0f} dB"
            yield "AUD-007", Bilingual(f"{clearance} above what sounds with it", f"比同时的其他声音高 {clearance}")
    else:
        if not complies(sighting.text):
            yield "AUD-002", said
        if sighting.rate is not None and not _normal(sighting.rate):
            rate = f"{sighting.rate:.0f}"
            yield "AUD-005", Bilingual(f"{rate} characters a minute", f"每分钟 {rate} 字")
    if sighting.moment is Moment.MIDDLE:
        at = f"{sighting.start or 0.0:.1f}"
        yield "AUD-004", Bilingual(f"it begins after {at} s", f"始于第 {at} 秒")


def _normal(rate: float) -> bool:
    slowest, fastest = NORMAL_RATE
    return slowest * (1 - ABOUT) <= rate <= fastest * (1 + ABOUT)
