"""Holds new content that may be too large for memory, until it is delivered or thrown away."""

from __future__ import annotations

import tempfile
import weakref
from typing import Final

from aigc_label.limits import DEFAULT_LIMITS, MIB, Limits
from aigc_label.source import Source
from aigc_label.splice import Held

IN_MEMORY: Final = 32 * MIB


class Spool(Source):
    """Bytes on their way into a plan: in memory while they are few, then in a temporary file that has no name."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS, in_memory: int = IN_MEMORY) -> None:
        self.name = ""
        self.limits = limits
        self.size = 0
        self.file = tempfile.SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115  it lives as long as the plan
        weakref.finalize(self, self.file.close)

    def upto(self, offset: int, length: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(length)

    def add(self, data: bytes) -> Held:
        """Take in bytes and give what stands for them in a plan."""
        self.file.seek(self.size)
        self.file.write(data)
        held = Held(self, self.size, len(data))
        self.size += len(data)
        return held
