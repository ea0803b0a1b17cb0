"""Finds the picture data of a TIFF file: strips, tiles and embedded JPEG streams of every directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.tiff import Directory, Entry, numbers
from aigc_label.source import Source

PAIRS: Final = ((273, 279), (324, 325), (513, 514))  # strips, tiles, a JPEG stream: offsets and byte counts
OLD_JPEG: Final = 6  # Compression: TIFF 6.0, section 22; its files often lack byte counts
COMPRESSION: Final = 259
VALUES: Final = (320, 347)  # ColorMap, JPEGTables: values without which the data cannot be decoded
PIECES: Final = 50  # times `limits.items`: strips and tiles of all directories together


def pieces(source: Source, directories: Iterable[Directory]) -> list[tuple[int, int]]:
    """Give the `(start, end)` ranges of picture data, in file order, neighbours and overlaps joined.

    Raises `MalformedFile` where data lies outside the file or offsets and counts do not match, `LimitExceeded` for more
    than 50 x `limits.items` strips.
    """
    budget = source.limits.items * PIECES
    found: list[tuple[int, int]] = []
    for directory in directories:
        for start, end in _ranges(source, directory, budget):
            budget -= 1
            if end > source.size:
                raise MalformedFile(
                    Bilingual("picture data lies outside the file", "图像数据超出文件范围"), offset=start
                )
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return _joined(found)


def _ranges(source: Source, directory: Directory, budget: int) -> Iterator[tuple[int, int]]:
    for offsets_tag, counts_tag in PAIRS:
        offsets, counts = directory.find(offsets_tag), directory.find(counts_tag)
        if offsets is None:
            continue
        if counts is None:
            if _is_old_jpeg(source, directory):
                continue
            raise MalformedFile(Bilingual("picture data without byte counts", "图像数据缺少字节数"), offset=offsets.at)
        yield from _table(source, directory, (offsets, counts), budget)
    for tag in VALUES:
        value = directory.find(tag)
        if value is not None and value.value_length > directory.header.offset_size:
            yield value.value_offset, value.value_offset + value.value_length


def _table(source: Source, directory: Directory, pair: tuple[Entry, Entry], budget: int) -> Iterator[tuple[int, int]]:
    offsets, counts = pair
    if offsets.count != counts.count:
        raise MalformedFile(
            Bilingual(
                f"{offsets.count} offsets but {counts.count} byte counts",
                f"有 {offsets.count} 个偏移量，却有 {counts.count} 个字节数",
            ),
            offset=offsets.at,
        )
    if offsets.count > budget:
        raise LimitExceeded(Bilingual("too many strips or tiles", "条带或图块过多"), limit="items", offset=offsets.at)
    starts = numbers(source, directory.header, offsets)
    for start, length in zip(starts, numbers(source, directory.header, counts), strict=True):
        if length and start:  # an absent tile of a sparse file has neither
            yield start, start + length


def _is_old_jpeg(source: Source, directory: Directory) -> bool:
    entry = directory.find(COMPRESSION)
    return entry is not None and list(numbers(source, directory.header, entry)[:1]) == [OLD_JPEG]


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    ranges.sort()
    out: list[tuple[int, int]] = []
    start = end = -1
    for left, right in ranges:
        if left > end:
            if end > start:
                out.append((start, end))
            start, end = left, right
        else:
            end = max(end, right)
    if end > start:
        out.append((start, end))
    return out
