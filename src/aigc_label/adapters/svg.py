"""Labels SVG drawings: XMP in the root's metadata element, spliced in; the author's text is never written anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from aigc_label import loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidLabel
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Standing, Survey
from aigc_label.grammars import rdf
from aigc_label.grammars.rdf import RDF, Property
from aigc_label.grammars.svg import Drawing, drawing_of
from aigc_label.grammars.xml import Element, escaped
from aigc_label.label import KEY, NAMESPACE, PREFIX
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced

C2PA: Final = "http://c2pa.org/manifest"
ROOM: Final = 20 * ("\n" + " " * 99)  # white space behind the label, so that its next change is one small write
SPACE: Final = b" \t\r\n"
FIRST: Final = ("title", "desc")  # viewers look for these before anything else (SVG 1.1, 5.4)
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production 2

Markup = tuple[int, int, str]  # start and end in the UTF-8 document, and what comes there


def read(source: Source) -> Survey:
    """Give the labels of the root's metadata, and label text anywhere else in the drawing as HIDDEN.

    Raises `MalformedFile` where the drawing is not well-formed or declares a document type (DTD).
    """
    drawing = drawing_of(source)
    properties = list(rdf.properties(drawing.document, drawing.root))
    found = xmp_label.survey_of(properties, 0, "svg.metadata.xmp", Standing.CHOSEN)
    inside = tuple(r if drawing.in_metadata(r.offset) else replace(r, standing=Standing.HIDDEN) for r in found.readings)
    stray = []
    for span in _loose(source, drawing, properties):
        known = drawing.in_metadata(span.start)
        stray.append(
            Reading(
                carrier="svg.metadata" if known else "svg.elsewhere",
                standing=Standing.COMPATIBLE if known else Standing.HIDDEN,
                text=span.text,
                offset=span.start,
                repairs=span.repairs,
                form=Form.WRAPPED,
            )
        )
    credentials = (
        Notice(kind=NoticeKind.C2PA, offset=part.start, detail="c2pa:manifest")
        for element in drawing.metadata
        for part in element.children
        if part.namespace == C2PA
    )
    whole = xmp_label.merged([Survey(readings=(*inside, *stray), notices=(*found.notices, *credentials))])
    places = drawing.places([*(r.offset for r in whole.readings), *(n.offset for n in whole.notices)])
    return Survey(
        readings=tuple(replace(r, offset=places[r.offset]) for r in whole.readings),
        notices=tuple(replace(n, offset=places[n.offset]) for n in whole.notices),
    )


def _loose(source: Source, drawing: Drawing, properties: Iterable[Property]) -> list[loose_label.Span]:
    """Give label text that no RDF property holds, each up to the next markup at most."""
    held = [(p.start, p.end) for p in properties if xmp_label.is_label(p)]
    found = []
    for span in loose_label.spans(drawing.document, source.limits):
        if not any(start <= span.start < end for start, end in held):
            length = len(drawing.document[span.start : span.end].partition(b"<")[0])
            text, repairs = loose_label.decoded(drawing.document[span.start : span.start + length])
            found.append(loose_label.Span(span.start, span.start + length, text, repairs))
    return found


def plan(source: Source, text: str) -> Plan:
    """Give the drawing with the label in the root's metadata element, its only one there.

    An existing metadata element and rdf:RDF are added to; a missing one becomes the root's first child but for title
    and desc. White space behind the label gives and takes, so that a later change keeps the file's size. Label text
    elsewhere in the drawing is the author's and stays.

    Raises `MalformedFile` as `read` does, `InvalidLabel` for characters that no XML document can hold.
    """
    if UNWRITABLE.search(text):
        raise InvalidLabel(Bilingual("the label holds characters that XML cannot", "标识含有 XML 无法容纳的字符"))
    drawing = drawing_of(source)
    properties = list(rdf.properties(drawing.document, drawing.root))
    held = [p for p in properties if xmp_label.is_label(p) and drawing.in_metadata(p.start)]
    loose = [span for span in _loose(source, drawing, properties) if drawing.in_metadata(span.start)]
    cuts = [(span.start, span.end) for span in loose]
    value = _plain(held)
    if value is None:
        cuts += [(prop.start, prop.end) for prop in held]
        edits = [*_cuts(cuts), _addition(drawing, _spelt(text))]
    elif held[0].text != text:
        edits = [*_cuts(cuts), *_exchange(drawing, value, _spelt(text))]
    else:
        edits = _cuts(cuts)
    places = drawing.places(at for start, end, _ in edits for at in (start, end))
    return replaced(source.size, [(places[start], places[end], drawing.written(new)) for start, end, new in edits])


def _cuts(spans: list[tuple[int, int]]) -> list[Markup]:
    """Give the edits that cut these bytes out; what lies within another is cut with it."""
    cuts: list[Markup] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not cuts or start >= cuts[-1][1]:
            cuts.append((start, end, ""))
    return cuts


def _plain(held: list[Property]) -> Element | None:
    """Give the one label's element, if it is the one that we would write: its text can be exchanged alone."""
    only = held[0] if len(held) == 1 else None
    if only is None or only.element is None or only.nested or only.stray or only.element.attributes:
        return None
    return only.element if (only.namespace, only.name) == (NAMESPACE, KEY) and not only.element.is_empty_tag else None


def _spelt(text: str) -> str:
    return escaped(text).replace("\r", "&#13;")


def _exchange(drawing: Drawing, value: Element, spelt: str) -> list[Markup]:
    """Give the edits that change the label's text and let the white space behind its description make up for it."""
    document = drawing.document
    old = document[value.open_end : value.close].decode()
    behind = value.parent.end if value.parent else value.end
    run = len(document) - behind - len(document[behind:].lstrip(SPACE))
    unit = len(drawing.written(" "))
    left = run - (len(drawing.written(spelt)) - len(drawing.written(old))) // unit
    room = "\n" + " " * (left - 1) if left > 0 else ROOM
    return [(value.open_end, value.close, spelt), (behind, behind + run, room)]


def _addition(drawing: Drawing, spelt: str) -> Markup:
    """Give the edit that adds the label, with as much around it as the drawing lacks."""
    graph = next((graph for element in drawing.metadata for graph in rdf.graphs(element)), None)
    subject = graph.children[0].attributes.get((RDF, "about"), "") if graph and graph.children else ""
    about = _spelt(subject).replace('"', "&quot;").replace("\n", "&#10;")
    new = (
        f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="{about}" xmlns:{PREFIX}="{NAMESPACE}">'
        f"<{PREFIX}:{KEY}>{spelt}</{PREFIX}:{KEY}></rdf:Description>{ROOM}"
    )
    if graph is not None:
        return _appended(drawing, graph, new)
    new = f'<rdf:RDF xmlns:rdf="{RDF}">{new}</rdf:RDF>'
    if drawing.metadata:
        return _appended(drawing, drawing.metadata[0], new)
    name = f"{drawing.root.prefix}:metadata" if drawing.root.prefix else "metadata"
    new = f"<{name}>{new}</{name}>"
    if drawing.root.is_empty_tag:
        return _appended(drawing, drawing.root, new)
    at = drawing.root.open_end
    for child in drawing.root.children:
        if (child.namespace, child.name) not in ((drawing.root.namespace, name) for name in FIRST):
            break
        at = child.end
    return at, at, new


def _appended(drawing: Drawing, element: Element, new: str) -> Markup:
    """Give the edit that puts `new` before an element's end tag, which it gets where it had none."""
    if not element.is_empty_tag:
        return element.close, element.close, new
    name = f"{element.prefix}:{element.name}" if element.prefix else element.name
    return element.end - 2, element.end, f">{new}</{name}>"


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the whole drawing but the root's metadata and the end tag, which a root without content lacks."""
    drawing = drawing_of(source)
    root = drawing.root
    gone = [
        (root.open_end - (2 if root.is_empty_tag else 1), root.open_end),
        *((element.start, element.end) for element in drawing.metadata),
        (root.close, root.end),
    ]
    places = drawing.places(at for span in gone for at in span)
    kept, at = [], 0
    for start, end in gone:
        kept.append(Keep(at, places[start] - at))
        at = places[end]
    return tuple(keep for keep in (*kept, Keep(at, source.size - at)) if keep.length > 0)
