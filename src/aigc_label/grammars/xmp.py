"""Finds and edits simple properties of an XMP packet (ISO 16684-1) without re-serialising the rest of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars.xml import Element, escaped, parse
from aigc_label.limits import Limits

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
META: Final = "adobe:ns:meta/"
XML: Final = "http://www.w3.org/XML/1998/namespace"
BOM: Final = b"\xef\xbb\xbf"
HEADER: Final = b'<?xpacket begin="' + BOM + b'" id="W5M0MpCehiHzreSzNTczkc9d"?>'
TRAILER: Final = b'<?xpacket end="w"?>'
ROOM: Final = 2048  # white space left in a packet that we make, so that its next change is one small write


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the packet: an element or an attribute. `start..end` are the bytes that deleting it would cut."""

    namespace: str
    name: str
    text: str
    start: int
    end: int
    attribute: bool = False
    nested: bool = False  # its value is a structure, an array or markup instead of text


def document_of(packet: bytes) -> tuple[bytes, int]:
    """Give the packet's XML in UTF-8 and how many bytes were cut before it (padding, NULs, a byte-order mark).

    XMP in files is UTF-8; UTF-16 and UTF-32 packets exist and are turned into UTF-8 (offsets then count in UTF-8).
    """
    for bom, encoding in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if packet.startswith(bom):
            try:
                return packet.decode(encoding).encode(), 0
            except UnicodeDecodeError as problem:
                raise MalformedFile(Bilingual("the XMP packet cannot be decoded", "XMP 数据包无法解码")) from problem
    body = packet.rstrip(b"\0")
    start = len(body) - len(body.lstrip(b"\0 \t\r\n"))
    if body.startswith(BOM, start):
        start += len(BOM)
    return body[start:], start


def properties(packet: bytes, limits: Limits) -> Iterator[Property]:
    """Give every property that stands directly in an rdf:Description, in document order.

    Raises `MalformedFile` where the packet is not well-formed XML, `LimitExceeded` where it is made to exhaust.
    """
    document, cut = document_of(packet)
    for description in _descriptions(parse(document, limits)):
        spans = None
        for (namespace, name), value in description.attributes.items():
            if namespace in ("", RDF, XML):
                continue
            if spans is None:
                spans = _attribute_spans(document, description)
            start, end = spans.get(name, [(description.start, description.start)])[0]
            if len(spans.get(name, [])) > 1:  # two prefixes, one local name: keep them in order of appearance
                start, end = spans[name].pop(0)
            yield Property(namespace, name, value, start + cut, end + cut, attribute=True)
        for child in description.children:
            nested = bool(child.children)
            text = child.text if not nested else _inner_text(child)
            yield Property(child.namespace, child.name, text, child.start + cut, child.end + cut, nested=nested)


def _descriptions(root: Element) -> Iterator[Element]:
    for element in root.walk():
        if (element.namespace, element.name) == (RDF, "RDF"):
            # a typed node may stand for rdf:Description: every child of rdf:RDF is one
            yield from element.children


def _inner_text(element: Element) -> str:
    return "".join(part.text for part in element.walk()).strip()


ATTRIBUTE: Final = re.compile(rb"""\s+([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")


def _attribute_spans(document: bytes, element: Element) -> dict[str, list[tuple[int, int]]]:
    """Give where each attribute of a start tag stands, by local name, leading white space included."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for found in ATTRIBUTE.finditer(document, element.start, element.open_end):
        name = found.group(1).decode(errors="replace")
        if not name.startswith("xmlns"):
            spans.setdefault(name.rpartition(":")[2], []).append(found.span())
    return spans


def new_packet(namespace: str, prefix: str, name: str, text: str) -> bytes:
    """Give a packet that holds one property, padded so that it can change in place."""
    return _padded(
        HEADER
        + b'\n<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="'
        + RDF.encode()
        + b'">\n'
        + _description(namespace, prefix, name, text, "")
        + b"</rdf:RDF></x:xmpmeta>\n"
        + TRAILER,
        ROOM,
    )


def _description(namespace: str, prefix: str, name: str, text: str, about: str) -> bytes:
    return (
        f'<rdf:Description rdf:about="{escaped(about).replace(chr(34), "&quot;")}" xmlns:{prefix}="{namespace}">\n'
        f"<{prefix}:{name}>{escaped(text)}</{prefix}:{name}>\n</rdf:Description>\n"
    ).encode()


Chooser = Callable[[Property], bool]


def with_property(packet: bytes, target: tuple[str, str, str], text: str, doomed: Chooser, limits: Limits) -> bytes:
    """Give the packet with one property `(namespace, prefix, name)` set to `text`.

    Properties for which `doomed` is true are cut out (the old value, its twins). Every other byte between the packet's
    wrappers stays as it is; the padding gives or takes, so that the size stays the same where it can.
    """
    document, cut = document_of(packet)
    root = parse(document, limits)
    namespace, prefix, name = target
    held = [prop for prop in properties(document, limits) if doomed(prop)]
    only = held[0] if len(held) == 1 else None
    value = None if only is None or only.attribute or only.nested else _value_span(root, only)
    if only is not None and value is not None and (only.namespace, only.name) == (namespace, name):
        edits = [(value[0], value[1], escaped(text).encode())]
    else:
        rdf = next((e for e in root.walk() if (e.namespace, e.name) == (RDF, "RDF")), None)
        if rdf is None:
            raise MalformedFile(Bilingual("the XMP packet has no rdf:RDF element", "XMP 数据包缺少 rdf:RDF 元素"))
        about = next((d.attributes.get((RDF, "about"), "") for d in rdf.children), "")
        new = _description(namespace, prefix, name, text, about)
        if not _declares(document, "rdf"):
            new = new.replace(b"<rdf:Description ", f'<rdf:Description xmlns:rdf="{RDF}" '.encode(), 1)
        edits = [(prop.start, prop.end, b"") for prop in held]
        if rdf.close == rdf.open_end == rdf.end:  # <rdf:RDF .../>
            tag = document[rdf.start : rdf.end].rstrip(b">").rstrip(b"/")
            qualified = tag[1:].split(None, 1)[0]
            edits.append((rdf.start, rdf.end, tag + b">" + new + b"</" + qualified + b">"))
        else:
            edits.append((rdf.close, rdf.close, new))
    edited = _edited(document, edits)
    if edited == document:
        return packet
    if document is packet or cut:
        edited = packet[:cut] + edited
    if not edited.startswith((b"<?xpacket", BOM)) and b"<?xpacket" not in edited[:256]:
        edited = HEADER + b"\n" + edited + b"\n" + TRAILER
        return _padded(edited, ROOM)
    return _fitted(edited, len(packet))


def _declares(document: bytes, prefix: str) -> bool:
    return f'xmlns:{prefix}="{RDF}"'.encode() in document or f"xmlns:{prefix}='{RDF}'".encode() in document


def _value_span(root: Element, prop: Property) -> tuple[int, int] | None:
    for element in root.walk():
        if element.start == prop.start and element.close != element.open_end:
            return element.open_end, element.close
    return None


def _edited(document: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    out, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        out += [document[done:start], new]
        done = max(done, end)
    return b"".join([*out, document[done:]])


PADDING: Final = re.compile(rb"[ \t\r\n]*(?=<\?xpacket end=)")


def _padded(packet: bytes, room: int) -> bytes:
    """Put `room` bytes of white space, in lines of 100, before the packet's trailer."""
    at = packet.rfind(b"<?xpacket end=")
    if at < 0 or room <= 0:
        return packet
    lines, rest = divmod(room, 100)
    return packet[:at] + (b" " * 99 + b"\n") * lines + b" " * rest + packet[at:]


def _fitted(packet: bytes, size: int) -> bytes:
    """Let the white space before the trailer give or take so that the packet has `size` bytes again, else room anew."""
    at = packet.rfind(b"<?xpacket end=")
    if at < 0:
        return packet
    body = packet[:at].rstrip(b" \t\r\n")
    trailer = packet[at:]
    room = size - len(body) - len(trailer)
    if room >= 1:
        return _padded(body + b"\n" + trailer, room - 1)
    return _padded(body + b"\n" + trailer, ROOM)
