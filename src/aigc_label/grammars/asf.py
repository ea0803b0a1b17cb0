"""Walks the header objects of an ASF file (WMA, WMV) and the texts in its extended content description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

HEADER: Final = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
FILE_PROPERTIES: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
DESCRIPTION: Final = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
PADDING: Final = bytes.fromhex("74d40618dfca0945a4ba9aabcb96aae8")
HEAD: Final = 24  # bytes of an object's GUID and size
TEXT: Final = 0  # the value type of UTF-16 text


@dataclass(frozen=True, slots=True)
class Object:
    """One object: GUID, where it begins, where its data begins and ends."""

    guid: bytes
    offset: int
    end: int

    @property
    def data(self) -> int:
        return self.offset + HEAD


@dataclass(frozen=True, slots=True)
class Text:
    """One entry of the extended content description: `start..end` in its data."""

    name: str
    kind: int
    value: bytes
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.value.decode("utf-16-le", "replace").rstrip("\0")


def objects(source: Source) -> tuple[Object, tuple[Object, ...]]:
    """Give the header object and the objects in it. Raises `MalformedFile` where their sizes contradict each other."""
    head = source.at(0, HEAD + 6)
    size, count = int.from_bytes(head[16:24], "little"), int.from_bytes(head[24:28], "little")
    if head[:16] != HEADER or size < HEAD + 6 or size > source.size:
        raise MalformedFile(Bilingual("no ASF header", "不是 ASF 文件头"), offset=0)
    if count > source.limits.items:
        raise LimitExceeded(Bilingual("too many ASF objects", "ASF 对象过多"), limit="items", offset=24)
    header = Object(HEADER, 0, size)
    found = []
    at = HEAD + 6
    for _ in range(count):
        if at + HEAD > size:
            raise MalformedFile(Bilingual("the ASF header is cut off", "ASF 文件头不完整"), offset=at)
        part = source.at(at, HEAD)
        length = int.from_bytes(part[16:24], "little")
        if length < HEAD or at + length > size:
            raise MalformedFile(Bilingual("an ASF object leaves the header", "ASF 对象超出文件头"), offset=at)
        found.append(Object(part[:16], at, at + length))
        at += length
    if at != size:
        raise MalformedFile(
            Bilingual("the ASF header holds more than it counts", "ASF 文件头内容与计数不符"), offset=at
        )
    return header, tuple(found)


def texts(data: bytes) -> tuple[Text, ...]:
    """Give the entries of an extended content description's data."""
    count = int.from_bytes(data[:2], "little")
    found = []
    at = 2
    for _ in range(count):
        start = at
        name, at = _sized(data, at)
        kind = int.from_bytes(data[at : at + 2], "little")
        value, at = _sized(data, at + 2)
        found.append(Text(name.decode("utf-16-le", "replace").rstrip("\0"), kind, value, start, at))
    return tuple(found)


def _sized(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2], "little")
    end = at + 2 + length
    if end > len(data) or at + 2 > len(data):
        raise MalformedFile(Bilingual("an ASF text leaves its object", "ASF 文本超出所在对象"), offset=at)
    return data[at + 2 : end], end


def text_entry(name: str, text: str) -> bytes:
    """Give an entry's bytes. Raises `LimitExceeded` where the text is over 65,535 bytes."""
    key, value = (name + "\0").encode("utf-16-le"), (text + "\0").encode("utf-16-le")
    if len(value) > 0xFFFF:
        raise LimitExceeded(Bilingual("the label is too long for ASF", "标识过长，无法写入 ASF"), limit="label")
    return len(key).to_bytes(2, "little") + key + b"\0\0" + len(value).to_bytes(2, "little") + value


def packed(guid: bytes, data: bytes) -> bytes:
    """Give an object's bytes."""
    return guid + (len(data) + HEAD).to_bytes(8, "little") + data
