"""Reads Vorbis headers and how long each packet sounds (Vorbis I specification, 1.3.2 and 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile

HEAD: Final = b"\x01vorbis"
SETUP: Final = b"\x05vorbis"
MODE: Final = 41  # bits: whether its blocks are long, window, transform, mapping
MODES: Final = 64


@dataclass(frozen=True, slots=True)
class Head:
    """The identification header: channels, hertz, bits a second as announced, samples of a short and a long block."""

    channels: int
    rate: int
    bitrate: int
    blocks: tuple[int, int]


def head_of(data: bytes, offset: int) -> Head:
    """Give what the identification header says. Raises `MalformedFile` where it is none, or wrong."""
    if not data.startswith(HEAD) or len(data) < 30 or data[7:11] != bytes(4):
        raise MalformedFile(Bilingual("the Vorbis header is wrong", "Vorbis 头有误"), offset=offset)
    blocks = 1 << (data[28] & 15), 1 << (data[28] >> 4)
    rate, bitrate = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (12, 20))
    if not data[11] or rate <= 0 or not 64 <= blocks[0] <= blocks[1] <= 8192:
        raise MalformedFile(Bilingual("the Vorbis header is wrong", "Vorbis 头有误"), offset=offset)
    return Head(data[11], rate, bitrate, blocks)


def long_modes(setup: bytes, offset: int) -> tuple[bool, ...]:
    """Tell of each mode whether its blocks are long.

    Modes stand at the end of the setup header (4.2.4), behind codebooks of unknown length: they are read backwards, and
    counted by the six bits before them. Raises `MalformedFile` where that finds none.
    """
    bits = int.from_bytes(setup, "little")
    at = bits.bit_length() - 1  # the framing bit
    found: list[bool] = []
    best: tuple[bool, ...] = ()
    while at >= MODE + 6 and len(found) < MODES:
        mode = bits >> (at - MODE) & (1 << MODE) - 1
        if mode >> 33 > 63 or mode >> 1 & (1 << 32) - 1:  # mappings are 64 at most, window and transform nothing but 0
            break
        found.insert(0, bool(mode & 1))
        at -= MODE
        if (bits >> (at - 6) & 63) + 1 == len(found):
            best = tuple(found)
    if not best or not setup.startswith(SETUP):
        raise MalformedFile(Bilingual("the Vorbis setup header is wrong", "Vorbis 设置头有误"), offset=offset)
    return best


@dataclass(slots=True)
class Timer:
    """Counts samples packet by packet: each sounds from the middle of the block before it to its own (4.3.8)."""

    head: Head
    modes: tuple[bool, ...]
    before: int = field(default=0)

    def __call__(self, begin: bytes) -> int:
        """Give the samples that a packet adds, by its first two bytes; none for a header or an empty packet."""
        if not begin or begin[0] & 1:
            return 0
        mode = begin[0] >> 1 & (1 << (len(self.modes) - 1).bit_length()) - 1
        block = self.head.blocks[self.modes[min(mode, len(self.modes) - 1)]]
        samples = (self.before + block) // 4 if self.before else 0
        self.before = block
        return samples
