"""Gives random access to the bytes of a file, wherever they are."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import DEFAULT_LIMITS, Limits

T = TypeVar("T")
BLOCK = 1 << 20  # bytes hashed at once
HEAD = 16 * 1024  # bytes read at once from the head of a file, where the metadata of most files lie
WINDOW = 64 * 1024  # bytes read at once where a reader goes on from what it read last
STEP = 4 * 1024  # bytes read at once where it jumps: most want the header of one structure there


class Source(ABC):
    """A file's bytes, never changed through this object. Offsets and lengths are in bytes.

    `limits` travels with the bytes, so every reader of this file obeys the same budget.
    """

    name: str
    size: int
    limits: Limits

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Give what `make` gives, made once for these bytes, which never change: several readers ask the same."""
        made: dict[str, T] = self.__dict__.setdefault("_made", {})
        if name not in made:
            made[name] = make()
        return made[name]

    @abstractmethod
    def upto(self, offset: int, length: int) -> bytes:
        """Give at most `length` bytes from `offset`; fewer only at the end of the file."""

    def at(self, offset: int, length: int) -> bytes:
        """Give exactly `length` bytes from `offset`.

        Raises `MalformedFile` where the file ends before, `LimitExceeded` where `length` is over `limits.block`:
        a length read from a file is bounded before it is used.
        """
        if length > self.limits.block:
            raise LimitExceeded(
                Bilingual(f"a structure declares {length} bytes", f"某结构声明了 {length} 字节"),
                limit="block",
                offset=offset,
            )
        data = self.upto(offset, length) if offset >= 0 and length >= 0 else b""
        if len(data) != length or offset < 0:
            raise MalformedFile(
                Bilingual(
                    f"the file ends inside a structure of {length} bytes", f"文件在一个 {length} 字节的结构内部结束"
                ),
                offset=offset,
            )
        return data


def sha256_of(source: Source) -> str:
    """Give the SHA-256 of a file's bytes in hex, read in pieces."""
    from hashlib import sha256

    digest = sha256()
    for at in range(0, source.size, BLOCK):
        digest.update(source.at(at, min(BLOCK, source.size - at)))
    return digest.hexdigest()


class BytesSource(Source):
    """Bytes that are already in memory."""

    def __init__(self, data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS) -> None:
        self.data = data
        self.name = name
        self.size = len(data)
        self.limits = limits

    def upto(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]


class FileSource(Source):
    """An open regular file, read with `pread` through two windows; the descriptor stays the caller's.

    One window stays at the head of the file, where most metadata lie; the other goes where the reader goes.
    """

    def __init__(self, descriptor: int, name: str = "", limits: Limits = DEFAULT_LIMITS) -> None:
        self.descriptor = descriptor
        self.name = name
        self.size = os.fstat(descriptor).st_size
        self.limits = limits
        self._head = b""
        self._start = 0
        self._window = b""

    def upto(self, offset: int, length: int) -> bytes:
        if offset >= self.size:
            return b""  # a file may state places that the system call has no number for
        if offset >= 0 and offset + length <= HEAD:
            if not self._head:
                self._head = self._pread(0, HEAD)
            return self._head[offset : offset + length]
        inside = offset - self._start
        if inside < 0 or inside + length > len(self._window):
            if length > WINDOW:
                return self._pread(offset, min(length, max(self.size - offset, 0)))
            ahead = WINDOW if 0 <= inside <= len(self._window) else STEP
            self._start, inside = offset, 0
            self._window = self._pread(offset, max(length, ahead))
        return self._window[inside : inside + length]

    def _pread(self, offset: int, length: int) -> bytes:
        """Read until `length` bytes or the end: one `pread` may give less (and at most 2 GiB)."""
        first = os.pread(self.descriptor, length, offset)
        if len(first) == length or not first:
            return first
        parts = [first]
        got = len(first)
        while got < length and (more := os.pread(self.descriptor, length - got, offset + got)):
            parts.append(more)
            got += len(more)
        return b"".join(parts)
