"""Reads and writes the label inside an XMP packet, whichever container carries the packet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, InvalidLabel
from aigc_label.evidence import Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import xmp
from aigc_label.grammars.rdf import Property
from aigc_label.label import KEY, NAMESPACE, PREFIX
from aigc_label.limits import Limits

IPTC: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"  # IPTC NewsCodes
AI_SOURCE_TYPES: Final = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia")
C2PA_TERMS: Final = "http://purl.org/dc/terms/"
WORDS: Final = ("Label", "ContentProducer", KEY)  # one of them stands in any label text, however it is encoded


def survey(packet: bytes, offset: int, carrier: str, standing: Standing, limits: Limits) -> Survey:
    """Give the labels in a packet that begins at `offset` of its file.

    A packet that cannot be parsed gives an UNREAD notice, not an error: the rest of the file is still judged, and an
    unread packet never counts as "no label". `LimitExceeded` and a DTD are treated the same way.
    """
    try:
        return survey_of(xmp.properties(packet, limits), offset, carrier, standing)
    except AigcLabelError as problem:
        return Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=offset, detail=f"XMP: {problem.what.en}"),))


def survey_of(properties: Iterable[Property], offset: int, carrier: str, standing: Standing) -> Survey:
    """Give the labels among the properties of a graph whose document begins at `offset` of its file."""
    readings: list[Reading] = []
    notices: list[Notice] = []
    for prop in properties:
        repairs = _repairs(prop)
        at = offset + prop.start
        if repairs is not None:
            place = Standing.HIDDEN if prop.stray or Repair.LOOKALIKE in repairs else standing
            readings.append(Reading(carrier=carrier, standing=place, text=prop.text, offset=at, repairs=repairs))
        elif _is_source_type(prop):
            kind = NoticeKind.IPTC_SOURCE_TYPE if _says_ai(prop.text) else NoticeKind.SOURCE_TYPE
            notices.append(Notice(kind=kind, offset=at, detail=prop.text))
        elif prop.namespace == C2PA_TERMS and prop.name == "provenance":
            notices.append(Notice(kind=NoticeKind.C2PA, offset=at, detail="dcterms:provenance"))
    return Survey(readings=tuple(readings), notices=tuple(notices))


def _repairs(prop: Property) -> tuple[Repair, ...] | None:
    """Give the repairs it takes to see this property as the label; None where it has nothing to do with one.

    Under the very name and namespace anything is a label, if a wrong one. A name or namespace that is only like ours
    makes a label of what reads like one: other people's `myAigcScore` stays theirs.
    """
    if KEY not in prop.name.upper() and not _resembles(prop.name):
        return None
    ours = prop.namespace == NAMESPACE and prop.name.upper() == KEY
    if not ours and not any(word in prop.text for word in WORDS):
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


def is_label(prop: Property) -> bool:
    """Tell whether a property is a label, or passes for one."""
    return _repairs(prop) is not None


LOOKALIKES: Final = str.maketrans("ＡＩＧＣａｉｇｃАІСаісΑΙ", "AIGCaigcAICaicAI")  # full-width, Cyrillic, Greek


def _resembles(name: str) -> bool:
    return name.translate(LOOKALIKES).upper() == KEY


UNWRITABLE: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"  # XML 1.0, production 2


class Sourced(str):
    """A label's text that wants IPTC's digital source type beside it, in the same packet, wherever that lies."""

    __slots__ = ()


def with_label(packet: bytes | None, text: str, limits: Limits) -> bytes:
    """Give the packet with `text` as its only label; a new, padded packet where there is none.

    Every other property stays as it is, byte for byte; the size stays the same where the padding allows it, and so do
    all bytes where the label is there already. Raises `MalformedFile` where the existing packet cannot be parsed: it is
    not ours to throw away; `InvalidLabel` for characters that no XML document can hold.
    """
    if not text.isprintable() and re.search(UNWRITABLE, text):
        raise InvalidLabel(
            Bilingual("the label holds characters that XML cannot", "标识含有 XML 无法容纳的字符"),
        )
    if packet is None:
        new = xmp.new_packet(NAMESPACE, PREFIX, KEY, text)
    else:
        new = xmp.with_property(packet, (NAMESPACE, PREFIX, KEY), text, is_label, limits)
    return _sourced(new, limits) if isinstance(text, Sourced) else new


def _sourced(packet: bytes, limits: Limits) -> bytes:
    """Give the packet with a source type that says AI; one that says so already stays, another one gives way."""
    if any(_is_source_type(prop) and _says_ai(prop.text) for prop in xmp.properties(packet, limits)):
        return packet
    target = (IPTC, "Iptc4xmpExt", "DigitalSourceType")
    return xmp.with_property(packet, target, SOURCE_TYPES + AI_SOURCE_TYPES[0], _is_source_type, limits)


def _is_source_type(prop: Property) -> bool:
    return prop.namespace == IPTC and prop.name.lower() == "digitalsourcetype"


def _says_ai(text: str) -> bool:
    return text.rstrip("/").rpartition("/")[2] in AI_SOURCE_TYPES


def without_label(packet: bytes, limits: Limits) -> bytes:
    """Give a secondary packet (an Extended XMP, a second item) without any label, of the same size."""
    return xmp.without(packet, is_label, limits)


def credentials(offset: int, detail: str) -> Survey:
    """Give the notice that Content Credentials (C2PA) stand at `offset`."""
    return Survey(notices=(Notice(kind=NoticeKind.C2PA, offset=offset, detail=detail),))


def merged(surveys: list[Survey]) -> Survey:
    """Give several surveys of one file as one, in file order."""
    return Survey(
        readings=tuple(sorted((r for s in surveys for r in s.readings), key=lambda r: r.offset)),
        notices=tuple(sorted((n for s in surveys for n in s.notices), key=lambda n: n.offset)),
    )
