"""Opens a PDF file (ISO 32000-2) at its end, as every reader does, and gives its objects one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars.pdf_filters import decoded, filters_of
from aigc_label.grammars.pdf_objects import CutShort, Dictionary, Name, Parser, Ref, Text, Value
from aigc_label.grammars.pdf_xref import (
    Broken,
    Entry,
    Indirect,
    Rows,
    Section,
    Table,
    ending_of,
    header_at,
    indirect_at,
    sections_of,
    stream_data,
)
from aigc_label.source import Source

if TYPE_CHECKING:
    from aigc_label.grammars.pdf_cipher import Cipher

REMEDY: Final = Bilingual("Repair the file first: `qpdf FILE REPAIRED`.", "请先修复文件：`qpdf 原文件 修复后文件`。")
DIGITS: Final = b"0123456789\0\t\n\f\r "
COMMENT: Final = re.compile(rb"%[^\r\n]*")
KEPT: Final = 2  # object streams that stay unpacked
MOST_STREAMS: Final = 64 << 20  # bytes of object streams unpacked for one file


class Document:
    """A PDF file as its newest section, and those before it, describe it.

    `shift` is what has to be added to an offset as the file states it, `end` where its last `%%EOF` ends. `rebuilt` tells
    that the cross-reference was broken and the objects were found by a search. An encrypted file without a `cipher` needs
    more than the empty password: it is `locked`.
    """

    def __init__(self, source: Source, sections: list[Section], shift: int, end: int) -> None:
        self.source = source
        self.sections = sections
        self.shift = shift
        self.end = end
        self.rebuilt = not isinstance(sections[0], Table | Rows)
        self.locked = False
        self.cipher: Cipher | None = None
        self._trusted = False
        self._objects: dict[int, Indirect | None] = {}
        self._streams: dict[int, tuple[int, bytes, dict[int, int]]] = {}
        self._unpacked = 0

    def check(self) -> None:
        """Look at what everything else hangs on. Raises `Broken` where the cross-reference leads elsewhere."""
        self._unlock()
        if self.root.dictionary.get(b"Pages") is None:
            raise Broken
        _ = self.info, self.locked or self.metadata
        self._trusted = True

    @property
    def trailer(self) -> Dictionary:
        return self.sections[0].trailer

    def before(self, index: int) -> Document:
        """Give the document as it was when the section at `index` was its newest."""
        older = Document(self.source, self.sections[index:], self.shift, self.end)
        older.cipher, older.locked, older._trusted = self.cipher, self.locked, True
        return older

    def entry(self, number: int) -> Entry | None:
        """Give where an object is, None where it is free or unknown. Raises `Broken`."""
        for section in self.sections:
            found = section.find(self.source, number)
            if found is not None:
                return found if found != Entry() else None
        return None

    def object(self, ref: Value) -> Indirect | None:
        """Give the object that a reference names; None where there is none, or `ref` is no reference.

        Raises `MalformedFile` where the cross-reference leads elsewhere, `LimitExceeded`.
        """
        if not isinstance(ref, Ref):
            return None
        if ref.number not in self._objects:
            try:
                self._objects[ref.number] = self._read(ref.number)
            except Broken as problem:
                if not self._trusted:
                    raise
                what = Bilingual(
                    f"object {ref.number} is not where the file says", f"对象 {ref.number} 不在文件所声明的位置"
                )
                raise MalformedFile(what, remedy=REMEDY) from problem
        return self._objects[ref.number]

    def _read(self, number: int) -> Indirect | None:
        entry = self.entry(number)
        if entry is None:
            return None
        return (
            self._packed(number, entry) if entry.stream else indirect_at(self.source, entry.offset + self.shift, number)
        )

    def _packed(self, number: int, entry: Entry) -> Indirect | None:
        base, data, index = self._object_stream(entry.stream)
        place = index.get(number)
        if place is None:
            return None
        parser = Parser(data, place, self.source.limits)
        try:
            value = parser.value()
        except CutShort as cut:
            raise MalformedFile(Bilingual("a packed object has no end", "压缩对象没有结束")) from cut
        return Indirect(number, 0, value, data, parser, base)

    def _object_stream(self, number: int) -> tuple[int, bytes, dict[int, int]]:
        """Give where an object stream is, what it holds, and where in that its objects stand."""
        if number not in self._streams:
            entry = self.entry(number)
            if entry is None or entry.stream:  # an object stream lies in no other
                raise Broken
            held = indirect_at(self.source, entry.offset + self.shift, number)
            data = self.content(held)
            self._unpacked += len(data)
            if self._unpacked > MOST_STREAMS:
                raise LimitExceeded(Bilingual("object streams hold too much", "对象流内容过多"), limit="block")
            while len(self._streams) >= KEPT:
                self._streams.pop(next(iter(self._streams)))
            self._streams[number] = held.offset, data, self._index(held, data)
        return self._streams[number]

    def _index(self, held: Indirect, data: bytes) -> dict[int, int]:
        count, first = held.dictionary.get(b"N"), held.dictionary.get(b"First")
        if not isinstance(count, int) or not isinstance(first, int) or not 0 <= first <= len(data):
            raise MalformedFile(Bilingual("an object stream without an index", "对象流缺少索引"), offset=held.offset)
        head = data[:first]
        if head.translate(None, DIGITS):  # comments may stand there
            head = COMMENT.sub(b" ", head)
        if head.translate(None, DIGITS):
            raise MalformedFile(
                Bilingual("an object stream's index is damaged", "对象流索引已损坏"), offset=held.offset
            )
        numbers = [int(number[:10]) for number in head.split()[: 2 * max(count, 0)]]
        places = (first + at for at in numbers[1::2])
        return dict(zip(numbers[::2], places, strict=False))

    def resolve(self, value: Value) -> Value:
        """Give what a value is once references are followed. Raises as `object` does, `LimitExceeded` for long chains."""
        for _ in range(self.source.limits.depth):
            if not isinstance(value, Ref):
                return value
            held = self.object(value)
            value = held.value if held is not None else None
        raise LimitExceeded(Bilingual("references lead in circles", "引用形成循环"), limit="depth")

    def dictionary(self, value: Value) -> Dictionary:
        """Give a dictionary, wherever it stands; an empty one where the value is none."""
        found = self.resolve(value)
        return found if isinstance(found, Dictionary) else Dictionary()

    def list(self, value: Value) -> list[Value]:
        """Give an array, wherever it stands; an empty one where the value is none."""
        found = self.resolve(value)
        return found if isinstance(found, list) else []

    def content(self, held: Indirect, most: int = 0) -> bytes:
        """Give what a stream holds, decrypted and its filters undone. Raises as `pdf_filters.decoded` does."""
        data = self.stored(held)
        return decoded(data, held.dictionary, most or self.source.limits.packet)

    def stored(self, held: Indirect) -> bytes:
        """Give a stream's data with its filters on, decrypted."""
        if not held.body:
            raise MalformedFile(
                Bilingual("an object that should be a stream is none", "对象应为流，但不是"), offset=held.offset
            )
        data = stream_data(self.source, held, self.resolve(held.dictionary.get(b"Length")))
        return self.plain_stream(held, data)

    def plain_stream(self, held: Indirect, data: bytes) -> bytes:
        if self.cipher is None or not self.is_closed(held):
            return data
        return self.cipher.opened(held.number, held.generation, data, self.cipher.streams)

    def is_closed(self, held: Indirect) -> bool:
        """Tell whether a stream is encrypted. Raises `UnsupportedFormat` for one that is in a way of its own."""
        if self.cipher is None or (is_metadata(held.dictionary) and not self.cipher.metadata):
            return False
        own = next((settings for name, settings in filters_of(held.dictionary) if name == b"Crypt"), None)
        if own is not None and own.get(b"Name") not in (None, Name(b"Identity")):
            raise UnsupportedFormat(Bilingual("a stream that is encrypted in a way of its own", "以单独方式加密的流"))
        return own is None

    def plain(self, held: Indirect, text: Text) -> bytes:
        """Give the bytes of a string in an object, decrypted."""
        if self.cipher is None or not held.offset:  # strings of packed objects are encrypted with their stream
            return bytes(text)
        return self.cipher.opened(held.number, held.generation, bytes(text), self.cipher.strings)

    @property
    def root(self) -> Indirect:
        """The catalogue. Raises `MalformedFile` where there is none, `Broken` while the file is being opened."""
        held = self.object(self.trailer.get(b"Root"))
        if held is not None and isinstance(held.value, Dictionary):
            return held
        if not self._trusted:
            raise Broken
        raise MalformedFile(Bilingual("the file has no catalogue", "文件缺少文档目录对象"), remedy=REMEDY)

    @property
    def info(self) -> Indirect | None:
        """The document information dictionary as an object of its own; None where there is none.

        One that stands in the trailer itself, against the rules, comes with number 0.
        """
        given = self.trailer.get(b"Info")
        if isinstance(given, Dictionary):
            raw = self.sections[0].raw
            parser = Parser(raw, given.span.start, self.source.limits)
            return Indirect(0, 0, parser.value(), raw, parser, self.sections[0].start)
        held = self.object(given)
        return held if held is not None and isinstance(held.value, Dictionary) else None

    @property
    def metadata(self) -> Indirect | None:
        """The document's XMP stream, None where there is none."""
        held = self.object(self.root.dictionary.get(b"Metadata"))
        return held if held is not None and held.body else None

    @property
    def free_number(self) -> int:
        """A number that no object has, and none has had."""
        size = self.trailer.get(b"Size")
        return max(size if isinstance(size, int) else 1, *(section.highest + 1 for section in self.sections), 1)

    def _unlock(self) -> None:
        given = self.trailer.get(b"Encrypt")
        if given is None:
            return
        from aigc_label.grammars.pdf_cipher import cipher_of  # most files are not encrypted

        first, *_ = [*self.list(self.trailer.get(b"ID")), Text(b"")]
        self.cipher = cipher_of(self._spread(given), bytes(first) if isinstance(first, Text) else b"")
        self.locked = self.cipher is None
        self._objects.clear()

    def _spread(self, value: Value, depth: int = 4) -> Dictionary:
        """Give a dictionary with the references in it, and in those within it, followed."""
        found = self.dictionary(value)
        values = {key: self.resolve(each) for key, each in found.values.items()}
        for key, each in values.items():
            if isinstance(each, Dictionary) and depth:
                values[key] = self._spread(each, depth - 1)
        return Dictionary(values, found.spans, found.span)


def opened(source: Source) -> Document:
    """Give the document. Where the cross-reference is broken its objects are searched for, as other readers do.

    Raises `MalformedFile` where that does not help either, `LimitExceeded`.
    """
    head = header_at(source)
    ending = ending_of(source)
    if ending is not None:
        for shift in dict.fromkeys((head, 0)):
            try:
                document = Document(source, sections_of(source, ending.start, shift), shift, ending.end)
                document.check()
            except Broken:
                continue
            return document
    from aigc_label.grammars.pdf_recovery import searched  # most files are sound

    document = Document(source, [searched(source, head)], head, ending.end if ending else source.size)
    try:
        document.check()
    except Broken as problem:
        raise MalformedFile(Bilingual("the file has no catalogue", "文件缺少文档目录对象"), remedy=REMEDY) from problem
    return document


def is_metadata(stream: Dictionary) -> bool:
    return stream.get(b"Type") == Name(b"Metadata")
