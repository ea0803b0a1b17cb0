"""Reads and joins the decoder configuration of H.265 video (ISO/IEC 14496-15, 8.3.3) and renumbers parameter sets.

Pictures of two encoders can share one configuration if their parameter sets have different numbers. An encoder's own
number is 0, one bit; a number of nine bits moves all that follows by one whole byte, so that nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars.nal import Bits, golomb, guarded, unguarded, with_bits, with_lengths

VPS: Final = 32
SPS: Final = 33
PPS: Final = 34
SETS: Final = (VPS, SPS, PPS)
SEI: Final = 39
PICTURES: Final = range(32)  # types of units that hold slices
LEADING: Final = (6, 7, 8, 9)  # RADL and RASL pictures
CLEAN: Final = (17, 18, 19, 20)  # BLA and IDR pictures without others that depend on what was before
CRA: Final = 21
ANCHORS: Final = range(16, 24)  # random access pictures
END: Final = b"\x48\x01"  # end of sequence: what follows starts anew
NINE_BITS: Final = range(15, 31)  # numbers that take nine bits
SEQUENCE: Final = 15  # the highest number of a sequence parameter set, and the only one of nine bits
LEVELS: Final = 96  # bits of profile, tier and level (7.3.3) for one layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """An `hvcC` record: its first 22 bytes, and the units that it holds, by type in the order of the record."""

    head: bytes
    arrays: tuple[tuple[int, tuple[bytes, ...]], ...]  # type with the flag of completeness, units

    @property
    def width(self) -> int:
        """Give the width of lengths in samples."""
        return (self.head[21] & 3) + 1

    @property
    def units(self) -> tuple[bytes, ...]:
        return tuple(unit for _, units in self.arrays for unit in units)

    def spelled(self) -> bytes:
        """Give the record's bytes."""
        out = [self.head, bytes((len(self.arrays),))]
        for kind_of_all, units in self.arrays:
            out += (bytes((kind_of_all,)), len(units).to_bytes(2, "big"), with_lengths(units, 2))
        return b"".join(out)

    def joined(self, units: Iterable[bytes]) -> Configuration:
        """Give a record that serves other pictures too."""
        arrays = dict(self.arrays)
        kinds = {key & 0x3F: key for key in arrays}
        for unit in units:
            if kind(unit) in SETS:
                key = kinds.setdefault(kind(unit), 0x80 | kind(unit))
                arrays[key] = (*arrays.get(key, ()), unit)
        return replace(self, arrays=tuple(arrays.items()))


def configuration(record: bytes) -> Configuration:
    """Give the record taken apart. Raises `MalformedFile`."""
    if len(record) < 23:
        raise _malformed()
    arrays = []
    at = 23
    for _ in range(record[22]):
        if at + 3 > len(record):
            raise _malformed()
        key, count = record[at], int.from_bytes(record[at + 1 : at + 3], "big")
        at += 3
        units = []
        for _ in range(count):
            end = at + 2 + int.from_bytes(record[at : at + 2], "big")
            if not at + 4 <= end <= len(record):
                raise _malformed()
            units.append(record[at + 2 : end])
            at = end
        arrays.append((key, tuple(units)))
    return Configuration(head=record[:22], arrays=tuple(arrays))


def _malformed() -> MalformedFile:
    return MalformedFile(Bilingual("the H.265 decoder configuration is damaged", "H.265 解码器配置已损坏"))


def kind(unit: bytes) -> int:
    """Give a unit's type (table 7-1)."""
    return unit[0] >> 1 & 0x3F


def layer(unit: bytes) -> int:
    """Give the layer that a unit belongs to; 0 is the picture that everyone sees."""
    return (unit[0] & 1) << 5 | unit[1] >> 3


def id_of(unit: bytes) -> int:
    """Give the number of a parameter set. Raises `MalformedFile` for sequence sets of several temporal layers."""
    bits = Bits(unguarded(unit), 16)
    if kind(unit) == VPS:
        return bits.fixed(4)
    if kind(unit) == SPS:
        bits.skip(4)
        layers = bits.fixed(3)
        bits.skip(1, LEVELS)
        if layers:
            present = [(bits.fixed(1), bits.fixed(1)) for _ in range(layers)]
            bits.skip(*([2] * (8 - layers)))
            for profile, level in present:
                bits.skip(*([88] if profile else []), *([8] if level else []))
    return bits.golomb()


def renumbered(unit: bytes, video: int, picture: int, depth: int) -> bytes:
    """Give an encoder's unit, whose parameter sets all have the number 0, with other numbers.

    Up to `depth` pictures are announced to be held back to be shown in order. Raises `MalformedFile` for another number.
    """
    bits = Bits(unguarded(unit), 16)
    if kind(unit) == VPS:
        bits.skip(4, 12, 16, LEVELS, 1)
        return with_bits(unit, [(16, 20, f"{video:04b}"), _ordering(bits, depth)])
    if kind(unit) == SPS:
        bits.skip(4, 4, LEVELS)
        number = _zero(bits, SEQUENCE)
        chroma = bits.golomb()
        bits.skip(*((1,) if chroma == 3 else ()), 0, 0)
        bits.skip(*((0, 0, 0, 0) if bits.fixed(1) else ()))
        bits.skip(0, 0, 0, 1)
        return with_bits(unit, [(16, 20, f"{video:04b}"), number, _ordering(bits, depth)])
    if kind(unit) == PPS:
        return with_bits(unit, [_zero(bits, picture), _zero(bits, SEQUENCE)])
    if kind(unit) in PICTURES:
        bits.skip(1, *((1,) if kind(unit) in ANCHORS else ()))
        raw = unguarded(unit)
        at, end, code = _zero(bits, picture)
        head = f"{int.from_bytes(raw[:4], 'big'):032b}"
        longer = head[:at] + code + head[end:]
        return guarded(int(longer, 2).to_bytes(5, "big") + raw[4:])
    return unit


def _zero(bits: Bits, number: int) -> tuple[int, int, str]:
    """Give the change of a number that is 0 into another."""
    at = bits.at
    if bits.golomb():
        raise MalformedFile(Bilingual("a parameter set has another number", "参数集编号与预期不符"))
    return at, bits.at, golomb(number)


def _ordering(bits: Bits, depth: int) -> tuple[int, int, str]:
    """Give the change of how many pictures are kept and held back (7.4.3.1), for one temporal layer."""
    at = bits.at
    kept = bits.golomb()
    bits.skip(0, 0)
    return at, bits.at, golomb(max(kept, depth)) + golomb(depth) + golomb(0)
