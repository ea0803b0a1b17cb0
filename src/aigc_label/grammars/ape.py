"""Walks an APEv2 tag at the end of a file and builds it anew from its items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, length_of

MAGIC: Final = b"APETAGEX"
EDGE: Final = 32  # bytes of a header and of a footer
HAS_HEADER: Final = 1 << 31
IS_HEADER: Final = 1 << 29


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    text: str
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: `start..end` with header and footer; items in order. `body` is where the first item stands."""

    start: int
    body: int
    end: int
    flags: int
    items: tuple[Item, ...]


def tag_of(source: Source, end: int) -> Tag | None:
    """Give the tag whose footer ends at `end`, None where there is none. Raises `MalformedFile` for lengths that lie."""
    if end < EDGE or source.upto(end - EDGE, 8) != MAGIC:
        return None
    footer = source.at(end - EDGE, EDGE)
    size, count, flags = (int.from_bytes(footer[at : at + 4], "little") for at in (12, 16, 20))
    body = end - size
    start = body - (EDGE if flags & HAS_HEADER else 0)
    if size < EDGE or start < 0:
        raise MalformedFile(Bilingual("the APE tag is longer than the file", "APE 标签超出文件"), offset=end - EDGE)
    if count > source.limits.items:
        raise LimitExceeded(Bilingual("too many APE items", "APE 条目过多"), limit="items", offset=end - EDGE)
    items, at = [], body
    for _ in range(count):
        item = _item(source, at, end - EDGE)
        items.append(item)
        at = item.end
    return Tag(start, body, end, flags, tuple(items))


def _item(source: Source, at: int, end: int) -> Item:
    length = int.from_bytes(source.at(at, 4), "little")
    head = source.upto(at + 8, 256)
    gap = head.find(b"\0")
    value = at + 8 + gap + 1
    if gap < 2 or value + length > end:
        raise MalformedFile(Bilingual("an APE item leaves its tag", "APE 条目超出标签"), offset=at)
    text = source.at(value, length).decode("utf-8", "replace") if length <= source.limits.label else ""
    return Item(head[:gap].decode("latin-1"), text, at, value + length)


def items_without(tag: Tag | None, key: str) -> Plan:
    """Give the items as pieces of the source, those called `key` (in any case) left out."""
    kept = [item for item in (tag.items if tag else ()) if item.key.upper() != key.upper()]
    return tuple(Keep(item.offset, item.end - item.offset) for item in kept)


def item(key: str, text: str) -> bytes:
    """Give the bytes of a UTF-8 text item."""
    value = text.encode()
    return len(value).to_bytes(4, "little") + b"\0\0\0\0" + key.encode() + b"\0" + value


def rebuilt(source: Source, tag: Tag | None, items: Plan) -> Plan:
    """Give a tag of `items` (one piece each) with the header and footer flags of the old one."""
    size = EDGE + sum(map(length_of, items))
    version = source.at(tag.end - EDGE + 8, 4) if tag else (2000).to_bytes(4, "little")
    flags = tag.flags & ~IS_HEADER if tag else HAS_HEADER
    middle = size.to_bytes(4, "little") + len(items).to_bytes(4, "little")

    def edge(kind: int) -> bytes:
        return MAGIC + version + middle + (flags | kind).to_bytes(4, "little") + bytes(8)

    head: Plan = (edge(IS_HEADER),) if flags & HAS_HEADER else ()
    return (*head, *items, edge(0))
