"""Reads and writes the label inside an XMP packet, whichever container carries the packet."""

from __future__ import annotations

from typing import Final

from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import xmp
from aigc_label.label import KEY, NAMESPACE, PREFIX
from aigc_label.limits import Limits

IPTC: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
AI_SOURCE_TYPES: Final = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia")
C2PA_TERMS: Final = "http://purl.org/dc/terms/"


def survey(packet: bytes, offset: int, carrier: str, standing: Standing, limits: Limits) -> Survey:
    """Give the labels in a packet that begins at `offset` of its file.

    A packet that cannot be parsed gives an UNREAD notice, not an error: the rest of the file is still judged, and an
    unread packet never counts as "no label". `LimitExceeded` and a DTD are treated the same way.
    """
    readings: list[Reading] = []
    notices: list[Notice] = []
    try:
        for prop in xmp.properties(packet, limits):
            repairs = _repairs(prop)
            if repairs is not None:
                place = Standing.HIDDEN if Repair.LOOKALIKE in repairs else standing
                at = offset + prop.start
                readings.append(Reading(carrier=carrier, standing=place, text=prop.text, offset=at, repairs=repairs))
            elif prop.namespace == IPTC and prop.name.lower() == "digitalsourcetype":
                if prop.text.rstrip("/").rpartition("/")[2] in AI_SOURCE_TYPES:
                    notices.append(
                        Notice(kind=NoticeKind.IPTC_SOURCE_TYPE, offset=offset + prop.start, detail=prop.text)
                    )
            elif prop.namespace == C2PA_TERMS and prop.name == "provenance":
                notices.append(Notice(kind=NoticeKind.C2PA, offset=offset + prop.start, detail="dcterms:provenance"))
    except AigcLabelError as problem:
        notices.append(Notice(kind=NoticeKind.UNREAD, offset=offset, detail=f"XMP: {problem.what.en}"))
    return Survey(readings=tuple(readings), notices=tuple(notices))


def _repairs(prop: xmp.Property) -> tuple[Repair, ...] | None:
    """Give the repairs it takes to see this property as the label; None where it has nothing to do with one."""
    if KEY not in prop.name.upper() and not _resembles(prop.name):
        return None
    repairs = []
    if prop.namespace != NAMESPACE:
        repairs.append(Repair.LOOKALIKE)
    if prop.name != KEY:
        repairs.append(Repair.NAME_CASE if prop.name.upper() == KEY else Repair.NAME_CONTAINS)
    if prop.attribute:
        repairs.append(Repair.ATTRIBUTE)
    if prop.nested:
        repairs.append(Repair.NESTED)
    return tuple(repairs)


LOOKALIKES: Final = str.maketrans("ＡＩＧＣａｉｇｃАІСаісΑΙ", "AIGCaigcAICaicAI")  # full-width, Cyrillic, Greek


def _resembles(name: str) -> bool:
    return name.translate(LOOKALIKES).upper() == KEY


def with_label(packet: bytes | None, text: str, limits: Limits) -> bytes:
    """Give the packet with `text` as its only label; a new, padded packet where there is none.

    Every other property stays as it is, byte for byte; the size stays the same where the padding allows it. Raises
    `MalformedFile` where the existing packet cannot be parsed: it is not ours to throw away.
    """
    if packet is None:
        return xmp.new_packet(NAMESPACE, PREFIX, KEY, text)

    def is_label(prop: xmp.Property) -> bool:
        return prop.namespace == NAMESPACE and prop.name.upper() == KEY

    return xmp.with_property(packet, (NAMESPACE, PREFIX, KEY), text, is_label, limits)


def without_label(packet: bytes, limits: Limits) -> bytes:
    """Give a secondary packet (an Extended XMP, a second item) without any label, of the same size where possible."""
    doomed = [p for p in xmp.properties(packet, limits) if p.namespace == NAMESPACE and p.name.upper() == KEY]
    for prop in reversed(doomed):
        packet = packet[: prop.start] + b" " * (prop.end - prop.start) + packet[prop.end :]
    return packet


def merged(surveys: list[Survey]) -> Survey:
    """Give several surveys of one file as one, in file order."""
    return Survey(
        readings=tuple(sorted((r for s in surveys for r in s.readings), key=lambda r: r.offset)),
        notices=tuple(sorted((n for s in surveys for n in s.notices), key=lambda n: n.offset)),
    )
