"""Walks and builds EBML elements (RFC 8794) as Matroska and WebM use them (RFC 9559)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

EBML: Final = 0x1A45DFA3
DOCTYPE: Final = 0x4282
SEGMENT: Final = 0x18538067
SEEK_HEAD: Final = 0x114D9B74
SEEK: Final = 0x4DBB
SEEK_ID: Final = 0x53AB
SEEK_POSITION: Final = 0x53AC
CLUSTER: Final = 0x1F43B675
CLUSTER_POSITION: Final = 0xA7
CUES: Final = 0x1C53BB6B
CUE_POINT: Final = 0xBB
CUE_TRACK_POSITIONS: Final = 0xB7
CUE_CLUSTER_POSITION: Final = 0xF1
TAGS: Final = 0x1254C367
TAG: Final = 0x7373
TARGETS: Final = 0x63C0
TARGET_PARTS: Final = frozenset((0x63C5, 0x63C9, 0x63C4, 0x63C6))  # UIDs of tracks, editions, chapters, attachments
SIMPLE_TAG: Final = 0x67C8
TAG_NAME: Final = 0x45A3
TAG_STRING: Final = 0x4487
VOID: Final = 0xEC
CRC: Final = 0xBF
LEVEL_ONE: Final = frozenset(
    (SEEK_HEAD, CLUSTER, CUES, TAGS, VOID, CRC, 0x1549A966, 0x1654AE6B, 0x1941A469, 0x1043A770)
)


@dataclass(frozen=True, slots=True)
class Element:
    """One element: header at `offset`, content at `data..end`. `open` is how many size bytes say "unknown", else 0."""

    id: int
    offset: int
    data: int
    end: int
    open: int = 0

    @property
    def size(self) -> int:
        return self.end - self.data


def element_at(source: Source, at: int, end: int) -> Element:
    """Give the element at `at`; one of unknown size counts up to `end`.

    Raises `MalformedFile` where its head is no EBML or its content leaves `end`.
    """
    head = source.upto(at, min(12, end - at))
    width = _width(head[:1], 4, at)
    length = _width(head[width : width + 1], 8, at)
    if len(head) < width + length:
        raise MalformedFile(Bilingual("an EBML element is cut off", "EBML 元素不完整"), offset=at)
    size = int.from_bytes(head[width : width + length], "big") & ((1 << 7 * length) - 1)
    data = at + width + length
    identity = int.from_bytes(head[:width], "big")
    if size == (1 << 7 * length) - 1:
        return Element(identity, at, data, end, length)
    if data + size > end:
        raise MalformedFile(
            Bilingual(
                f"an EBML element declares {size} bytes, more than there are", f"EBML 元素声明了 {size} 字节，超出范围"
            ),
            offset=at,
        )
    return Element(identity, at, data, data + size)


def _width(first: bytes, most: int, at: int) -> int:
    """Give how many bytes a variable-size number takes: one more than its leading zero bits."""
    width = 9 - first[0].bit_length() if first else 9
    if width > most:
        raise MalformedFile(Bilingual("no EBML element", "此处不是 EBML 元素"), offset=at)
    return width


def children(source: Source, parent: Element) -> Iterator[Element]:
    """Give an element's children in order. Raises `LimitExceeded` for more than `limits.items`."""
    at = parent.data
    for _ in range(source.limits.items):
        if at >= parent.end:
            return
        child = element_at(source, at, parent.end)
        yield child
        at = child.end
    raise LimitExceeded(Bilingual("too many EBML elements", "EBML 元素过多"), limit="items", offset=at)


def level_one(source: Source, segment: Element) -> Iterator[Element]:
    """Give the segment's own children. A cluster of unknown size ends where the next element of level one begins.

    Clusters count a hundredth of an item each: a long film has many and they are stepped over.
    """
    at, cost = segment.data, 0.0
    while at < segment.end:
        child = element_at(source, at, segment.end)
        if child.open:
            if child.id != CLUSTER:
                raise MalformedFile(
                    Bilingual("only clusters may have an unknown size", "只有 Cluster 可以是未知长度"), offset=at
                )
            child = Element(CLUSTER, child.offset, child.data, _open_end(source, child), child.open)
        yield child
        cost += 0.01 if child.id == CLUSTER else 1
        if cost > source.limits.items:
            raise LimitExceeded(Bilingual("too many EBML elements", "EBML 元素过多"), limit="items", offset=at)
        at = child.end


def _open_end(source: Source, cluster: Element) -> int:
    at = cluster.data
    for _ in range(source.limits.items * 100):
        if at >= cluster.end:
            return cluster.end
        inner = element_at(source, at, cluster.end)
        if inner.id in LEVEL_ONE - {VOID, CRC} or inner.id == EBML:
            return at
        if inner.open:
            raise MalformedFile(
                Bilingual("an element inside a cluster has no size", "Cluster 内部元素缺少长度"), offset=at
            )
        at = inner.end
    raise LimitExceeded(Bilingual("too many blocks", "数据块过多"), limit="items", offset=at)


def unsigned(source: Source, element: Element) -> int:
    if element.size > 8:
        raise MalformedFile(Bilingual("a number is too long", "数值过长"), offset=element.offset)
    return int.from_bytes(source.at(element.data, element.size), "big")


def identity(number: int) -> bytes:
    """Give an element id's bytes."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def size_bytes(size: int, width: int = 0) -> bytes:
    """Give a size in `width` bytes, in as few as it takes where `width` is 0."""
    while not width or size >= (1 << 7 * width) - 1:
        if width >= 8:
            raise LimitExceeded(Bilingual("an EBML size is too large", "EBML 长度过大"), limit="block")
        width += 1
        if size < (1 << 7 * width) - 1:
            break
    return (size | 1 << 7 * width).to_bytes(width, "big")


def element(number: int, content: bytes, width: int = 0) -> bytes:
    return identity(number) + size_bytes(len(content), width) + content


def void(size: int) -> bytes:
    """Give a Void element that takes exactly `size` bytes; at least two."""
    if size == 0:
        return b""
    if size < 2:
        raise ValueError("a Void takes two bytes or more")
    width = 1 if size < 0x80 else 8
    return b"\xec" + size_bytes(size - 1 - width, width) + b"\0" * (size - 1 - width)


def checked(content: bytes) -> bytes:
    """Give a master's content with its CRC-32 element (if it begins with one) put right."""
    if content[:2] == b"\xbf\x84":
        return content[:2] + zlib.crc32(content[6:]).to_bytes(4, "little") + content[6:]
    return content
