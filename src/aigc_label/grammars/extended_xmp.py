"""Joins the parts of a JPEG's Extended XMP (XMP specification, part 3, 1.1.3.1) and takes a change of it apart again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.jpeg import Segment
from aigc_label.source import Source

SIGNATURE: Final = b"http://ns.adobe.com/xmp/extension/\0"
GUID: Final = 32  # bytes: the MD5 of the whole packet in upper-case hex
HEAD: Final = GUID + 8  # the GUID, the whole packet's length, this part's offset in it


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `at..` of the packet, which stand at `offset` of the file."""

    at: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Extended:
    """The parts of one GUID, in the order of their offsets in the packet, whatever their order in the file."""

    guid: bytes
    length: int
    parts: tuple[Part, ...]

    @property
    def offset(self) -> int:
        return self.parts[0].offset

    def packet(self) -> bytes:
        """Give the joined packet. Raises `MalformedFile` where parts are missing or overlap."""
        packet = b"".join(part.data for part in self.parts)
        expected = accumulate((len(part.data) for part in self.parts), initial=0)
        if any(part.at != at for part, at in zip(self.parts, expected, strict=False)) or len(packet) != self.length:
            raise MalformedFile(
                Bilingual("parts of the Extended XMP are missing or overlap", "扩展 XMP 的分段缺失或重叠"),
                offset=self.offset,
            )
        return packet

    def place(self, at: int) -> int:
        """Give the offset in the file of a byte of the packet."""
        part = next(part for part in reversed(self.parts) if part.at <= at)
        return part.offset + at - part.at


def joined(source: Source, segments: Iterable[Segment]) -> list[Extended]:
    """Give the Extended XMP packets of these segments, one a GUID. A part that stands twice counts once.

    Raises `LimitExceeded` where they are over `limits.packet` together, `MalformedFile` where a part has no head.
    """
    groups: dict[tuple[bytes, int], dict[tuple[int, bytes], Part]] = {}
    room = source.limits.packet
    for segment in segments:
        begin = segment.offset + 4 + len(SIGNATURE)
        head = source.at(begin, HEAD)
        data = source.at(begin + HEAD, max(0, segment.end - begin - HEAD))
        room -= len(data)
        if room < 0:
            raise LimitExceeded(
                Bilingual("the Extended XMP is too large", "扩展 XMP 过大"), limit="packet", offset=begin
            )
        length, at = int.from_bytes(head[GUID : GUID + 4], "big"), int.from_bytes(head[GUID + 4 :], "big")
        group = groups.setdefault((head[:GUID], length), {})
        group.setdefault((at, data), Part(at, begin + HEAD, data))
    return [
        Extended(guid, length, tuple(sorted(group.values(), key=lambda part: part.at)))
        for (guid, length), group in groups.items()
    ]


def guid_of(packet: bytes) -> bytes:
    """Give the GUID that belongs to a packet."""
    from hashlib import md5  # loads OpenSSL, which a picture without Extended XMP has no use for

    return md5(packet, usedforsecurity=False).hexdigest().upper().encode()


def exchanged(
    source: Source, segments: Iterable[Segment], extended: Extended, packet: bytes
) -> list[tuple[int, int, bytes]]:
    """Give the edits `(start, end, new)` that put a packet of the same length into the parts, under its own GUID."""
    edits = []
    for segment in segments:
        begin = segment.offset + 4 + len(SIGNATURE)
        head = source.at(begin, HEAD)
        if (head[:GUID], int.from_bytes(head[GUID : GUID + 4], "big")) == (extended.guid, extended.length):
            at = int.from_bytes(head[GUID + 4 :], "big")
            data = packet[at : at + segment.end - begin - HEAD]
            edits.append((begin, segment.end, guid_of(packet) + head[GUID:] + data))
    return edits
