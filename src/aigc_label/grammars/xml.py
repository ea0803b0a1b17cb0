"""Reads XML without trusting it: the one door through which XML enters.

expat is in the standard library, starts in a millisecond and tells the byte offset of every event, which is what
splicing needs. A document type declaration is refused before anything is expanded, so there are no entities to
explode and nothing outside the document to fetch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat  # noqa: TID251  the one door

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import Limits

MAX_DEPTH = 256  # elements; far above any packet or drawing met, far below the C stack
MAX_ATTRIBUTES = 4_096
SEPARATOR = "\x01"  # no XML document can hold it


@dataclass(slots=True)
class Element:
    """An element with its place in the document. Offsets in bytes from the document's start.

    `start..open_end` is the start tag, `close..end` the end tag (for an empty-element tag all the same tag, with
    `close == open_end == end`). Names are (namespace URI, local name).
    """

    namespace: str
    name: str
    attributes: dict[tuple[str, str], str]
    start: int
    open_end: int = 0
    close: int = 0
    end: int = 0
    text: str = ""  # its own character data, children's left out
    children: list[Element] = field(default_factory=list)
    parent: Element | None = None

    def walk(self) -> Iterator[Element]:
        """Give this element and all below it in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


def parse(document: bytes, limits: Limits) -> Element:
    """Give the root element of a UTF-8, UTF-16 or declared-encoding document.

    Raises `MalformedFile` (with a byte offset) where it is not well-formed or declares a document type,
    `LimitExceeded` for depth, count and size.
    """
    if len(document) > limits.block:
        raise LimitExceeded(Bilingual("an XML document is too large", "XML 文档过大"), limit="block")
    builder = _Builder(document, limits)
    try:
        builder.parser.Parse(document, True)
    except expat.ExpatError as problem:
        raise MalformedFile(
            Bilingual(
                f"the XML is not well-formed: {expat.ErrorString(problem.code)}",
                f"XML 格式不正确：{expat.ErrorString(problem.code)}",
            ),
            offset=builder.parser.ErrorByteIndex,
        ) from problem
    except (ValueError, LookupError) as problem:  # an encoding that Python does not know
        raise MalformedFile(Bilingual(f"the XML cannot be decoded: {problem}", f"XML 无法解码：{problem}")) from problem
    if builder.root is None:
        raise MalformedFile(Bilingual("the XML has no root element", "XML 没有根元素"))
    return builder.root


class _Builder:
    def __init__(self, document: bytes, limits: Limits) -> None:
        self.document = document
        self.limits = limits
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.count = 0
        self.texts: list[list[str]] = []
        self.opened: Element | None = None  # its start tag's end is where the next event begins
        parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        for handler in ("CommentHandler", "ProcessingInstructionHandler", "StartCdataSectionHandler"):
            setattr(parser, handler, self._other)
        self.parser = parser

    def _settle(self) -> None:
        if self.opened is not None:
            self.opened.open_end = self.parser.CurrentByteIndex
            self.opened = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._settle()
        self.count += 1
        if self.count > self.limits.items * 10 or len(attributes) > MAX_ATTRIBUTES:
            raise LimitExceeded(Bilingual("the XML has too many elements", "XML 元素过多"), limit="items")
        if len(self.stack) >= MAX_DEPTH:
            raise LimitExceeded(
                Bilingual(f"the XML is nested over {MAX_DEPTH} deep", f"XML 嵌套超过 {MAX_DEPTH} 层"), limit="depth"
            )
        namespace, local = _split(name)
        parent = self.stack[-1] if self.stack else None
        element = Element(
            namespace,
            local,
            {_split(key): value for key, value in attributes.items()},
            self.parser.CurrentByteIndex,
            parent=parent,
        )
        if parent is None:
            self.root = element
        else:
            parent.children.append(element)
        self.stack.append(element)
        self.texts.append([])
        self.opened = element

    def _end(self, _name: str) -> None:
        element = self.stack.pop()
        element.text = "".join(self.texts.pop())
        at = self.parser.CurrentByteIndex
        if self.opened is element and at == element.start:  # <a/>: expat reports its end at its start
            element.open_end = element.close = element.end = _tag_end(self.document, at)
        elif self.opened is element and self.document[at : at + 2] not in (b"</", b"<\0", b"\0<"):
            element.open_end = element.close = element.end = at  # <a/>: or just behind it
        else:
            self._settle()
            element.close = at
            element.end = _tag_end(self.document, at)
        self.opened = None

    def _text(self, data: str) -> None:
        self._settle()
        if self.texts:
            self.texts[-1].append(data)

    def _other(self, *_parts: str) -> None:
        self._settle()

    def _doctype(self, *_parts: object) -> None:
        raise MalformedFile(
            Bilingual("the XML declares a document type (DTD)", "XML 声明了文档类型（DTD）"),
            remedy=Bilingual(
                "DTDs can expand without bound or fetch files; remove the declaration.",
                "DTD 可能无限展开或读取外部文件；请删除该声明。",
            ),
            offset=self.parser.CurrentByteIndex,
        )


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(SEPARATOR)
    return namespace, local


def _tag_end(document: bytes, start: int) -> int:
    """Give the offset behind the tag that begins at `start`; `>` may stand inside a quoted attribute value."""
    wide = 2 if document[start : start + 2] in (b"<\0", b"\0<") else 1
    quote = 0
    for at in range(start, len(document), wide):
        byte = document[at] or document[at + wide - 1]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in (0x22, 0x27):
            quote = byte
        elif byte == 0x3E:
            return at + wide
    return len(document)


def escaped(text: str) -> str:
    """Give text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
