"""Finds the cross-reference sections of a PDF file and looks objects up in them, without reading tables whole.

ISO 32000-2, 7.5.4 to 7.5.8: classic tables, streams, hybrids of both, one section for every time the file was saved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.pdf_filters import decoded
from aigc_label.grammars.pdf_objects import CutShort, Dictionary, Name, Parser, Ref, Value
from aigc_label.source import Source

HEAD: Final = 1024  # a header may stand anywhere in these first bytes (Annex I.2.1 of Adobe's PDF 1.7)
NEAR: Final = 2048  # bytes at the end in which `startxref` usually stands
FAR: Final = 1 << 20  # and in which it is looked for at most
FIRST_READ: Final = 2048  # bytes of an object read at first; four times as many where they do not reach
SPACE: Final = rb"[\0\t\n\f\r ]"
START: Final = re.compile(rb"startxref" + SPACE + rb"{0,16}(\d{1,19})")
END: Final = re.compile(SPACE + rb"{0,32}%%EOF(?:\r\n|\n|\r)?")
AT: Final = re.compile(SPACE + rb"{0,32}(?:(xref)|(\d{1,10})" + SPACE + rb"{1,8}(\d{1,5})" + SPACE + rb"{1,8}obj)")
SUBSECTION: Final = re.compile(SPACE + rb"{0,32}(\d{1,10})" + SPACE + rb"{1,8}(\d{1,10})(?!\d)" + SPACE + rb"{0,8}")
TRAILER: Final = re.compile(SPACE + rb"{0,32}trailer")
ENTRY: Final = re.compile(rb"(\d{10}) (\d{5}) ([nf])[ \r\n]{2}")
ENTRY_SIZE: Final = 20
STREAM: Final = re.compile(SPACE + rb"{0,32}stream(?:\r\n|\n|\r)")
AFTER_STREAM: Final = re.compile(SPACE + rb"{0,16}endstream")


class Broken(Exception):
    """The cross-reference does not lead to what it names: only a search of the whole file can help."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an object is: at `offset` of the file, or the one at `index` in the object stream `stream`."""

    offset: int = 0
    generation: int = 0
    stream: int = 0
    index: int = 0


@dataclass(frozen=True, slots=True)
class Indirect:
    """An indirect object. `raw` are the bytes that its value was parsed from, `base` where they begin in the file.

    `offset` is that of `n g obj`, 0 where the object lies in an object stream (`base` is then that stream's offset). `body`
    is where its stream's data begin in the file, 0 where it is no stream.
    """

    number: int
    generation: int
    value: Value
    raw: bytes
    parser: Parser
    base: int
    offset: int = 0
    body: int = 0

    @property
    def dictionary(self) -> Dictionary:
        return self.value if isinstance(self.value, Dictionary) else Dictionary()

    def place(self, at: int) -> int:
        """Give where in the file a byte of `raw` stands, or what it is packed in."""
        return self.base + at if self.offset else self.base


class Section:
    """One cross-reference section. `start` is the value that leads to it, `trailer` its dictionary.

    One that stands `beside` a table (the stream of a hybrid file) is of the same revision as the table.
    """

    beside = False

    def __init__(self, start: int, trailer: Dictionary, raw: bytes, runs: list[tuple[int, int]]) -> None:
        self.start = start
        self.trailer = trailer
        self.raw = raw  # the bytes that the trailer's spans count in
        self.runs = runs  # (first number, count)

    def place(self, number: int) -> int | None:
        """Give the how-manieth entry an object's is; None where the section says nothing about it."""
        before = 0
        for first, count in self.runs:
            if first <= number < first + count:
                return before + number - first
            before += count
        return None

    def find(self, source: Source, number: int) -> Entry | None:
        """Give where an object is; an Entry of zeros where it is free; None where the section does not know it."""
        raise NotImplementedError

    def everything(self) -> dict[int, tuple[int, int]]:
        """Give offset and generation of every object, where this section is all that describes the file."""
        return {}

    @property
    def highest(self) -> int:
        return max((first + count - 1 for first, count in self.runs), default=0)


class Table(Section):
    """A classic table: entries of 20 bytes, read one at a time."""

    def __init__(
        self, start: int, trailer: Dictionary, raw: bytes, runs: list[tuple[int, int]], places: list[int]
    ) -> None:
        super().__init__(start, trailer, raw, runs)
        self.places = places

    def find(self, source: Source, number: int) -> Entry | None:
        for (first, count), at in zip(self.runs, self.places, strict=True):
            if first <= number < first + count:
                entry = ENTRY.fullmatch(source.upto(at + (number - first) * ENTRY_SIZE, ENTRY_SIZE))
                if entry is None:
                    raise Broken
                return Entry(int(entry[1]), int(entry[2])) if entry[3] == b"n" else Entry()
        return None


class Rows(Section):
    """A cross-reference stream: rows of three numbers of fixed widths."""

    def __init__(
        self,
        start: int,
        trailer: Dictionary,
        raw: bytes,
        runs: list[tuple[int, int]],
        widths: tuple[int, ...],
        rows: bytes,
    ) -> None:
        super().__init__(start, trailer, raw, runs)
        self.widths = widths
        self.rows = rows

    def find(self, source: Source, number: int) -> Entry | None:
        place = self.place(number)
        if place is None:
            return None
        kind, second, third = self._row(place)
        if kind == 1:
            return Entry(offset=second, generation=third)
        return Entry(stream=second, index=third) if kind == 2 else Entry()

    def _row(self, place: int) -> tuple[int, int, int]:
        a, b, c = self.widths
        row = self.rows[place * (a + b + c) : (place + 1) * (a + b + c)]
        if len(row) != a + b + c:
            raise Broken
        kind = int.from_bytes(row[:a], "big") if a else 1
        return kind, int.from_bytes(row[a : a + b], "big"), int.from_bytes(row[a + b :], "big")


def header_at(source: Source) -> int:
    """Give where `%PDF-` stands. Raises `MalformedFile` where it does not stand near the beginning."""
    at = source.upto(0, HEAD + 5).find(b"%PDF-")
    if at < 0:
        raise MalformedFile(Bilingual("no PDF header", "缺少 PDF 文件头"), offset=0)
    return at


@dataclass(frozen=True, slots=True)
class Ending:
    """Where the last `startxref` leads, and where the file's last `%%EOF` ends."""

    start: int
    end: int


def ending_of(source: Source) -> Ending | None:
    """Give the file's ending as readers find it, from behind; None where there is none in the last mebibyte."""
    for reach in (NEAR, FAR):
        from_ = max(0, source.size - reach)
        tail = source.upto(from_, reach)
        at = tail.rfind(b"startxref")
        if at >= 0:
            start = START.match(tail, at)
            if start is None:
                return None
            end = END.match(tail, start.end())
            return Ending(int(start[1]), from_ + (end or start).end())
        if not from_:
            break
    return None


def indirect_at(source: Source, at: int, number: int | None = None) -> Indirect:
    """Give the indirect object that begins at an offset. Raises `Broken` where none does, or one with another number."""
    length = FIRST_READ
    while True:
        data = source.upto(at, length) if at >= 0 else b""
        head = AT.match(data)
        if head is None or head[1] or (number is not None and int(head[2]) != number):
            raise Broken
        parser = Parser(data, head.end(), source.limits)
        try:
            value = parser.value()
            body = _body(parser, value, len(data) < length)
            break
        except CutShort as cut:
            if len(data) < length or length >= source.limits.packet:
                raise MalformedFile(Bilingual("an object has no end", "对象没有结束"), offset=at) from cut
            length = min(length * 4, source.limits.packet)
        except MalformedFile as problem:
            problem.offset = at + (problem.offset or 0)
            raise
    place = at + head.start(2)
    return Indirect(int(head[2]), int(head[3]), value, data, parser, at, place, at + body if body else 0)


def _body(parser: Parser, value: Value, last: bool) -> int:
    """Give where stream data begin, 0 where the value is no stream."""
    if not isinstance(value, Dictionary):
        return 0
    stream = STREAM.match(parser.data, parser.at)
    if stream is None and len(parser.data) - parser.at < 48 and not last:
        raise CutShort
    return stream.end() if stream else 0


def stream_data(source: Source, held: Indirect, length: Value) -> bytes:
    """Give a stream's data as stored. A length that lies is put right by looking for `endstream`.

    Raises `MalformedFile` where that is not found, `LimitExceeded` beyond `limits.packet`.
    """
    most = source.limits.packet
    if isinstance(length, int) and 0 <= length <= most:
        data = source.upto(held.body, length + 32)
        if AFTER_STREAM.match(data, length):
            return data[:length]
    elif isinstance(length, int) and length > most and source.size - held.body > length:
        raise LimitExceeded(
            Bilingual(f"a stream of {length} bytes", f"流长达 {length} 字节"), limit="packet", offset=held.body
        )
    data = source.upto(held.body, most)
    end = data.find(b"endstream")
    if end < 0:
        raise MalformedFile(Bilingual("a stream has no end", "流没有结束"), offset=held.body)
    body = data[:end]
    return body[:-2] if body.endswith(b"\r\n") else body[:-1] if body.endswith((b"\n", b"\r")) else body


def section_at(source: Source, start: int, shift: int) -> Section:
    """Give the section that `start` leads to. Raises `Broken` where none stands there."""
    at = start + shift
    head = AT.match(source.upto(at, 64)) if 0 <= at < source.size else None
    if head is None:
        raise Broken
    return _table(source, start, at + head.end()) if head[1] else _rows(source, start, at)


def _table(source: Source, start: int, at: int) -> Table:
    runs: list[tuple[int, int]] = []
    places: list[int] = []
    while (line := source.upto(at, 128)) and not (trailer := TRAILER.match(line)):
        found = SUBSECTION.match(line)
        if found is None or len(runs) >= source.limits.items:
            raise Broken
        runs.append((int(found[1]), int(found[2])))
        places.append(at + found.end())
        at += found.end() + int(found[2]) * ENTRY_SIZE
        if at > source.size:
            raise Broken
    if not line or trailer is None:
        raise Broken
    raw, dictionary = _dictionary_at(source, at + trailer.end())
    return Table(start, dictionary, raw, runs, places)


def _dictionary_at(source: Source, at: int) -> tuple[bytes, Dictionary]:
    length = FIRST_READ
    while True:
        data = source.upto(at, length)
        try:
            value = Parser(data, 0, source.limits).value()
        except CutShort:
            if len(data) < length or length >= source.limits.packet:
                raise Broken from None
            length *= 4
            continue
        except MalformedFile:
            raise Broken from None
        if not isinstance(value, Dictionary):
            raise Broken
        return data, value


def _rows(source: Source, start: int, at: int) -> Rows:
    held = indirect_at(source, at)
    stream = held.dictionary
    widths, size = stream.get(b"W"), stream.get(b"Size")
    if stream.get(b"Type") != Name(b"XRef") or not held.body or not isinstance(size, int):
        raise Broken
    if not isinstance(widths, list) or len(widths) != 3:
        raise Broken
    wide = tuple(width for width in widths if isinstance(width, int) and 0 <= width <= 8)
    index = stream.get(b"Index") or [0, size]
    numbers = (
        [number for number in index if isinstance(number, int) and 0 <= number < 1 << 40]
        if isinstance(index, list)
        else []
    )
    if len(wide) != 3 or not sum(wide) or len(numbers) % 2 or not isinstance(index, list) or len(index) != len(numbers):
        raise Broken
    length = stream.get(b"Length")
    data = stream_data(source, held, None if isinstance(length, Ref) else length)
    rows = decoded(data, stream, source.limits.packet)
    return Rows(start, stream, held.raw, list(zip(numbers[::2], numbers[1::2], strict=True)), wide, rows)


def sections_of(source: Source, start: int, shift: int) -> list[Section]:
    """Give all sections, the newest first; a hybrid's stream stands right behind its table.

    Raises `Broken` where a section is not where it should be, `MalformedFile` where they form a loop, `LimitExceeded`.
    """
    found: list[Section] = []
    seen: set[int] = set()
    left = 2 * source.limits.packet  # bytes of decoded rows, all sections together
    following: Value = start
    while isinstance(following, int):
        if following in seen:
            raise MalformedFile(
                Bilingual("the cross-reference sections form a loop", "交叉引用段形成循环"), offset=following + shift
            )
        section = section_at(source, following, shift)
        saved = [section]
        other = section.trailer.get(b"XRefStm") if isinstance(section, Table) else None
        if isinstance(other, int) and other not in seen:
            saved.append(section_at(source, other, shift))
            saved[-1].beside = True
        seen.update(each.start for each in saved)
        found += saved
        left -= sum(len(each.rows) for each in saved if isinstance(each, Rows))
        if len(found) > source.limits.items or left < 0:
            raise LimitExceeded(Bilingual("too many cross-reference sections", "交叉引用段过多"), limit="items")
        following = section.trailer.get(b"Prev")
        if isinstance(following, float):
            following = int(following)
    return found
