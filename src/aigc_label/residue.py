"""Finds bytes that look like a label where no carrier holds them, whatever structure they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aigc_label import loose_label
from aigc_label.dialects import understand
from aigc_label.evidence import Reading, Residue
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


def contradicting(source: Source, readings: tuple[Reading, ...]) -> Iterator[Residue]:
    """Give the whole labels in a file's first and last MiB that say something else than all of its `readings`.

    Their bytes stand where the format's readers do not look, or a reading would say the same: a chunk that damage cut
    loose, an older tag before the newest. Media in between are not read, so the cost does not follow their size.
    """
    texts = {reading.text for reading in readings}
    for at, data in loose_label.windows(source, 0):
        for span in loose_label.whole_spans(data, source.limits):
            if span.text not in texts and _says_more(span.text, texts):
                yield Residue(at + span.start, _printable(data[span.start : span.start + 160]))


def _says_more(text: str, texts: set[str]) -> bool:
    values = understand(text).values
    return bool(values) and all(understand(known).values != values for known in texts)


def _printable(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
