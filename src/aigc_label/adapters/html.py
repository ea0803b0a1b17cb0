"""Labels HTML: a meta element AIGC in the head, spliced in; our choice, as no guide names a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import islice
from typing import Final

from aigc_label import loose_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidLabel
from aigc_label.evidence import Form, Reading, Repair, Standing, Survey
from aigc_label.grammars.html import Document, Kind, Token, attributes, document_of, tokens
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, replaced

IN_HEAD: Final = frozenset(
    {"base", "basefont", "bgsound", "link", "meta", "title", "noscript", "noframes", "style", "script", "template"}
)
UNSEEN: Final = frozenset({"template", "svg", "math"})  # a meta within is no metadata of the page
CONDITIONAL: Final = re.compile(r"<!(?:--)?\s*\[if\b", re.IGNORECASE)
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
META: Final = re.compile(r"<meta\b[^<>]*+>", re.IGNORECASE)
NAMED: Final = re.compile(rf"\b(?:name|property)\s*=\s*[\"']?{KEY}\b", re.IGNORECASE)
CONTENT: Final = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Held:
    """One label; `start..end` is its whole tag, nothing for one that is not ours to cut."""

    start: int
    end: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its labels and the place where a new one goes; `is_xml` where empty elements are written `<a/>`."""

    document: Document
    held: tuple[Held, ...]
    place: int
    is_xml: bool


def _page_of(source: Source) -> Page:
    """Walk the tokens once. A head that no tag opens reaches up to the first thing that cannot stand in one."""
    document = document_of(source)
    walk = _Walk(document, source)
    for token in tokens(document.data):
        walk.take(token)
    place = next((at for at in (walk.charset, walk.head, walk.first) if at is not None), walk.opened)
    return Page(document, tuple(walk.held), place, walk.is_xml)


class _Walk:
    """What is known after some tokens of a page: where the head is, in what unseen element we are, which labels stood."""

    def __init__(self, document: Document, source: Source) -> None:
        self.document = document
        self.source = source
        self.held: list[Held] = []
        self.charset: int | None = None  # behind the declaration of the encoding, which has to come early
        self.head: int | None = None  # behind the head's start tag
        self.opened = 0  # behind the document type and the root's start tag: a page may hold nothing else
        self.first: int | None = None  # before the first thing that is in the head or ends it
        self.is_xml = document.data[:5] == b"<?xml"
        self.in_head = True
        self.unseen: list[str] = []
        self.noscript = False

    def take(self, token: Token) -> None:
        if token.kind in (Kind.COMMENT, Kind.RAW, Kind.END):
            self.held += self._concealed(token)
        if token.kind is Kind.DOCTYPE:
            self.opened = token.end
        if token.kind is Kind.START and token.name == "html":
            self.opened = token.end
            self.is_xml = self.is_xml or "xmlns" in attributes(self.document, token)
            return
        if token.kind is Kind.START and token.name == "head":
            if self.head is None and self.in_head and not self.unseen and not self.noscript:
                self.head = token.end
            return
        if token.kind in (Kind.COMMENT, Kind.DOCTYPE, Kind.RAW) or self._is_blank(token):
            return
        if self.first is None and token.kind is not Kind.END:
            self.first = token.start
        self._place(token)
        if token.kind is Kind.START:
            self._start(token)

    def _is_blank(self, token: Token) -> bool:
        return token.kind is Kind.TEXT and not self.document.data[token.start : token.end].strip()

    def _place(self, token: Token) -> None:
        """Follow where the head ends, and what opens and closes the unseen elements."""
        if token.kind is Kind.END:
            if token.name == "noscript":
                self.noscript = False
            if token.name in self.unseen:
                while self.unseen.pop() != token.name:
                    continue
            if token.name in ("body", "html"):
                self.in_head = False
            return
        if not self.unseen and not self.noscript and token.name not in IN_HEAD:
            self.in_head = False
        if token.name == "noscript":
            self.noscript = True
        if token.name in UNSEEN and not (token.closed and token.name != "template"):
            self.unseen.append(token.name)

    def _start(self, token: Token) -> None:
        if token.name == "meta":
            found = attributes(self.document, token)
            is_charset = "charset" in found or found.get("http-equiv", "").lower() == "content-type"
            if is_charset and self.in_head and not self.unseen and self.charset is None:
                self.charset = token.end
            name = found.get("name", found.get("property", ""))
            if KEY in name.upper():
                self.held.append(self._meta(token, name, found.get("content", "")))
                return
        elif token.name == "iframe":
            inner = attributes(self.document, token).get("srcdoc", "")
            for text in _within(inner):
                self.held.append(self._unseen(token, text, "html.iframe"))
            return
        self.held += self._concealed(token)

    def _meta(self, token: Token, name: str, text: str) -> Held:
        repairs = () if name == KEY else (Repair.NAME_CASE if name.upper() == KEY else Repair.NAME_CONTAINS,)
        if self.unseen:
            return self._unseen(token, text, f"html.{self.unseen[-1]}")
        in_head = self.in_head and not self.noscript
        reading = Reading(
            carrier="html.head.meta" if in_head else "html.noscript.meta" if self.noscript else "html.body.meta",
            standing=Standing.CHOSEN if in_head else Standing.COMPATIBLE,
            text=text,
            offset=token.start,
            repairs=repairs,
        )
        return Held(token.start, token.end, reading)

    def _unseen(self, token: Token, text: str, carrier: str) -> Held:
        reading = Reading(carrier=carrier, standing=Standing.HIDDEN, text=text, offset=token.start)
        return Held(token.start, token.start, reading)

    def _concealed(self, token: Token) -> Iterator[Held]:
        """Labels in comments, scripts, end tags and attributes of other elements, where no reader of metadata looks."""
        data = self.document.data[token.start : token.end]
        if KEY.encode() not in data and b"ContentProducer" not in data:
            return
        carrier = f"html.{token.name if token.name.isalnum() else 'markup' if token.name else 'comment'}"
        text = data.decode(self.document.encoding, "replace")
        metas = list(_within(text))
        for said in metas:
            yield self._unseen(token, said, carrier)
        if not metas:
            for span in loose_label.spans(data, self.source.limits):
                held = self._unseen(token, span.text, carrier)
                yield Held(held.start, held.end, replace(held.reading, form=Form.WRAPPED, repairs=span.repairs))


def _within(markup: str) -> Iterator[str]:
    """Give what meta elements AIGC say that stand in markup which is only text here."""
    named = (tag[0] for tag in META.finditer(markup) if NAMED.search(tag[0]))
    for tag in islice(named, loose_label.MOST):
        content = CONTENT.search(tag)
        if content is None:
            continue
        yield unescape(content[1] if content[1] is not None else content[2])


def read(source: Source) -> Survey:
    """Give the label of the head; those in the body too, and as HIDDEN those in comments, templates, scripts, frames.

    Raises `MalformedFile`, `UnsupportedFormat` or `LimitExceeded` where the page's encoding or size keeps us out.
    """
    page = _page_of(source)
    places = page.document.places(held.reading.offset for held in page.held)
    return Survey(readings=tuple(replace(h.reading, offset=places[h.reading.offset]) for h in page.held))


def plan(source: Source, text: str) -> Plan:
    """Give the page with the label in its head: behind the declared encoding, which browsers want early.

    Labels in the body are cut; those in comments, templates and scripts are the author's and stay.

    Raises as `read` does, and `InvalidLabel` for characters that no page can hold.
    """
    if UNWRITABLE.search(text):
        raise InvalidLabel(Bilingual("the label holds characters that HTML cannot", "标识含有 HTML 无法容纳的字符"))
    page = _page_of(source)
    held = [one for one in page.held if one.end > one.start]
    if [(one.reading.standing, one.reading.text, one.reading.repairs) for one in held] == [(Standing.CHOSEN, text, ())]:
        return (Keep(0, source.size),)
    kept = next((one for one in held if one.reading.standing is Standing.CHOSEN), None)
    edits = [(one.start, one.end, "") for one in held if one is not kept]
    at = (kept.start, kept.end) if kept else (page.place, page.place)
    edits.append((*at, _tag(text, page)))
    places = page.document.places(at for start, end, _ in edits for at in (start, end))
    return replaced(source.size, [(places[s], places[e], page.document.written(new)) for s, e, new in edits])


def _tag(text: str, page: Page) -> str:
    """Give the element, its JSON between single quotes as third parties write it."""
    spelt = text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<meta name=\"{KEY}\" content='{spelt}'{' /' if page.is_xml else ''}>"


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the whole page but the elements that hold labels."""
    page = _page_of(source)
    held = [one for one in page.held if one.end > one.start]
    places = page.document.places(at for one in held for at in (one.start, one.end))
    kept, at = [], page.document.start
    for one in held:
        kept.append(Keep(at, places[one.start] - at))
        at = places[one.end]
    return tuple(keep for keep in (*kept, Keep(at, source.size - at)) if keep.length > 0)
