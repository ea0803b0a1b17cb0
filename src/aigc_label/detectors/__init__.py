"""Looks at content as a person would and says what marks it perceives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Sighting
from aigc_label.formats import Format, Medium
from aigc_label.source import Source


@dataclass(frozen=True, slots=True)
class Seen:
    """The marks that were perceived, the most convincing first; of a film, how many of its seconds were watched."""

    sightings: tuple[Sighting, ...]
    seconds: float | None = None


def look(source: Source, row: Format, fonts: tuple[Path, ...] = ()) -> Seen:
    """Give what a person would perceive. `fonts` are typefaces to look for besides the shipped one.

    Raises `UnsupportedFormat` where nobody can look at this kind of content, and as the detectors do: not being able to
    look is never "nothing seen".
    """
    if row.medium is Medium.IMAGE:
        from aigc_label.detectors import pictures

        return Seen(pictures.look(source, row, fonts))
    if row.medium is Medium.VIDEO:
        from aigc_label.detectors import video

        watched = video.watch(source, row, fonts)
        return Seen(watched.sightings, watched.seconds)
    if row.medium is Medium.TEXT:
        from aigc_label.detectors import texts

        return Seen(texts.look(source, row))
    raise UnsupportedFormat(Bilingual(f"no detector for {row.medium} content", f"没有适用于 {row.medium} 内容的检测器"))
