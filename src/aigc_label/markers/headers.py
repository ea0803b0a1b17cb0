"""Puts the words into the headers or footers of Word documents, so that every page shows them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark
from aigc_label.grammars import word, xml
from aigc_label.grammars.opc import HEAD, OFFICE, STRICT_OFFICE, Package
from aigc_label.grammars.word import Body
from aigc_label.grammars.xml import Element
from aigc_label.markers import Rendering
from aigc_label.markers.ends import sentence_of
from aigc_label.markers.word import bookmarks, paragraph
from aigc_label.marking import Mark, Position

TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
ROOTS: Final = {Position.HEADER: "hdr", Position.FOOTER: "ftr"}
MARGINS: Final = {Position.HEADER: "top", Position.FOOTER: "bottom"}
WAYS: Final = {
    Position.HEADER: Bilingual("a paragraph of its own in the header of every page", "在每页页眉中插入独立段落"),
    Position.FOOTER: Bilingual("a paragraph of its own in the footer of every page", "在每页页脚中插入独立段落"),
}


@dataclass(frozen=True, slots=True)
class Lack:
    """A section whose pages show headers that neither it nor one before it has: of these types."""

    section: Element | None  # with offsets in the document; None: the document has no section properties
    types: tuple[str, ...]


def render(package: Package, body: Body, mark: Mark) -> Rendering:
    """Give the document with the words in each header (or footer) that a page shows; where there is none, in a new one.

    Raises `InvalidMark` where a section's margin leaves a header no room to grow, `MalformedFile` where one is missing.
    """
    kind, words = mark.position, sentence_of(mark)
    new = package.free(posixpath.join(posixpath.dirname(body.part), f"{kind}Aigc"), ".xml")
    shown, lacks = _shown(package, body, kind, new)
    if lacks:
        root = f'{HEAD}<w:{ROOTS[kind]} xmlns:w="{body.element.namespace}"/>'
        package.add(new, TYPE.format(kind), root.encode())
        office = STRICT_OFFICE if body.element.namespace == word.STRICT else OFFICE
        own = package.relate(body.part, f"{office}/{kind}", new)
        refer = f'<w:{kind}Reference xmlns:w="{body.element.namespace}" xmlns:r="{office}" w:type="{{}}" r:id="{own}"/>'
        package.change(
            body.part, [_edit(body, lack, "".join(refer.format(one) for one in lack.types)) for lack in lacks]
        )
    names = bookmarks(b"".join([body.document, *(package.part(part) for part in shown)]))
    for part in shown:
        document = package.part(part)
        root_of = xml.parse(document, package.source.limits)
        markup = paragraph(root_of.namespace, words, next(names))
        first = root_of.children[0].start if root_of.children and kind is Position.HEADER else None
        edit = xml.appended(document, root_of, markup) if first is None else (first, first, markup)
        package.change(part, [edit])
    return Rendering(plan=package.plan(), words=words, way=WAYS[kind])


def _shown(package: Package, body: Body, kind: Position, new: str) -> tuple[tuple[str, ...], list[Lack]]:
    """Give the parts that pages show, `new` among them where a section lacks one (ECMA-376-1, 17.10.2 and 17.10.5:
    what a section has not, it takes from the section before it)."""
    targets = {one.id: one.target for one in package.relations(body.part)}
    has_even = _has_even(package, body)
    kept: dict[str, str] = {}
    shown: dict[str, None] = {}
    lacks = []
    for moved, section in word.sections(package, body):
        _refuse_fixed(section, kind)
        for one in section.children:
            if one.name == f"{kind}Reference":
                own = next((value for (_, name), value in one.attributes.items() if name == "id"), "")
                kept[word.value(one, "type") or "default"] = targets.get(own, "")
        types = tuple(_types(section, has_even))
        missing = tuple(one for one in types if one not in kept)
        if missing:
            lacks.append(Lack(_moved(section, moved), missing))
        kept |= dict.fromkeys(missing, new)
        shown |= dict.fromkeys(kept[one] for one in types)
    if not shown:
        return (new,), [Lack(None, tuple(_types(None, has_even)))]
    return tuple(shown), lacks


def _types(section: Element | None, has_even: bool) -> Iterator[str]:
    yield "default"
    if word.is_on(word.child(section, "titlePg")):
        yield "first"
    if has_even:
        yield "even"


def _has_even(package: Package, body: Body) -> bool:
    part = package.related(body.part, "settings")
    if part is None or not package.has(part):
        return False
    return word.is_on(word.child(xml.parse(package.part(part), package.source.limits), "evenAndOddHeaders"))


def _refuse_fixed(section: Element, kind: Position) -> None:
    """A negative margin stays where it is however high the header grows (17.6.11): the text would lie over the words."""
    if (word.value(word.child(section, "pgMar"), MARGINS[kind]) or "").startswith("-"):
        raise InvalidMark(
            Bilingual(
                f"a fixed margin leaves the {kind} no room for one more line",
                "页边距为固定值，页眉或页脚没有再加一行的空间",
            ),
            remedy=Bilingual("Use `--position start`.", "请使用 `--position start`。"),
        )


def _moved(section: Element, by: int) -> Element:
    ends = {name: getattr(section, name) + by for name in ("start", "open_end", "close", "end")}
    return replace(section, **ends)


def _edit(body: Body, lack: Lack, markup: str) -> tuple[int, int, bytes]:
    """Put references first in a section's properties, where the schema wants them."""
    if lack.section is None:
        whole = f'<w:sectPr xmlns:w="{body.element.namespace}">{markup}</w:sectPr>'
        return xml.appended(body.document, body.element, whole.encode())
    if lack.section.is_empty_tag:
        return xml.appended(body.document, lack.section, markup.encode())
    return lack.section.open_end, lack.section.open_end, markup.encode()
