"""Labels ODT, ODS, ODP and the other OpenDocument forms: a user-defined field AIGC in meta.xml; our choice."""

from __future__ import annotations

from typing import Final

from aigc_label import package_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import xml, zip  # noqa: A004
from aigc_label.grammars.xml import Element
from aigc_label.grammars.zip import Archive
from aigc_label.label import KEY
from aigc_label.package_label import Held, Place
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan

META: Final = "meta.xml"
MANIFEST: Final = "META-INF/manifest.xml"
SIGNATURES: Final = "META-INF/documentsignatures.xml"
OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
FIELDS: Final = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"


def _labels(root: Element) -> list[Held]:
    found = []
    for element in root.walk():
        name = element.attributes.get((FIELDS, "name"), "")
        if (element.namespace, element.name) == (FIELDS, "user-defined") and KEY in name.upper():
            found.append(Held(element, name, element.text, element if not element.children else None))
    return found


def _is_encrypted(source: Source, archive: Archive) -> bool:
    member = archive.find(MANIFEST)
    return member is not None and b"encryption-data" in zip.content(source, member)


def read(source: Source) -> Survey:
    """Give every user-defined field AIGC; an encrypted document gives an UNREAD notice."""
    archive = zip.archive_of(source)
    if _is_encrypted(source, archive):
        return Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=0, detail="the document is encrypted"),))
    found = package_label.survey(source, archive, META, _labels, Standing.CHOSEN)
    return xmp_label.merged([found, package_label.notices(archive, SIGNATURES)])


def plan(source: Source, text: str) -> Plan:
    """Give the document with one field AIGC; every other part stays as stored, the mimetype part first.

    Raises `Refused` for a signed document, `UnsupportedFormat` for an encrypted one.
    """
    archive = zip.archive_of(source)
    package_label.refuse_signed(archive, SIGNATURES)
    if _is_encrypted(source, archive):
        raise UnsupportedFormat(
            Bilingual("the document is encrypted", "文档已加密"),
            remedy=Bilingual("Label it before it is encrypted.", "请在加密之前添加标识。"),
        )
    old = package_label.part_of(source, archive, META)
    new = package_label.with_label(source, old, _labels, lambda root: _place(root, text), text)
    return (Keep(0, source.size),) if new == old else zip.with_members(source, archive, {META: new})


def _place(root: Element, text: str) -> Place:
    parent = next((part for part in root.children if (part.namespace, part.name) == (OFFICE, "meta")), None)
    if parent is None:
        raise MalformedFile(Bilingual("meta.xml has no office:meta", "meta.xml 缺少 office:meta"))
    markup = (
        f'<meta:user-defined xmlns:meta="{FIELDS}" meta:name="{KEY}" meta:value-type="string">'
        f"{xml.escaped(text)}</meta:user-defined>"
    )
    return Place(parent, markup)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the name and the stored bytes of every part but meta.xml."""
    return package_label.payload(zip.archive_of(source), META)
