"""Labels USDZ: an XMP packet in a member AIGC.xmp behind all others; our choice. Layers and pictures stay where they are."""

from __future__ import annotations

from typing import Final

from aigc_label import package_label, xmp_label
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import zip  # noqa: A004  the format's own name
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan

PART: Final = f"{KEY}.xmp"
CARRIER: Final = "usdz.xmp"
ALIGNED: Final = 64  # bytes; the USDZ specification asks it of every member's data


def read(source: Source) -> Survey:
    """Give the label of the packet. A packet that cannot be read gives an UNREAD notice."""
    member = zip.archive_of(source).find(PART)
    if member is None:
        return Survey()
    try:
        data = zip.content(source, member)
    except AigcLabelError as problem:
        notice = Notice(kind=NoticeKind.UNREAD, offset=member.start, detail=f"{PART}: {problem.what.en}")
        return Survey(notices=(notice,))
    return xmp_label.survey(data, member.data, CARRIER, Standing.CHOSEN, source.limits)


def plan(source: Source, text: str) -> Plan:
    """Give the package with the label in its last member; every other member stays where it is, to the byte.

    Raises as `zip.archive_of` and `zip.with_last` do.
    """
    archive = zip.archive_of(source)
    member = archive.find(PART)
    old = None if member is None else zip.content(source, member)
    new = xmp_label.with_label(old, text, source.limits)
    return (Keep(0, source.size),) if new == old else zip.with_last(source, archive, (PART, new), ALIGNED)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the stored bytes of every member but the packet's."""
    return package_label.payload(zip.archive_of(source), PART)
