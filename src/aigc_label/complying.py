"""Finds a mark in the content that meets clause 5 of GB 45438-2025: one to leave as it is, or the one just made."""

from __future__ import annotations

from dataclasses import replace

from aigc_label.detectors import Asked
from aigc_label.evidence import Reach, Sighting, SightingKind
from aigc_label.formats import Format, Medium
from aigc_label.marking import EDGE_BAND, MIN_CONTRAST, MIN_HEIGHT_SHARE, complies, long_enough
from aigc_label.sound_rules import sounds_right
from aigc_label.source import Source


def complying(source: Source, row: Format, floor: float, asked: Asked) -> Sighting | None:
    """Give a mark in the content that meets clauses 5.2, 5.3 or 5.4, if one is seen or heard."""
    from aigc_label.detectors import look

    film = row.medium is Medium.VIDEO  # a mark that its first picture lacks does not comply, however long it stays
    seen = look(source, row, replace(asked, reach=Reach.OPENING) if film else asked)
    if row.medium is Medium.AUDIO:
        return next((sighting for sighting in seen.sightings if sounds_right(sighting)), None)
    for sighting in seen.sightings:
        share, contrast = sighting.height_share or 0.0, sighting.contrast or 0.0
        if sighting.kind is SightingKind.TEXT:  # 5.1 asks for no size and no edge
            if complies(sighting.text) and (sighting.contrast is None or contrast >= MIN_CONTRAST):
                return sighting
            continue
        legible = share >= min(floor, MIN_HEIGHT_SHARE) and contrast >= MIN_CONTRAST
        at_edge = sighting.edge_share is None or sighting.edge_share <= max(EDGE_BAND, share)
        if (
            complies(sighting.text)
            and legible
            and at_edge
            and not sighting.start
            and long_enough(sighting.seconds, seen.seconds)
        ):
            return sighting
    return None
