"""Keeps the index of a multi-picture file (CIPA DC-007) right while its first picture changes its size."""

from __future__ import annotations

from typing import Final

from aigc_label.errors import AigcLabelError
from aigc_label.grammars import tiff
from aigc_label.source import BytesSource, Source

SIGNATURE: Final = b"MPF\0"
ENTRIES: Final = 0xB002  # MP Entry: 16 bytes a picture
ENTRY: Final = 16
MAX_INDEX: Final = 65_533


def moved(source: Source, at: int, length: int, grown: int, shift: int) -> list[tuple[int, int, bytes]]:
    """Give the edits `(start, end, new)` for the index at `at..at + length` (behind `MPF\\0`) of a JPEG.

    `grown` is by how many bytes the first picture grows, all of it behind the index but for the `shift` by which the
    index itself moves. Offsets count from the index, so the other pictures' grow by `grown - shift`. A damaged index is
    left as it is: no reader could use it before either.
    """
    block = BytesSource(source.at(at, min(length, MAX_INDEX)), limits=source.limits)
    try:
        header = tiff.header_of(block)
        index = tiff.directory_at(block, header, header.offset(block.at(header.pointer_at, header.offset_size)))
        entry = index.find(ENTRIES)
        raw = block.at(entry.value_offset, entry.value_length) if entry else b""
    except AigcLabelError:
        return []
    edits: list[tuple[int, int, bytes]] = []
    for start in range(0, len(raw) - ENTRY + 1, ENTRY):
        size, offset = header.offset(raw[start + 4 : start + 8]), header.offset(raw[start + 8 : start + 12])
        new = (size + grown, 0) if offset == 0 else (size, offset + grown - shift)
        if entry is not None and all(0 <= value < 1 << 32 for value in new):
            place = at + entry.value_offset + start + 4
            edits.append((place, place + 8, header.packed(new[0], 4) + header.packed(new[1], 4)))
    return edits
