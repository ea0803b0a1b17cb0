"""Knows the reading order of an EPUB book and the pages in it (EPUB 3.3, OPF 2.0.1)."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars import xml
from aigc_label.grammars.html_text import VOID
from aigc_label.grammars.parts import Parts
from aigc_label.grammars.xml import Doctype, Element

CONTAINER: Final = "META-INF/container.xml"
ENCRYPTION: Final = "META-INF/encryption.xml"
XHTML: Final = "application/xhtml+xml"
DECLARED: Final = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding=["']([A-Za-z0-9._-]+)["']""")


@dataclass(frozen=True, slots=True)
class Book:
    """A book: its version ("2.0", "3.0") and the parts that are read one after another."""

    version: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a book: its part, its bytes, its body."""

    part: str
    document: bytes
    root: Element
    body: Element


def book_of(parts: Parts) -> Book:
    """Give the book. Raises `MalformedFile` where it names no package document or nothing to read."""
    container = xml.parse(parts.part(CONTAINER), parts.source.limits)
    named = (one.attributes.get(("", "full-path"), "") for one in container.walk() if one.name == "rootfile")
    name = next((one for one in named if one), None)
    if name is None:
        raise MalformedFile(Bilingual("the container names no package document", "container.xml 未指明包文档"))
    root = xml.parse(parts.part(name), parts.source.limits, doctype=Doctype.BARE)
    items, order = {}, []
    for one in root.walk():
        attributes = {key: value for (space, key), value in one.attributes.items() if not space}
        if one.name == "item":
            items[attributes.get("id", "")] = attributes.get("href", ""), attributes.get("media-type", "")
        elif one.name == "itemref" and attributes.get("linear") != "no":
            order.append(attributes.get("idref", ""))
    folder = posixpath.dirname(name)
    found = [items[one] for one in order if one in items]
    if not found:
        raise MalformedFile(Bilingual("the book names nothing to read", "图书的 spine 为空"))
    for href, kind in (found[0], found[-1]):
        if kind != XHTML:
            raise UnsupportedFormat(
                Bilingual(
                    f"{href} is {kind or 'of no kind'}, not XHTML", f"{href} 的类型为 {kind or '未知'}，不是 XHTML"
                ),
                remedy=Bilingual("Put a page of XHTML before it.", "请在其前面加入一个 XHTML 页面。"),
            )
    pages = (posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0]))) for href, _ in found)
    return Book(root.attributes.get(("", "version"), ""), tuple(pages))


def page_of(parts: Parts, part: str) -> Page:
    """Give a page. Raises `UnsupportedFormat` where it is encrypted, `MalformedFile` where it has no body."""
    if parts.has(ENCRYPTION):
        listed = xml.parse(parts.part(ENCRYPTION), parts.source.limits).walk()
        if part in (unquote(one.attributes.get(("", "URI"), "")) for one in listed):
            raise UnsupportedFormat(
                Bilingual(f"{part} is encrypted", f"{part} 已加密"),
                remedy=Bilingual("Label and mark the book before it is encrypted.", "请在加密之前添加标识。"),
            )
    document = parts.part(part)
    root = xml.parse(document, parts.source.limits, doctype=Doctype.BARE)
    body = next((one for one in root.children if one.name == "body"), None)
    if body is None:
        raise MalformedFile(Bilingual(f"{part} has no body", f"{part} 缺少 body"))
    return Page(part, document, root, body)


def spelt_for(document: bytes, markup: str) -> bytes:
    """Give markup in a page's encoding: UTF-8, or character references where the page declares another."""
    declared = DECLARED.match(document)
    plain = declared is not None and declared[1].lower() not in (b"utf-8", b"utf8")
    return markup.encode("ascii", "xmlcharrefreplace") if plain else markup.encode()


def as_html(page: Page) -> bytes:
    """Give a page as readers of HTML understand it: elements that close themselves get an end tag."""
    document, edits = page.document, []
    for one in page.root.walk():
        if one.is_empty_tag and one.name not in VOID:
            tag = document[one.start : one.end].removesuffix(b"/>").rstrip()
            edits.append((one.start, one.end, tag + b"></" + tag[1:].split(None, 1)[0] + b">"))
    return xml.edited(document, edits)
