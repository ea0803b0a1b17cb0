"""Reads and builds the frames of AAC as ADTS (ISO/IEC 13818-7, 6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.source import Source

RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
CHANNELS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8}
LOW_COMPLEXITY: Final = 1
HEADER: Final = 7
SAMPLES: Final = 1024  # of a raw data block


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its bytes at `offset..offset + length`, what its fixed header says, its raw data blocks."""

    offset: int
    length: int
    mpeg2: int
    profile: int
    rate: int
    configuration: int
    blocks: int

    def alike(self, other: Frame) -> bool:
        mine = (self.profile, self.rate, self.configuration)
        return mine == (other.profile, other.rate, other.configuration)


def frame_at(source: Source, offset: int) -> Frame | None:
    """Give the frame whose header stands at `offset`; None where none does."""
    head = source.upto(offset, HEADER)
    if len(head) < HEADER or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 >= len(RATES):
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if length < HEADER:
        return None
    configuration = (head[2] & 1) << 2 | head[3] >> 6
    rate = RATES[head[2] >> 2 & 15]
    return Frame(offset, length, head[1] >> 3 & 1, head[2] >> 6, rate, configuration, (head[6] & 3) + 1)


def frames(source: Source, start: int, end: int) -> Iterator[Frame]:
    """Give the frames in a row from `start`, whole ones only, as far as they go."""
    at = start
    while (frame := frame_at(source, at)) is not None and at + frame.length <= end:
        yield frame
        at += frame.length


def framed(like: Frame, data: bytes) -> bytes:
    """Give one raw data block as a frame with the same fixed header as another."""
    length = HEADER + len(data)
    index = RATES.index(like.rate)
    head = bytes(
        (
            0xFF,
            0xF1 | like.mpeg2 << 3,
            like.profile << 6 | index << 2 | like.configuration >> 2,
            (like.configuration & 3) << 6 | length >> 11,
            length >> 3 & 0xFF,
            (length & 7) << 5 | 0x1F,  # 0x7FF: the buffer's fullness is not told
            0xFC,
        )
    )
    return head + data
