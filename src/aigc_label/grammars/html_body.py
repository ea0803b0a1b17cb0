"""Finds where in a page something can be added: first in its body, last in it, between paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.grammars.html import Document, Kind, Token, tokens

IN_HEAD: Final = frozenset(
    {
        *("head", "base", "basefont", "bgsound", "link", "meta", "title", "noscript", "noframes", "style", "script"),
        *("template", "html"),
    }
)
SEALED: Final = frozenset(  # elements within which a paragraph's end is no place for another
    {
        *("table", "ul", "ol", "dl", "pre", "template", "svg", "math", "noscript", "select", "details", "nav"),
        *("figure", "button", "a", "dialog", "form", "object", "video", "audio", "blockquote"),
    }
)


@dataclass(frozen=True, slots=True)
class Places:
    """Byte offsets in the document: `first` is behind the body's start tag, `last` before its end tag, `between` behind
    the paragraphs that stand in no list, table or the like."""

    first: int
    last: int
    between: tuple[int, ...]


def places_of(document: Document) -> Places:
    """Give the places of a page. A body that no tag opens begins with the first thing that cannot stand in a head.

    Raises `UnsupportedFormat` for a page of frames, which has no body.
    """
    walk = _Walk(len(document.data))
    for token in tokens(document.data):
        walk.take(token, document)
    first = walk.body if walk.body is not None else walk.first if walk.first is not None else walk.last
    return Places(first, max(walk.last, first), tuple(at for at in walk.between if first < at < walk.last))


class _Walk:
    def __init__(self, size: int) -> None:
        self.body: int | None = None
        self.first: int | None = None
        self.last = size
        self.between: list[int] = []
        self.sealed: list[str] = []
        self.head: list[str] = []  # what is open of the elements whose content is not the body's

    def take(self, token: Token, document: Document) -> None:
        if token.kind is Kind.START:
            self._start(token)
        elif token.kind is Kind.END:
            self._end(token)
        elif token.kind is Kind.TEXT and not self.head and document.data[token.start : token.end].strip():
            self.first = token.start if self.first is None else self.first

    def _start(self, token: Token) -> None:
        if token.name == "frameset":
            raise UnsupportedFormat(
                Bilingual("a page of frames has no body to show words in", "框架集网页没有可显示文字的正文"),
                remedy=Bilingual("Mark the pages that its frames show.", "请对框架所显示的网页添加标识。"),
            )
        if token.name == "body" and self.body is None:
            self.body = token.end
        elif token.name not in IN_HEAD and not self.head and self.first is None:
            self.first = token.start
        if token.name in ("template", "noscript") and self.first is None and self.body is None:
            self.head.append(token.name)
        if token.name in SEALED and not token.closed:
            self.sealed.append(token.name)

    def _end(self, token: Token) -> None:
        if token.name in self.head:
            self.head.remove(token.name)
        if token.name in ("body", "html"):
            self.last = min(self.last, token.start)
        elif token.name in self.sealed:
            while self.sealed.pop() != token.name:
                continue
        elif token.name == "p" and not self.sealed:
            self.between.append(token.end)
