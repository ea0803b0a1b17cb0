"""Cuts HTML into its tokens with their places, the way browsers do, and says in which of them nothing is shown.

A document is bytes in an encoding that has ASCII at its place, so offsets are the file's own; UTF-16 is turned into
UTF-8 first and its places are mapped back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars.text import MARKS
from aigc_label.source import Source

SCANNED: Final = 4096  # bytes in which a declared encoding is looked for (browsers: 1,024 and what follows in practice)
MOST_ATTRIBUTES: Final = 512
MOST_TAGS: Final = 150_000  # of one page; half as many again take a reader over two seconds
NAME: Final = re.compile(rb"<(/?)([A-Za-z][^\t\n\f\r />]*+)([\t\n\f\r /]*+)")
ATTRIBUTE: Final = re.compile(  # one, with what follows it; a quote that nothing closes reaches to the end
    rb"""([^\t\n\f\r />][^\t\n\f\r />=]*+)"""
    rb"""(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"([^"]*+)"?|'([^']*+)'?|([^\t\n\f\r >]*+)))?([\t\n\f\r /]*+)"""
)
OPENING: Final = re.compile(rb"<(?=[A-Za-z!?]|/.)", re.DOTALL)  # any other `<` is text
COMMENT_END: Final = re.compile(rb"--!?>")
TAG_END: Final = re.compile(rb">")
CHARSET: Final = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
XML_DECLARED: Final = re.compile(rb"""\A<\?xml\b[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
FOREIGN: Final = ("svg", "math")  # within these, and nowhere else, `/>` closes an element
RAW: Final = frozenset(
    {b"script", b"style", b"xmp", b"iframe", b"noembed", b"noframes", b"textarea", b"title", b"plaintext"}
)
SCRIPT_WITHIN: Final = re.compile(rb"<!--|-->|<(/?)script(?=[\s/>])", re.IGNORECASE)
CODECS: Final = {  # labels of the encoding standard that Python spells or means otherwise
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "chinese": "gb18030",
    "utf8": "utf-8", "utf-16": "utf-8", "utf-16le": "utf-8", "utf-16be": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "shift-jis": "cp932",
    "shift_jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "big5-hkscs": "big5hkscs", "euc-kr": "cp949",
}  # fmt: skip
PLAIN: Final = re.compile(  # encodings in which a byte of ASCII is that character, wherever `<`, `>`, quotes and spaces stand
    r"utf-8|gb18030|big5(?:hkscs)?|cp932|cp949|euc[-_]jp|cp125[0-8]|windows-125[0-8]|iso-8859-(?:[2-9]|1[0-6])|koi8-[ru]"
)


class Kind(StrEnum):
    START = "start"
    END = "end"
    TEXT = "text"
    RAW = "raw"  # what a script, style, title or textarea holds
    COMMENT = "comment"  # and everything that a browser takes for one
    DOCTYPE = "doctype"


class Token(NamedTuple):  # pages are made of very many
    """One token: bytes `start..end` of the document. `name` is in lower case; RAW has the name of its element."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    closed: bool = False  # written `<a/>`


@dataclass(frozen=True, slots=True)
class Document:
    """A page as bytes that have ASCII at its place. `stored` is the file's own encoding, text begins at byte `start`."""

    data: bytes
    encoding: str
    stored: str
    start: int

    def places(self, offsets: Iterable[int]) -> dict[int, int]:
        """Give the byte offset in the file of each offset in `data`, in one pass."""
        wanted = sorted(set(offsets))
        if self.stored == self.encoding:
            return {at: at + self.start for at in wanted}
        found: dict[int, int] = {}
        done, at = 0, self.start
        for offset in wanted:
            at += len(self.data[done:offset].decode().encode(self.stored))
            found[offset], done = at, offset
        return found

    def written(self, markup: str) -> bytes:
        """Give markup in the file's encoding; what that lacks becomes a character reference."""
        return markup.encode(self.stored, "xmlcharrefreplace")

    def text(self, start: int, end: int) -> str:
        """Give these bytes as characters, entities left as they stand."""
        return self.data[start:end].decode(self.encoding, "replace")


def document_of(source: Source) -> Document:
    """Give a page. Raises `LimitExceeded` for one over `limits.block`, `MalformedFile` and `UnsupportedFormat` for its
    encoding."""
    if source.size > source.limits.block:
        raise LimitExceeded(Bilingual("the page is too large", "网页文件过大"), limit="block")
    data = source.at(0, source.size)
    start, stored = next(((len(mark), name) for mark, name in MARKS if data.startswith(mark)), (0, ""))
    if not stored and data[:2] in (b"<\0", b"\0<"):
        stored = "utf-16-le" if data[1] == 0 else "utf-16-be"
    if stored.startswith("utf-16"):
        try:
            return Document(data[start:].decode(stored).encode(), "utf-8", stored, start)
        except UnicodeError as problem:
            raise MalformedFile(
                Bilingual("the page is not the UTF-16 that it begins as", "网页并非其开头所示的 UTF-16 编码")
            ) from problem
    encoding = stored or _declared(data)
    return Document(data[start:], encoding, encoding, start)


def _declared(data: bytes) -> str:
    """Give the encoding that the page declares, UTF-8 where it holds, else what Chinese and Western pages were written in."""
    found = XML_DECLARED.match(data[:SCANNED]) or CHARSET.search(data[:SCANNED])
    if found is not None:
        name = found[1].decode().lower()
        codec = CODECS.get(name, name)
        if not PLAIN.fullmatch(codec):
            raise UnsupportedFormat(
                Bilingual(f"the encoding {name!r} is not one that we edit", f"不支持编辑 {name!r} 编码的网页"),
                remedy=Bilingual("Save the page as UTF-8.", "请将网页另存为 UTF-8 编码。"),
            )
        return codec
    for codec in ("utf-8", "gb18030"):
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        return codec
    return "cp1252"


def tokens(data: bytes) -> Iterator[Token]:
    """Give the tokens of a page in order; text without any markup is one token. Raises `LimitExceeded` for too many."""
    at, size, foreign, count = 0, len(data), 0, 0
    while at < size:
        found = OPENING.search(data, at)
        if found is None:
            yield Token(Kind.TEXT, at, size)
            return
        token = _markup(data, found.start())
        if token.start > at:
            yield Token(Kind.TEXT, at, token.start)
        yield token
        at, count = token.end, count + 1
        if count > MOST_TAGS:
            raise LimitExceeded(Bilingual("the page has too many tags", "网页的标签过多"), limit="items", offset=at)
        if token.name in FOREIGN:
            foreign = max(foreign - 1, 0) if token.kind is Kind.END else foreign + (not token.closed)
        elif token.kind is Kind.START and token.name.encode() in RAW and not (token.closed and foreign):
            end = size if token.name == "plaintext" else _raw_end(data, at, token.name.encode())
            if end > at:
                yield Token(Kind.RAW, at, end, token.name)
            at = end


def _markup(data: bytes, at: int) -> Token:
    found = NAME.match(data, at)
    if found is not None:
        return _tag(data, found)
    if data.startswith(b"<!--", at):
        if data[at + 4 : at + 5] == b">" or data[at + 4 : at + 6] == b"->":  # closed at once
            return Token(Kind.COMMENT, at, data.index(b">", at) + 1)
        return Token(Kind.COMMENT, at, _behind(data, at + 4, COMMENT_END))
    kind = Kind.DOCTYPE if data[at : at + 9].lower() == b"<!doctype" else Kind.COMMENT
    return Token(kind, at, _behind(data, at + 2, TAG_END))


def _tag(data: bytes, found: re.Match[bytes]) -> Token:
    """Give the tag that begins with this name; one that never ends hides all that follows, as a comment would."""
    at, slash, kind = found.end(), found[3], Kind.END if found[1] else Kind.START
    while not data.startswith(b">", at) and (one := ATTRIBUTE.match(data, at)) is not None:
        at, slash = one.end(), one[5]
    if at == len(data):
        return Token(Kind.COMMENT, found.start(), at)
    name = found[2].lower().decode("ascii", "replace")
    return Token(kind, found.start(), at + 1, name, closed=kind is Kind.START and slash.endswith(b"/"))


def _behind(data: bytes, at: int, ending: re.Pattern[bytes]) -> int:
    found = ending.search(data, at)
    return found.end() if found else len(data)


def _raw_end(data: bytes, at: int, name: bytes) -> int:
    """Give where the content of a raw element ends; within `<!--` a script may hold another script's tags."""
    if name != b"script":
        found = re.compile(rb"</" + name + rb"(?=[\s/>])", re.IGNORECASE).search(data, at)
        return found.start() if found else len(data)
    escaped = doubly = False
    for mark in SCRIPT_WITHIN.finditer(data, at):
        if mark[0] == b"<!--":
            escaped = True
        elif mark[0] == b"-->":
            escaped = doubly = False
        elif not mark[1]:
            doubly = doubly or escaped
        elif doubly:
            doubly = False
        else:
            return mark.start()
    return len(data)


def attributes(document: Document, token: Token) -> dict[str, str]:
    """Give a start tag's attributes, entities resolved; of a name that stands twice the first counts."""
    found: dict[str, str] = {}
    named = NAME.match(document.data, token.start)
    inside = named.end() if named else token.end
    for number, one in enumerate(ATTRIBUTE.finditer(document.data, inside, token.end - 1)):
        if number >= MOST_ATTRIBUTES:
            raise LimitExceeded(
                Bilingual("a tag has too many attributes", "标签的属性过多"), limit="items", offset=token.start
            )
        name = one[1].decode(document.encoding, "replace").lower()
        value = one[2] if one[2] is not None else one[3] if one[3] is not None else one[4] or b""
        found.setdefault(name, unescape(value.decode(document.encoding, "replace")))
    return found
