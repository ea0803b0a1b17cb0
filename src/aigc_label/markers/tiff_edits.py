"""Gathers what changes in a TIFF file: strips and tiles in their old places or behind the old end, and their tables."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.grammars.tiff import INTEGERS, Entry
from aigc_label.markers.samples import Bytes
from aigc_label.markers.tiff_codecs import PLAIN
from aigc_label.markers.tiff_page import COLOR_MAP, Page
from aigc_label.source import Source
from aigc_label.splice import Plan, replaced

READ: Final = 1 << 24  # bytes of a strip read at once
LONG: Final = 4  # field types
LONG8: Final = 16


class Edits:
    """The edits of one file. A strip that two pages share, or that overlaps another, is never changed where it stands."""

    def __init__(self, source: Source, pages: Sequence[Page]) -> None:
        self.source = source
        self._edits: dict[tuple[int, int], bytes] = {}
        self._tail = bytearray()
        self._tables = {page.directory.at: (array("Q", page.starts), self._lengths(page)) for page in pages}
        self._shared = _overlapping([*self._cells(), *(found for page in pages if (found := _colour_map(page)))])

    def _cells(self) -> Iterator[tuple[int, int]]:
        for starts, lengths in self._tables.values():
            yield from ((start, start + length) for start, length in zip(starts, lengths, strict=False))

    def alone(self, start: int) -> bool:
        """Tell whether what begins there (a strip, a tile, a colour map) belongs to one page and lies over nothing else."""
        return start not in self._shared

    def _lengths(self, page: Page) -> array[int]:
        """Give the stored lengths; without compression they follow from the size, whatever the file lists."""
        if page.compression != PLAIN:
            return array("Q", page.lengths)
        found = array("Q")
        for index in range(len(page.starts)):
            row = index // page.across % page.down
            found.append(page.rows_of(row) * page.stride if page.starts[index] else 0)
        return found

    def place(self, page: Page, index: int) -> tuple[int, int]:
        """Give offset and length in bytes of a strip or tile in the source; (0, 0) for one that a sparse file leaves out."""
        starts, lengths = self._tables[page.directory.at]
        start, length = starts[index], lengths[index]
        if start + length > self.source.size:
            raise MalformedFile(
                Bilingual("a strip or tile lies outside the file", "某条带或图块超出文件范围"), offset=start
            )
        return (start, length) if start and length else (0, 0)

    def stored(self, page: Page, index: int) -> bytes:
        start, length = self.place(page, index)
        return b"".join(self.source.at(at, min(READ, start + length - at)) for at in range(start, start + length, READ))

    def in_place(self, page: Page, index: int) -> bool:
        """Tell whether rows of a strip or tile can be overwritten without decoding it."""
        start, _ = self.place(page, index)
        return page.compression == PLAIN and start != 0 and self.alone(start)

    def rows(self, page: Page, index: int, band: tuple[int, int], columns: tuple[int, int]) -> Bytes:
        """Give the bytes `columns` of the rows `band` of an uncompressed strip or tile."""
        start, _ = self.place(page, index)
        places = (start + row * page.stride + columns[0] for row in range(*band))
        wide = columns[1] - columns[0]
        return np.stack([np.frombuffer(self.source.at(at, wide), np.uint8) for at in places])

    def overwrite(self, page: Page, index: int, at: tuple[int, int], rows: Bytes) -> None:
        """Overwrite bytes of rows where they stand, from row and byte `at` on."""
        start, _ = self.place(page, index)
        for number, row in enumerate(rows):
            where = start + (at[0] + number) * page.stride + at[1]
            self._edit(where, where + len(row), row.tobytes())

    def replace(self, page: Page, index: int, new: bytes) -> None:
        """Put new data for a strip or tile where the old one stands if it fits, else behind the end of the file."""
        start, length = self.place(page, index)
        starts, lengths = self._tables[page.directory.at]
        alone = self.alone(start)
        if start and alone and len(new) <= length:
            self._edit(start, start + length, new + bytes(length - len(new)))
        else:
            if start and alone:
                self._edit(start, start + length, bytes(length))  # nothing of the unmarked picture stays behind
            starts[index] = self._append(page, new)
        lengths[index] = len(new)

    def finish(self, page: Page) -> None:
        """Write a page's tables of offsets and byte counts where they changed."""
        starts, lengths = self._tables[page.directory.at]
        self._table(page, page.offsets, page.starts, starts)
        if page.counts is not None and page.compression != PLAIN:
            self._table(page, page.counts, page.lengths, lengths)

    def _table(self, page: Page, entry: Entry, old: array[int], new: array[int]) -> None:
        if list(old) == list(new):
            return
        header = page.directory.header
        size = array(INTEGERS[entry.kind]).itemsize
        if max(new) < 1 << 8 * size:
            data = b"".join(header.packed(value, size) for value in new)
            self._edit(entry.value_offset, entry.value_offset + entry.value_length, data)
            return
        kind, size = (LONG8, 8) if header.big else (LONG, 4)
        data = b"".join(header.packed(value, size) for value in new)
        if len(data) > header.offset_size:
            data = header.packed(self._append(page, data), header.offset_size)
        count = header.packed(entry.count, header.offset_size)
        value = data.ljust(header.offset_size, b"\0")
        self._edit(entry.at + 2, entry.at + header.entry_size, header.packed(kind, 2) + count + value)

    def _append(self, page: Page, data: bytes) -> int:
        header = page.directory.header
        self._tail += bytes(-(self.source.size + len(self._tail)) % header.alignment)
        at = self.source.size + len(self._tail)
        self._tail += data
        if not header.big and at + len(data) >= 1 << 32:
            raise UnsupportedFormat(
                Bilingual(
                    "the marked file would outgrow the 4 GiB of classic TIFF",
                    "添加标识后文件会超过经典 TIFF 的 4 GiB 上限",
                ),
                remedy=Bilingual("Convert it to BigTIFF first (`tiffcp -8`).", "请先转换为 BigTIFF（`tiffcp -8`）。"),
            )
        return at

    def _edit(self, start: int, end: int, new: bytes) -> None:
        self._edits[start, end] = new

    def set(self, at: int, new: bytes) -> None:
        """Overwrite a value where it stands."""
        self._edit(at, at + len(new), new)

    def plan(self) -> Plan:
        """Give the plan. Raises `MalformedFile` where two structures of the file that both change lie over each other."""
        size = self.source.size
        edits = [(start, end, new) for (start, end), new in self._edits.items()]
        if self._tail:
            edits.append((size, size, bytes(self._tail)))
        try:
            return replaced(size, edits)
        except ValueError as problem:
            raise MalformedFile(
                Bilingual("structures of the file lie over each other", "文件中的结构相互重叠")
            ) from problem


def _colour_map(page: Page) -> tuple[int, int] | None:
    entry = page.directory.find(COLOR_MAP)
    return None if entry is None else (entry.value_offset, entry.value_offset + entry.value_length)


def _overlapping(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """Give the starts of all ranges that share a byte with another."""
    found: set[int] = set()
    widest = (0, 0)
    for start, end in sorted(span for span in ranges if span[1] > span[0]):
        if start < widest[1]:
            found |= {start, widest[0]}
        widest = max(widest, (start, end), key=lambda span: span[1])
    return found
