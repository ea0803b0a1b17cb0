"""Walks the image resources of a Photoshop file (PSD and its large form PSB), each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import Source

SIGNATURE: Final = b"8BPS"
KINDS: Final = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")  # what real files have before a resource
HEADER: Final = 26
EXIF: Final = 1058
XMP: Final = 1060


@dataclass(frozen=True, slots=True)
class Resource:
    """One image resource: `offset..end` in the file, padding included, its `size` bytes of data at `data_at`."""

    number: int
    offset: int
    data_at: int
    size: int

    @property
    def end(self) -> int:
        return self.data_at + self.size + self.size % 2

    def data(self, source: Source) -> bytes:
        return source.at(self.data_at, self.size)


@dataclass(frozen=True, slots=True)
class Sections:
    """Where the sections lie: the resources at `resources..end`, behind their length at `length_at`."""

    length_at: int
    end: int

    @property
    def resources(self) -> int:
        return self.length_at + 4


def sections_of(source: Source) -> Sections:
    """Give the sections. Raises `MalformedFile` where header or lengths contradict the file."""
    head = source.upto(0, HEADER + 4)
    version = int.from_bytes(head[4:6], "big")
    if not head.startswith(SIGNATURE) or version not in (1, 2):
        raise MalformedFile(Bilingual("no Photoshop header", "缺少 Photoshop 文件头"), offset=0)
    length_at = _behind(source, HEADER, 4)  # behind the colour mode data
    end = _behind(source, length_at, 4)
    _behind(source, end, 4 if version == 1 else 8)  # the layers, which in the large form have a longer length
    return Sections(length_at, end)


def _behind(source: Source, at: int, width: int) -> int:
    length = int.from_bytes(source.at(at, width), "big")
    if at + width + length > source.size:
        raise MalformedFile(
            Bilingual(f"a section declares {length} bytes", f"某区段声明了 {length} 字节，超出文件"), offset=at
        )
    return at + width + length


def resources(source: Source, sections: Sections) -> Iterator[Resource]:
    """Give the resources in file order; white space (NULs) behind the last is no error.

    Raises `MalformedFile` where a resource has no known signature or leaves its section, `LimitExceeded` for too many.
    """
    at = sections.resources
    for _ in range(source.limits.items):
        if at >= sections.end or (sections.end - at < 12 and not source.at(at, sections.end - at).strip(b"\0")):
            return
        head = source.at(at, 7)
        if head[:4] not in KINDS:
            raise MalformedFile(Bilingual("an image resource was expected", "此处应为图像资源"), offset=at)
        size_at = at + 6 + (head[6] + 2) // 2 * 2  # a name with its length byte, padded to even
        size = int.from_bytes(source.at(size_at, 4), "big")
        resource = Resource(int.from_bytes(head[4:6], "big"), at, size_at + 4, size)
        if resource.data_at + size > sections.end:
            raise MalformedFile(
                Bilingual(f"an image resource declares {size} bytes", f"某图像资源声明了 {size} 字节，超出区段"),
                offset=at,
            )
        yield resource
        at = resource.end
    raise LimitExceeded(Bilingual("too many image resources", "图像资源过多"), limit="items", offset=at)


def resource(number: int, data: bytes) -> bytes:
    """Give a nameless resource's bytes."""
    return b"8BIM" + number.to_bytes(2, "big") + b"\0\0" + len(data).to_bytes(4, "big") + data + b"\0" * (len(data) % 2)
