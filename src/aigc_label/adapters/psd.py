"""Labels Photoshop pictures (PSD, PSB): XMP in image resource 1060, every layer and resource kept as it is."""

from __future__ import annotations

from typing import Final

from aigc_label import exif_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded
from aigc_label.evidence import Standing, Survey
from aigc_label.grammars import psd
from aigc_label.grammars.psd import Resource, Sections
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, replaced

MOST: Final = (1 << 32) - 1  # bytes of the resource section, whose length has four bytes in PSB too

Edits = list[tuple[int, int, bytes]]


def read(source: Source) -> Survey:
    """Give every label text in the picture's resources. No guide names PSD: resource 1060 is our documented choice."""
    found: list[Survey] = []
    standing = Standing.CHOSEN
    for part in psd.resources(source, psd.sections_of(source)):
        if part.number == psd.XMP:
            found.append(xmp_label.survey(part.data(source), part.data_at, "psd.xmp", standing, source.limits))
            standing = Standing.COMPATIBLE  # a second packet is one too many
        elif part.number == psd.EXIF:
            found.append(exif_label.survey(part.data(source), part.data_at, "psd.exif", source.limits))
    return xmp_label.merged(found)


def plan(source: Source, text: str) -> Plan:
    """Give the picture with the label in resource 1060; labels in other resources are blanked where they are.

    Nothing in the file counts from its start, so the sections behind may move. Raises `LimitExceeded` where the
    resources would grow over 4 GiB.
    """
    sections = psd.sections_of(source)
    edits: Edits = []
    own: Resource | None = None
    end = sections.resources
    for part in psd.resources(source, sections):
        end = min(part.end, sections.end)
        if part.number == psd.EXIF:
            edits += _exif_blanks(source, part)
        elif part.number == psd.XMP and own is not None:
            edits += _exchanged(source, sections, part, xmp_label.without_label(part.data(source), source.limits))
        elif part.number == psd.XMP:
            own = part
            edits += _exchanged(source, sections, part, xmp_label.with_label(part.data(source), text, source.limits))
    if own is None:
        edits.append((end, end, psd.resource(psd.XMP, xmp_label.with_label(None, text, source.limits))))
    return replaced(source.size, [*_length(sections, edits), *edits])


def _exchanged(source: Source, sections: Sections, part: Resource, new: bytes) -> Edits:
    """Give the edit that exchanges a resource's data; its name stays."""
    if new == part.data(source):
        return []
    end = part.data_at + part.size
    if len(new) == part.size:
        return [(part.data_at, end, new)]
    padded = min(part.end, sections.end)  # the last resource may lack its padding
    return [(part.data_at - 4, padded, len(new).to_bytes(4, "big") + new + b"\0" * (len(new) % 2))]


def _exif_blanks(source: Source, part: Resource) -> Edits:
    block = BytesSource(part.data(source), limits=source.limits)
    return [(part.data_at + start, part.data_at + end, new) for start, end, new in exif_label.blanks(block)]


def _length(sections: Sections, edits: Edits) -> Edits:
    grown = sum(len(new) - (end - start) for start, end, new in edits)
    length = sections.end - sections.resources + grown
    if length > MOST:
        raise LimitExceeded(Bilingual("the image resources are full", "图像资源区已满"), limit="block")
    return [(sections.length_at, sections.length_at + 4, length.to_bytes(4, "big"))] if grown else []


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the header, the colour mode data (a palette), the layers and the merged picture: all but the resources."""
    sections = psd.sections_of(source)
    return (Keep(0, sections.length_at), Keep(sections.end, source.size - sections.end))
