"""XMP packets: one property changes, every other one keeps its bytes, and the padding keeps the size."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.grammars import xmp
from aigc_label.grammars.rdf import RDF, Property
from aigc_label.limits import DEFAULT_LIMITS, Limits

OURS = "http://www.tc260.org.cn/ns/AIGC/1.0/"
TARGET = (OURS, "TC260", "AIGC")
DC, XMPNS = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/"
HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
TEXT = '{"Label":"1","ProduceID":"<a&b>"}'


def is_ours(prop: Property) -> bool:
    return (prop.namespace, prop.name) == (OURS, "AIGC")


def edited(packet: bytes, text: str = TEXT) -> bytes:
    return xmp.with_property(packet, TARGET, text, is_ours, DEFAULT_LIMITS)


def properties(packet: bytes) -> list[Property]:
    return list(xmp.properties(packet, DEFAULT_LIMITS))


def ours(packet: bytes) -> list[str]:
    return [prop.text for prop in properties(packet) if is_ours(prop)]


def others(packet: bytes) -> list[tuple[str, str, str]]:
    return [(prop.namespace, prop.name, prop.text) for prop in properties(packet) if not is_ours(prop)]


def graph(inner: str, attributes: str = "", rdf: str = "rdf") -> str:
    return (
        f'<{rdf}:RDF xmlns:{rdf}="{RDF}"><{rdf}:Description {rdf}:about="" xmlns:dc="{DC}" xmlns:T="{OURS}"'
        f"{attributes}>{inner}</{rdf}:Description></{rdf}:RDF>"
    )


def wrapped(body: str, room: int = 2000, end: str = "w") -> bytes:
    return f'{HEAD}<x:xmpmeta xmlns:x="adobe:ns:meta/">{body}</x:xmpmeta>{" " * room}<?xpacket end="{end}"?>'.encode()


KEPT = "<dc:title>kept &amp; whole</dc:title>"

SHAPES = {
    "plain": wrapped(graph(KEPT)),
    "read-only": wrapped(graph(KEPT), end="r"),
    "without wrapper": graph(KEPT).encode(),
    "without xmpmeta": (HEAD + graph(KEPT) + '<?xpacket end="w"?>').encode(),
    "byte-order mark before it": b"\xef\xbb\xbf" + graph(KEPT).encode(),
    "NULs behind it": wrapped(graph(KEPT)) + b"\0\0\0",
    "white space before it": b"\n\n  " + graph(KEPT).encode(),
    "an XML declaration": b'<?xml version="1.0" encoding="UTF-8"?>\n' + graph(KEPT).encode(),
    "Latin-1": b'<?xml version="1.0" encoding="iso-8859-1"?>' + graph("<dc:title>caf\xe9</dc:title>").encode("latin-1"),
    "UTF-16, little-endian": wrapped(graph(KEPT)).decode().encode("utf-16-le"),
    "UTF-16, with a mark": wrapped(graph(KEPT)).decode().encode("utf-16"),
    "UTF-16, declared": ('<?xml version="1.0" encoding="UTF-16"?>' + graph(KEPT)).encode("utf-16"),
    "UTF-16, big-endian": wrapped(graph(KEPT)).decode().encode("utf-16-be"),
    "UTF-32": wrapped(graph(KEPT)).decode().encode("utf-32-be"),
    "another prefix for RDF": wrapped(graph(KEPT, rdf="r")),
    "RDF as the default namespace": wrapped(
        f'<RDF xmlns="{RDF}" xmlns:r="{RDF}" xmlns:dc="{DC}"><Description r:about="">{KEPT}</Description></RDF>'
    ),
    "the prefix rdf bound to another name": wrapped(
        f'<r:RDF xmlns:r="{RDF}"><r:Description r:about="" xmlns:rdf="{DC}"><rdf:title>kept</rdf:title>'
        "</r:Description></r:RDF>"
    ),
    "our prefix bound to RDF": wrapped(graph(KEPT, rdf="TC260")),
    "our prefix bound to another name": wrapped(graph(f'<TC260:title xmlns:TC260="{DC}">kept</TC260:title>')),
    "empty RDF": wrapped(f'<rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF>'),
    "self-closing RDF": wrapped(f'<rdf:RDF xmlns:rdf="{RDF}"/>'),
    "self-closing RDF with space": wrapped(f'<rdf:RDF xmlns:rdf="{RDF}" />'),
    "self-closing description": wrapped(
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:dc="{DC}" dc:title="kept"/></rdf:RDF>'
    ),
    "no RDF": wrapped(""),
    "self-closing xmpmeta": b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
    "the property as an attribute": wrapped(graph(KEPT, ' T:AIGC="{&quot;Label&quot;:&quot;2&quot;}"')),
    "the property as an element": wrapped(graph(KEPT + "<T:AIGC>old</T:AIGC>")),
    "the property empty": wrapped(graph(KEPT + "<T:AIGC/>")),
    "the property with a language": wrapped(graph(KEPT + '<T:AIGC xml:lang="zh">old</T:AIGC>')),
    "the property in pieces": wrapped(graph(KEPT + "<T:AIGC>o<!-- x --><![CDATA[l]]><?p i?>d</T:AIGC>")),
    "the property as an array": wrapped(graph(KEPT + "<T:AIGC><rdf:Bag><rdf:li>old</rdf:li></rdf:Bag></T:AIGC>")),
    "the property as a structure": wrapped(
        graph(KEPT + '<T:AIGC rdf:parseType="Resource"><T:Label>1</T:Label></T:AIGC>')
    ),
    "the property twice": wrapped(graph(KEPT + "<T:AIGC>old</T:AIGC>", ' T:AIGC="older"')),
    "the property below another": wrapped(
        graph(KEPT + '<dc:source rdf:parseType="Resource"><T:AIGC>x</T:AIGC></dc:source>')
    ),
}


@pytest.mark.parametrize("packet", SHAPES.values(), ids=SHAPES)
def test_the_property_is_set_once_and_a_second_time_changes_nothing(packet: bytes) -> None:
    new = edited(packet)
    assert ours(new) == [TEXT]
    assert edited(new) is new


@pytest.mark.parametrize("packet", SHAPES.values(), ids=SHAPES)
def test_other_properties_stay(packet: bytes) -> None:
    before = [triple for triple in others(packet) if triple[1] not in ("Label", "source")]
    assert [triple for triple in others(edited(packet)) if triple[1] != "source"] == before


@pytest.mark.parametrize("packet", SHAPES.values(), ids=SHAPES)
def test_a_change_keeps_the_size(packet: bytes) -> None:
    once = edited(packet)
    assert len(edited(once, TEXT * 3)) == len(edited(once, "")) == len(once)


@pytest.mark.oracle("xmllint")
@pytest.mark.parametrize("packet", SHAPES.values(), ids=SHAPES)
def test_xmllint_finds_it_well_formed(packet: bytes, tmp_path: Path) -> None:
    file = tmp_path / "packet.xml"
    file.write_bytes(edited(packet).rstrip(b"\0").lstrip())
    told = subprocess.run(["xmllint", "--noout", "--nonet", file], capture_output=True, text=True, check=False)
    assert (told.returncode, [line for line in told.stderr.splitlines() if "error" in line]) == (0, [])


BEYOND_EXIFTOOL = ("white space before it", "Latin-1")  # it wants the packet at the file's first byte, and Unicode


@pytest.mark.oracle("exiftool")
@pytest.mark.parametrize("name", [name for name in SHAPES if name not in BEYOND_EXIFTOOL])
def test_exiftool_reads_the_property(name: str, tmp_path: Path) -> None:
    file = tmp_path / "packet.xmp"
    file.write_bytes(edited(SHAPES[name]))
    command = ["exiftool", "-a", "-s3", "-XMP:all", file]  # the prefix decides which group it is in
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert TEXT in told.splitlines()


def test_a_read_only_packet_stays_read_only() -> None:
    assert edited(SHAPES["read-only"]).endswith(b'<?xpacket end="r"?>')


def test_a_packet_with_room_keeps_its_size_from_the_first_change_on() -> None:
    packet = SHAPES["plain"]
    assert len(edited(packet)) == len(packet)


def test_a_packet_without_room_gets_some() -> None:
    packet = wrapped(graph(KEPT), room=0)
    assert len(edited(packet)) > len(packet) + xmp.ROOM


def test_white_space_that_belongs_to_a_value_is_no_room() -> None:
    packet = graph("<dc:title>kept" + " " * 500 + "</dc:title>").encode()
    assert others(edited(packet)) == others(packet)


def test_a_trailer_that_only_stands_in_a_value_is_no_trailer() -> None:
    packet = graph("<dc:title><![CDATA[  <?xpacket end='w'?>  ]]></dc:title>").encode()
    assert others(edited(packet)) == others(packet)


def test_two_attributes_of_one_name_and_different_prefix_are_told_apart() -> None:
    packet = wrapped(graph("", ' xmlns:o="u:other" o:AIGC="theirs" T:AIGC="ours" dc:AIGC="theirs too"'))
    new = edited(packet)
    assert ours(new) == [TEXT]
    assert others(new) == others(packet)


def test_a_prefix_bound_anew_further_down_does_not_mislead() -> None:
    packet = wrapped(graph(f'<T:AIGC xmlns:T="{DC}">theirs</T:AIGC><T:AIGC>ours</T:AIGC>'))
    new = edited(packet)
    assert ours(new) == [TEXT]
    assert (DC, "AIGC", "theirs") in others(new)


def test_the_subject_of_the_graph_is_repeated() -> None:
    about = "uuid:&quot;1&amp;2&quot;"
    new = edited(wrapped(graph(KEPT).replace('about=""', f'about="{about}"')))
    assert new.decode().count(f'about="{about}"') == 2


@pytest.mark.parametrize("namespace", ["http://ns.adobe.com/xap/1.0/mm/"])
def test_what_describes_an_ingredient_is_not_the_files(namespace: str) -> None:
    inner = (
        f'<mm:Pantry xmlns:mm="{namespace}"><rdf:Bag><rdf:li><rdf:Description><T:AIGC>theirs</T:AIGC>'
        "</rdf:Description></rdf:li></rdf:Bag></mm:Pantry>"
    )
    packet = wrapped(graph(inner))
    assert ours(packet) == []
    assert b"<T:AIGC>theirs</T:AIGC>" in edited(packet)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<T:AIGC>a&amp;b</T:AIGC>", "a&b"),
        ("<T:AIGC> <![CDATA[a<b]]> </T:AIGC>", " a<b "),
        ('<T:AIGC rdf:resource="u:1"/>', "u:1"),
        ('<T:AIGC rdf:value="v"/>', "v"),
        ('<T:AIGC rdf:parseType="Resource"><rdf:value>v</rdf:value><T:q>1</T:q></T:AIGC>', "v"),
        ("<T:AIGC><rdf:Description><rdf:value>v</rdf:value></rdf:Description></T:AIGC>", "v"),
        ('<T:AIGC><rdf:Alt><rdf:li xml:lang="x-default">v</rdf:li></rdf:Alt></T:AIGC>', "v"),
        ("<T:AIGC><rdf:Seq><rdf:li>v</rdf:li><rdf:li>w</rdf:li></rdf:Seq></T:AIGC>", "v\nw"),
        (
            '<T:AIGC rdf:parseType="Resource"><T:Label>1</T:Label><T:ProduceID>"x"</T:ProduceID></T:AIGC>',
            '{"Label":"1","ProduceID":"\\"x\\""}',
        ),
        ('<T:AIGC T:Label="1"/>', '{"Label":"1"}'),
        ("<T:AIGC><T:Label>1</T:Label><T:R><T:a>2</T:a></T:R></T:AIGC>", '{"Label":"1","R":{"a":"2"}}'),
        ("<T:AIGC><T:Label>1</T:Label><T:Label>2</T:Label></T:AIGC>", '{"Label":"1","Label":"2"}'),
    ],
)
def test_a_value_is_text_whatever_its_shape(inner: str, text: str) -> None:
    assert ours(wrapped(graph(inner)))[0] == text


def test_structures_without_end_cost_little() -> None:
    deep = wrapped(graph("<T:a>" * 200 + "<T:b/>" * 20_000 + "</T:a>" * 200))
    assert ours(deep) == []


@pytest.mark.parametrize(
    "name", ["plain", "UTF-16, big-endian", "UTF-32", "white space before it", "byte-order mark before it"]
)
def test_offsets_count_in_the_packets_own_bytes(name: str) -> None:
    packet = SHAPES[name]
    (title,) = (prop for prop in properties(packet) if prop.name == "title")
    encoding = {"U": "utf-16-be"}.get(name[0], "utf-8") if "32" not in name else "utf-32-be"
    assert packet[title.start : title.end].decode(encoding) == KEPT


@pytest.mark.parametrize("packet", SHAPES.values(), ids=SHAPES)
def test_without_leaves_the_size_and_the_others(packet: bytes) -> None:
    new = xmp.without(packet, is_ours, DEFAULT_LIMITS)
    assert ours(new) == []
    assert len(new) == len(packet)
    assert {"title"} & {name for _, name, _ in others(new)} == {"title"} & {name for _, name, _ in others(packet)}


def test_slimming_takes_padding_and_nothing_else() -> None:
    packet = xmp.new_packet(*TARGET, TEXT)
    slim = xmp.slimmed(packet, len(packet) - 1000, DEFAULT_LIMITS)
    assert len(slim) == len(packet) - 1000
    assert ours(slim) == [TEXT]
    assert len(xmp.slimmed(packet, 10, DEFAULT_LIMITS)) > 10


@pytest.mark.parametrize(
    "packet", [b"<a/>", b"<x:xmpmeta", b"words", b'<!DOCTYPE a><rdf:RDF xmlns:rdf="r"/>', b"\xff\xfe<\0a"]
)
def test_what_is_no_packet_is_malformed(packet: bytes) -> None:
    with pytest.raises(MalformedFile):
        edited(packet)


def test_an_empty_packet_is_a_place_for_a_new_one() -> None:
    assert ours(edited(b"\0" * 100)) == [TEXT]


def test_a_packet_over_the_limit_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        list(xmp.properties(SHAPES["plain"], Limits(packet=100)))


# --- random packets, built from pieces

words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cc", "Cs"]), max_size=12
).filter(lambda text: not re.search("[\ufffe\uffff]", text))
names = st.sampled_from(["title", "AIGC", "format", "a-b", "名"])
prefixes = st.sampled_from([("dc", DC), ("xmp", XMPNS), ("T", OURS), ("o", "u:other"), ("TC260", "u:other2")])
quotes = st.sampled_from(['"', "'"])


def spelt(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("'", "&#39;")


@st.composite
def elements(draw: st.DrawFn) -> str:
    prefix, uri = draw(prefixes)
    name, text, again = f"{prefix}:{draw(names)}", spelt(draw(words)), draw(st.booleans())
    declared = f' xmlns:{prefix}="{uri}"' if again else ""
    shape = draw(st.sampled_from(["text", "empty", "array", "structure", "cdata", "comment", "lang"]))
    inner = {
        "text": text,
        "empty": "",
        "array": f"<rdf:Alt><rdf:li xml:lang='x-default'>{text}</rdf:li></rdf:Alt>",
        "structure": f"<rdf:Description><{name}>{text}</{name}></rdf:Description>",
        "cdata": "<![CDATA[<&>]]>" + text,
        "comment": f"<!-- > -->{text}<?p '>?>",
        "lang": text,
    }[shape]
    if shape == "empty":
        return f"<{name}{declared}/>"
    return f"<{name}{declared}{' xml:lang=' + chr(34) + 'zh' + chr(34) if shape == 'lang' else ''}>{inner}</{name}>"


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    attributes, seen = "", set()
    for _ in range(draw(st.integers(0, 4))):
        prefix, _ = draw(prefixes)
        name, quote = f"{prefix}:{draw(names)}", draw(quotes)
        if name not in seen:
            seen.add(name)
            attributes += f"{draw(st.sampled_from([' ', chr(10), '  ']))}{name}={quote}{spelt(draw(words))}{quote}"
    declared = "".join(
        f' xmlns:{prefix}="{uri}"' for prefix, uri in [("xmp", XMPNS), ("o", "u:other"), ("TC260", "u:other2")]
    )
    body = graph("\n".join(draw(st.lists(elements(), max_size=5))), declared + attributes)
    more = graph("".join(draw(st.lists(elements(), max_size=2))), declared)
    both = body if draw(st.booleans()) else body.replace("</rdf:RDF>", more[more.index("<rdf:Description") :])
    room = draw(st.sampled_from([0, 1, 700, 3000]))
    packet = wrapped(both, room) if draw(st.booleans()) else both.encode() + b" " * room
    return packet.decode().encode("utf-16") if draw(st.integers(0, 9)) == 0 else packet


def foreign(packet: bytes) -> list[tuple[str, str, str, bool]]:
    """Give what belongs to others: not our property, nor what stands within it."""
    found = properties(packet)
    own = [(prop.start, prop.end) for prop in found if is_ours(prop)]
    return [
        (prop.namespace, prop.name, prop.text, prop.stray)
        for prop in found
        if not any(start <= prop.start and prop.end <= end for start, end in own)
    ]


def without_nested(triples: list[tuple[str, str, str, bool]]) -> list[tuple[str, str, str, bool]]:
    """A structure that lost a field of ours within it tells another text: look at its name alone."""
    return [(space, name, "" if "AIGC" in text else text, stray) for space, name, text, stray in triples]


@settings(max_examples=300, deadline=None)
@given(packets(), words)
def test_whatever_the_packet_the_others_stay_and_the_size_where_it_can(packet: bytes, text: str) -> None:
    before = foreign(packet)
    once = edited(packet, text)
    assert ours(once) == [text]
    assert without_nested(foreign(once)) == without_nested(before)
    assert edited(once, text) is once
    growth = len(edited(once, text + "longer")) - len(once)
    assert growth == 0 or growth > xmp.ROOM // 2  # as before where there is room for it, else room anew


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SHAPES)), st.integers(0, 3000), st.integers(0, 255))
def test_a_damaged_packet_raises_only_our_errors(name: str, at: int, byte: int) -> None:
    packet = bytearray(SHAPES[name])
    packet[at % len(packet)] = byte
    for job in (properties, edited, lambda data: xmp.without(data, is_ours, DEFAULT_LIMITS)):
        try:
            job(bytes(packet))
        except AigcLabelError:
            continue
