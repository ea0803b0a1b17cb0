"""Reads and joins the decoder configuration of H.264 video (ISO/IEC 14496-15, 5.3.3) and tells pictures apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars.nal import Bits, golomb, unguarded, with_bits, with_lengths

SLICE: Final = 1
IDR: Final = 5
SEI: Final = 6
SPS: Final = 7
PPS: Final = 8
DELIMITER: Final = 9
EXTENDED: Final = (14, 15, 20, 21)  # scalable and multi-view coding: pictures that lie on others
MOST_SEQUENCES: Final = 31  # that the configuration can count


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """An `avcC` record: its first four bytes, the width of lengths in samples, the parameter sets, what follows them."""

    head: bytes
    width: int
    sequences: tuple[bytes, ...]
    pictures: tuple[bytes, ...]
    tail: bytes

    @property
    def level(self) -> int:
        return self.head[3]

    @property
    def profile(self) -> int:
        return self.head[1]

    def spelled(self) -> bytes:
        """Give the record's bytes."""
        return b"".join(
            (
                self.head,
                bytes((0xFC | self.width - 1, 0xE0 | len(self.sequences))),
                with_lengths(self.sequences, 2),
                bytes((len(self.pictures),)),
                with_lengths(self.pictures, 2),
                self.tail,
            )
        )

    def joined(self, sequences: tuple[bytes, ...], pictures: tuple[bytes, ...]) -> Configuration:
        """Give a record that serves other pictures too. Their parameter sets come last: the first ones stay first."""
        return replace(self, sequences=self.sequences + sequences, pictures=self.pictures + pictures)


def configuration(record: bytes) -> Configuration:
    """Give the record taken apart. Raises `MalformedFile`."""
    if len(record) < 7 or record[0] != 1:
        raise _malformed()
    sequences, at = _sets(record, 6, record[5] & 0x1F)
    if at >= len(record):
        raise _malformed()
    pictures, at = _sets(record, at + 1, record[at])
    return Configuration(
        head=record[:4], width=(record[4] & 3) + 1, sequences=sequences, pictures=pictures, tail=record[at:]
    )


def _sets(record: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    found = []
    for _ in range(count):
        end = at + 2 + int.from_bytes(record[at : at + 2], "big")
        if not at + 2 < end <= len(record):
            raise _malformed()
        found.append(record[at + 2 : end])
        at = end
    return tuple(found), at


def _malformed() -> MalformedFile:
    return MalformedFile(Bilingual("the H.264 decoder configuration is damaged", "H.264 解码器配置已损坏"))


def kind(unit: bytes) -> int:
    """Give a unit's type (table 7-1)."""
    return unit[0] & 0x1F


def id_of(unit: bytes) -> int:
    """Give the id of a sequence or picture parameter set."""
    bits = Bits(unguarded(unit), 8)
    if kind(unit) == SPS:
        bits.fixed(24)
    return bits.golomb()


HIGH: Final = (100, 110, 122, 244, 44, 83, 86, 118, 128)  # profiles whose sets say more about their samples


def with_reordering(sequence: bytes, depth: int) -> bytes:
    """Give a sequence parameter set that announces that up to `depth` pictures are held back to be shown in order.

    Where the set says nothing about that (E.1.1, bitstream restriction) it stays as it is.
    """
    bits = Bits(unguarded(sequence), 8)
    profile = bits.fixed(8)
    bits.skip(16, 0)
    if profile in HIGH:
        chroma = bits.golomb()
        bits.skip(*((1,) if chroma == 3 else ()), 0, 0, 1)
        if bits.fixed(1):
            return sequence  # scaling lists: no encoder of ours writes them
    bits.skip(0)
    order = bits.golomb()
    if order == 1:
        return sequence
    bits.skip(*((0,) if order == 0 else ()), 0, 1, 0, 0)
    bits.skip(*(() if bits.fixed(1) else (1,)), 1)  # fields, direct inference
    bits.skip(*((0, 0, 0, 0) if bits.fixed(1) else ()))  # cropping
    if not bits.fixed(1) or not _at_restriction(bits):
        return sequence
    bits.skip(1, 0, 0, 0, 0)
    start = bits.at
    bits.skip(0)
    buffering = bits.golomb()
    return with_bits(sequence, [(start, bits.at, golomb(depth) + golomb(max(depth, buffering)))])


def _at_restriction(bits: Bits) -> bool:
    """Pass over the usability information (E.1.1) up to the bitstream restriction; tell whether there is one."""
    if bits.fixed(1) and bits.fixed(8) == 255:  # aspect
        bits.skip(32)
    bits.skip(*((1,) if bits.fixed(1) else ()))  # overscan
    if bits.fixed(1):  # signal
        bits.skip(4, *((24,) if bits.fixed(1) else ()))
    bits.skip(*((0, 0) if bits.fixed(1) else ()))  # place of chroma samples
    bits.skip(*((65,) if bits.fixed(1) else ()))  # timing
    rates = sum(_rates(bits) for _ in range(2))
    bits.skip(*((1,) if rates else ()), 1)
    return bool(bits.fixed(1))


def _rates(bits: Bits) -> int:
    """Pass over the numbers of a hypothetical decoder, where they stand; tell whether they do."""
    if not bits.fixed(1):
        return 0
    count = bits.golomb() + 1
    bits.skip(8, *(0, 0, 1) * count, 20)
    return 1
