"""Knows the content of an OpenDocument file: its body, its pages and tables, and what its styles say (OASIS ODF 1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars import xml
from aigc_label.grammars.parts import Parts
from aigc_label.grammars.xml import Element

CONTENT: Final = "content.xml"
STYLES: Final = "styles.xml"
MANIFEST: Final = "META-INF/manifest.xml"
OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
STYLE: Final = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
DRAW: Final = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
FO: Final = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
SVG: Final = "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
PRESENTATION: Final = "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"
BLOCKS: Final = (
    "p", "h", "list", "numbered-paragraph", "section", "table", "table-of-content", "illustration-index", "table-index",
    "object-index", "user-index", "alphabetical-index", "bibliography",
)  # fmt: skip
LENGTH: Final = re.compile(r"\s*(-?\d{1,9}(?:\.\d*)?|-?\.\d+)(cm|mm|in|pt|pc|px)\s*")
CENTIMETRES: Final = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
MOST_STYLES: Final = 32  # a style with a parent with a parent ...


@dataclass(frozen=True, slots=True)
class Content:
    """The content part, outlined down to what stands directly in `body` (`office:text`, `office:presentation` ...)."""

    document: bytes
    root: Element
    body: Element

    @property
    def blocks(self) -> list[Element]:
        """Give the paragraphs, lists, tables and indexes of a text, without what is declared before them."""
        return [one for one in self.body.children if one.name in BLOCKS and one.namespace in (TEXT, TABLE)]


def content_of(parts: Parts) -> Content:
    """Give the content. Raises `MalformedFile` where the part has no body."""
    document = parts.part(CONTENT)
    root = xml.parse(document, parts.source.limits, depth=4)
    holder = next((one for one in root.children if (one.namespace, one.name) == (OFFICE, "body")), None)
    if holder is None or not holder.children:
        raise MalformedFile(Bilingual("content.xml has no body", "content.xml 缺少正文"))
    return Content(document, root, holder.children[0])


def is_encrypted(parts: Parts) -> bool:
    """Tell whether parts of the document are encrypted (ODF 1.3, part 2, 4.8.1)."""
    return parts.has(MANIFEST) and b"encryption-data" in parts.part(MANIFEST)


def length(text: str | None) -> float | None:
    """Give a length in centimetres, None where it is no length."""
    found = LENGTH.fullmatch(text or "")
    return float(found[1]) * CENTIMETRES[found[2]] if found else None


def child(element: Element | None, name: str) -> Element | None:
    """Give the first child with this local name."""
    return next((one for one in element.children if one.name == name), None) if element is not None else None


class Styles:
    """The styles of a document, those of its content and those that its style part names."""

    def __init__(self, parts: Parts, content: Content) -> None:
        own = child(content.root, "automatic-styles")
        self.own = own
        shared = xml.parse(parts.part(STYLES), parts.source.limits) if parts.has(STYLES) else None
        self.named: dict[tuple[str, str], Element] = {}
        self.usual: dict[str, Element] = {}
        for group in (child(shared, "styles"), own):
            for one in group.children if group is not None else []:
                family = one.attributes.get((STYLE, "family"), "")
                if one.name == "style":
                    self.named[family, one.attributes.get((STYLE, "name"), "")] = one
                elif one.name == "default-style":
                    self.usual[family] = one
        layouts = child(shared, "automatic-styles")
        self.layouts = {
            one.attributes.get((STYLE, "name"), ""): child(one, "page-layout-properties")
            for one in (layouts.children if layouts is not None else [])
            if one.name == "page-layout"
        }
        masters = child(shared, "master-styles")
        layers = child(masters, "layer-set")
        self.unseen_layers = {
            one.attributes.get((DRAW, "name"), "")
            for one in (layers.children if layers is not None else [])
            if one.attributes.get((DRAW, "display"), "always") != "always"
        }
        self.masters = {
            one.attributes.get((STYLE, "name"), ""): one.attributes.get((STYLE, "page-layout-name"), "")
            for one in (masters.children if masters is not None else [])
            if one.name == "master-page"
        }

    def value(self, family: str, name: str | None, key: tuple[str, str], otherwise: str | None = None) -> str | None:
        """Give a property (`(FO, "color")`) as a style and its parents say it, or the family's own default."""
        held = (_stated(one, key) for one in self.based(family, name))
        return next((one for one in held if one is not None), otherwise)

    def based(self, family: str, name: str | None) -> Iterator[Element]:
        """Give a style, those that it is based on, and the family's own default."""
        element = self.named.get((family, name or ""))
        for _ in range(MOST_STYLES):
            if element is None:
                break
            yield element
            element = self.named.get((family, element.attributes.get((STYLE, "parent-style-name"), "")))
        if family in self.usual:
            yield self.usual[family]

    def attribute(self, family: str, name: str | None, key: tuple[str, str]) -> str:
        """Give an attribute of a style itself, such as the master page that it begins; "" where it has none."""
        element = self.named.get((family, name or ""))
        return element.attributes.get(key, "") if element is not None else ""

    def page_size(self, master: str) -> tuple[float, float] | None:
        """Give the size in centimetres of the pages of a master page."""
        layout = self.layouts.get(self.masters.get(master, ""))
        if layout is None:
            return None
        width, height = (length(layout.attributes.get((FO, key))) for key in ("page-width", "page-height"))
        return (width, height) if width and height and width > 0 and height > 0 else None

    def papers(self) -> set[str]:
        """Give the colours of pages that the document names."""
        stated = (one.attributes.get((FO, "background-color")) for one in self.layouts.values() if one is not None)
        return {one for one in stated if one and one != "transparent"}


def _stated(style: Element, key: tuple[str, str]) -> str | None:
    return next((one.attributes[key] for one in style.children if key in one.attributes), None)


def styled(content: Content, markup: str) -> tuple[int, int, bytes]:
    """Give the edit that adds automatic styles to the content."""
    own = child(content.root, "automatic-styles")
    if own is not None:
        return xml.appended(content.document, own, markup.encode())
    holder = content.body.parent or content.body
    whole = f'<office:automatic-styles xmlns:office="{OFFICE}">{markup}</office:automatic-styles>'
    return holder.start, holder.start, whole.encode()


def free_name(content: Content, name: str) -> str:
    """Give a style name that nothing in the content has."""
    count = 1
    while f'"{name}_{count}'.encode() in content.document:
        count += 1
    return f"{name}_{count}"


def pages(content: Content, styles: Styles) -> list[Element]:
    """Give the pages of a presentation or drawing that are shown, outlined."""
    found = [one for one in content.body.children if (one.namespace, one.name) == (DRAW, "page")]
    key = PRESENTATION, "visibility"
    return [
        one for one in found if styles.value("drawing-page", one.attributes.get((DRAW, "style-name")), key) != "hidden"
    ]
