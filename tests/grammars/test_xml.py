"""The XML door: offsets are exact, nothing expands, nothing is fetched, floods are refused before they are held."""

from __future__ import annotations

import tracemalloc

import pytest

from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.xml import Element, attribute_spans, parse
from aigc_label.limits import DEFAULT_LIMITS, Limits


def parsed(document: str | bytes) -> Element:
    return parse(document if isinstance(document, bytes) else document.encode(), DEFAULT_LIMITS)


def cut(document: bytes, element: Element) -> tuple[bytes, bytes, bytes]:
    """Give start tag, content and end tag as the offsets have them."""
    return (
        document[element.start : element.open_end],
        document[element.open_end : element.close],
        document[element.close : element.end],
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"<r><a/></r>", (b"<a/>", b"", b"")),
        (b"<r><a></a></r>", (b"<a>", b"", b"</a>")),
        (b"<r><a /><b/></r>", (b"<a />", b"", b"")),
        (b"<r><a k='>'/></r>", (b"<a k='>'/>", b"", b"")),
        (b"<r><a k='>\"/'></a ></r>", (b"<a k='>\"/'>", b"", b"</a >")),
        (b"<r><a>t</a></r>", (b"<a>", b"t", b"</a>")),
        (b"<r><a><!-- c --></a></r>", (b"<a>", b"<!-- c -->", b"</a>")),
        (b"<r><a><?p i?></a></r>", (b"<a>", b"<?p i?>", b"</a>")),
        (b"<r><a><![CDATA[<]]></a></r>", (b"<a>", b"<![CDATA[<]]>", b"</a>")),
        (b"<r><a>&amp;</a></r>", (b"<a>", b"&amp;", b"</a>")),
        (b"<r><a\n k = 'v'\n>\n</a></r>", (b"<a\n k = 'v'\n>", b"\n", b"</a>")),
    ],
)
def test_offsets_cut_out_exactly_the_element(document: bytes, expected: tuple[bytes, bytes, bytes]) -> None:
    (child, *_) = parsed(document).children
    assert cut(document, child) == expected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("inner", ["<a/>", "<a></a>", "<a k='>'>t</a>", "<\u012f></\u012f>", "<\u012f/>"])
def test_offsets_are_exact_in_utf16(encoding: str, inner: str) -> None:
    document = f"\ufeff<r>{inner}</r>".encode(encoding)
    (child,) = parsed(document).children
    assert document[child.start : child.end].decode(encoding) == inner


def test_text_is_joined_over_comments_instructions_and_cdata() -> None:
    assert parsed("<a>one<!-- - --> two<?p i?> <![CDATA[<three>]]>&#x20;&lt;</a>").text == "one two <three> <"


def test_a_prefix_may_mean_another_namespace_further_down() -> None:
    root = parsed('<p:a xmlns:p="u:1"><p:b xmlns:p="u:2" p:k="v"/><p:c/></p:a>')
    assert [(e.namespace, e.name) for e in root.walk()] == [("u:1", "a"), ("u:2", "b"), ("u:1", "c")]


def test_two_prefixes_of_one_local_name_are_told_apart() -> None:
    document = b"<a xmlns:x='u:1' xmlns:y='u:2' y:k='2' x:k='1' k='0'/>"
    root = parsed(document)
    spans = {key: document[start:end] for key, (start, end) in attribute_spans(document, root).items()}
    assert spans == {("u:2", "k"): b" y:k='2'", ("u:1", "k"): b" x:k='1'", ("", "k"): b" k='0'"}


def test_names_that_only_stand_in_a_value_are_no_attributes() -> None:
    document = b"""<a xmlns:x='u:1' note=' x:k="9" ' x:k='1'/>"""
    start, end = attribute_spans(document, parsed(document))["u:1", "k"]
    assert document[start:end] == b" x:k='1'"


BOMBS = {
    "billion laughs": '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    "outside file": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:9/x">%b;]><a/>',
    "empty": "<!DOCTYPE a><a/>",
}


@pytest.mark.parametrize("document", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_is_expanded(document: str, encoding: str) -> None:
    with pytest.raises(MalformedFile, match="DTD"):
        parsed(document.encode(encoding))


def test_an_entity_nobody_declared_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        parsed("<a>&nbsp;</a>")


def test_depth_is_bounded() -> None:
    with pytest.raises(LimitExceeded):
        parsed("<a>" * 100_000)


def test_elements_are_counted() -> None:
    with pytest.raises(LimitExceeded):
        parse(b"<r>" + b"<a/>" * 200 + b"</r>", Limits(items=10))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_attribute_flood_is_refused_without_holding_it(encoding: str) -> None:
    flood = ("<a " + " ".join(f'a{n}=""' for n in range(100_000)) + "/>").encode(encoding)
    parsed(b"<a/>")  # what is imported on first use is not the flood's
    tracemalloc.start()
    try:
        with pytest.raises(LimitExceeded):
            parsed(flood)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert encoding != "utf-8" or peak < 2_000_000


def test_a_long_value_is_no_flood() -> None:
    value = "data:image/png;base64," + "A" * 300_000 + "=="
    assert parsed(f'<a href="{value}"/>').attributes["", "href"] == value


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b" ",
        b"<",
        b"<a",
        b"<a>",
        b"<a></b>",
        b"\xff\xfe<\0",
        b"<a>\0</a>",
        b"<a>\xff</a>",
        b"<a k=1/>",
        b"<a/><b/>",
    ],
)
def test_what_is_not_well_formed_is_malformed(document: bytes) -> None:
    with pytest.raises(MalformedFile):
        parsed(document)


@pytest.mark.parametrize("name", ["gb18030", "utf-7", "no-such-encoding", "utf-32"])
def test_an_encoding_that_cannot_be_decoded_is_malformed(name: str) -> None:
    with pytest.raises(MalformedFile):
        parsed(f'<?xml version="1.0" encoding="{name}"?><a>\u4e2d</a>'.encode())


def test_a_document_over_the_limit_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        parse(b"<a/>" + b" " * 100, Limits(block=50))
