"""Finds bytes that look like a label anywhere in a file, whatever structure they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aigc_label.evidence import Residue
from aigc_label.source import Source

CHUNK: Final = 1 << 20
OVERLAP: Final = 512
MAX_FOUND: Final = 1_000
PATTERNS: Final = tuple(
    word.encode(encoding)
    for word in ("ContentProducer", 'ServiceProvider":', "ns/AIGC/1.0", "TC260:AIGC")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
LOOK: Final = re.compile(b"|".join(map(re.escape, PATTERNS)))


def scan(source: Source, known: tuple[tuple[int, int], ...] = ()) -> Iterator[Residue]:
    """Give label-like bytes outside the `known` ranges (start, end), at most one for each 512 bytes and 1,000 in all.

    Reads the whole file once, in bounded pieces.
    """
    at, last, count = 0, -OVERLAP, 0
    while at < source.size and count < MAX_FOUND:
        block = source.upto(at, CHUNK + OVERLAP)
        for found in LOOK.finditer(block):
            place = at + found.start()
            if found.start() >= CHUNK or place < last + OVERLAP:
                continue
            if any(start <= place < end for start, end in known):
                continue
            last = place
            count += 1
            yield Residue(place, _printable(block[max(0, found.start() - 40) : found.start() + 120]))
        at += CHUNK


def _printable(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
