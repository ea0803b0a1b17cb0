"""Labels DOCX, XLSX and PPTX (templates, macro and strict forms too): the custom property AIGC."""

from __future__ import annotations

import posixpath
from typing import Final

from aigc_label import package_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Standing, Survey
from aigc_label.grammars import xml, zip  # noqa: A004
from aigc_label.grammars.xml import Element
from aigc_label.grammars.zip import Archive
from aigc_label.label import KEY
from aigc_label.package_label import Held, Place
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan

TYPES: Final = "[Content_Types].xml"
RELATIONS: Final = "_rels/.rels"
CUSTOM: Final = "docProps/custom.xml"
SIGNATURES: Final = "_xmlsignatures/"
CUSTOM_TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
STRICT_RELATION: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties"
STRICT_MARK: Final = b"http://purl.oclc.org/ooxml/"
PROPERTIES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
STRICT_PROPERTIES: Final = "http://purl.oclc.org/ooxml/officeDocument/customProperties"
VALUES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
STRICT_VALUES: Final = "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes"
FORMAT_ID: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _custom_name(source: Source, archive: Archive) -> str | None:
    """Give the name of the part with custom properties, as the package's relations state it."""
    root = xml.parse(package_label.part_of(source, archive, RELATIONS), source.limits)
    for relation in root.children:
        if relation.attributes.get(("", "Type")) in (RELATION, STRICT_RELATION):
            return posixpath.normpath(relation.attributes.get(("", "Target"), "").lstrip("/"))
    return None


def _labels(root: Element) -> list[Held]:
    found = []
    for prop in root.children:
        name = prop.attributes.get(("", "name"), "")
        if prop.name == "property" and KEY in name.upper():
            value = prop.children[0] if len(prop.children) == 1 else None
            found.append(Held(prop, name, value.text if value else "", value))
    return found


def _archive_of(source: Source) -> Archive:
    """Give the package's archive. Raises `MalformedFile` where two parts differ by case only, which ISO/IEC 29500-2, 6.2.2,
    takes for one name: programs open either."""
    archive = zip.archive_of(source)
    seen: set[str] = set()
    for member in archive.members:
        if (name := member.name.lower()) in seen:
            raise MalformedFile(
                Bilingual(
                    f"the part {member.name} stands twice, in another case", f"部件 {member.name} 重复（仅大小写不同）"
                ),
                offset=member.start,
            )
        seen.add(name)
    return archive


def read(source: Source) -> Survey:
    """Give every custom property AIGC. Raises `MalformedFile` where the archive or its relations are damaged."""
    archive = _archive_of(source)
    name = _custom_name(source, archive)
    found = package_label.survey(source, archive, name, _labels, Standing.PRIMARY) if name else Survey()
    return xmp_label.merged([found, package_label.notices(archive, SIGNATURES)])


def plan(source: Source, text: str) -> Plan:
    """Give the document with one custom property AIGC; every other part stays as it is stored.

    Where there were no custom properties the part, its content type and its relation are added. Raises `Refused` for a
    signed document.
    """
    archive = _archive_of(source)
    package_label.refuse_signed(archive, SIGNATURES)
    name = _custom_name(source, archive)
    if name is not None and archive.find(name) is not None:
        old = package_label.part_of(source, archive, name)
        new = package_label.with_label(source, old, _labels, lambda root: _place(root, text), text)
        return (Keep(0, source.size),) if new == old else zip.with_members(source, archive, {name: new})
    types = package_label.part_of(source, archive, TYPES)
    relations = package_label.part_of(source, archive, RELATIONS)
    strict = STRICT_MARK in relations
    parts = {
        TYPES: _typed(source, types),
        RELATIONS: _related(source, relations, STRICT_RELATION if strict else RELATION) if name is None else relations,
        name or CUSTOM: _new_part(source, text, (STRICT_PROPERTIES, STRICT_VALUES) if strict else (PROPERTIES, VALUES)),
    }
    return zip.with_members(source, archive, parts)


def _place(root: Element, text: str) -> Place:
    numbers = [prop.attributes.get(("", "pid"), "") for prop in root.children]
    number = max([1, *(int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 10)]) + 1
    values = STRICT_VALUES if root.namespace == STRICT_PROPERTIES else VALUES
    markup = (
        f'<property xmlns="{root.namespace}" fmtid="{FORMAT_ID}" pid="{number}" name="{KEY}">'
        f'<vt:lpwstr xmlns:vt="{values}">{xml.escaped(text)}</vt:lpwstr></property>'
    )
    return Place(root, markup)


def _new_part(source: Source, text: str, names: tuple[str, str]) -> bytes:
    properties, values = names
    empty = f'{HEAD}<Properties xmlns="{properties}" xmlns:vt="{values}"/>'.encode()
    return package_label.with_label(source, empty, _labels, lambda root: _place(root, text), text)


def _typed(source: Source, document: bytes) -> bytes:
    root = xml.parse(document, source.limits)
    if any(part.attributes.get(("", "PartName"), "").lower() == f"/{CUSTOM.lower()}" for part in root.children):
        return document
    markup = f'<Override xmlns="{root.namespace}" PartName="/{CUSTOM}" ContentType="{CUSTOM_TYPE}"/>'
    return xml.edited(document, [xml.appended(document, root, markup.encode())])


def _related(source: Source, document: bytes, kind: str) -> bytes:
    root = xml.parse(document, source.limits)
    taken = {relation.attributes.get(("", "Id")) for relation in root.children}
    number = next(n for n in range(1, len(taken) + 2) if f"rIdAigc{n}" not in taken)
    markup = f'<Relationship xmlns="{root.namespace}" Id="rIdAigc{number}" Type="{kind}" Target="{CUSTOM}"/>'
    return xml.edited(document, [xml.appended(document, root, markup.encode())])


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the name and the stored bytes of every part that is not the label's own."""
    archive = _archive_of(source)
    ours = {TYPES, RELATIONS, _custom_name(source, archive), CUSTOM}
    parts = sorted((k for m in archive.members if m.name not in ours for k in m.named()), key=lambda part: part.offset)
    return tuple(part for part in parts if part.length)
