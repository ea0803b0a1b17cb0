"""Declares a property in the extension schemas of a PDF/A file's XMP (ISO 19005-1, 6.7.8): without it, parts 1 to 3 forbid
properties that no standard names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.grammars import rdf, xmp
from aigc_label.grammars.rdf import RDF
from aigc_label.grammars.xml import Element, appended, edited, escaped, parse
from aigc_label.limits import Limits

ID: Final = "http://www.aiim.org/pdfa/ns/id/"
EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
SCHEMA: Final = "http://www.aiim.org/pdfa/ns/schema#"
PROPERTY: Final = "http://www.aiim.org/pdfa/ns/property#"
STRICT_PARTS: Final = ("1", "2", "3")  # part 4 asks for no declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A text property that is declared, with what it and its schema are, in a sentence each."""

    namespace: str
    prefix: str
    name: str
    schema: str
    description: str


def part_of(packet: bytes, limits: Limits) -> str:
    """Give the part of PDF/A that a packet claims ("1" ...), "" where it claims none. Raises as `xmp.properties` does."""
    found = (p.text.strip() for p in xmp.properties(packet, limits) if (p.namespace, p.name) == (ID, "part"))
    return next(found, "")


def declared(packet: bytes, target: Declared, limits: Limits) -> bytes:
    """Give a UTF-8 packet in which the property is declared; the same bytes where its schema is declared already.

    The declaration joins those that there are: the list of schemas may stand but once.
    """
    body = xmp.body_of(packet, limits)
    root = parse(body.document, limits)
    graph = next(rdf.graphs(root), None)
    if graph is None:
        return packet
    if any((e.namespace, e.name, e.text.strip()) == (SCHEMA, "namespaceURI", target.namespace) for e in graph.walk()):
        return packet
    item = _item(target)
    bag = _bag(graph)
    if bag is not None:
        edit = appended(body.document, bag, item.encode())
    else:
        about = next((d.attributes.get((RDF, "about"), "") for d in graph.children), "")
        markup = (
            f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="{escaped(about)}" xmlns:pdfaExtension="{EXTENSION}">'
            f"<pdfaExtension:schemas><rdf:Bag>{item}</rdf:Bag></pdfaExtension:schemas></rdf:Description>\n"
        )
        edit = appended(body.document, graph, markup.encode())
    return packet[: body.cut] + edited(body.document, [edit]) + packet[body.cut + len(body.document) :]


def _bag(graph: Element) -> Element | None:
    """Give the list of schemas that are declared already."""
    for element in graph.walk():
        if (element.namespace, element.name) == (EXTENSION, "schemas"):
            bag = element.children[0] if element.children else None
            return bag if bag is not None and (bag.namespace, bag.name) == (RDF, "Bag") else None
    return None


def _item(target: Declared) -> str:
    return (
        f'<rdf:li xmlns:rdf="{RDF}" xmlns:pdfaSchema="{SCHEMA}" xmlns:pdfaProperty="{PROPERTY}" rdf:parseType="Resource">'
        f"<pdfaSchema:schema>{escaped(target.schema)}</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{escaped(target.namespace)}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:prefix>{target.prefix}</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{target.name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{escaped(target.description)}</pdfaProperty:description></rdf:li>"
        "</rdf:Seq></pdfaSchema:property></rdf:li>\n"
    )
