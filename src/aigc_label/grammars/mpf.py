"""Keeps the index of a multi-picture file (CIPA DC-007) right while its first picture changes its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aigc_label.errors import AigcLabelError
from aigc_label.source import BytesSource, Source

if TYPE_CHECKING:
    from aigc_label.grammars import tiff

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
    header, place, raw = _index(source, at, length)
    edits: list[tuple[int, int, bytes]] = []
    for start in range(0, len(raw) - ENTRY + 1, ENTRY):
        size, offset = header.offset(raw[start + 4 : start + 8]), header.offset(raw[start + 8 : start + 12])
        new = (size + grown, 0) if offset == 0 else (size, offset + grown - shift)
        if all(0 <= value < 1 << 32 for value in new):
            edits.append((place + start + 4, place + start + 12, header.packed(new[0], 4) + header.packed(new[1], 4)))
    return edits


def pictures(source: Source, at: int, length: int) -> list[tuple[int, int]]:
    """Give the `(start, end)` ranges of the pictures behind the first, by the index at `at..at + length`.

    Entries that point at no picture (a stale index) are left out.
    """
    header, _, raw = _index(source, at, length)
    found: list[tuple[int, int]] = []
    places = sorted({raw[start + 4 : start + 12] for start in range(0, len(raw) - ENTRY + 1, ENTRY)})
    for place in places:
        size, offset = header.offset(place[:4]), header.offset(place[4:])
        if offset and at + offset + size <= source.size and source.upto(at + offset, 3) == b"\xff\xd8\xff":
            found.append((at + offset, at + offset + size))
    return sorted(found)


def _index(source: Source, at: int, length: int) -> tuple[tiff.Header, int, bytes]:
    """Give the byte order, where the entries stand in the file, and the entries; none where the index is damaged."""
    from aigc_label.grammars import tiff  # most pictures have no index

    block = BytesSource(source.at(at, min(length, MAX_INDEX)), limits=source.limits)
    try:
        header = tiff.header_of(block)
        index = tiff.directory_at(block, header, header.offset(block.at(header.pointer_at, header.offset_size)))
        entry = index.find(ENTRIES)
        if entry is not None:
            return header, at + entry.value_offset, block.at(entry.value_offset, entry.value_length)
    except AigcLabelError:
        pass
    return tiff.Header(little=True, big=False), at, b""
