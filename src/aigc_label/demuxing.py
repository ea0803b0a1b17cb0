"""Hands a source to a demuxer of FFmpeg's libraries: our bytes only, and for a bounded time."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

from aigc_label.errors import LimitExceeded
from aigc_label.limits import Limits
from aigc_label.source import Source


class Reader(io.RawIOBase):
    """A source as the file object that a demuxer reads, which may do so for the limit of seconds, counted anew after
    every `pace` bytes that it read (0: never). It raises what `late` gives."""

    def __init__(self, source: Source, late: Callable[[Limits], LimitExceeded], pace: int = 0) -> None:
        self.source = source
        self.late = late
        self.pace = pace
        self.place = 0
        self.granted = 0
        self.deadline = time.monotonic() + source.limits.seconds

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self.deadline:
            raise self.late(self.source.limits)
        data = self.source.upto(self.place, self.source.size - self.place if size < 0 else size)
        self.place += len(data)
        self.granted += len(data)
        if self.pace and self.granted >= self.pace:
            self.granted, self.deadline = 0, time.monotonic() + self.source.limits.seconds
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.source.size}[whence]
        self.place = max(0, base + offset)
        return self.place

    def tell(self) -> int:
        return self.place


def nothing_else(url: str, *_: object, **__: object) -> None:
    raise OSError("a film or sound may not open other files")
