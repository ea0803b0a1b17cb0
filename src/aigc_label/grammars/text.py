"""Opens text files in the encodings they are met in and maps places in the text to bytes in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
LINE: Final = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++\Z")
NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
SAMPLE: Final = 4096  # characters beyond ASCII that decide whether bytes are GB 18030 or something else
COMMON_SHARE: Final = 0.8  # of them within GB 2312, where nearly all Chinese text stays


@dataclass(frozen=True, slots=True)
class Text:
    """A file as characters. `encoding` is the file's own, its text begins at byte `start`, behind a byte-order mark.

    `newline` is the line ending of the first line, and of whatever is added.
    """

    characters: str
    encoding: str
    start: int
    newline: str

    def place(self, at: int) -> int:
        """Give the byte offset in the file of one character."""
        return self.places((at,))[at]

    def places(self, offsets: Iterable[int]) -> dict[int, int]:
        """Give the byte offset in the file of each of many characters, in one pass."""
        found: dict[int, int] = {}
        done, at = 0, self.start
        for offset in sorted(set(offsets)):
            at += len(self.written(self.characters[done:offset]))
            found[offset], done = at, offset
        return found

    def written(self, text: str) -> bytes:
        """Give characters in the file's encoding."""
        return text.encode(self.encoding)


def text_of(source: Source) -> Text:
    """Give a text file whole: UTF-8, UTF-16 with its byte-order mark, or GB 18030.

    Raises `MalformedFile` where the bytes are none of these, `LimitExceeded` for a file over `limits.block`.
    """
    if source.size > source.limits.block:
        raise LimitExceeded(Bilingual("the text is too large", "文本文件过大"), limit="block")
    data = source.at(0, source.size)
    start, encoding = next(((len(mark), name) for mark, name in MARKS if data.startswith(mark)), (0, ""))
    characters, encoding = _decoded(data[start:], encoding)
    if "\0" in characters:
        raise MalformedFile(
            Bilingual(
                "the file holds NUL: it is no text, or UTF-16 without its mark",
                "文件含有 NUL：不是文本，或是缺少字节序标记的 UTF-16",
            ),
            remedy=SAVE,
        )
    first = LINE.match(characters)
    ending = first[0][len(first[0].rstrip("\r\n")) :] if first else ""
    return Text(characters, encoding, start, ending or "\n")


SAVE: Final = Bilingual("Save it as UTF-8.", "请另存为 UTF-8 编码。")


def _decoded(body: bytes, encoding: str) -> tuple[str, str]:
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            characters = body.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "gb18030" or (characters.encode(name) == body and _is_chinese(characters)):
            return characters, name
    raise MalformedFile(
        Bilingual(
            "the text is neither UTF-8, nor UTF-16 with its mark, nor GB 18030",
            "文本既非 UTF-8、带字节序标记的 UTF-16，也非 GB 18030",
        ),
        remedy=SAVE,
    )


def _is_chinese(characters: str) -> bool:
    """Tell GB 18030 from Western bytes that happen to decode: what is added must be readable to the file's readers."""
    sample = [found[0] for found in islice(NOT_ASCII.finditer(characters), SAMPLE)]
    common = 0
    for character in sample:
        try:
            common += len(character.encode("gb2312")) > 0
        except UnicodeEncodeError:
            continue
    return common >= COMMON_SHARE * len(sample)


def lines(characters: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, int]]:
    """Give each line as (start, end of its words, end with its line ending). Only CR, LF and both end a line."""
    stop = len(characters) if end is None else end
    at = start
    while at < stop and (found := LINE.match(characters, at, stop)):
        words = len(found[0].rstrip("\r\n"))
        yield at, at + words, found.end()
        at = found.end()
