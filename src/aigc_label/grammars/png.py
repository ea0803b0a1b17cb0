"""Walks and builds the chunks of a PNG or APNG file (PNG, third edition), and reads its text chunks within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import Limits
from aigc_label.source import Source

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MAX_LENGTH: Final = (1 << 31) - 1
FRAMES: Final = frozenset((b"IDAT", b"fdAT", b"fcTL"))  # as many as the picture needs: 10^5 frames are no attack
FRAMES_SHARE: Final = 50  # so many times `limits.items` of them
TEXTS: Final = frozenset((b"tEXt", b"zTXt", b"iTXt"))
PICTURE: Final = FRAMES | {  # what a decoder needs to show the picture as it is meant
    b"IHDR", b"PLTE", b"IEND", b"tRNS", b"acTL", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"mDCv", b"cLLi", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"oFFs", b"sCAL", b"CgBI",
}  # fmt: skip
MAX_KEYWORD: Final = 79
TOTAL_SHARE: Final = 16  # so many times `limits.inflated` may all text chunks of a file together inflate to


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its length field at `offset`, `length` bytes of data, its CRC before `end`."""

    kind: bytes
    offset: int
    length: int

    @property
    def data_at(self) -> int:
        return self.offset + 8

    @property
    def end(self) -> int:
        return self.offset + 12 + self.length

    @property
    def critical(self) -> bool:
        return not self.kind[0] & 0x20

    def data(self, source: Source) -> bytes:
        return source.at(self.data_at, self.length)

    def sound(self, source: Source) -> bool:
        """Tell whether the CRC is right; reads the data."""
        crc = zlib.crc32(self.data(source), zlib.crc32(self.kind))
        return source.at(self.data_at + self.length, 4) == crc.to_bytes(4, "big")


def chunks(source: Source) -> tuple[Chunk, ...]:
    """Give the chunks from IHDR up to and with IEND, walked once a source; the data is not read.

    Raises `MalformedFile` where the signature, a chunk's kind, its length or the order is wrong or IEND is missing,
    `LimitExceeded` for more than `limits.items` chunks (frame data: 50 times as many).
    """
    return source.once("png.chunks", lambda: tuple(_walked(source)))


def _walked(source: Source) -> Iterator[Chunk]:
    if source.upto(0, 8) != SIGNATURE:
        raise MalformedFile(Bilingual("no PNG signature", "缺少 PNG 文件头"), offset=0)
    at, others, frames, begun = 8, 0, 0, False
    size, items = source.size, source.limits.items
    while True:
        head = source.at(at, 8)
        kind = head[4:]
        chunk = Chunk(kind, at, int.from_bytes(head[:4], "big"))
        if not (kind.isalpha() and kind.isascii()):
            raise MalformedFile(
                Bilingual(f"{kind.hex()} is not the kind of a chunk", f"{kind.hex()} 不是合法的数据块类型"), offset=at
            )
        if chunk.length > MAX_LENGTH or chunk.end > size:
            raise MalformedFile(
                Bilingual(
                    f"a chunk declares {chunk.length} bytes, more than the file holds",
                    f"某数据块声明了 {chunk.length} 字节，超出文件",
                ),
                offset=at,
            )
        if not begun and kind != b"CgBI":  # Apple's variant puts one chunk before IHDR
            begun = kind == b"IHDR"
            if not begun:
                raise MalformedFile(Bilingual("the first chunk is not IHDR", "第一个数据块不是 IHDR"), offset=at)
        yield chunk
        if kind == b"IEND":
            return
        if kind in FRAMES:
            frames += 1
        else:
            others += 1
        if others > items or frames > items * FRAMES_SHARE:
            raise LimitExceeded(Bilingual("too many chunks", "数据块过多"), limit="items", offset=at)
        at = chunk.end


def chunk(kind: bytes, data: bytes) -> bytes:
    """Give a chunk's bytes, with its length and CRC."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Text:
    """A text chunk taken apart. `stored` is the text as it stands in the chunk, from byte `stored_at` of the data on;
    `head` the language and the translated keyword of an iTXt chunk, each with its NUL."""

    kind: bytes
    keyword: bytes
    stored: bytes
    stored_at: int
    compressed: bool = False
    head: bytes = b"\0\0"

    def built(self, text: bytes) -> bytes:
        """Give a chunk like this one, of the same kind and compression, with another text."""
        stored = zlib.compress(text, 9) if self.compressed else text
        between = {
            b"tEXt": b"\0",
            b"zTXt": b"\0\0",
            b"iTXt": b"\0" + bytes((self.compressed, 0)) + self.head,
        }[self.kind]
        return chunk(self.kind, self.keyword + between + stored)

    def plain(self) -> Text:
        """Give the same as an uncompressed iTXt chunk without a language, as XMP wants it: exiftool takes a packet in
        English for something else."""
        return replace(self, kind=b"iTXt", compressed=False, head=b"\0\0")


def keyword_of(source: Source, of: Chunk) -> bytes:
    """Give a text chunk's keyword; b"" where there is none."""
    head = source.upto(of.data_at, min(of.length, MAX_KEYWORD + 1))
    keyword, nul, _ = head.partition(b"\0")
    return keyword if nul else b""


def text_of(kind: bytes, data: bytes) -> Text:
    """Take a text chunk's data (or its beginning) apart. Raises `MalformedFile` where it breaks its layout."""
    keyword, nul, rest = data.partition(b"\0")
    at = len(keyword) + 1
    if nul and kind == b"tEXt":
        return Text(kind, keyword, rest, at)
    if nul and kind == b"zTXt" and rest[:1] == b"\0":
        return Text(kind, keyword, rest[1:], at + 1, compressed=True)
    if nul and kind == b"iTXt" and rest[:2] in (b"\0\0", b"\1\0"):
        ends = [-1, -1]
        ends[0] = rest.find(b"\0", 2)
        ends[1] = rest.find(b"\0", ends[0] + 1) if ends[0] >= 0 else -1
        if ends[1] >= 0:
            begin = ends[1] + 1
            return Text(kind, keyword, rest[begin:], at + begin, compressed=rest[:1] == b"\1", head=rest[2:begin])
    raise MalformedFile(Bilingual(f"a {kind.decode()} chunk breaks its layout", f"{kind.decode()} 数据块的结构有误"))


class Inflater:
    """Inflates the text chunks of one file within one budget, so that many small bombs are no better than a big one."""

    def __init__(self, limits: Limits) -> None:
        self.most = limits.inflated
        self.left = limits.inflated * TOTAL_SHARE

    def whole(self, text: Text) -> bytes:
        """Give the whole text. Raises `LimitExceeded` where it is over `limits.inflated`, `MalformedFile` for damage."""
        if not text.compressed:
            return text.stored
        inflater = zlib.decompressobj()
        try:
            data = inflater.decompress(text.stored, max(0, min(self.most, self.left)) + 1)
        except zlib.error as problem:
            raise MalformedFile(Bilingual("a compressed text chunk is damaged", "压缩文本数据块已损坏")) from problem
        self.left -= len(data)
        if len(data) > self.most or self.left < 0:
            raise self._exceeded()
        if not inflater.eof:
            raise MalformedFile(Bilingual("a compressed text chunk is cut short", "压缩文本数据块不完整"))
        return data

    def beginning(self, text: Text, most: int) -> bytes:
        """Give at most `most` bytes from the start of the text, as far as it is sound."""
        if not text.compressed:
            return text.stored[:most]
        if self.left <= 0:
            raise self._exceeded()
        try:
            data = zlib.decompressobj().decompress(text.stored, min(most, self.left))
        except zlib.error:
            return b""
        self.left -= len(data)
        return data

    def _exceeded(self) -> LimitExceeded:
        return LimitExceeded(
            Bilingual(
                f"a compressed text chunk inflates to over {self.most} bytes, or all of them to {TOTAL_SHARE} times that",
                f"压缩文本数据块解压后超过 {self.most} 字节，或合计超过其 {TOTAL_SHARE} 倍",
            ),
            limit="inflated",
        )


PROFILE: Final = (
    b"Raw profile type "  # ImageMagick's way to carry EXIF, XMP and IPTC: hexadecimal digits in a text chunk
)


def profile_of(text: bytes) -> bytes:
    """Give the bytes of a raw profile: an empty line, a name, a decimal length, lines of hexadecimal digits."""
    parts = text.lstrip(b"\n").split(b"\n", 2)
    try:
        count = int(parts[1].strip()[:10])
        data = bytes.fromhex(parts[2].translate(None, b" \t\r\n\0").decode("ascii"))
    except (ValueError, IndexError) as problem:
        raise MalformedFile(Bilingual("a raw profile is damaged", "Raw profile 内容已损坏")) from problem
    if count != len(data):
        raise MalformedFile(Bilingual("a raw profile's length lies", "Raw profile 的长度不符"))
    return data


def profile_text(name: bytes, data: bytes) -> bytes:
    """Give the text of a raw profile, as ImageMagick writes it: 36 bytes a line."""
    digits = data.hex().encode()
    lines = b"".join(digits[at : at + 72] + b"\n" for at in range(0, len(digits), 72))
    return b"\n" + name + b"\n" + str(len(data)).rjust(8).encode() + b"\n" + lines
