"""HTML: one meta element in the head, where html5lib finds it; every other byte stays."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_label.adapters.html import payload, plan, read
from aigc_label.errors import AigcLabelError, InvalidLabel, LimitExceeded, UnsupportedFormat
from aigc_label.evidence import Reading, Repair, Standing
from aigc_label.label import Label
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory, keeps

FIXTURES = Path(__file__).parents[2] / "fixtures" / "html"
LABEL = Label.generated(producer="某公司&'<x>", produce_id='a"b')
TEXT = LABEL.to_json()
OLD = '{"Label":"1","ContentProducer":"doubao","ProduceID":"p"}'
META = f"<meta name=\"AIGC\" content='{OLD}'>"


def source(text: str | bytes) -> BytesSource:
    return BytesSource(text if isinstance(text, bytes) else text.encode(), "a.html")


def labelled(text: str | bytes) -> bytes:
    opened = source(text)
    made = plan(opened, TEXT)
    assert keeps(made, payload(opened))
    return in_memory(opened, made)


def readings(text: str | bytes) -> tuple[Reading, ...]:
    return read(source(text)).readings


def tree(data: bytes):  # type: ignore[no-untyped-def]
    encoding = None if data[:2] == b"\xff\xfe" else "gb18030" if b"gb2312" in data else "utf-8"
    text = data.decode("utf-16") if encoding is None else data.decode(encoding)
    return html5lib.parse(text, namespaceHTMLElements=False)


def heads(data: bytes) -> list[str]:
    """Give what a parser of the standard's own algorithm finds in the head."""
    return [meta.get("content", "") for meta in tree(data).findall("head/meta") if meta.get("name") == "AIGC"]


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*")), ids=lambda path: path.name)
def test_html5lib_finds_the_label_alone_in_the_head(path: Path) -> None:
    after = labelled(path.read_bytes())
    assert heads(after) == [TEXT]
    assert [meta for meta in tree(after).findall("body//meta") if meta.get("name") == "AIGC"] == []


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*")), ids=lambda path: path.name)
def test_html5lib_sees_no_other_difference(path: Path) -> None:
    def rest(data: bytes) -> list[tuple[object, ...]]:
        found = tree(data)
        for parent in list(found.iter()):
            for meta in [child for child in parent if child.tag == "meta" and child.get("name", "").upper() == "AIGC"]:
                parent.remove(meta)
        return [(e.tag, sorted(e.attrib.items()), (e.text or "").strip(), (e.tail or "").strip()) for e in found.iter()]

    before = path.read_bytes()
    assert rest(labelled(before)) == rest(before)


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("<html><head><title>x</title></head></html>", "<html><head>|<title>"),
        ("<head><title>x</title><meta charset=utf-8><link></head>", "<meta charset=utf-8>|<link>"),
        ("<!doctype html><!-- <head> --><html><body>x", "<html>|<body>"),
        ("<!doctype html>text", "<!doctype html>|text"),
        ("<title><head></title><p>x", "|<title>"),
        ("<html><head lang=a data-b='>'><style>a>b{}</style>", "data-b='>'>|<style>"),
        ("<header>x</header>", "|<header>"),
    ],
)
def test_the_label_stands_where_the_head_begins_or_behind_its_encoding(page: str, place: str) -> None:
    after = labelled(page).decode()
    at = after.index("<meta name=")
    end = after.index("'>", at) + 2
    assert (after[:at] + "|" + after[end:]).find(place) >= 0
    assert heads(after.encode()) == [TEXT]


@pytest.mark.parametrize(
    ("page", "standing"),
    [
        (f"<head>{META}</head>", Standing.CHOSEN),
        (f"<title>x</title>{META}<p>", Standing.CHOSEN),
        (f"<head></head>{META}<body>", Standing.CHOSEN),
        (f"<head></head><body>{META}", Standing.COMPATIBLE),
        (f"<p>x</p>{META}", Standing.COMPATIBLE),
        (f"text {META}", Standing.COMPATIBLE),
        (f"<head><noscript>{META}</noscript></head>", Standing.COMPATIBLE),
        (f"<!-- {META} --><p>", Standing.HIDDEN),
        (f"<!--[if IE]>{META}<![endif]--><p>", Standing.HIDDEN),
        (f"<head><template>{META}</template></head>", Standing.HIDDEN),
        (f"<head><script>var x = `{META}`</script></head>", Standing.HIDDEN),
        (f"<head><script><!-- <script> </script> {META} --></script></head>", Standing.HIDDEN),
        (f"<head><title>{META}</title></head>", Standing.HIDDEN),
        (f"<textarea>{META}</textarea>", Standing.HIDDEN),
        (f"<svg>{META}</svg>", Standing.HIDDEN),
        (f"<script>x = {OLD}</script>", Standing.HIDDEN),
        ('<iframe srcdoc="' + META.replace('"', "&quot;") + '"></iframe>', Standing.HIDDEN),
    ],
)
def test_what_a_reader_of_heads_does_not_see_is_no_label(page: str, standing: Standing) -> None:
    (reading,) = readings(page)
    assert reading.standing is standing
    assert reading.text == OLD
    assert len(heads(labelled(page))) == 1


@pytest.mark.parametrize(
    "page",
    [
        "<p>&lt;meta name=AIGC content='x'&gt;",
        '<pre>{"Label":"1"}</pre>',
        "<meta name=description content=AIGC>",
        "<p title='<meta name=AIGC>'>x",
    ],
)
def test_what_is_only_shown_is_no_label(page: str) -> None:
    assert readings(page) == ()


@pytest.mark.parametrize(
    ("tag", "repairs"),
    [
        (f"<META NAME=AIGC CONTENT='{OLD}'/>", ()),
        (f"<meta content='{OLD}' name='AIGC'>", ()),
        ('<meta name="AIGC" content="' + OLD.replace('"', "&quot;") + '">', ()),
        (f"<meta property=AIGC content='{OLD}'>", ()),
        (f"<meta name=aigc content='{OLD}'>", (Repair.NAME_CASE,)),
        (f"<meta name=x:AIGC content='{OLD}'>", (Repair.NAME_CONTAINS,)),
        (f"<meta\n\tname = 'AIGC'\n\tcontent = '{OLD}'\n>", ()),
    ],
)
def test_every_way_to_write_the_element_is_read(tag: str, repairs: tuple[Repair, ...]) -> None:
    (reading,) = readings(f"<head>{tag}</head>")
    assert (reading.text, reading.repairs) == (OLD, repairs)


@pytest.mark.parametrize("codec", ["big5", "shift_jis", "euc-kr", "windows-1251", "gbk"])
def test_a_declared_encoding_is_kept_and_what_it_lacks_is_referred_to(codec: str) -> None:
    page = f"<head><meta charset={codec}></head><p>人".encode(codec, "xmlcharrefreplace")
    after = labelled(page).decode(codec)
    assert after.startswith(f"<head><meta charset={codec}><meta name=")
    assert heads(after.encode()) == [TEXT]


@pytest.mark.parametrize("codec", ["iso-2022-jp", "utf-7", "hz-gb-2312", "rot13"])
def test_encodings_that_hide_markup_are_refused(codec: str) -> None:
    with pytest.raises(UnsupportedFormat):
        labelled(f"<head><meta charset={codec}></head>")


def test_broken_bytes_do_not_keep_a_page_from_its_label() -> None:
    assert len(labelled(b"<head><meta charset=utf-8></head><p>\xff\xfe\x80")) > 100


def test_control_characters_are_refused() -> None:
    with pytest.raises(InvalidLabel):
        plan(source("<p>"), "\x01")


def test_a_tag_without_end_hides_what_follows() -> None:
    assert readings(f"<p title='{META[:5]}") == ()
    assert [r.standing for r in readings(f'<p title="x {META.replace(chr(34), "")}')] in ([], [Standing.HIDDEN])


@pytest.mark.parametrize(
    "page",
    [
        b"<!--" * 250_000,
        b"<a b='" * 170_000,
        b"<div>" * 200_000,
        b"</div>" * 170_000,
        b"<meta name=AIGC " * 60_000,
        b"<script><!--<script>" * 50_000,
        b"<!---->" * 140_000 + b"<svg>",
        b"<template>" * 100_000,
        b"<" * 1_000_000,
    ],
)
def test_a_megabyte_made_to_cost_time_costs_little(page: bytes) -> None:
    started = time.process_time()
    with suppress(AigcLabelError):
        readings(page)
    assert time.process_time() - started < 6.0  # quadratic work on a megabyte takes minutes


def test_attributes_without_number_meet_a_limit() -> None:
    with pytest.raises(LimitExceeded):
        readings(b"<meta " + b"a=b " * 10_000 + b">")


MARKUP = st.lists(
    st.sampled_from(
        [
            *("<head>", "</head>", "<body>", "<p>", "</p>", "x", " ", "<!--", "-->", "<title>", "</title>", "<script>"),
            *("</script>", "<style>", "</style>", "<link>", "<html>", "<!doctype html>"),
            *(META, "<meta charset=utf-8>"),
        ]
    ),
    max_size=12,
)


@given(MARKUP)  # templates are left out: html5lib knows none
def test_html5lib_agrees_on_pages_of_any_shape(parts: list[str]) -> None:
    page = "".join(parts).encode()
    assert heads(labelled(page)) == [TEXT]


def test_a_label_in_an_attribute_of_another_element_is_hidden() -> None:
    """Damage that eats the first letters of a meta element makes its label an attribute's value."""
    found = readings(META + META.replace("<meta", "<div a") + "text")
    assert [reading.standing for reading in found] == [Standing.CHOSEN, Standing.HIDDEN]


def test_a_label_within_an_end_tag_is_hidden() -> None:
    found = readings(META + f"<h1>x</h{OLD}>")
    assert [(reading.carrier, reading.standing) for reading in found][1:] == [("html.markup", Standing.HIDDEN)]
