"""Walks the metadata blocks of a FLAC stream (RFC 9639), also behind an ID3 tag that does not belong there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import id3
from aigc_label.source import Source

STREAMINFO: Final = 0
PADDING: Final = 1
COMMENT: Final = 4
MAX_BLOCK: Final = (1 << 24) - 1


@dataclass(frozen=True, slots=True)
class Block:
    """One metadata block: its body stands at `offset..end`, its header in the four bytes before."""

    kind: int
    offset: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.offset


def blocks(source: Source) -> tuple[int, tuple[Block, ...]]:
    """Give where `fLaC` stands and the blocks behind it; the audio frames begin where the last block ends.

    Raises `MalformedFile` where a block leaves the file or the first is not STREAMINFO, `LimitExceeded` for their count.
    """
    start = 0
    while size := id3.size_at(source, start):
        start += size
    if source.upto(start, 4) != b"fLaC":
        raise MalformedFile(Bilingual("no fLaC marker", "缺少 fLaC 标记"), offset=start)
    found: list[Block] = []
    at = start + 4
    while len(found) < source.limits.items:
        head = source.at(at, 4)
        block = Block(head[0] & 0x7F, at + 4, at + 4 + int.from_bytes(head[1:], "big"))
        if block.kind == 0x7F or block.end > source.size or (block.kind == STREAMINFO) == bool(found):
            raise MalformedFile(Bilingual("a FLAC metadata block is wrong", "FLAC 元数据块有误"), offset=at)
        found.append(block)
        if head[0] & 0x80:
            return start, tuple(found)
        at = block.end
    raise LimitExceeded(Bilingual("too many FLAC blocks", "FLAC 元数据块过多"), limit="items", offset=at)


def header(kind: int, size: int, *, last: int) -> bytes:
    """Give a block's header. Raises `LimitExceeded` where the body is longer than a block can be."""
    if size > MAX_BLOCK:
        raise LimitExceeded(Bilingual("a FLAC block is full", "FLAC 元数据块已满"), limit="packet")
    return bytes((kind | last << 7,)) + size.to_bytes(3, "big")
