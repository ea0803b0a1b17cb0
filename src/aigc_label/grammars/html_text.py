"""Gives the text of a page as a reader sees it, block by block; what is hidden from sight is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

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
    }
)  # fmt: skip  shown text of these depends on what is not in the page, or is none
CLOSES: Final = {  # start tags that end an open element of the same kind without its end tag
    "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "tr": {"tr", "td", "th"}, "td": {"td", "th"}, "th": {"td", "th"},
    "option": {"option"}, "body": {"head"},
}  # fmt: skip
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTED: Final = frozenset({"li", "td", "th", "dt", "dd", "pre", "code", "figcaption", "option", "nav", "q"})
HIDING: Final = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|(?<![\w-])opacity:0?(?:\.0\d*)?(?:%|;|$|!)|"
    r"font-size:0(?:\.\d*)?(?:px|pt|em|rem|%)?(?:;|$|!)|font-size:[01](?:\.\d*)?p[xt]|"
    r"text-indent:-\d{3,}|(?<![\w-])(?:left|top|right|bottom|margin-left|margin-top):-\d{3,}|"
    r"clip:rect\((?:0|1px)|clip-path:inset\((?:50|100)%|transform:scale\(0|color:transparent|"
    r"(?<![\w-])(?:max-)?(?:width|height):[01](?:px|em|rem|%)?(?:;|$|!)"
)
COLOURS: Final = re.compile(r"(?<![\w-])(color|background(?:-color)?):([^;!]+)")
RULE: Final = re.compile(r"([^{}]*)\{([^{}]*)\}")
LAST_PART: Final = re.compile(r"([.#]?[\w-]+)(?:::?[\w-]+(?:\([^)]*\))?|\[[^\]]*\])*$")
MOST_RULES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as shown. `element` is the innermost element it stands in that is a heading or belongs to a list,
    a table or code; "" for running text."""

    text: str
    start: int
    element: str = ""


@dataclass(slots=True)
class _Walk:
    document: Document
    hidden_by_rule: frozenset[str]
    open: list[tuple[str, bool]] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    unseen: int = 0
    parts: list[str] = field(default_factory=list)
    start: int = 0

    def flushed(self) -> Iterator[Block]:
        text = re.sub(r"\s+", " ", unescape("".join(self.parts))).strip()
        self.parts.clear()
        if text:
            element = next((name for name, _ in reversed(self.open) if name in HEADINGS or name in LISTED), "")
            yield Block(text, self.start, element)

    def take(self, token: Token) -> Iterator[Block]:
        if token.kind is Kind.TEXT or (token.kind is Kind.RAW and token.name == "xmp"):
            if not self.unseen:
                if not self.parts:
                    self.start = token.start
                self.parts.append(self.document.text(token.start, token.end))
        elif token.kind is Kind.START:
            if token.name not in INLINE:
                yield from self.flushed()
            self._open(token)
        elif token.kind is Kind.END:
            if token.name not in INLINE:
                yield from self.flushed()
            self._close(token.name)

    def _open(self, token: Token) -> None:
        name = token.name
        if name in VOID:
            return
        closes = CLOSES.get(name, set())
        while self.open and (self.open[-1][0] in closes or (self.open[-1][0] == "p" and name not in INLINE)):
            self._pop()
        hides = name in UNSHOWN or self._hides(token)
        if name == "body":
            self._close("head")
        self.open.append((name, hides))
        self.names[name] += 1
        self.unseen += hides

    def _hides(self, token: Token) -> bool:
        found = attributes(self.document, token)
        if "hidden" in found or (token.name == "details" and "open" not in found):
            return True
        if hides(found.get("style", "")):
            return True
        keys = {token.name, *(f".{name}" for name in found.get("class", "").split()), f"#{found.get('id', '')}"}
        return not self.hidden_by_rule.isdisjoint(keys)

    def _close(self, name: str) -> None:
        if not self.names[name]:
            return
        while self._pop() != name:
            continue

    def _pop(self) -> str:
        name, hides = self.open.pop()
        self.names[name] -= 1
        self.unseen -= hides
        return name


def blocks(document: Document) -> Iterator[Block]:
    """Give the paragraphs that a reader sees, in order. Scripts are not run; style sheets of the page are minded where
    the last part of a selector names an element, a class or an id."""
    walk = _Walk(document, frozenset(_hidden_selectors(document)))
    for token in tokens(document.data):
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


def hides(style: str) -> bool:
    """Tell whether declarations keep an element's text from being seen."""
    plain = re.sub(r"/\*.*?\*/|\s+", "", style.lower(), flags=re.DOTALL) if style else ""
    if not plain:
        return False
    if HIDING.search(plain):
        return True
    colours = {name.split("-")[0]: value for name, value in COLOURS.findall(plain)}
    return "color" in colours and colours["color"] == colours.get("background")


def _hidden_selectors(document: Document) -> Iterator[str]:
    for token in tokens(document.data):
        if token.kind is not Kind.RAW or token.name != "style":
            continue
        for number, rule in enumerate(RULE.finditer(document.text(token.start, token.end))):
            if number >= MOST_RULES:
                break
            if not hides(rule[2]):
                continue
            for selector in rule[1].split(","):
                last = LAST_PART.search(selector.strip()[-200:])
                if last:
                    yield last[1]
