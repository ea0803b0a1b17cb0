"""Says what of a mark a caller's policy objects to, over and above the standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.evidence import Evidence, Sighting, SightingKind
from aigc_label.marking import MIN_SECONDS, TIMING, Place
from aigc_label.policy import MarkPolicy

Objection = tuple[str, Bilingual]  # a rule of the family POL, and the detail
REACH: Final = {"left": (0.0, 0.5), "right": (0.5, 1.0), "top": (0.0, 0.5), "bottom": (0.5, 1.0)}
MIDDLE: Final = (0.25, 0.75)


def objections(evidence: Evidence, policy: MarkPolicy) -> tuple[Objection, ...]:
    """Give what the policy finds wrong with the best mark of a file; nothing where there is none: that breaks a clause."""
    judged = [tuple(objected(sighting, evidence.watched, policy)) for sighting in evidence.sightings]
    return min(judged, key=len, default=())


def objected(sighting: Sighting, watched: float | None, policy: MarkPolicy) -> Iterator[Objection]:
    """Give what the policy finds wrong with one mark. What was not measured does not meet it."""
    if policy.forms and sighting.kind not in policy.forms:
        yield "POL-003", Bilingual(str(sighting.kind), str(sighting.kind))
    if policy.wording and sighting.kind is not SightingKind.RHYTHM and not _says(sighting, policy):
        yield "POL-001", Bilingual(f"“{sighting.text}”", f"“{sighting.text}”")
    if policy.places and not any(_stands(sighting, place) for place in policy.places):
        yield "POL-002", _where(sighting)
    if policy.moments and sighting.moment not in policy.moments:
        yield "POL-002", Bilingual(str(sighting.moment or "?"), str(sighting.moment or "?"))
    longer = policy.min_seconds > MIN_SECONDS  # the standard's own floor is VID-007
    if watched is not None and longer and (sighting.seconds or 0.0) < min(policy.min_seconds, watched) - TIMING:
        shown = f"{sighting.seconds or 0.0:.2f}"
        yield "POL-004", Bilingual(f"it is shown for {shown} s", f"显示时长 {shown} 秒")


def _says(sighting: Sighting, policy: MarkPolicy) -> bool:
    return any(_plain(words) in _plain(sighting.text) for words in policy.wording)


def _plain(words: str) -> str:
    return "".join(words.split())


def _stands(sighting: Sighting, place: Place) -> bool:
    """Tell whether the middle of a mark lies on the side or in the quarter that a place names."""
    if sighting.across is None or sighting.down is None:
        return False
    sides = place.value.split("-")
    wide = next((REACH[side] for side in sides if side in ("left", "right")), MIDDLE)
    high = next((REACH[side] for side in sides if side in ("top", "bottom")), MIDDLE)
    return wide[0] <= sighting.across <= wide[1] and high[0] <= sighting.down <= high[1]


def _where(sighting: Sighting) -> Bilingual:
    if sighting.across is None or sighting.down is None:
        return Bilingual("its place is not known", "位置未知")
    across, down = f"{sighting.across:.0%}", f"{sighting.down:.0%}"
    return Bilingual(f"its middle is at {across}, {down} of width and height", f"中心位于宽、高的 {across}、{down}")
