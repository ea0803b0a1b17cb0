"""Hears what Content Credentials say of how the content was made, without judging whether they are valid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aigc_label.evidence import Notice, NoticeKind, Survey
from aigc_label.source import Source

WINDOW: Final = 1 << 20  # bytes behind the place of a manifest that are looked through
SAYS: Final = re.compile(rb"cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{3,64})")


def claims(source: Source, survey: Survey) -> tuple[Notice, ...]:
    """Give a notice for each kind of source that a manifest names, as an IPTC property would give it.

    Manifests that are packed (in a drawing, in a compressed box) say nothing here.
    """
    found = (notice for at in survey.notices if at.kind is NoticeKind.C2PA for notice in _said(source, at.offset))
    return tuple({notice.detail: notice for notice in found}.values())


def _said(source: Source, offset: int) -> Iterator[Notice]:
    from aigc_label.xmp_label import AI_SOURCE_TYPES

    for match in SAYS.finditer(source.upto(offset, WINDOW)):
        name = match[1].decode()
        kind = NoticeKind.IPTC_SOURCE_TYPE if name in AI_SOURCE_TYPES else NoticeKind.SOURCE_TYPE
        yield Notice(kind=kind, offset=offset + match.start(), detail=f"C2PA: {name}")
