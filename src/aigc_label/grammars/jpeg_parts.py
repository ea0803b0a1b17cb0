"""Tells what each segment before a JPEG's first scan is: picture, metadata of a known kind, or loose."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, NamedTuple

from aigc_label.grammars import extended_xmp, jpeg, mpf
from aigc_label.grammars.jpeg import Segment
from aigc_label.source import Source

XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
EXIF: Final = b"Exif\0\0"
APP1: Final = 0xE1
LONGEST: Final = 35  # bytes of the longest name that a segment begins with


class Kind(Enum):
    """What a segment before the first scan is to us."""

    XMP = auto()
    EXTENDED = auto()
    EXIF = auto()
    INDEX = auto()  # of a multi-picture file
    CREDENTIALS = auto()
    COLOURS = auto()  # how samples become colours: payload
    FOREIGN = auto()  # a structure of its own, where label text would be out of place
    LOOSE = auto()  # comments, and segments nobody knows
    PICTURE = auto()  # tables, frame, scan


NAMES: Final[dict[int, tuple[tuple[bytes, Kind], ...]]] = {  # marker -> what its data begins with
    0xE0: ((b"JFIF\0", Kind.COLOURS), (b"JFXX\0", Kind.FOREIGN)),
    APP1: ((XMP, Kind.XMP), (EXIF, Kind.EXIF), (extended_xmp.SIGNATURE, Kind.EXTENDED)),
    0xE2: ((mpf.SIGNATURE, Kind.INDEX), (b"ICC_PROFILE\0", Kind.FOREIGN)),
    0xEB: ((b"JP", Kind.CREDENTIALS),),
    0xED: ((b"Photoshop 3.0\0", Kind.FOREIGN),),
    0xEE: ((b"Adobe", Kind.COLOURS),),
}


class Part(NamedTuple):
    """A segment and what it is; `data_at` is where its data stands behind its name."""

    kind: Kind
    segment: Segment
    data_at: int

    @property
    def offset(self) -> int:
        return self.segment.offset

    @property
    def end(self) -> int:
        return self.segment.end

    def data(self, source: Source) -> bytes:
        return source.at(self.data_at, self.end - self.data_at)


def parts_of(source: Source, start: int = 0) -> tuple[Part, ...]:
    """Give the segments of the picture whose SOI is at `start`, the last one its first SOS. Raises as `segments` does."""
    return source.once(
        f"jpeg.parts@{start}", lambda: tuple(_part(source, part) for part in jpeg.segments(source, start))
    )


def _part(source: Source, segment: Segment) -> Part:
    marker, at, end = segment
    begin = at + 4
    if marker in NAMES:
        head = source.upto(begin, min(LONGEST, end - begin))
        for name, kind in NAMES[marker]:
            if head.startswith(name):
                return Part(kind, segment, begin + (0 if kind is Kind.CREDENTIALS else len(name)))
    return Part(Kind.LOOSE if marker == jpeg.COM or jpeg.APP0 <= marker <= jpeg.APP15 else Kind.PICTURE, segment, begin)
