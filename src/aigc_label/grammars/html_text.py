"""Gives the text of a page as a reader sees it, block by block; what is hidden from sight is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import Final, NamedTuple

from aigc_label.grammars.css import ANY, REMARK, hides, is_pale, key_of
from aigc_label.grammars.html import Document, Kind, Token, attributes, tokens

INLINE: Final = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "mark", "q", "ruby", "rb", "rp", "rt", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "label",
})  # fmt: skip
VOID: Final = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
})  # fmt: skip
UNSHOWN: Final = frozenset(
    {
        "head",
        "template",
        "noscript",
        "noframes",
        "iframe",
        "object",
        "audio",
        "video",
        "canvas",
        "datalist",
        "select",
        "svg",
        "math",
        "dialog",
        "progress",
        "meter",
        "applet",
        "marquee",
        "bdo",
    }
)  # fmt: skip  shown text of these depends on what is not in the page, or is none
CLOSES: Final = {  # start tags that end an open element of the same kind without its end tag
    "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "tr": {"tr", "td", "th"}, "td": {"td", "th"}, "th": {"td", "th"},
    "option": {"option"}, "body": {"head"},
}  # fmt: skip
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTED: Final = frozenset({"li", "td", "th", "dt", "dd", "pre", "code", "figcaption", "option", "nav", "q"})
BRACE: Final = re.compile(r"[{}]")
MOST_RULES: Final = 20_000
MOST_AROUND: Final = 257


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as shown. `element` is the innermost element it stands in that is a heading or belongs to a list,
    a table or code; "" for running text. `within` are the start tags around it, the outermost first, where asked for."""

    text: str
    start: int
    element: str = ""
    hidden: bool = False
    within: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class StyleRule:
    """One rule of a style sheet in the page; `nested`: it stands within another, an `@media` for instance."""

    selectors: str
    style: str
    nested: bool


class _Open(NamedTuple):
    """An element that is open: `element` as a block in it would have it."""

    name: str
    hides: bool
    element: str
    token: Token


def _nothing(_: str) -> bool:
    return False


@dataclass(slots=True)
class _Walk:
    document: Document
    hidden_by_rule: frozenset[str]
    traced: Callable[[str], bool] = _nothing  # of which texts the elements around them are asked for
    named: frozenset[str] = frozenset()  # elements that give a block of their own, without text
    open: list[_Open] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    unseen: int = 0
    parts: list[str] = field(default_factory=list)
    unshown: list[str] = field(default_factory=list)
    start: int = 0

    def flushed(self) -> Iterator[Block]:
        for parts, hidden in ((self.parts, False), (self.unshown, True)):
            if parts:
                text = re.sub(r"\s+", " ", unescape("".join(parts))).strip()
                parts.clear()
                if text:
                    yield self._block(text, hidden)

    def _block(self, text: str, hidden: bool) -> Block:
        element = self.open[-1].element if self.open else ""
        around = self.open[-MOST_AROUND:] if not text or self.traced(text) else []
        return Block(text, self.start, element, hidden, tuple(one.token for one in around))

    def take(self, token: Token) -> Iterator[Block]:
        if token.kind is Kind.TEXT or (token.kind is Kind.RAW and token.name == "xmp"):
            parts = self.unshown if self.unseen else self.parts
            if not parts:
                self.start = token.start
            parts.append(self.document.text(token.start, token.end))
        elif token.kind is Kind.START:
            if token.name not in INLINE:
                yield from self.flushed()
            self._open(token)
            if token.name in self.named:
                self.start = token.start
                yield self._block("", self.unseen > 0)
        elif token.kind is Kind.END:
            if token.name not in INLINE:
                yield from self.flushed()
            self._close(token.name)

    def _open(self, token: Token) -> None:
        name = token.name
        if name in VOID:
            return
        closes = CLOSES.get(name, set())
        while self.open and (self.open[-1].name in closes or (self.open[-1].name == "p" and name not in INLINE)):
            self._pop()
        hides = name in UNSHOWN or self._hides(token)
        if name == "body":
            self._close("head")
        around = self.open[-1].element if self.open else ""
        element = name if name in HEADINGS or name in LISTED else around
        self.open.append(_Open(name, hides, element, token))
        self.names[name] += 1
        self.unseen += hides

    def _hides(self, token: Token) -> bool:
        found = attributes(self.document, token)
        if "hidden" in found or "popover" in found or (token.name == "details" and "open" not in found):
            return True
        style = found.get("style", "")
        if hides(style) or any(is_pale(found.get(name, "").lower()) for name in ("color", "text")):
            return True
        if "all:initial!important" in style:  # what the page's sheets say does not count: so our own bar shuts them out
            return False
        return bool(self.hidden_by_rule) and not self.hidden_by_rule.isdisjoint(keys_of(self.document, token))

    def _close(self, name: str) -> None:
        if not self.names[name]:
            return
        while self._pop() != name:
            continue

    def _pop(self) -> str:
        closed = self.open.pop()
        self.names[closed.name] -= 1
        self.unseen -= closed.hides
        return closed.name


def blocks(document: Document) -> Iterator[Block]:
    """Give the paragraphs that a reader sees, in order. Scripts are not run; style sheets of the page are minded where
    the last part of a selector names an element, a class or an id."""
    return (block for block in _walked(_Walk(document, frozenset(_hidden_selectors(document)))) if not block.hidden)


def traced(document: Document, wanted: Callable[[str], bool], named: frozenset[str]) -> Iterator[Block]:
    """Give the same with what is hidden, with the tags (at most the innermost 257) around the texts that are `wanted`,
    and with a block without text for each element of these names."""
    return _walked(_Walk(document, frozenset(_hidden_selectors(document)), wanted, named))


def _walked(walk: _Walk) -> Iterator[Block]:
    for token in tokens(walk.document.data):
        yield from walk.take(token)
    yield from walk.flushed()


def hidden_ranges(document: Document) -> list[tuple[int, int]]:
    """Give the ranges of bytes whose text nobody sees, in order."""
    walk = _Walk(document, frozenset(_hidden_selectors(document)))
    found: list[tuple[int, int]] = []
    since = 0
    for token in tokens(document.data):
        was = walk.unseen
        for _ in walk.take(token):
            continue
        if walk.unseen and not was:
            since = token.start
        elif was and not walk.unseen:
            found.append((since, token.end))
    return [*found, (since, len(document.data))] if walk.unseen else found


def rules_of(document: Document) -> Iterator[StyleRule]:
    """Give the innermost rules of the page's own style sheets, at most 20,000 of each sheet."""
    if b"<style" not in document.data.lower():  # most pages that are hostile by their number of tags have none
        return
    for token in tokens(document.data):
        if token.kind is Kind.RAW and token.name == "style":
            yield from islice(_rules_in(REMARK.sub("", document.text(token.start, token.end))), MOST_RULES)


def _rules_in(sheet: str) -> Iterator[StyleRule]:
    depth, last, selectors = 0, 0, ""
    for brace in BRACE.finditer(sheet):
        between, last = sheet[last : brace.start()], brace.end()
        if brace[0] == "{":
            depth, selectors = depth + 1, between.rpartition(";")[2].strip()
        else:
            if selectors:
                yield StyleRule(selectors, between, nested=depth > 1)
            depth, selectors = max(depth - 1, 0), ""


def keys_of(document: Document, token: Token) -> set[str]:
    """Give what the last part of a selector that means an element may be: its name, its classes, its id, its
    attributes."""
    found = attributes(document, token)
    classes = (f".{name}" for name in found.get("class", "").split())
    return {ANY, token.name, *classes, f"#{found.get('id', '')}", *(f"[{name}" for name in found)}


def _hidden_selectors(document: Document) -> Iterator[str]:
    for rule in rules_of(document):
        if hides(rule.style):
            yield from filter(None, map(key_of, rule.selectors.split(",")))
