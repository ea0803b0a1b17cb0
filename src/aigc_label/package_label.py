"""Reads and writes labels in the parts of a packaged document: a ZIP archive of XML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, MalformedFile, Refused
from aigc_label.evidence import Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import xml, zip  # noqa: A004  the format's own name
from aigc_label.grammars.xml import Element
from aigc_label.grammars.zip import Archive
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep

CREDENTIALS: Final = "META-INF/content_credential.c2pa"  # C2PA specification, embedding into ZIP-based formats
ROOM: Final = 512  # white space behind the root element of a part that we write: a later label has the same size


@dataclass(frozen=True, slots=True)
class Held:
    """A label in a part: the element to cut out, the name it goes by, its text, and the content to exchange for another
    (None where the whole element has to go)."""

    element: Element
    name: str
    text: str
    value: Element | None


Finder = Callable[[Element], list[Held]]


def survey(source: Source, archive: Archive, part: str, finder: Finder, standing: Standing) -> Survey:
    """Give the labels in one part. A part that cannot be read gives an UNREAD notice; one that is absent nothing.

    Offsets are exact where the part is stored, else they are those of the member.
    """
    member = archive.find(part)
    if member is None:
        return Survey()
    try:
        held = finder(xml.parse(zip.content(source, member), source.limits))
    except AigcLabelError as problem:
        notice = Notice(kind=NoticeKind.UNREAD, offset=member.start, detail=f"{part}: {problem.what.en}")
        return Survey(notices=(notice,))
    readings = []
    for one in held:
        at = member.data + one.element.start if member.method == zip.STORED else member.start
        repairs = () if one.name == KEY else (Repair.NAME_CASE if one.name.upper() == KEY else Repair.NAME_CONTAINS,)
        readings.append(Reading(carrier=part, standing=standing, text=one.text, offset=at, repairs=repairs))
    return Survey(readings=tuple(readings))


def part_of(source: Source, archive: Archive, name: str) -> bytes:
    """Give a part that must be there. Raises `MalformedFile` where it is not."""
    member = archive.find(name)
    if member is None:
        raise MalformedFile(Bilingual(f"the part {name} is missing", f"缺少部件 {name}"))
    return zip.content(source, member)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new label goes in a part: before the end tag of `parent`, spelt by `markup`."""

    parent: Element
    markup: str


def with_label(source: Source, document: bytes, finder: Finder, place: Callable[[Element], Place], text: str) -> bytes:
    """Give a part with `text` as its only label; the white space behind its root gives or takes.

    The same bytes come back where the label is there already, alone and with this text.
    """
    root = xml.parse(document, source.limits)
    held = finder(root)
    if len(held) == 1 and held[0].text == text and held[0].name == KEY:
        return document
    only = held[0].value if len(held) == 1 and held[0].name == KEY else None
    if only is not None and not only.is_empty_tag:
        edits = [(only.open_end, only.close, xml.escaped(text).encode())]
    else:
        edits = [(one.element.start, one.element.end, b"") for one in held]
        where = place(root)
        edits.append(xml.appended(document, where.parent, where.markup.encode()))
    changed = xml.edited(document, edits)
    end = root.end + len(changed) - len(document)
    return fitted(changed, end, len(document))


def fitted(document: bytes, end: int, size: int) -> bytes:
    """Let the white space behind the root (which ends at `end`) give or take up to `size` bytes, else room anew."""
    body = document[:end]
    rest = document[end:].strip(b" \t\r\n")
    left = size - len(body) - len(rest)
    return body + rest + b" " * (left if left >= 0 else ROOM)


def payload(archive: Archive, part: str) -> tuple[Keep, ...]:
    """Give the stored bytes of every part but one, in file order."""
    kept = sorted((one.keep() for one in archive.members if one.name != part), key=lambda one: one.offset)
    return tuple(one for one in kept if one.length)


def refuse_signed(archive: Archive, prefix: str) -> None:
    """Raise `Refused` where the package carries a signature: any change of a part would break it."""
    signed = next((member for member in archive.members if member.name.startswith(prefix)), None)
    if signed is not None:
        raise Refused(
            Bilingual(
                "the document is digitally signed; labelling would break the signature",
                "文档已数字签名，添加标识会使签名失效",
            ),
            remedy=Bilingual("Label the document first and sign it last.", "请先添加标识，最后再签名。"),
            offset=signed.start,
        )


def notices(archive: Archive, prefix: str = "") -> Survey:
    """Give a SIGNED notice where the package carries a signature under `prefix`, a C2PA notice where it has credentials."""
    kinds = ((NoticeKind.SIGNED, prefix), (NoticeKind.C2PA, CREDENTIALS))
    found = []
    for kind, start in kinds:
        member = next((m for m in archive.members if start and m.name.startswith(start)), None)
        if member is not None:
            found.append(Notice(kind=kind, offset=member.start, detail=member.name))
    return Survey(notices=tuple(found))
