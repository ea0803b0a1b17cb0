"""Looks at content as a person would and says what marks it perceives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Box, Eyes, Reach, Sighting, SightingKind, Span, Use
from aigc_label.formats import Format, Medium
from aigc_label.source import Source


@dataclass(frozen=True, slots=True)
class Seen:
    """The marks that were perceived, the most convincing first; of a film, how many of its seconds were watched.

    `doubt` says why nothing perceived may not mean that nothing is there.
    """

    sightings: tuple[Sighting, ...]
    seconds: float | None = None
    doubt: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked for besides what ships with the package: typefaces, and voices with the words that they speak.

    `eyes` are who looks, `near` is where a mark was drawn: looked at first. `around` names the places in a sound that are
    listened to instead of its ends, `kinds` what is listened for. `use` is what a page is looked at as.
    """

    fonts: tuple[Path, ...] = ()
    eyes: Eyes = Eyes.ALL
    near: Box | None = None
    voices: tuple[tuple[Path, str], ...] = ()
    reach: Reach = Reach.ENDS
    around: tuple[Span, ...] = ()
    kinds: tuple[SightingKind, ...] = (SightingKind.RHYTHM, SightingKind.VOICE)
    use: Use = Use.CONTENT


NOTHING_MORE = Asked()


def look(source: Source, row: Format, asked: Asked = NOTHING_MORE) -> Seen:
    """Give what a person would perceive.

    Raises `UnsupportedFormat` where nobody can look at this kind of content, and as the detectors do: not being able to
    look is never "nothing seen".
    """
    if row.medium is Medium.IMAGE:
        from aigc_label.detectors import pictures, seeing

        return Seen(pictures.look(source, row, asked), doubt=seeing.doubt_of(asked))
    if row.medium is Medium.VIDEO:
        from aigc_label.detectors import video

        return video.watch(source, row, asked)
    if row.medium is Medium.AUDIO:
        from aigc_label.detectors import sounds

        heard = sounds.listen(source, row, asked)
        return Seen(heard.sightings, doubt=heard.doubt)
    if row.medium_as(asked.use) is Medium.INTERFACE:
        from aigc_label.detectors import interfaces

        sightings, doubt = interfaces.look(source)
        return Seen(sightings, doubt=doubt)
    if row.medium is Medium.TEXT:
        from aigc_label.detectors import texts

        return Seen(texts.look(source, row))
    if row.name in ("ooxml", "odf", "epub"):
        from aigc_label.detectors import documents

        sightings, doubt = documents.look(source, row)
        return Seen(sightings, doubt=doubt)
    if row.name == "pdf":
        from aigc_label.detectors import pdf

        return Seen(pdf.look(source, asked))
    if row.name in ("gltf", "glb"):
        from aigc_label.detectors import scenes

        return Seen(scenes.look(source, asked.fonts))
    raise UnsupportedFormat(Bilingual(f"nobody here can look at {row.title}", f"没有适用于 {row.title_zh} 的检测器"))
