"""Labels EPUB 2 and 3: a meta element AIGC in the package document; our choice."""

from __future__ import annotations

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

CONTAINER: Final = "META-INF/container.xml"
SIGNATURES: Final = "META-INF/signatures.xml"
PACKAGE: Final = "http://www.idpf.org/2007/opf"


def _package_name(source: Source, archive: Archive) -> str:
    root = xml.parse(package_label.part_of(source, archive, CONTAINER), source.limits)
    for element in root.walk():
        if element.name == "rootfile" and (path := element.attributes.get(("", "full-path"))):
            return path
    raise MalformedFile(Bilingual("the container names no package document", "container.xml 未指明包文档"))


def _labels(root: Element) -> list[Held]:
    found = []
    for element in root.walk():
        name = element.attributes.get(("", "name"), "")
        if element.name == "meta" and KEY in name.upper():
            found.append(Held(element, name, element.attributes.get(("", "content"), ""), None))
    return found


def read(source: Source) -> Survey:
    """Give every meta element AIGC of the package document."""
    archive = zip.archive_of(source)
    found = package_label.survey(source, archive, _package_name(source, archive), _labels, Standing.CHOSEN)
    return xmp_label.merged([found, package_label.notices(archive, SIGNATURES)])


def plan(source: Source, text: str) -> Plan:
    """Give the book with one meta element AIGC (the EPUB 2 form, which EPUB 3 allows); the mimetype member stays first."""
    archive = zip.archive_of(source)
    package_label.refuse_signed(archive, SIGNATURES)
    name = _package_name(source, archive)
    old = package_label.part_of(source, archive, name)
    new = package_label.with_label(source, old, _labels, lambda root: _place(root, text), text)
    return (Keep(0, source.size),) if new == old else zip.with_members(source, archive, {name: new})


def _place(root: Element, text: str) -> Place:
    parent = next((part for part in root.children if part.name == "metadata"), None)
    if parent is None:
        raise MalformedFile(Bilingual("the package document has no metadata", "包文档缺少 metadata"))
    content = xml.escaped(text).replace('"', "&quot;")
    return Place(parent, f'<meta xmlns="{PACKAGE}" name="{KEY}" content="{content}"/>')


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the name and the stored bytes of every part but the package document."""
    archive = zip.archive_of(source)
    return package_label.payload(archive, _package_name(source, archive))
