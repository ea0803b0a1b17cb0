"""Opens SVG drawings in any encoding they declare, and maps places in their text to bytes in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.xml import Element, parse
from aigc_label.source import Source

SVG: Final = "http://www.w3.org/2000/svg"
DECLARED: Final = re.compile(rb"""(<\?xml\b[^>]{0,100}?)(\s+encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'])""")
CODECS: Final = re.compile(  # text encodings that XML files are met in; Python knows others that are no text at all
    r"utf-?(8|16)|us-ascii|ascii|iso-?8859-\d+|latin-?1|windows-\d+|cp\d+|gb2312|gbk|gb18030|big5|shift_?jis|euc-\w+|koi8-\w",
    re.IGNORECASE,
)
HEADS: Final = (  # how a file in a Unicode encoding begins, how much of that is a byte-order mark, the encoding
    (b"\xef\xbb\xbf", 3, "utf-8"),
    (b"\xff\xfe", 2, "utf-16-le"),
    (b"\xfe\xff", 2, "utf-16-be"),
    (b"<\0", 0, "utf-16-le"),
    (b"\0<", 0, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing as UTF-8 with its root element; `encoding` is the file's own, its text begins at byte `start`.

    `metadata` are the root's own metadata elements: those in groups and symbols say nothing about the file.
    """

    document: bytes
    root: Element
    metadata: tuple[Element, ...]
    encoding: str
    start: int

    def place(self, at: int) -> int:
        """Give the offset in the file of a byte of the document."""
        return self.places((at,))[at]

    def places(self, offsets: Iterable[int]) -> dict[int, int]:
        """Give the offset in the file of each of many bytes of the document, in one pass."""
        found: dict[int, int] = {}
        done, at = 0, self.start
        for offset in sorted(set(offsets)):
            part = self.document[done:offset]
            at += len(part) if self.encoding == "utf-8" else len(part.decode().encode(self.encoding))
            found[offset], done = at, offset
        return found

    def written(self, markup: str) -> bytes:
        """Give markup in the file's encoding; what that lacks becomes a character reference."""
        return markup.encode(self.encoding, "xmlcharrefreplace")

    def in_metadata(self, at: int) -> bool:
        index = bisect_right(self.metadata, at, key=lambda element: element.open_end)
        return index > 0 and at < self.metadata[index - 1].close


def drawing_of(source: Source) -> Drawing:
    """Give the drawing. Raises `MalformedFile` where it is not well-formed, not in its encoding, or declares a document
    type; `LimitExceeded` for its size, depth and number of elements.
    """
    if source.size > source.limits.block:
        raise LimitExceeded(Bilingual("the drawing is too large", "SVG 文件过大"), limit="block")
    data = source.at(0, source.size)
    start, encoding = next(((cut, name) for head, cut, name in HEADS if data.startswith(head)), (0, ""))
    body = data[start:]
    document = _as_utf8(body, encoding)
    declared = DECLARED.match(document)
    if declared is not None:
        encoding = encoding or _codec(declared[3].decode())
        document = document if encoding.startswith("utf-16") else _as_utf8(body, encoding)
        blank = b" " * len(declared[2])  # the document is UTF-8 now, whatever it declares; offsets stay
        document = document[: declared.start(2)] + blank + document[declared.end(2) :]
    root = parse(document, source.limits)
    if root.name != "svg" or root.namespace not in (SVG, ""):
        raise MalformedFile(Bilingual("the root element is not svg", "根元素不是 svg"), offset=root.start)
    metadata = (child for child in root.children if (child.namespace, child.name) == (root.namespace, "metadata"))
    return Drawing(document, root, tuple(metadata), encoding or "utf-8", start)


def _codec(name: str) -> str:
    if not CODECS.fullmatch(name):
        raise MalformedFile(
            Bilingual(f"the encoding {name!r} is not known", f"未知的编码 {name!r}"),
            remedy=Bilingual("Save the drawing as UTF-8.", "请将图形另存为 UTF-8 编码。"),
        )
    return {"utf8": "utf-8", "utf16": "utf-16", "utf-16": "utf-16-be"}.get(name.lower(), name.lower())


def _as_utf8(body: bytes, encoding: str) -> bytes:
    """Give the text in UTF-8. Raises `MalformedFile` where it is not in the encoding, down to the last byte."""
    if encoding in ("", "utf-8"):
        return body
    try:
        text = body.decode(encoding)
        if text.encode(encoding) == body:
            return text.encode()
    except (UnicodeError, LookupError):
        pass
    raise MalformedFile(Bilingual(f"the drawing is not in {encoding}", f"图形并非 {encoding} 编码"))
