"""Reads Opus headers and how long each packet sounds (RFC 6716, 3; RFC 7845)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile

RATE: Final = 48_000  # hertz in which Opus counts, whatever went in
MOST: Final = 5_760  # samples of the longest packet
HEAD: Final = b"OpusHead"


@dataclass(frozen=True, slots=True)
class Head:
    """The identification header: channels, samples to skip at the start, gain in decibels, the mapping of channels."""

    channels: int
    skipped: int
    gain: float
    mapping: bytes


def head_of(data: bytes, offset: int) -> Head:
    """Give what an OpusHead packet says. Raises `MalformedFile` where it is none, or too short."""
    if not data.startswith(HEAD) or len(data) < 19 or data[8] & 0xF0 or not data[9]:
        raise MalformedFile(Bilingual("the Opus header is wrong", "Opus 头有误"), offset=offset)
    gain = int.from_bytes(data[16:18], "little", signed=True) / 256
    return Head(data[9], int.from_bytes(data[10:12], "little"), gain, data[18:])


def samples_of(begin: bytes) -> int:
    """Give the samples of a packet, by its first two bytes; 0 where it has none."""
    if not begin:
        return 0
    kind, code = begin[0] >> 3, begin[0] & 3
    if kind < 12:
        frame = (480, 960, 1920, 2880)[kind & 3]
    elif kind < 16:
        frame = (480, 960)[kind & 1]
    else:
        frame = (120, 240, 480, 960)[kind & 3]
    count = 1 if code == 0 else 2 if code < 3 else begin[1] & 63 if len(begin) > 1 else 0
    return min(frame * count, MOST)
