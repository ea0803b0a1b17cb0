"""Names every bound that hostile input can meet, with its default."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The budget of one file. Sizes in bytes; a reader that meets a bound raises `LimitExceeded` with its name."""

    items: int = 10_000  # chunks, segments, boxes, directory entries, properties
    depth: int = 32  # nesting of boxes, directories, XML elements above the packet's own
    block: int = 64 * MIB  # one structure that has to be held in memory (a moov, an XML document)
    packet: int = 16 * MIB  # one metadata packet (XMP, EXIF) as stored
    inflated: int = 1 * MIB  # one compressed metadata block, inflated
    label: int = 64 * KIB  # the text of one label
    pixels: int = 100_000_000  # pixels of one picture, all channels together counted once
    frames: int = 2_000  # frames or pages that are drawn on
    samples: int = 200_000_000  # samples of one sound that are decoded, all channels together
    seconds: float = 120.0  # an outside tool's time on one file


DEFAULT_LIMITS = Limits()
