"""Finds and edits simple properties of an XMP packet (ISO 16684-1) without re-serialising the rest of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import plain_xmp, rdf
from aigc_label.grammars.rdf import META, RDF, Property
from aigc_label.grammars.xml import Element, appended, edited, escaped, parse
from aigc_label.limits import Limits

BOM: Final = b"\xef\xbb\xbf"
HEADER: Final = b'<?xpacket begin="' + BOM + b'" id="W5M0MpCehiHzreSzNTczkc9d"?>'
TRAILER: Final = b'<?xpacket end="w"?>'
TRAILING: Final = rb"<\?xpacket\s+end="
ENCODING: Final = rb"""(<\?xml\b[^>]{0,100}?encoding\s*=\s*["'])([A-Za-z0-9._:-]+)"""
SPACE: Final = b" \t\r\n"
ROOM: Final = 2048  # white space left in a packet that we make, so that its next change is one small write
WIDE: Final = (  # how a packet in another Unicode encoding begins; the four-byte ones first, two of them begin alike
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)

Chooser = Callable[[Property], bool]


@dataclass(frozen=True, slots=True)
class Body:
    """A packet's XML as bytes that hold ASCII as it is; `cut` bytes stood before it in the packet.

    `encoding` names what it was turned into UTF-8 from, "" where it is as it stood.
    """

    document: bytes
    cut: int
    encoding: str

    def place(self, at: int) -> int:
        """Give the offset in the packet of a byte of the document."""
        if not self.encoding:
            return self.cut + at
        return self.cut + len(self.document[:at].decode(errors="replace").encode(self.encoding))


def body_of(packet: bytes, limits: Limits) -> Body:
    """Give the packet's XML without what stands around it (padding, NULs, a byte-order mark).

    XMP in files is UTF-8 (ISO 16684-3); packets in UTF-16 and UTF-32 exist. Raises `LimitExceeded` for its size,
    `MalformedFile` where it cannot be decoded.
    """
    if len(packet) > limits.packet:
        raise LimitExceeded(
            Bilingual(f"an XMP packet of {len(packet)} bytes", f"XMP 数据包长达 {len(packet)} 字节"), limit="packet"
        )
    encoding = next((name for magic, name in WIDE if packet.startswith(magic)), "")
    if encoding:
        return _decoded(packet, encoding)
    body = packet.rstrip(b"\0")
    cut = len(body) - len(body.lstrip(b"\0" + SPACE))
    if body.startswith(BOM, cut):
        cut += len(BOM)
    return Body(body[cut:], cut, "")


def _decoded(packet: bytes, encoding: str) -> Body:
    width = 4 if "32" in encoding else 2
    try:
        text = packet[: len(packet) // width * width].decode(encoding)
    except UnicodeDecodeError as problem:
        raise MalformedFile(Bilingual("the XMP packet cannot be decoded", "XMP 数据包无法解码")) from problem
    bare = text.removeprefix("\ufeff")
    try:
        document = bare.rstrip("\0").encode()
    except UnicodeEncodeError as problem:  # half a surrogate pair
        raise MalformedFile(Bilingual("the XMP packet cannot be decoded", "XMP 数据包无法解码")) from problem
    return Body(re.sub(ENCODING, rb"\1UTF-8", document, count=1), width * (len(text) - len(bare)), encoding)


def _tree_of(document: bytes, limits: Limits) -> Element:
    return plain_xmp.tree_of(document) or parse(document, limits)


def properties(packet: bytes, limits: Limits) -> Iterator[Property]:
    """Give every property of the packet in document order; offsets count in the packet's bytes.

    Raises `MalformedFile` where the packet is not well-formed XML, `LimitExceeded` where it is made to exhaust.
    """
    body = body_of(packet, limits)
    found = rdf.properties(body.document, _tree_of(body.document, limits))
    if not body.cut and not body.encoding:
        yield from found
        return
    for prop in found:
        yield replace(prop, start=body.place(prop.start), end=body.place(prop.end), element=None)


def new_packet(namespace: str, prefix: str, name: str, text: str) -> bytes:
    """Give a packet that holds one property, padded so that it can change in place."""
    description = _description((namespace, prefix, name), _spelt(text), f' rdf:about="" xmlns:{prefix}="{namespace}"')
    graph = f'<x:xmpmeta xmlns:x="{META}"><rdf:RDF xmlns:rdf="{RDF}">\n{description}</rdf:RDF></x:xmpmeta>'
    return HEADER + b"\n" + graph.encode() + _blank(ROOM) + TRAILER


def with_property(packet: bytes, target: tuple[str, str, str], text: str, doomed: Chooser, limits: Limits) -> bytes:
    """Give the packet with one property `(namespace, prefix, name)` set to `text`.

    Properties for which `doomed` is true are cut out (the old value, its twins). Every other property stays as it is,
    byte for byte; the padding gives or takes, so that the size stays the same where it can. The same bytes come back
    where the property is there already, alone and with this text. A packet in UTF-16 or UTF-32 becomes UTF-8.

    Raises `MalformedFile` where the packet is not XML or has no place for a property.
    """
    body = body_of(packet, limits)
    document = body.document
    if not document.strip(SPACE):
        return new_packet(*target, text)
    root = _tree_of(document, limits)
    held = [prop for prop in rdf.properties(document, root) if doomed(prop)]
    value = held[0].element if len(held) == 1 and _is_plain(held[0], target) else None
    if value is not None:
        if held[0].text == text:
            return packet
        edits = [(value.open_end, value.close, _written(_spelt(text), document))]
    else:
        edits = [(prop.start, prop.end, b"") for prop in held]
        edits.append(_addition(document, root, target, text))
    changed = edited(document, edits)
    before = b"" if body.encoding else packet[: body.cut]
    end = root.end + len(changed) - len(document)
    return _fitted(before + changed, len(before) + end, len(packet))


def without(packet: bytes, doomed: Chooser, limits: Limits) -> bytes:
    """Give the packet with the chosen properties overwritten by spaces, so that its size stays the same."""
    body = body_of(packet, limits)
    document = body.document
    root = _tree_of(document, limits)
    held = [prop for prop in rdf.properties(document, root) if doomed(prop)]
    if not held:
        return packet
    for prop in held:
        document = document[: prop.start] + b" " * (prop.end - prop.start) + document[prop.end :]
    if body.encoding:
        return _fitted(document, root.end, len(packet))
    return packet[: body.cut] + document + packet[body.cut + len(document) :]


def slimmed(packet: bytes, most: int, limits: Limits) -> bytes:
    """Give the packet with as much of its padding taken away as brings it under `most` bytes, if that is enough."""
    if len(packet) <= most:
        return packet
    body = body_of(packet, limits)
    end = body.cut + _tree_of(body.document, limits).end
    smallest = _fitted(packet, end, 0, room=0)
    return _fitted(packet, end, most) if len(smallest) <= most else smallest


def _is_plain(prop: Property, target: tuple[str, str, str]) -> bool:
    """Tell whether the property is an element with nothing but text: its value can be exchanged alone."""
    element = prop.element
    return (
        (prop.namespace, prop.name) == (target[0], target[2])
        and element is not None
        and not (prop.attribute or prop.nested or prop.stray or element.is_empty_tag)
        and not element.attributes
    )


def _addition(document: bytes, root: Element, target: tuple[str, str, str], text: str) -> tuple[int, int, bytes]:
    """Give the edit that adds a description with the property at the end of rdf:RDF."""
    graph = next(rdf.graphs(root), None)
    if graph is None and root.namespace != META:
        raise MalformedFile(Bilingual("the XMP packet has no rdf:RDF element", "XMP 数据包缺少 rdf:RDF 元素"))
    namespace, prefix, _ = target
    own = "rdf" if graph is None or graph.prefix in ("", prefix) else graph.prefix  # a prefix that means RDF there
    declared = f' xmlns:{prefix}="{namespace}"'
    if graph is not None and own != graph.prefix:
        declared += f' xmlns:rdf="{RDF}"'
    subjects = [] if graph is None else [d.attributes.get((RDF, "about"), "") for d in graph.children]
    about = _spelt(subjects[0] if subjects else "").replace('"', "&quot;").replace("\n", "&#10;")
    new = _description(target, _spelt(text), f' {own}:about="{about}"{declared}', own)
    if graph is None:
        new = f'<rdf:RDF xmlns:rdf="{RDF}">\n{new}</rdf:RDF>'
    return appended(document, graph or root, _written(new, document))


def _description(target: tuple[str, str, str], spelt: str, attributes: str, own: str = "rdf") -> str:
    _, prefix, name = target
    qualified = f"{prefix}:{name}"
    return f"<{own}:Description{attributes}>\n<{qualified}>{spelt}</{qualified}>\n</{own}:Description>\n"


def _spelt(text: str) -> str:
    """Give text as it stands between tags; a parser would turn a bare carriage return into a line feed."""
    return escaped(text).replace("\r", "&#13;")


def _written(markup: str, document: bytes) -> bytes:
    """Give markup in the document's encoding; what another encoding may lack is written as a character reference."""
    declared = re.match(ENCODING, document)
    if declared is None or declared[2].lower() in (b"utf-8", b"utf8"):
        return markup.encode()
    return markup.encode("ascii", "xmlcharrefreplace")


def _fitted(packet: bytes, end: int, size: int, room: int = ROOM) -> bytes:
    """Let the white space behind the root element, which ends at `end`, give or take until the packet has `size` bytes.

    Where it is too large for that, the packet gets `room` bytes of white space.
    """
    trailer = re.compile(TRAILING).search(packet, end)
    at = trailer.start() if trailer else len(packet)
    body, rest = packet[:at].rstrip(SPACE + b"\0"), packet[at:]
    left = size - len(body) - len(rest)
    return body + _blank(left if left > 0 else room) + rest


def _blank(room: int) -> bytes:
    """Give `room` bytes of white space in lines of 100, the first one shorter: less of it changes with its length."""
    lines, rest = divmod(room, 100)
    first = b"\n" + b" " * (rest - 1) if rest else b""
    return first + (b"\n" + b" " * 99) * lines
