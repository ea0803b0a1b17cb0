"""Reads and spells the objects of a PDF file (ISO 32000-2, 7.3): bytes in, values out, with the place of each.

Dictionaries know where their entries stand, so that one entry can be exchanged while every other byte stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import Limits

SHARE: Final = 20  # so many times `limits.items` values in one object: a flat list of pages is long
SPACE: Final = rb"\0\t\n\f\r "
REGULAR: Final = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
GAP: Final = rb"[" + SPACE + rb"]*+(?:%[^\r\n]*+[" + SPACE + rb"]*+)*"  # one way only: what is no token fails at once
TOKEN: Final = re.compile(
    GAP + rb"(?:(?P<ref>(\d{1,10})[" + SPACE + rb"]{1,16}(\d{1,5})[" + SPACE + rb"]{1,16}R(?!" + REGULAR + rb"))"
    rb"|(?P<name>/" + REGULAR + rb"*)"
    rb"|(?P<mark><<|>>|[\[\](])"
    rb"|(?P<hex><[0-9A-Fa-f" + SPACE + rb"]*>)"
    rb"|(?P<word>" + REGULAR + rb"+))"
)
NOTHING: Final = re.compile(GAP)
IN_STRING: Final = re.compile(rb"[()\\\r]")
ESCAPED: Final = re.compile(rb"([0-7]{1,3})|(\r\n|[\r\n])|(.)", re.DOTALL)
ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
CODED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
NUMBER: Final = re.compile(rb"[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})")
UNSAFE: Final = re.compile(rb"[()\\\r\n]")
SAFE: Final = {b"\r": b"\\r", b"\n": b"\\n"}


class Name(bytes):
    """A name without its slash, `#xx` undone."""


class Text(bytes):
    """The bytes of a literal or hexadecimal string."""


class Ref(NamedTuple):
    """A reference to an indirect object."""

    number: int
    generation: int


class Span(NamedTuple):
    """Where something stands in the bytes that were parsed."""

    start: int
    end: int


NOWHERE: Final = Span(0, 0)


@dataclass(slots=True)
class Dictionary:
    """A dictionary: its values, where each entry (key and value) stands, and where all of it does.

    Of equal keys the last one counts, as in every reader tried; ISO 32000-1, 7.3.7, leaves it open, so they are `repeated`.
    """

    values: dict[bytes, Value] = field(default_factory=dict)
    spans: dict[bytes, Span] = field(default_factory=dict)
    span: Span = NOWHERE
    repeated: frozenset[bytes] = frozenset()

    def get(self, key: bytes) -> Value:
        return self.values.get(key)


Value: TypeAlias = "bool | int | float | Name | Text | Ref | list[Value] | Dictionary | None"


class CutShort(Exception):
    """The bytes end inside a value: more of the file is needed."""


class Parser:
    """Reads values from `data`, one after another, from `at` on. `strings` is where strings stood, and what they hold."""

    def __init__(self, data: bytes, at: int, limits: Limits) -> None:
        self.data = data
        self.at = at
        self.limits = limits
        self.left = limits.items * SHARE
        self.strings: list[tuple[Span, Text]] = []

    def value(self, depth: int = 0) -> Value:
        """Give the next value. Raises `CutShort` where the bytes end in it, `MalformedFile` where there is none."""
        return self._value(self._token(), depth)

    def _value(self, token: re.Match[bytes], depth: int) -> Value:
        kind = token.lastgroup
        if kind == "name":
            return _name(token["name"])
        if kind == "word":
            return _word(token["word"], token.start("word"))
        if kind == "ref":
            return Ref(int(token[2]), int(token[3]))
        if kind == "hex":
            return self._string(token.start("hex"), token.end(), _unhexed(token["hex"][1:-1]))
        start, mark = token.start("mark"), token["mark"]
        if depth >= self.limits.depth:
            raise LimitExceeded(Bilingual("values are nested too deeply", "对象嵌套过深"), limit="depth", offset=start)
        if mark == b"<<":
            return self._dictionary(start, depth)
        if mark == b"(":
            return self._literal(start)
        if mark == b"[":
            return self._list(depth)
        raise _no_value(start)

    def _token(self) -> re.Match[bytes]:
        self.left -= 1
        if self.left < 0:
            raise LimitExceeded(Bilingual("one object holds too many values", "单个对象包含的值过多"), limit="items")
        token = TOKEN.match(self.data, self.at)
        if token is None:
            gap = NOTHING.match(self.data, self.at)
            at = gap.end() if gap else self.at
            cut = at >= len(self.data) or (self.data[at : at + 1] == b"<" and self.data.find(b">", at) < 0)
            raise CutShort if cut else _no_value(at)
        self.at = token.end()
        return token

    def _dictionary(self, start: int, depth: int) -> Dictionary:
        values: dict[bytes, Value] = {}
        spans: dict[bytes, Span] = {}
        repeated: set[bytes] = set()
        while (token := self._token()).lastgroup == "name":
            key = _name(token["name"])
            if key in values:
                repeated.add(key)
            values[key] = self.value(depth + 1)
            spans[key] = Span(token.start("name"), self.at)
        if token["mark"] != b">>":
            raise _no_value(token.start(token.lastgroup or 0))
        return Dictionary(values, spans, Span(start, self.at), frozenset(repeated))

    def _list(self, depth: int) -> list[Value]:
        found = []
        while (token := self._token())["mark"] != b"]":
            found.append(self._value(token, depth + 1))
        return found

    def _literal(self, start: int) -> Text:
        parts: list[bytes] = []
        at, level = start + 1, 1
        while True:
            met = IN_STRING.search(self.data, at)
            if met is None:
                raise CutShort
            parts.append(self.data[at : met.start()])
            at = met.end()
            char = met[0]
            if char == b"\\":
                escape = ESCAPED.match(self.data, at)
                if escape is None:
                    raise CutShort
                parts.append(_unescaped(escape))
                at = escape.end()
                continue
            if char == b"\r":  # an end of line in a string is a line feed, however it is written (7.3.4.2)
                at += self.data.startswith(b"\n", at)
                char = b"\n"
            level += (char == b"(") - (char == b")")
            if level == 0:
                break
            parts.append(char)
        self.at = at
        return self._string(start, at, b"".join(parts))

    def _string(self, start: int, end: int, held: bytes) -> Text:
        text = Text(held)
        self.strings.append((Span(start, end), text))
        return text


def _no_value(at: int) -> MalformedFile:
    return MalformedFile(Bilingual("something that is no PDF object", "出现不是 PDF 对象的内容"), offset=at)


def _word(word: bytes, at: int) -> Value:
    if word in (b"true", b"false", b"null"):
        return None if word == b"null" else word == b"true"
    if NUMBER.fullmatch(word) is None:
        raise _no_value(at)
    if b"." not in word:
        return int(word)
    return float(word)


def _name(spelt: bytes) -> Name:
    bare = spelt[1:]
    return Name(CODED.sub(lambda code: bytes.fromhex(code[1].decode()), bare) if b"#" in bare else bare)


def _unhexed(digits: bytes) -> bytes:
    bare = digits.translate(None, b"\0\t\n\f\r ")
    return bytes.fromhex((bare + b"0" * (len(bare) % 2)).decode())


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes((int(escape[1], 8) & 255,))
    return b"" if escape[2] else ESCAPES.get(escape[3], escape[3])


def literal(held: bytes) -> bytes:
    """Spell a literal string."""
    return b"(" + UNSAFE.sub(lambda odd: SAFE.get(odd[0], b"\\" + odd[0]), held) + b")"


def hexadecimal(held: bytes) -> bytes:
    """Spell a hexadecimal string."""
    return b"<" + held.hex().upper().encode() + b">"
