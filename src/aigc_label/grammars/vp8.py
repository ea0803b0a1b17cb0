"""Reads from a VP8 key frame (RFC 6386, 9.3 to 9.6) how coarsely its coefficients are quantised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile

PARTITION_AT: Final = 10  # frame tag, start code, width and height
COARSEST: Final = 127
SEGMENTS: Final = 4
EVEN: Final = 128  # the probability of a plain bit


def _bits(partition: bytes) -> Iterator[int]:
    """Give the plain bits of the first partition: the arithmetic decoder of section 7, at even odds."""
    value = int.from_bytes(partition[:2], "big")
    at, span, spent = 2, 255, 0
    while at <= len(partition):
        split = 1 + ((span - 1) * EVEN >> 8)
        bit = value >= split << 8
        value, span = (value - (split << 8), span - split) if bit else (value, split)
        while span < 128:
            value, span, spent = value << 1, span << 1, spent + 1
            if spent == 8:
                value |= partition[at] if at < len(partition) else 0
                at, spent = at + 1, 0
        yield int(bit)


def quantisers_of(frame: bytes) -> tuple[int, ...]:
    """Give the quantiser indices 0..127 (0 is finest) of a key frame: one a segment, or one for the whole frame.

    Raises `MalformedFile` where the bytes are no key frame or end inside its header.
    """
    if len(frame) < PARTITION_AT or frame[0] & 1 or frame[3:6] != b"\x9d\x01\x2a":
        raise MalformedFile(Bilingual("no VP8 key frame", "不是 VP8 关键帧"))
    bits = _bits(frame[PARTITION_AT : PARTITION_AT + 256])

    def number(count: int) -> int:
        return sum(next(bits) << shift for shift in range(count - 1, -1, -1))

    def signed(count: int) -> int:
        """Give an optional number: a flag, the amount, its sign; 0 without the flag."""
        amount = number(count) if number(1) else None
        return 0 if amount is None else -amount if number(1) else amount

    try:
        number(2)  # colour space, clamping
        segments, absolute = _segments(number, signed) if number(1) else ([], False)
        number(1 + 6 + 3)  # loop filter: kind, level, sharpness
        if number(1) and number(1):  # its adjustments are there, and change
            for _ in range(8):
                signed(6)
        number(2)  # how many partitions of coefficients
        base = number(7)
    except (StopIteration, RuntimeError) as problem:
        raise MalformedFile(Bilingual("the VP8 frame header is cut short", "VP8 帧头不完整")) from problem
    found = [value if absolute else base + value for value in segments] or [base]
    return tuple(min(max(value, 0), COARSEST) for value in found)


def _segments(number: Callable[[int], int], signed: Callable[[int], int]) -> tuple[list[int], bool]:
    """Give the segments' quantisers, and whether they stand for themselves; none where the frame does not set them."""
    maps, features = number(1), number(1)
    values: list[int] = []
    absolute = False
    if features:
        absolute = number(1) == 1
        values = [signed(7) for _ in range(SEGMENTS)]
        for _ in range(SEGMENTS):
            signed(6)  # loop filter levels
    if maps:
        for _ in range(SEGMENTS - 1):
            if number(1):
                number(8)
    return values, absolute
