"""Reads the tags of Flash video files (Adobe Flash Video File Format Specification, version 10.1, annex E)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.source import Source

MAGIC: Final = b"FLV"
HEAD: Final = 11  # bytes before a tag's data
BACK: Final = 4  # bytes of the size that follows each tag
SCRIPT: Final = 18
MEDIA: Final = (8, 9)
ENCRYPTED: Final = 0x20  # filter bit: the data are encrypted
LEADING: Final = 256  # tags looked at from the file's start: metadata stand at the very front


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its header at `offset`, its data at `data_at..data_end`, then the size of both, which ends at `end`."""

    kind: int
    offset: int
    data_end: int
    encrypted: int

    @property
    def data_at(self) -> int:
        return self.offset + HEAD

    @property
    def end(self) -> int:
        return self.data_end + BACK

    @property
    def size(self) -> int:
        """Give the length of the data."""
        return self.data_end - self.data_at


def first_tag(source: Source) -> int:
    """Give where the first tag begins: behind the header and a size of 0. Raises `MalformedFile`."""
    head = source.at(0, 9)
    at = int.from_bytes(head[5:9], "big") + BACK
    if head[:3] != MAGIC or at < 9 + BACK or at > source.size:
        raise MalformedFile(Bilingual("the FLV header is damaged", "FLV 头部已损坏"), offset=0)
    return at


def leading_tags(source: Source) -> Iterator[Tag]:
    """Give the first tags of the file; one that the file's end cuts short ends the walk.

    Raises `MalformedFile` where the first tag is cut short, or where what stands in a tag's place is none.
    """
    at = first_tag(source)
    for _ in range(LEADING):
        head = source.upto(at, HEAD)
        if len(head) < HEAD:
            return
        kind, size = head[0] & 0x1F, int.from_bytes(head[1:4], "big")
        if head[0] & 0xC0 or kind not in (*MEDIA, SCRIPT) or at + HEAD + size + BACK > source.size:
            if kind == SCRIPT or at == first_tag(source):
                raise MalformedFile(Bilingual("a tag is damaged or cut short", "某标签损坏或不完整"), offset=at)
            return
        yield Tag(kind, at, at + HEAD + size, head[0] & ENCRYPTED)
        at += HEAD + size + BACK


def script_tag(data: bytes) -> bytes:
    """Give a script tag at time 0 with the size that follows it."""
    return bytes((SCRIPT,)) + _size(len(data)) + bytes(7) + data + (HEAD + len(data)).to_bytes(4, "big")


def resized(tag: Tag, growth: int) -> tuple[tuple[int, int, bytes], ...]:
    """Give the edits of a tag's two size fields. Raises `UnsupportedFormat` where 24 bits do not hold the size."""
    return (
        (tag.offset + 1, tag.offset + 4, _size(tag.size + growth)),
        (tag.data_end, tag.end, (HEAD + tag.size + growth).to_bytes(4, "big")),
    )


def _size(length: int) -> bytes:
    if length >> 24:
        raise UnsupportedFormat(Bilingual("an FLV tag holds at most 16 MiB", "FLV 标签最多容纳 16 MiB"))
    return length.to_bytes(3, "big")
