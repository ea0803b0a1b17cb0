"""Reads and builds the `meta` box of movies: keyed items (QuickTime metadata) and iTunes items."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box
from aigc_label.source import Source

KEYED: Final = b"mdta"  # handler whose items are numbers of keys (QuickTime File Format, "Metadata")
ITUNES: Final = b"mdir"  # handler whose items are named by their kind
UTF_8: Final = 1
UTF_16: Final = 2
TEXTS: Final = {0: "utf-8", UTF_8: "utf-8", UTF_16: "utf-16-be"}  # well-known types that can hold text; 0 is "reserved"


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of `keys`: `name` without NULs behind it, `raw` as it stands in the file."""

    namespace: bytes
    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Value:
    """One `data` box of an item: the well-known type of its content, and where the content lies in the file."""

    kind: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item of `ilst`. `name` is its key's name, the name in a free-form item, else empty."""

    box: Box
    name: str
    namespace: bytes
    values: tuple[Value, ...]

    @property
    def number(self) -> int:
        return int.from_bytes(self.box.kind, "big")


@dataclass(frozen=True, slots=True)
class Metadata:
    """A `meta` box: its handler, the boxes in it, its keys and its items."""

    box: Box
    handler: bytes
    parts: tuple[Box, ...]
    keys: tuple[Key, ...]
    items: tuple[Item, ...]


def metadata_of(source: Source, box: Box) -> Metadata:
    """Give a `meta` box's content. Raises `MalformedFile`, and `LimitExceeded` for too many keys or items."""
    parts = tuple(_sized(bmff.boxes(source, bmff.content_of(source, box, 4), box.end)))
    found = {part.kind: part for part in reversed(parts)}
    handler = source.at(found[b"hdlr"].body + 8, 4) if b"hdlr" in found else b""
    keys = _keys(source, found[b"keys"]) if handler == KEYED and b"keys" in found else ()
    items = tuple(_items(source, found[b"ilst"], keys)) if b"ilst" in found else ()
    return Metadata(box, handler, parts, keys, items)


def _sized(boxes: Iterable[Box]) -> Iterator[Box]:
    """Only a file's last box may leave its size out (ISO/IEC 14496-12, 4.2): in here nothing could follow it."""
    for box in boxes:
        if box.unsized:
            raise MalformedFile(Bilingual("a metadata box has no size", "某元数据盒没有长度"), offset=box.offset)
        yield box


def _keys(source: Source, box: Box) -> tuple[Key, ...]:
    raw = box.data(source)
    count = int.from_bytes(raw[4:8], "big")
    if count > source.limits.items:
        raise LimitExceeded(
            Bilingual(f"{count} metadata keys", f"元数据键多达 {count} 个"), limit="items", offset=box.offset
        )
    keys = []
    at = 8
    for _ in range(count):
        size = int.from_bytes(raw[at : at + 4], "big")
        if size < 8 or at + size > len(raw):
            raise MalformedFile(Bilingual("a metadata key is cut short", "元数据键不完整"), offset=box.body + at)
        entry = raw[at : at + size]
        keys.append(Key(entry[4:8], entry[8:].rstrip(b"\0").decode("utf-8", "replace"), entry))
        at += size
    return tuple(keys)


def _items(source: Source, box: Box, keys: Sequence[Key]) -> Iterable[Item]:
    for item in _sized(bmff.boxes(source, box.body, box.end)):
        if item.kind in bmff.FREE:
            continue
        number = int.from_bytes(item.kind, "big")
        name, namespace = "", b""
        if keys and 1 <= number <= len(keys):
            name, namespace = keys[number - 1].name, keys[number - 1].namespace
        values = []
        for part in bmff.boxes(source, item.body, item.end):
            if part.kind == b"data" and part.end - part.body >= 8:
                kind = int.from_bytes(source.at(part.body, 4), "big") & 0xFFFFFF
                values.append(Value(kind, part.body + 8, part.end))
            elif item.kind == b"----" and part.kind == b"name" and part.end - part.body <= 4 + 256:
                name = source.at(part.body, part.end - part.body)[4:].rstrip(b"\0").decode("utf-8", "replace")
        yield Item(item, name, namespace, tuple(values))


def text_item(number: int, text: str) -> bytes:
    """Give an item whose one value is UTF-8 text."""
    return bmff.box(struct.pack(">I", number), bmff.box(b"data", struct.pack(">II", UTF_8, 0), text.encode()))


def key(namespace: bytes, name: str) -> Key:
    """Give a new key."""
    return Key(namespace, name, bmff.box(namespace, name.encode()))


def new_metadata(name: str, text: str, before: Sequence[Key] = ()) -> bytes:
    """Give a `meta` box with one keyed text, byte for byte as ffmpeg writes it; `before` are keys without items."""
    keys, own = _with_key(before, name)
    handler = bmff.full_box(b"hdlr", 0, 0, bytes(4), KEYED, bytes(13))
    return bmff.full_box(b"meta", 0, 0, handler, _keys_box(keys), bmff.box(b"ilst", text_item(own, text)))


def _with_key(keys: Sequence[Key], name: str) -> tuple[tuple[Key, ...], int]:
    """Give the keys with one of this name among them, and its number."""
    for number, one in enumerate(keys, 1):
        if (one.namespace, one.name) == (KEYED, name):
            return tuple(keys), number
    return (*keys, key(KEYED, name)), len(keys) + 1


def _keys_box(keys: Sequence[Key]) -> bytes:
    return bmff.full_box(b"keys", 0, 0, struct.pack(">I", len(keys)), *(one.raw for one in keys))


def with_keyed_text(
    source: Source, old: Metadata, name: str, text: str, changed: Mapping[Box, bytes], before: Sequence[Key] = ()
) -> bytes:
    """Give a keyed `meta` box with `text` under the key `name`, and with other bytes for the items in `changed`.

    Empty bytes drop an item. The keys in `before` stand first. An item that goes gives its place to the new one; keys
    that only dropped items used go, and items are numbered anew. Everything else stays byte for byte.
    """
    first = [one.raw for one in before]
    shift = 0 if [one.raw for one in old.keys[: len(first)]] == first else len(first)
    keys, own = _with_key((*before[:shift], *old.keys), name)
    bodies = {item.box: b"" if item.number + shift == own else changed.get(item.box) for item in old.items}
    used = {item.number + shift for item in old.items if bodies[item.box] != b""} | set(range(1, len(first) + 1))
    dropped = {item.number + shift for item in old.items} - used - {own}
    kept = [number for number in range(1, len(keys) + 1) if number not in dropped]
    numbers = {number: place for place, number in enumerate(kept, 1)}
    new = text_item(numbers[own], text)
    items: list[bytes] = []
    for item in old.items:
        body = bodies[item.box]
        if body == b"":
            items.append(new)
            new = b""
            continue
        whole = body or source.at(item.box.offset, item.box.size)
        # an item whose number names no key must not come to name one
        number = numbers.get(item.number + shift, item.number + len(keys))
        items.append(whole[:4] + struct.pack(">I", number & 0xFFFFFFFF) + whole[8:])
    table = _keys_box([key(KEYED, name) if number == own else keys[number - 1] for number in kept])
    return _rebuilt(source, old, table, bmff.box(b"ilst", *items, new))


def _rebuilt(source: Source, old: Metadata, keys: bytes, items: bytes) -> bytes:
    inner = old.parts[0].offset if old.parts else old.box.end
    out = [source.at(old.box.body, inner - old.box.body)]
    fresh = {b"keys": keys, b"ilst": items}
    for part in old.parts:
        out.append(fresh.pop(part.kind) if part.kind in fresh else source.at(part.offset, part.size))
    return bmff.box(b"meta", *out, *fresh.values())
