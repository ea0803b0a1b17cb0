"""Reads and joins the decoder configuration of H.264 video (ISO/IEC 14496-15, 5.3.3) and tells pictures apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars.nal import Bits, unguarded, with_lengths

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
