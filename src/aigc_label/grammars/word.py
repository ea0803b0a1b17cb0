"""Knows the body of a Word document: its blocks, the words of its paragraphs and the properties that styles give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.grammars import xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.xml import Element

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"
BLOCKS: Final = ("p", "tbl", "sdt", "customXml", "altChunk")
MOST_STYLES: Final = 32  # a style based on a style based on ...
SKIPPED: Final = (  # what stands inside a paragraph and is no part of its text
    "del",
    "moveFrom",
    "pPr",
    "rPr",
    "sdtPr",
    "pict",
    "object",
    "drawing",
    "AlternateContent",
    "instrText",
    "delText",
)
BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n"}


@dataclass(frozen=True, slots=True)
class Body:
    """The body of the main part, outlined: each block's own content has to be read with `xml.excerpt`."""

    part: str
    document: bytes
    element: Element

    @property
    def blocks(self) -> list[Element]:
        return [one for one in self.element.children if one.name in BLOCKS and one.namespace == self.element.namespace]


@dataclass(frozen=True, slots=True)
class Run:
    """Words set alike, with the properties that stand on them."""

    text: str
    properties: Element | None


def body_of(package: Package) -> Body | None:
    """Give the body of a Word document; None where the main part is another kind of document."""
    part = package.main()
    document = package.part(part)
    root = xml.parse(document, package.source.limits, depth=3)
    if root.namespace not in (TRANSITIONAL, STRICT):
        return None
    found = child(root, "body")
    return None if found is None else Body(part, document, found)


def sections(package: Package, body: Body) -> Iterator[tuple[int, Element]]:
    """Give the properties of each section in order, and how far their offsets lie before those of the document."""
    for block in body.element.children:
        if b"sectPr" in body.document[block.start : block.end]:
            whole = xml.excerpt(body.document, block, package.source.limits)
            for one in whole.walk():
                if one.name == "sectPr" and one.parent is not None and one.parent.name != "sectPrChange":
                    yield block.start - whole.start, one


def child(element: Element | None, name: str) -> Element | None:
    """Give the first child with this name in the element's own namespace."""
    if element is None:
        return None
    return next((one for one in element.children if (one.namespace, one.name) == (element.namespace, name)), None)


def value(element: Element | None, name: str = "val") -> str | None:
    """Give an attribute of the element's own namespace."""
    return None if element is None else element.attributes.get((element.namespace, name))


def is_on(element: Element | None) -> bool:
    """Tell whether a switch such as `w:vanish` is on."""
    return element is not None and value(element) not in ("0", "false", "off", "none")


def paragraphs(block: Element) -> Iterator[Element]:
    """Give the paragraphs of a block, those in tables and content controls included."""
    waiting = [block]
    while waiting:
        element = waiting.pop()
        if element.name == "p":
            yield element
        elif element.name not in SKIPPED:
            waiting.extend(reversed(element.children))


def runs(paragraph: Element) -> Iterator[Run]:
    """Give the runs of a paragraph as it reads today: what is deleted under revision is left out, what is inserted is in."""
    waiting = list(reversed(paragraph.children))
    while waiting:
        element = waiting.pop()
        if element.name == "r":
            text = "".join(part.text if part.name == "t" else BREAKS.get(part.name, "") for part in element.children)
            yield Run(text, child(element, "rPr"))
        elif element.name not in SKIPPED:
            waiting.extend(reversed(element.children))


class Styles:
    """The styles of a document: what they make of a property of a run or a paragraph."""

    def __init__(self, root: Element | None) -> None:
        self.defaults = child(child(root, "docDefaults"), "rPrDefault")
        self.named = {value(one, "styleId"): one for one in root.children if one.name == "style"} if root else {}
        plain = (one for one in self.named.values() if value(one, "type") == "paragraph" and value(one, "default"))
        self.normal = next((one for one in plain if value(one, "default") in ("1", "true")), None)

    def of_paragraph(self, paragraph: Element, name: str) -> Element | None:
        """Give a paragraph property (`spacing`, `pageBreakBefore`) as it applies."""
        own = child(paragraph, "pPr")
        found = child(own, name)
        return found if found is not None else self._by_style(value(child(own, "pStyle")), "pPr", name)

    def of_run(self, paragraph: Element, run: Run, name: str) -> Element | None:
        """Give a run property (`color`, `vanish`, `sz`) as it applies: the run's own, its style's, its paragraph's."""
        own = child(run.properties, name)
        if own is not None:
            return own
        for style in (value(child(run.properties, "rStyle")), value(child(child(paragraph, "pPr"), "pStyle"))):
            found = self._by_style(style, "rPr", name) if style else None
            if found is not None:
                return found
        found = self._by_style(None, "rPr", name)
        return found if found is not None else child(child(self.defaults, "rPr"), name)

    def _by_style(self, style: str | None, group: str, name: str) -> Element | None:
        element = self.named.get(style, self.normal) if style else self.normal
        for _ in range(MOST_STYLES):
            if element is None:
                return None
            found = child(child(element, group), name)
            if found is not None:
                return found
            element = self.named.get(value(child(element, "basedOn")))
        return None


def styles_of(package: Package, part: str) -> Styles:
    """Give the styles that a main part names; none where it names no such part."""
    name = package.related(part, "styles")
    if name is None or not package.has(name):
        return Styles(None)
    return Styles(xml.parse(package.part(name), package.source.limits))
