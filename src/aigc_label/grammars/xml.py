"""Reads XML without trusting it: the one door through which XML enters.

expat is in the standard library, starts in a millisecond and tells the byte offset of every event, which is what
splicing needs. A document type declaration is refused before anything is expanded, so there are no entities to
explode and nothing outside the document to fetch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import Limits

MAX_DEPTH: Final = 256  # elements; far above any packet or drawing met, far below the C stack
MAX_ATTRIBUTES: Final = 4_096  # of one element
LONG: Final = 64 * 1024  # bytes of a start tag that is looked at before expat collects its attributes in memory
SEPARATOR: Final = "\x01"  # no XML document can hold it
TAG: Final = rb"""<[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*>"""  # `>` may stand inside a value
TAG_TURN: Final = rb"""[>"']"""  # where a tag ends, or a value begins
LONG_TAG: Final = rb"<[^<!?][^<]{%d,}+" % LONG
NAME_END: Final = rb"[\s/>]"
ATTRIBUTE: Final = rb"""(?<!\s)\s+([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')"""


@dataclass(slots=True)
class Element:
    """An element with its place in the document. Offsets in bytes from the document's start.

    `start..open_end` is the start tag, `close..end` the end tag (for an empty-element tag all the same tag, with
    `close == open_end == end`). Names are (namespace URI, local name); `prefix` and `spelt` say how the document
    writes them.
    """

    namespace: str
    name: str
    attributes: dict[tuple[str, str], str]
    start: int
    prefix: str = ""
    spelt: dict[tuple[str, str], str] = field(default_factory=dict)  # attribute -> `prefix:name` as written
    open_end: int = 0
    close: int = 0
    end: int = 0
    text: str = ""  # its own character data, children's left out
    tail: str = ""  # the part of its parent's that follows it
    children: list[Element] = field(default_factory=list)
    parent: Element | None = None

    def walk(self) -> Iterator[Element]:
        """Give this element and all below it in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def flow(self) -> Iterator[str | Element]:
        """Give its character data and its children in the order in which they stand."""
        yield self.text[: len(self.text) - sum(len(child.tail) for child in self.children)]
        for child in self.children:
            yield child
            yield child.tail

    @property
    def is_empty_tag(self) -> bool:
        """Tell whether it is written `<a/>`."""
        return self.close == self.open_end == self.end


class Doctype(Enum):
    """What a document type declaration is met with."""

    REFUSED = "refused"
    BARE = "bare"  # let through where it declares nothing itself, as XHTML pages name theirs; nothing is fetched


def attribute_spans(document: bytes, element: Element) -> dict[tuple[str, str], tuple[int, int]]:
    """Give where each attribute of an element stands, the white space before it included, so that a cut leaves none.

    For documents in UTF-8 or another superset of ASCII.
    """
    written = {
        found.group(1).decode(errors="replace"): found.span()
        for found in re.compile(ATTRIBUTE).finditer(document, element.start, element.open_end)
    }
    return {key: written[name] for key, name in element.spelt.items() if name in written}


def parse(document: bytes, limits: Limits, depth: int = MAX_DEPTH, doctype: Doctype = Doctype.REFUSED) -> Element:
    """Give the root element of a UTF-8, UTF-16 or declared-encoding document.

    Elements more than `depth` deep are checked and left out: the outline of a long document costs little. Raises
    `MalformedFile` (with a byte offset) where it is not well-formed or declares a document type that `doctype` does not
    let through, `LimitExceeded` for depth, count and size.
    """
    if len(document) > limits.block:
        raise LimitExceeded(Bilingual("an XML document is too large", "XML 文档过大"), limit="block")
    if len(document) > LONG:
        _refuse_floods(document)
    from xml.parsers import expat  # noqa: TID251  the one door

    builder = _Builder(document, limits, depth, doctype)
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


def _refuse_floods(document: bytes) -> None:
    """expat gathers a start tag's attributes before it tells us of the first: count them in the rare huge tag."""
    turn = re.compile(TAG_TURN)
    for long in re.finditer(LONG_TAG, document):
        at, values = long.start(), 0
        while (found := turn.search(document, at)) and found[0] != b">":
            closed = document.find(found[0], found.end())
            if closed < 0:
                break
            at, values = closed + 1, values + 1
            if values > MAX_ATTRIBUTES:
                raise LimitExceeded(
                    Bilingual("an XML element has too many attributes", "XML 元素的属性过多"),
                    limit="items",
                    offset=long.start(),
                )


class _Builder:
    def __init__(self, document: bytes, limits: Limits, depth: int, doctype: Doctype) -> None:
        self.document = document
        self.limits = limits
        self.depth = depth
        self.doctype = doctype
        self.left_out = 0  # elements that are open and below `depth`
        self.root: Element | None = None
        self.stack: list[Element] = []
        self.count = 0
        self.texts: list[list[str]] = []
        self.cuts: list[list[int]] = []  # for each open element, how much of its text each child had before its end
        self.opened: Element | None = None  # its start tag's end is where the next event begins
        from xml.parsers import expat  # noqa: TID251

        parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        parser.namespace_prefixes = True
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        for handler in (
            "CommentHandler",
            "ProcessingInstructionHandler",
            "StartCdataSectionHandler",
            "SkippedEntityHandler",
        ):
            setattr(parser, handler, self._other)
        self.parser = parser

    def _settle(self) -> None:
        if self.opened is not None:
            self.opened.open_end = self.parser.CurrentByteIndex
            self.opened = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._settle()
        if self.left_out or len(self.stack) == self.depth < MAX_DEPTH:
            self.left_out += 1
            if self.depth + self.left_out > MAX_DEPTH:
                raise _too_deep()
            return
        self.count += 1
        if self.count > self.limits.items * 10 or len(attributes) > MAX_ATTRIBUTES:
            raise LimitExceeded(Bilingual("the XML has too many elements", "XML 元素过多"), limit="items")
        if len(self.stack) >= MAX_DEPTH:
            raise _too_deep()
        namespace, local, prefix = _split(name)
        parent = self.stack[-1] if self.stack else None
        element = Element(namespace, local, {}, self.parser.CurrentByteIndex, prefix, parent=parent)
        for key, value in attributes.items():
            space, own, before = _split(key)
            element.attributes[space, own] = value
            element.spelt[space, own] = f"{before}:{own}" if before else own
        if parent is None:
            self.root = element
        else:
            parent.children.append(element)
        self.stack.append(element)
        self.texts.append([])
        self.cuts.append([])
        self.opened = element

    def _end(self, _name: str) -> None:
        if self.left_out:
            self.left_out -= 1
            return
        element = self.stack.pop()
        pieces, cuts = self.texts.pop(), self.cuts.pop()
        element.text = "".join(pieces)
        for child, start, end in zip(element.children, cuts, [*cuts, len(pieces)][1:], strict=True):
            child.tail = "".join(pieces[start:end])
        if self.texts:
            self.cuts[-1].append(len(self.texts[-1]))
        at = self.parser.CurrentByteIndex
        if self.opened is element:  # nothing between start and end: <a/> or <a></a>
            element.open_end = _tag_end(self.document, element.start)
            self.opened = None
            if _closes_itself(self.document, element.open_end):
                element.close = element.end = element.open_end
                return
        self._settle()
        element.close = at
        element.end = _tag_end(self.document, at)

    def _text(self, data: str) -> None:
        self._settle()
        if self.texts and not self.left_out:
            self.texts[-1].append(data)

    def _other(self, *_parts: str) -> None:
        self._settle()

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if self.doctype is Doctype.BARE and not has_subset:
            self._settle()
            return
        raise MalformedFile(
            Bilingual("the XML declares a document type (DTD)", "XML 声明了文档类型（DTD）"),
            remedy=Bilingual(
                "DTDs can expand without bound or fetch files; remove the declaration.",
                "DTD 可能无限展开或读取外部文件；请删除该声明。",
            ),
            offset=self.parser.CurrentByteIndex,
        )


def _too_deep() -> LimitExceeded:
    return LimitExceeded(
        Bilingual(f"the XML is nested over {MAX_DEPTH} deep", f"XML 嵌套超过 {MAX_DEPTH} 层"), limit="depth"
    )


def _split(name: str) -> tuple[str, str, str]:
    """Give (namespace, local name, prefix) of a name as expat spells it: all three, the first two, or the name alone."""
    parts = name.split(SEPARATOR)
    if len(parts) == 1:
        return "", name, ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _tag_end(document: bytes, start: int) -> int:
    """Give the offset behind the tag that begins at `start`."""
    if document[start : start + 2] in (b"<\0", b"\0<"):
        return _wide_tag_end(document, start)
    found = re.compile(TAG).match(document, start)
    return found.end() if found else len(document)


def _wide_tag_end(document: bytes, start: int) -> int:
    quote = 0
    for at in range(start, len(document) - 1, 2):
        byte = document[at] or document[at + 1]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in (0x22, 0x27):
            quote = byte
        elif byte == 0x3E:
            return at + 2
    return len(document)


def _closes_itself(document: bytes, end: int) -> bool:
    return document.endswith(b"/>", 0, end) or document[end - 4 : end] in (b"/\0>\0", b"\0/\0>")


def within(document: bytes, parent: Element, start: int, end: int, limits: Limits) -> Element:
    """Give an element of an outline with only what stands in `start..end` of its content, and all that is in that.

    Offsets count from the new document's own start: what stood at `start` stands at the element's `open_end`. For
    documents in UTF-8: the start tags above are repeated, so that every prefix means the same.
    """
    above: list[Element] = []
    element: Element | None = parent
    while element is not None:
        above.insert(0, element)
        element = element.parent
    tags = [document[one.start : one.open_end] for one in above]
    ends = [b"</" + re.split(NAME_END, tag[1:], maxsplit=1)[0] + b">" for tag in reversed(tags)]
    found = parse(b"".join([*tags, document[start:end], *ends]), limits)
    for _ in above[1:]:
        found = found.children[0]
    return found


def excerpt(document: bytes, element: Element, limits: Limits) -> Element:
    """Give an element of an outline with all that is in it; offsets as `within` counts them."""
    if element.parent is None:
        return parse(document, limits)
    return within(document, element.parent, element.start, element.end, limits).children[0]


def escaped(text: str) -> str:
    """Give text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def appended(document: bytes, element: Element, new: bytes) -> tuple[int, int, bytes]:
    """Give the edit that puts `new` before the element's end tag, which it gets where it had none."""
    if not element.is_empty_tag:
        return element.close, element.close, new
    tag = document[element.start : element.end].removesuffix(b"/>")
    return element.start, element.end, tag + b">" + new + b"</" + tag[1:].split(None, 1)[0] + b">"


def edited(document: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Give the document with `(start, end, new)` ranges replaced."""
    out, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        out += [document[done:start], new]
        done = max(done, end)
    return b"".join([*out, document[done:]])
