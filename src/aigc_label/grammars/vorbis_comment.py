"""Reads and rebuilds the comment block that FLAC, Ogg Vorbis, Opus and Speex share (Vorbis I specification, 5)."""

from __future__ import annotations

from dataclasses import dataclass

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import Limits


@dataclass(frozen=True, slots=True)
class Comment:
    """One `NAME=value` field: its bytes as they stand, `offset` of its length field in the block."""

    raw: bytes
    offset: int

    @property
    def name(self) -> str:
        """The field name, upper case: names are case-insensitive by the specification."""
        return self.raw.partition(b"=")[0].decode("ascii", "replace").upper()

    @property
    def value(self) -> str:
        return self.raw.partition(b"=")[2].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Block:
    """The whole block; `rest` is what follows the last field (a framing bit, padding)."""

    vendor: bytes
    comments: tuple[Comment, ...]
    rest: bytes

    def with_field(self, name: str, value: str) -> Block:
        """Give the block with one field of that name, last; the others stay in their order."""
        kept = [comment for comment in self.comments if comment.name != name.upper()]
        return Block(self.vendor, (*kept, Comment(f"{name}={value}".encode(), 0)), self.rest)

    def to_bytes(self) -> bytes:
        parts = [_sized(self.vendor), len(self.comments).to_bytes(4, "little")]
        return b"".join([*parts, *(_sized(comment.raw) for comment in self.comments), self.rest])


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data


def parse(data: bytes, limits: Limits) -> Block:
    """Give the block. Raises `MalformedFile` where a length leaves the data, `LimitExceeded` for the count."""
    vendor, at = _field(data, 0)
    count = int.from_bytes(_bytes(data, at, 4), "little")
    at += 4
    if count > limits.items:
        raise LimitExceeded(Bilingual("too many comments", "注释字段过多"), limit="items", offset=at)
    comments = []
    for _ in range(count):
        raw, after = _field(data, at)
        comments.append(Comment(raw, at))
        at = after
    return Block(vendor, tuple(comments), data[at:])


def _field(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(_bytes(data, at, 4), "little")
    return _bytes(data, at + 4, length), at + 4 + length


def _bytes(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise MalformedFile(Bilingual("a comment leaves its block", "注释字段超出所在块"), offset=at)
    return data[at : at + length]
