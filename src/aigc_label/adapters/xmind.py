"""Labels XMind workbooks: a text AIGC in metadata.json; our choice, as the guide's place is not known."""

from __future__ import annotations

import json
from typing import Final

from aigc_label import package_label, xmp_label
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import json_text, xml, zip  # noqa: A004  the format's own name
from aigc_label.grammars.json_text import Member
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan

PART: Final = "metadata.json"


def _members(source: Source, document: bytes) -> tuple[Member, ...]:
    json_text.check(document, source.limits)
    return json_text.members(document, len(document) - len(document.lstrip(json_text.SPACES)), source.limits)


def read(source: Source) -> Survey:
    """Give every member AIGC of the metadata. A part that cannot be read gives an UNREAD notice."""
    archive = zip.archive_of(source)
    member = archive.find(PART)
    if member is None:
        return Survey()
    try:
        document = zip.content(source, member)
        held = [one for one in _members(source, document) if KEY in one.key.upper()]
    except AigcLabelError as problem:
        notice = Notice(kind=NoticeKind.UNREAD, offset=member.start, detail=f"{PART}: {problem.what.en}")
        return Survey(notices=(notice,))
    at = member.data if member.method == zip.STORED else member.start
    stored = member.method == zip.STORED
    found = [_reading(document, one, at + one.value * stored) for one in held]
    return xmp_label.merged([Survey(readings=tuple(found))])


def _reading(document: bytes, member: Member, offset: int) -> Reading:
    written = json.loads(document[member.value : member.end])
    repairs = () if member.key == KEY else (
        Repair.NAME_CASE if member.key.upper() == KEY else Repair.NAME_CONTAINS,)  # fmt: skip
    if not isinstance(written, str):
        written, repairs = json.dumps(written, ensure_ascii=False), (*repairs, Repair.NESTED)
    return Reading(carrier=PART, standing=Standing.CHOSEN, text=written, offset=offset, repairs=repairs)


def plan(source: Source, text: str) -> Plan:
    """Give the workbook with one text AIGC in its metadata; every other part stays as it is stored."""
    archive = zip.archive_of(source)
    old = package_label.part_of(source, archive, PART)
    there = _members(source, old)
    held = [number for number, one in enumerate(there) if KEY in one.key.upper()]
    member = f'"{KEY}":'.encode() + json.dumps(text, ensure_ascii=False).encode()
    if len(held) == 1:
        edits = [(there[held[0]].start, there[held[0]].end, member)]
    else:
        left = [one for number, one in enumerate(there) if number not in held]
        edits = [json_text.added(old.index(b"{"), left, member), *json_text.cuts(there, held)]
    changed = xml.edited(old, edits)
    end = len(old.rstrip(json_text.SPACES)) + len(changed) - len(old)
    new = package_label.fitted(changed, end, len(old))
    return (Keep(0, source.size),) if new == old else zip.with_members(source, archive, {PART: new})


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the stored bytes of every part but the metadata."""
    return package_label.payload(zip.archive_of(source), PART)
