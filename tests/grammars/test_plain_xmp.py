"""Packets read without a parser mean what the parser says, to the last offset; all others are left to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_label.errors import AigcLabelError
from aigc_label.grammars import plain_xmp, xmp
from aigc_label.grammars.xml import Element, parse
from aigc_label.limits import DEFAULT_LIMITS

OURS = "http://www.tc260.org.cn/ns/AIGC/1.0/"
LABEL = '{"Label":"1","ContentProducer":"某公司","ProduceID":"1"}'
PLAIN = xmp.new_packet(OURS, "TC260", "AIGC", LABEL)


def told(element: Element | None) -> Any:
    """Everything that a tree says, as values that can be compared."""
    if element is None:
        return None
    places = (element.start, element.open_end, element.close, element.end)
    names = (element.namespace, element.name, element.prefix, element.attributes, element.spelt)
    return names, places, element.text, element.tail, [told(child) for child in element.children]


def parsed(packet: bytes) -> Any:
    try:
        return told(parse(packet, DEFAULT_LIMITS))
    except AigcLabelError:
        return "not XML"


def test_our_own_packet_is_read_without_the_parser_and_as_the_parser_reads_it() -> None:
    assert told(plain_xmp.tree_of(PLAIN)) == parsed(PLAIN)


def test_every_element_knows_the_one_above_it() -> None:
    root = plain_xmp.tree_of(PLAIN)
    assert root is not None
    assert all(child.parent is element for element in root.walk() for child in element.children)


@given(st.text(max_size=40))
def test_any_text_is_read_as_the_parser_reads_it_or_left_to_it(text: str) -> None:
    try:
        packet = PLAIN.replace(LABEL.encode(), text.encode())
    except UnicodeEncodeError:
        return
    tree = plain_xmp.tree_of(packet)
    assert tree is None or told(tree) == parsed(packet)


@given(st.integers(0, 512), st.binary(max_size=6), st.integers(0, 4))
def test_a_packet_with_any_bytes_changed_is_read_as_the_parser_reads_it_or_left_to_it(
    at: int, new: bytes, gone: int
) -> None:
    packet = PLAIN[:at] + new + PLAIN[at + gone :]
    tree = plain_xmp.tree_of(packet)
    assert tree is None or told(tree) == parsed(packet)


def test_every_single_byte_counts() -> None:
    head = PLAIN.rindex(b">", 0, -30) + 1  # behind it there is white space alone, and the trailer
    for at in (*range(head), *range(len(PLAIN) - 25, len(PLAIN))):
        for byte in b'<>&"= \r\n\x00x:X/\xff':
            packet = PLAIN[:at] + bytes((byte,)) + PLAIN[at + 1 :]
            tree = plain_xmp.tree_of(packet)
            assert tree is None or told(tree) == parsed(packet), (at, byte)


@pytest.mark.parametrize(
    "change",
    [
        (b"TC260:", b"rdf:"),
        (b"TC260", b"XMLX"),
        (b"TC260", b"x"),
        (OURS.encode(), b"http://www.w3.org/XML/1998/namespace"),
        (OURS.encode(), b"http://ns.adobe.com/xap/1.0/mm/"),
        (OURS.encode(), b"a&#47;b"),
        (b"AIGC>{", b"AIGC><!-- -->{"),
        (b"AIGC>{", b"AIGC><![CDATA[{"),
        (b"<x:xmpmeta", b"<!DOCTYPE x><x:xmpmeta"),
        ("某".encode(), b"\xef\xbf\xbf"),
        ("某".encode(), b"\xed\xa0\x80"),
        ("某".encode(), b"]]>"),
        ("某".encode(), b"&amp;"),
        (b"\n</rdf:Description>", b"\n<TC260:AIGC>{}</TC260:AIGC>\n</rdf:Description>"),
        (b"</x:xmpmeta>", b"</x:xmpmeta><a/>"),
        (b"</x:xmpmeta>", b"</x:xmpmeta><!-- ContentProducer -->"),
    ],
)
def test_whatever_is_not_plain_is_left_to_the_parser(change: tuple[bytes, bytes]) -> None:
    packet = PLAIN.replace(*change)
    assert packet != PLAIN
    assert plain_xmp.tree_of(packet) is None
