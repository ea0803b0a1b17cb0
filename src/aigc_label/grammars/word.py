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
    fields: list[str] = []  # how far each field is told that is open: its code is not shown
    while waiting:
        element = waiting.pop()
        if element.name == "r":
            _follow(fields, element)
            if "begin" in fields:
                continue
            text = "".join(part.text if part.name == "t" else BREAKS.get(part.name, "") for part in element.children)
            yield Run(text, child(element, "rPr"))
        elif element.name not in SKIPPED:
            waiting.extend(reversed(element.children))


def _follow(fields: list[str], run: Element) -> None:
    for one in run.children:
        told = value(one, "fldCharType") if one.name == "fldChar" else None
        if told == "begin":
            fields.append("begin")
        elif told == "separate" and fields:
            fields[-1] = "separate"
        elif told == "end" and fields:
            fields.pop()


class Styles:
    """The styles of a document: what they make of a property of a run or a paragraph.

    `theme` holds the colours that a theme names (`accent1`: RRGGBB), `indents` those of all numbered paragraphs.
    """

    def __init__(self, root: Element | None) -> None:
        self.theme: dict[str, str] = {}
        self.indents: tuple[Element, ...] = ()
        self.defaults = {
            group: child(child(child(root, "docDefaults"), f"{group}Default"), group) for group in ("rPr", "pPr")
        }
        self.named = {value(one, "styleId"): one for one in root.children if one.name == "style"} if root else {}
        plain = (one for one in self.named.values() if value(one, "type") == "paragraph" and value(one, "default"))
        self.normal = next((one for one in plain if value(one, "default") in ("1", "true")), None)

    def of_paragraph(self, paragraph: Element, name: str) -> Element | None:
        """Give a paragraph property (`spacing`, `pageBreakBefore`) as it applies."""
        own = child(paragraph, "pPr")
        found = child(own, name)
        found = found if found is not None else self._by_style(value(child(own, "pStyle")), "pPr", name)
        return found if found is not None else child(self.defaults["pPr"], name)

    def of_run(self, paragraph: Element, run: Run, name: str) -> Element | None:
        """Give a run property (`color`, `vanish`, `sz`) as it applies: the run's own, its style's, its paragraph's."""
        held = (child(properties, name) for properties in self.run_properties(paragraph, run))
        return next((one for one in held if one is not None), None)

    def run_properties(self, paragraph: Element, run: Run) -> Iterator[Element]:
        """Give all that says how a run looks, the nearest first: its own, its style's, its paragraph's, the defaults."""
        if run.properties is not None:
            yield run.properties
        named = value(child(run.properties, "rStyle")), value(child(child(paragraph, "pPr"), "pStyle"))
        for style in (*(one for one in named if one), None):
            for element in self.based(style):
                found = child(element, "rPr")
                if found is not None:
                    yield found
        if self.defaults["rPr"] is not None:
            yield self.defaults["rPr"]

    def based(self, style: str | None) -> Iterator[Element]:
        """Give a style and those that it is based on; the usual style of paragraphs for None."""
        element = self.named.get(style, self.normal) if style else self.normal
        for _ in range(MOST_STYLES):
            if element is None:
                return
            yield element
            element = self.named.get(value(child(element, "basedOn")))

    def _by_style(self, style: str | None, group: str, name: str) -> Element | None:
        held = (child(child(element, group), name) for element in self.based(style))
        return next((one for one in held if one is not None), None)


def styles_of(package: Package, part: str) -> Styles:
    """Give the styles that a main part names, with its theme and numbering; none where it names no such part."""
    styles = Styles(_related(package, part, "styles"))
    theme = _related(package, part, "theme")
    scheme = next((one for one in theme.walk() if one.name == "clrScheme"), None) if theme is not None else None
    for one in scheme.children if scheme is not None else []:
        for colour in one.children[:1]:
            styles.theme[one.name] = colour.attributes.get(("", "lastClr")) or colour.attributes.get(("", "val"), "")
    numbering = _related(package, part, "numbering")
    styles.indents = tuple(one for one in numbering.walk() if one.name == "ind") if numbering is not None else ()
    return styles


def _related(package: Package, part: str, kind: str) -> Element | None:
    name = package.related(part, kind)
    return xml.parse(package.part(name), package.source.limits) if name is not None and package.has(name) else None
