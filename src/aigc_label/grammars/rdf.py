"""Reads the properties of an RDF/XML graph as XMP writes them (ISO 16684-1, 7), and where each stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.grammars.xml import Element, attribute_spans

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
META: Final = "adobe:ns:meta/"
XML: Final = "http://www.w3.org/XML/1998/namespace"
OTHERS: Final = "http://ns.adobe.com/xap/1.0/mm/"  # pantry, ingredients, history: they describe other resources
GRAMMAR: Final = {
    "about",
    "ID",
    "nodeID",
    "resource",
    "parseType",
    "aboutEach",
    "bagID",
    "type",
}  # unprefixed, as of old
ARRAYS: Final = ("Alt", "Bag", "Seq")
DEEPEST: Final = 8  # levels of a structure that are told as text: each element is then visited at most so many times


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the graph: an element or an attribute. `start..end` are the bytes that deleting it would cut.

    The text of a structure is a JSON object of its fields, that of an array its items' text.
    """

    namespace: str
    name: str
    text: str
    start: int
    end: int
    attribute: bool = False
    nested: bool = False  # its value is a structure, an array or markup instead of text
    stray: bool = False  # it stands below another property, where no XMP reader looks for the file's own
    element: Element | None = None


def graphs(root: Element) -> Iterator[Element]:
    """Give every rdf:RDF element that does not stand within another."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if (element.namespace, element.name) == (RDF, "RDF"):
            yield element
        else:
            waiting.extend(reversed(element.children))


def properties(document: bytes, root: Element) -> Iterator[Property]:
    """Give every property in document order, strays included, those of other resources left out."""
    for graph in graphs(root):
        for description in graph.children:  # a typed node may stand for rdf:Description
            yield from _attributes(document, description, stray=False)
            for child in description.children:
                yield _property(child, stray=False)
                if child.namespace != OTHERS:
                    yield from _strays(document, child)


def _property(element: Element, *, stray: bool) -> Property:
    return Property(
        element.namespace,
        element.name,
        text_of(element),
        element.start,
        element.end,
        nested=bool(element.children),
        stray=stray,
        element=element,
    )


def _strays(document: bytes, top: Element) -> Iterator[Property]:
    waiting = [top]
    while waiting:
        element = waiting.pop()
        if element.namespace == OTHERS:
            continue
        if element is not top and element.namespace != RDF:
            yield _property(element, stray=True)
        yield from _attributes(document, element, stray=True)
        waiting.extend(reversed(element.children))


def _attributes(document: bytes, element: Element, *, stray: bool) -> Iterator[Property]:
    own = [key for key in element.attributes if not _is_grammar(key)]
    if not own:
        return
    spans = attribute_spans(document, element)
    for key in own:
        start, end = spans.get(key, (element.start, element.start))
        yield Property(*key, element.attributes[key], start, end, attribute=True, stray=stray)


def _is_grammar(key: tuple[str, str]) -> bool:
    return key[0] in (RDF, XML) or (not key[0] and key[1] in GRAMMAR)


def text_of(element: Element) -> str:
    """Give a property's value as text, whatever shape it has; "" for what lies deeper than any text would."""
    return _value_of(element, DEEPEST)[0]


def _value_of(element: Element, deepest: int) -> tuple[str, bool]:
    """Give the value, and whether it is spelt in JSON already."""
    if deepest == 0:
        return "", False
    value = element.attributes.get((RDF, "value"))
    if value is not None:
        return value, False
    fields = [(key[1], text) for key, text in element.attributes.items() if not _is_grammar(key)]
    if not element.children and not fields:
        return element.text or element.attributes.get((RDF, "resource"), ""), False
    only = element.children[0] if len(element.children) == 1 and not fields else None
    if only is not None and only.namespace == RDF:
        if only.name in ARRAYS:
            return "\n".join(_value_of(item, deepest - 1)[0] for item in only.children), False
        return _value_of(only, deepest - 1)
    values = [child for child in element.children if (child.namespace, child.name) == (RDF, "value")]
    return _value_of(values[0], deepest - 1) if values else (_structure(element, fields, deepest), True)


def _structure(element: Element, fields: list[tuple[str, str]], deepest: int) -> str:
    """Give a JSON object of the fields; two of one name stay two, for the judge to see."""
    pairs = [f"{_quoted(name)}:{_quoted(text)}" for name, text in fields]
    for child in element.children:
        text, is_json = _value_of(child, deepest - 1)
        pairs.append(f"{_quoted(child.name)}:{text if is_json else _quoted(text)}")
    return "{" + ",".join(pairs) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
