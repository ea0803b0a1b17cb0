"""Reads an XMP packet that holds one property in the usual spelling, for which no parser is needed.

Most packets that label a picture are of this kind. What is taken here is so narrow that it can mean only one thing in XML
and RDF; any byte that differs sends the packet to the parser.
"""

from __future__ import annotations

from typing import Final

from aigc_label.grammars.xml import Element

META: Final = "adobe:ns:meta/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ABOUT: Final = (RDF, "about")
PACKET: Final = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
ROOT: Final = PACKET + f'<x:xmpmeta xmlns:x="{META}">'.encode()
GRAPH: Final = ROOT + f'<rdf:RDF xmlns:rdf="{RDF}">'.encode()
BEGIN: Final = GRAPH + b'\n<rdf:Description rdf:about="" xmlns:'
END: Final = b"\n</rdf:Description>\n</rdf:RDF></x:xmpmeta>"
TRAILER: Final = b'<?xpacket end="w"?>'
LONGEST: Final = 64 * 1024  # bytes of a packet that is looked at
ADDRESS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/._-"
OTHERS: Final = (b"http://www.w3.org/", b"http://ns.adobe.com/")  # namespaces that mean something to XML, RDF or XMP
UNPLAIN: Final = bytes({*range(0x20), *b"<>&"} - {*b"\t\n"})  # markup, and what XML forbids or reads as something else
NO_CHARACTERS: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF


def tree_of(packet: bytes) -> Element | None:
    """Give the root element as the parser would; None for a packet of any other kind, or spelt in any other way."""
    if not packet.startswith(BEGIN) or not packet.endswith(TRAILER) or len(packet) > LONGEST:
        return None
    declared, _, rest = packet[len(BEGIN) :].partition(b'">\n<')
    prefix, _, namespace = declared.partition(b'="')
    tag, _, rest = rest.partition(b">")
    text, _, rest = rest.partition(b"</")
    close = len(packet) - len(rest) - 2
    if not _is_name(tag, prefix) or not _is_foreign(namespace) or not rest.startswith(tag + b">" + END):
        return None
    value = _plain(text)
    end = close + len(tag) + 3
    if value is None or packet[end + len(END) :].strip(b" \n") != TRAILER:
        return None
    name = tag[len(prefix) + 1 :].decode()
    held = Element(
        namespace.decode(), name, {}, close - len(text) - len(tag) - 2, prefix.decode(), text=value, tail="\n"
    )
    held.open_end, held.close, held.end = close - len(text), close, end
    return _around(held)


def _around(held: Element) -> Element:
    """Give the root of the tree whose only property this is."""
    root = Element(META, "xmpmeta", {}, len(PACKET), "x")
    graph = Element(RDF, "RDF", {}, len(ROOT), "rdf", text="\n\n", parent=root)
    about = Element(RDF, "Description", {ABOUT: ""}, len(GRAPH) + 1, "rdf", {ABOUT: "rdf:about"}, parent=graph)
    about.text, about.tail = "\n\n", "\n"
    root.children, graph.children, about.children, held.parent = [graph], [about], [held], about
    root.open_end, graph.open_end, about.open_end = len(ROOT), len(GRAPH), held.start - 1
    about.close, about.end = held.end + 1, held.end + len("\n</rdf:Description>")
    graph.close, graph.end = about.end + 1, about.end + len("\n</rdf:RDF>")
    root.close, root.end = graph.end, held.end + len(END)
    return root


def _is_name(tag: bytes, prefix: bytes) -> bool:
    """Tell whether this is `PREFIX:Name`, in letters and digits, with a prefix that no document uses for XML or RDF."""
    first, _, name = tag.partition(b":")
    usual = prefix.isalnum() and prefix.isupper() and prefix[:1].isalpha() and not prefix.startswith(b"XML")
    return first == prefix and usual and name.isalpha()


def _is_foreign(namespace: bytes) -> bool:
    return bool(namespace) and not namespace.translate(None, ADDRESS) and not namespace.startswith(OTHERS)


def _plain(text: bytes) -> str | None:
    """Give character data that stands for itself; None where a parser has to say what it is."""
    if len(text.translate(None, UNPLAIN)) != len(text) or any(odd in text for odd in NO_CHARACTERS):
        return None
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None
