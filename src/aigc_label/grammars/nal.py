"""Takes coded pictures apart into NAL units and numbers (ITU-T H.264 and H.265, clause 7 and annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile

START: Final = re.compile(b"\0\0\1")
GUARD: Final = re.compile(rb"\x00\x00(?=[\x00-\x03])")


def length_prefixed(sample: bytes, width: int) -> tuple[bytes, ...]:
    """Give the units of a sample in which each stands behind its length. Raises `MalformedFile` where a length lies."""
    units = []
    at = 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + width], "big")
        at += width
        if not 0 < size <= len(sample) - at:
            raise MalformedFile(Bilingual("a NAL unit leaves its sample", "NAL 单元超出所在样本"))
        units.append(sample[at : at + size])
        at += size
    return tuple(units)


def with_lengths(units: Iterable[bytes], width: int) -> bytes:
    """Give the sample that holds these units, each behind its length."""
    return b"".join(len(unit).to_bytes(width, "big") + unit for unit in units)


def between_start_codes(stream: bytes) -> tuple[bytes, ...]:
    """Give the units of a byte stream (annex B), without start codes and trailing zeros."""
    starts = [match.end() for match in START.finditer(stream)]
    ends = [start - 3 for start in starts[1:]] + [len(stream)]
    return tuple(stream[start:end].rstrip(b"\0") for start, end in zip(starts, ends, strict=True))


def unguarded(unit: bytes) -> bytes:
    """Give a unit without its emulation prevention bytes."""
    return unit.replace(b"\0\0\3", b"\0\0")


def guarded(unit: bytes) -> bytes:
    """Give a unit with the bytes that keep it from looking like a start code."""
    return GUARD.sub(b"\0\0\3", unit)


def golomb(number: int) -> str:
    """Give a number in Exp-Golomb code (clause 9.1), as a text of 0 and 1."""
    code = f"{number + 1:b}"
    return "0" * (len(code) - 1) + code


def with_bits(unit: bytes, changes: Iterable[tuple[int, int, str]]) -> bytes:
    """Give a parameter set in which the bits `start..end` give way to others; what follows moves along.

    Positions are those of the unit without emulation prevention, which is put in again.
    """
    raw = unguarded(unit)
    bits = f"{int.from_bytes(raw, 'big'):0{8 * len(raw)}b}".rstrip("0")[:-1]  # the last 1 is where the content ends
    for start, end, new in sorted(changes, reverse=True):
        bits = bits[:start] + new + bits[end:]
    bits += "1"
    bits += "0" * (-len(bits) % 8)
    return guarded(int(bits, 2).to_bytes(len(bits) // 8, "big"))


@dataclass(slots=True)
class Bits:
    """Reads numbers from bits, the first first. Raises `MalformedFile` behind the end."""

    data: bytes
    at: int = 0

    def fixed(self, count: int) -> int:
        """Give the number in the next `count` bits."""
        end = self.at + count
        if end > 8 * len(self.data):
            raise MalformedFile(Bilingual("a parameter set is cut short", "参数集不完整"))
        piece = self.data[self.at // 8 : (end + 7) // 8]
        self.at = end
        return int.from_bytes(piece, "big") >> -end % 8 & ((1 << count) - 1)

    def golomb(self) -> int:
        """Give the next number in Exp-Golomb code (clause 9.1)."""
        zeros = 0
        while not self.fixed(1):
            zeros += 1
            if zeros > 31:
                raise MalformedFile(Bilingual("a number in a parameter set is too long", "参数集中的数值过长"))
        return (1 << zeros) - 1 + self.fixed(zeros)

    def skip(self, *widths: int) -> None:
        """Pass over numbers of these widths; 0 stands for one in Exp-Golomb code."""
        for width in widths:
            _ = self.fixed(width) if width else self.golomb()
