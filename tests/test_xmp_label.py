"""The label in an XMP packet: found in every shape that is met, told apart from look-alikes, written in one shape."""

from __future__ import annotations

import html
import json

import pytest

from aigc_label import xmp_label
from aigc_label.dialects import understand
from aigc_label.errors import InvalidLabel
from aigc_label.evidence import NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.label import NAMESPACE, Label
from aigc_label.limits import DEFAULT_LIMITS

PRODUCER = "001191110108335469089C10100"
LABEL = Label.generated(producer=PRODUCER, produce_id="xmp-1")
TEXT = LABEL.to_json()


def packet(inner: str, attributes: str = "", namespace: str = NAMESPACE) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:TC260="{namespace}"{attributes}>{inner}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def survey(data: bytes) -> Survey:
    return xmp_label.survey(data, 1000, "here", Standing.PRIMARY, DEFAULT_LIMITS)


def reading(data: bytes) -> Reading:
    (found,) = survey(data).readings
    return found


def labelled(data: bytes) -> bytes:
    return xmp_label.with_label(data, TEXT, DEFAULT_LIMITS)


SHAPES = {
    "element": packet(f"<TC260:AIGC>{TEXT}</TC260:AIGC>"),
    "element with quotes escaped, as Doubao and exiftool write it": packet(
        f"<TC260:AIGC>{html.escape(TEXT)}</TC260:AIGC>"
    ),
    "attribute, as PicWish writes it": packet("", f' TC260:AIGC="{html.escape(TEXT)}"'),
    "escaped twice, as Wan writes it": packet(f"<TC260:AIGC>{html.escape(html.escape(TEXT))}</TC260:AIGC>"),
    "structure of fields, as Wan writes it": packet(
        '<TC260:AIGC rdf:parseType="Resource">'
        + "".join(f"<TC260:{key}>{value}</TC260:{key}>" for key, value in LABEL.to_fields().items())
        + "</TC260:AIGC>"
    ),
    "array": packet(f"<TC260:AIGC><rdf:Bag><rdf:li>{TEXT}</rdf:li></rdf:Bag></TC260:AIGC>"),
    "wrapped": packet(f'<TC260:AIGC>{{"AIGC":{TEXT}}}</TC260:AIGC>'),
    "JSON in JSON": packet(f"<TC260:AIGC>{html.escape(json.dumps(TEXT))}</TC260:AIGC>"),
    "in CDATA": packet(f"<TC260:AIGC><![CDATA[{TEXT}]]></TC260:AIGC>"),
    "name in lower case": packet(f"<TC260:aigc>{TEXT}</TC260:aigc>"),
    "prefix in lower case": packet(f"<TC260:AIGC>{TEXT}</TC260:AIGC>")
    .replace(b"TC260:", b"tc260:")
    .replace(b":TC260", b":tc260"),
    "UTF-16": packet(f"<TC260:AIGC>{TEXT}</TC260:AIGC>").decode().encode("utf-16"),
}


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_every_shape_is_understood_as_the_same_label(data: bytes) -> None:
    found = reading(data)
    assert found.standing is Standing.PRIMARY
    assert understand(found.text).label == LABEL


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_every_shape_is_replaced_by_the_guides_one(data: bytes) -> None:
    found = reading(labelled(data))
    assert (found.text, found.repairs) == (TEXT, ())


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_every_shape_can_be_blanked_at_the_same_size(data: bytes) -> None:
    blank = xmp_label.without_label(data, DEFAULT_LIMITS)
    assert (survey(blank).readings, len(blank)) == ((), len(data))


def test_an_equal_label_leaves_the_packet_alone() -> None:
    for name in ("element", "in CDATA", "UTF-16", "element with quotes escaped, as Doubao and exiftool write it"):
        assert labelled(SHAPES[name]) is SHAPES[name]


@pytest.mark.parametrize(
    ("name", "repairs"),
    [
        ("attribute, as PicWish writes it", (Repair.ATTRIBUTE,)),
        ("structure of fields, as Wan writes it", (Repair.NESTED,)),
        ("name in lower case", (Repair.NAME_CASE,)),
        ("element", ()),
    ],
)
def test_what_had_to_be_mended_is_recorded(name: str, repairs: tuple[Repair, ...]) -> None:
    assert reading(SHAPES[name]).repairs == repairs


def test_the_offset_is_where_the_property_begins() -> None:
    data = SHAPES["element"]
    assert data[reading(data).offset - 1000 :].startswith(b"<TC260:AIGC>")


LOOKALIKES = {
    "letter O for zero": NAMESPACE.replace("260", "26O"),
    "no slash": NAMESPACE.rstrip("/"),
    "https": NAMESPACE.replace("http:", "https:"),
    "upper-case host": NAMESPACE.replace("www.tc260", "WWW.TC260"),
    "somebody's own": "http://example.com/aigc#",
}


@pytest.mark.parametrize("namespace", LOOKALIKES.values(), ids=LOOKALIKES)
def test_a_namespace_that_only_looks_like_ours_is_hidden_and_goes_with_the_old_label(namespace: str) -> None:
    data = packet(f"<TC260:AIGC>{TEXT}</TC260:AIGC>", namespace=namespace)
    found = reading(data)
    assert (found.standing, found.repairs) == (Standing.HIDDEN, (Repair.LOOKALIKE,))
    assert reading(labelled(data)).standing is Standing.PRIMARY


@pytest.mark.parametrize(
    "name", ["\u0410IGC", "\uff21\uff29\uff27\uff23", "\u0391IGC"], ids=["Cyrillic", "full-width", "Greek"]
)
def test_a_name_that_only_looks_like_ours_is_seen(name: str) -> None:
    try:
        found = survey(packet(f"<TC260:{name}>{TEXT}</TC260:{name}>"))
    except ValueError:  # expat has no such name character
        pytest.skip("not a name in XML 1.0")
    assert found.readings or found.notices


def test_properties_of_others_that_only_hold_our_name_are_theirs() -> None:
    data = packet("<TC260:aigcScore>0.7</TC260:aigcScore>", namespace="http://example.com/scores/")
    assert survey(data).readings == ()
    assert b"<TC260:aigcScore>0.7</TC260:aigcScore>" in labelled(data)


def test_a_label_below_another_property_is_hidden_and_goes() -> None:
    data = packet(f'<TC260:more rdf:parseType="Resource"><TC260:AIGC>{TEXT}</TC260:AIGC></TC260:more>')
    assert reading(data).standing is Standing.HIDDEN
    assert reading(labelled(data)).standing is Standing.PRIMARY


def test_a_packet_that_cannot_be_parsed_is_unread() -> None:
    assert [notice.kind for notice in survey(b"<x:xmpmeta").notices] == [NoticeKind.UNREAD]
    assert [notice.kind for notice in survey(b"<!DOCTYPE a><a/>").notices] == [NoticeKind.UNREAD]


def test_content_credentials_elsewhere_and_iptc_source_types_are_noticed() -> None:
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    data = packet(
        f"<e:DigitalSourceType>{source}</e:DigitalSourceType><t:provenance>https://x</t:provenance>",
        f' xmlns:e="{xmp_label.IPTC}" xmlns:t="{xmp_label.C2PA_TERMS}"',
    )
    assert [notice.kind for notice in survey(data).notices] == [NoticeKind.IPTC_SOURCE_TYPE, NoticeKind.C2PA]


@pytest.mark.parametrize("odd", ["\ufffe", "\uffff", "\x01", "\ud800"])
def test_characters_that_no_xml_can_hold_are_refused(odd: str) -> None:
    for data in (None, SHAPES["element"]):
        with pytest.raises(InvalidLabel):
            xmp_label.with_label(data, TEXT + odd, DEFAULT_LIMITS)


@pytest.mark.parametrize("odd", ["\r", "\r\n", "\t", "]]>", "&amp;", "<b>", "\u2028", "\U0001f600", "中文", " "])
def test_any_other_character_comes_back_as_it_was(odd: str) -> None:
    for data in (None, SHAPES["element"]):
        new = xmp_label.with_label(data, odd + TEXT + odd, DEFAULT_LIMITS)
        assert reading(new).text == odd + TEXT + odd
