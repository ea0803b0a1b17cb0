"""Walks and rebuilds ID3v2 tags (2.2, 2.3, 2.4), frame by frame, without holding pictures in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.source import BytesSource, Source

HEADER: Final = 10
UNSYNCHRONISED: Final = 0x80
EXTENDED: Final = 0x40  # in 2.2 the same bit means a compression that nobody defined
FOOTER: Final = 0x10
FRAME_COMPRESSED: Final = {3: 0x0080, 4: 0x0008}
FRAME_ENCRYPTED: Final = {3: 0x0040, 4: 0x0004}
FRAME_UNSYNCHRONISED: Final = 0x0002  # 2.4 only
FRAME_LENGTH: Final = 0x0001  # 2.4: four bytes before the data


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: `start..end` in the tag's body (header included), its data at `data`."""

    name: str
    flags: int
    start: int
    data: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag at `offset` of the file. `body` is what lies between its header and its end as readers see it (already
    de-unsynchronised where the whole tag was), `size` the bytes it takes in the file, header and footer included."""

    offset: int
    version: int
    flags: int
    size: int
    body: Source
    frames: tuple[Frame, ...]
    frames_start: int
    frames_end: int

    @property
    def end(self) -> int:
        return self.offset + self.size


class Window(Source):
    """A range of another source, with offsets of its own."""

    def __init__(self, source: Source, start: int, size: int) -> None:
        self.source = source
        self.start = start
        self.size = size
        self.name = source.name
        self.limits = source.limits

    def upto(self, offset: int, length: int) -> bytes:
        return self.source.upto(self.start + offset, max(0, min(length, self.size - offset)))


def syncsafe(data: bytes) -> int | None:
    """Read a number of seven bits a byte; None where a byte has its top bit set."""
    if any(byte & 0x80 for byte in data):
        return None
    value = 0
    for byte in data:
        value = value << 7 | byte
    return value


def to_syncsafe(value: int) -> bytes:
    return bytes((value >> shift) & 0x7F for shift in (21, 14, 7, 0))


def size_at(source: Source, offset: int) -> int:
    """Give the bytes that an ID3v2 tag at `offset` takes, 0 where there is none."""
    head = source.upto(offset, HEADER)
    if len(head) < HEADER or head[:3] != b"ID3" or head[3] == 0xFF or head[4] == 0xFF:
        return 0
    size = syncsafe(head[6:10])
    if size is None:
        return 0
    return HEADER + size + (HEADER if head[3] >= 4 and head[5] & FOOTER else 0)


def tag_at(source: Source, offset: int) -> Tag:
    """Give the tag at `offset`. Raises `MalformedFile` where its sizes leave the file, `LimitExceeded` for its count."""
    head = source.at(offset, HEADER)
    size = size_at(source, offset)
    version, flags = head[3], head[5]
    if not size or version not in (2, 3, 4):
        raise MalformedFile(Bilingual("no ID3v2.2 to 2.4 header", "不是 ID3v2.2 至 2.4 标签头"), offset=offset)
    if offset + size > source.size:
        raise MalformedFile(Bilingual("the ID3 tag is longer than the file", "ID3 标签超出文件"), offset=offset)
    length = size - HEADER - (HEADER if version >= 4 and flags & FOOTER else 0)
    body: Source = Window(source, offset + HEADER, length)
    if flags & UNSYNCHRONISED and version < 4:
        body = BytesSource(source.at(offset + HEADER, length).replace(b"\xff\x00", b"\xff"), limits=source.limits)
    start = _extended_size(body, version) if flags & EXTENDED and version > 2 else 0
    frames = tuple(_frames(body, version, start))
    return Tag(offset, version, flags, size, body, frames, start, frames[-1].end if frames else start)


def _extended_size(body: Source, version: int) -> int:
    head = body.at(0, 4)
    size = syncsafe(head) if version == 4 else int.from_bytes(head, "big") + 4
    if size is None or size < 6 or size > body.size:
        raise MalformedFile(Bilingual("the ID3 extended header is wrong", "ID3 扩展头有误"))
    return size


def _frames(body: Source, version: int, at: int) -> Iterator[Frame]:
    head_size = 6 if version == 2 else 10
    for _ in range(body.limits.items):
        head = body.upto(at, head_size)
        if len(head) < head_size or head[0] == 0:
            return
        name = head[: 3 if version == 2 else 4]
        if not all(0x30 <= byte <= 0x5A or byte == 0x20 for byte in name):
            raise MalformedFile(Bilingual("an ID3 frame has no name", "ID3 帧缺少名称"), offset=at)
        size, flags = _frame_size(body, version, head, at)
        end = at + head_size + size
        if end > body.size:
            raise MalformedFile(Bilingual("an ID3 frame leaves its tag", "ID3 帧超出标签"), offset=at)
        yield Frame(name.decode("latin-1"), flags, at, at + head_size, end)
        at = end
    raise LimitExceeded(Bilingual("too many ID3 frames", "ID3 帧过多"), limit="items", offset=at)


def _frame_size(body: Source, version: int, head: bytes, at: int) -> tuple[int, int]:
    if version == 2:
        return int.from_bytes(head[3:6], "big"), 0
    plain = int.from_bytes(head[4:8], "big")
    flags = int.from_bytes(head[8:10], "big")
    if version == 3:
        return plain, flags
    safe = syncsafe(head[4:8])
    # old iTunes wrote plain sizes into 2.4 tags: believe whichever lands on a frame, padding or the end
    if safe is None or (safe != plain and not _lands(body, at + 10 + safe) and _lands(body, at + 10 + plain)):
        return plain, flags
    return safe, flags


def _lands(body: Source, at: int) -> bool:
    if at == body.size:
        return True
    head = body.upto(at, 4)
    return len(head) == 4 and (head == b"\0" * 4 or all(0x30 <= byte <= 0x5A for byte in head))


def data_of(tag: Tag, frame: Frame) -> bytes | None:
    """Give a frame's data as written by its author; None where it is compressed or encrypted."""
    data = tag.body.at(frame.data, frame.end - frame.data)
    if tag.version in FRAME_COMPRESSED and frame.flags & (FRAME_COMPRESSED[tag.version] | FRAME_ENCRYPTED[tag.version]):
        return None
    if tag.version == 4:
        if frame.flags & FRAME_LENGTH:
            data = data[4:]
        if frame.flags & FRAME_UNSYNCHRONISED or tag.flags & UNSYNCHRONISED:
            data = data.replace(b"\xff\x00", b"\xff")
    return data


ENCODINGS: Final = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}


def described_text(data: bytes) -> tuple[str, str] | None:
    """Give (description, text) of a TXXX or COMM-like body that begins with its encoding byte; None where it is none."""
    if not data or data[0] not in ENCODINGS:
        return None
    wide = data[0] in (1, 2)
    rest = data[1:]
    gap = b"\0\0" if wide else b"\0"
    at = rest.find(gap)
    while wide and at % 2 and at >= 0:
        at = rest.find(gap, at + 1)
    if at < 0:
        return None
    try:
        return _decoded(rest[:at], data[0]), _decoded(rest[at + len(gap) :], data[0])
    except UnicodeDecodeError:
        return None


def _decoded(data: bytes, encoding: int) -> str:
    if encoding == 1 and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16-le")
    return data.decode(ENCODINGS[encoding])


def text_frame(version: int, description: str, text: str) -> bytes:
    """Give a user-defined text frame (TXXX, in 2.2 TXX) for a tag of `version`.

    Latin-1 where the text is ASCII (every reader knows it), else UTF-8 in 2.4 and UTF-16 before.
    """
    if text.isascii():
        body = b"\0" + description.encode() + b"\0" + text.encode()
    elif version == 4:
        body = b"\x03" + description.encode() + b"\0" + text.encode()
    else:
        body = b"\x01" + description.encode("utf-16") + b"\0\0" + text.encode("utf-16")
    if version == 2:
        return b"TXX" + len(body).to_bytes(3, "big") + body
    size = to_syncsafe(len(body)) if version == 4 else len(body).to_bytes(4, "big")
    return b"TXXX" + size + b"\0\0" + body
