"""Labels OFD (GB/T 33190): a CustomData AIGC in the document's information; our choice."""

from __future__ import annotations

from typing import Final

from aigc_label import package_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, Refused
from aigc_label.evidence import Standing, Survey
from aigc_label.grammars import xml, zip  # noqa: A004
from aigc_label.grammars.xml import Element
from aigc_label.label import KEY
from aigc_label.package_label import Held, Place
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan

ENTRY: Final = "OFD.xml"
OFD: Final = "http://www.ofdspec.org/2016"


def _labels(root: Element) -> list[Held]:
    found = []
    for element in root.walk():
        name = element.attributes.get(("", "Name"), "")
        if element.name == "CustomData" and KEY in name.upper():
            found.append(Held(element, name, element.text, element if not element.children else None))
    return found


def read(source: Source) -> Survey:
    """Give every CustomData AIGC of the entry part."""
    archive = zip.archive_of(source)
    found = package_label.survey(source, archive, ENTRY, _labels, Standing.CHOSEN)
    return xmp_label.merged([found, package_label.notices(archive)])


def plan(source: Source, text: str) -> Plan:
    """Give the document with one CustomData AIGC; every other part stays as stored. Raises `Refused` for a signed one."""
    archive = zip.archive_of(source)
    old = package_label.part_of(source, archive, ENTRY)
    if any(element.name == "Signatures" and element.text.strip() for element in xml.parse(old, source.limits).walk()):
        raise Refused(
            Bilingual(
                "the document is digitally signed; labelling would break the signature",
                "文档已数字签名，添加标识会使签名失效",
            ),
            remedy=Bilingual("Label the document first and sign it last.", "请先添加标识，最后再签名。"),
        )
    new = package_label.with_label(source, old, _labels, lambda root: _place(root, text), text)
    return (Keep(0, source.size),) if new == old else zip.with_members(source, archive, {ENTRY: new})


def _place(root: Element, text: str) -> Place:
    info = next((element for element in root.walk() if element.name == "DocInfo"), None)
    if info is None:
        raise MalformedFile(Bilingual("OFD.xml has no DocInfo", "OFD.xml 缺少 DocInfo"))
    data = f'<ofd:CustomData xmlns:ofd="{root.namespace or OFD}" Name="{KEY}">{xml.escaped(text)}</ofd:CustomData>'
    datas = next((part for part in info.children if part.name == "CustomDatas"), None)
    if datas is not None:
        return Place(datas, data)
    return Place(info, f'<ofd:CustomDatas xmlns:ofd="{root.namespace or OFD}">{data}</ofd:CustomDatas>')


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the name and the stored bytes of every part but the entry."""
    return package_label.payload(zip.archive_of(source), ENTRY)
