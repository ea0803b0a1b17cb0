"""Draws marks on BMP pictures by overwriting the pixels under them; no other byte changes."""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack_from
from typing import Final

import numpy as np

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.markers import Rendering
from aigc_label.markers.inks import Colours, Inks, of_table
from aigc_label.markers.samples import Bytes, put, span, unpacked
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import replaced

FILE_HEADER: Final = 14
CORE_HEADER: Final = 12  # OS/2 1: widths in 16 bits, palette entries of three bytes
HEADERS: Final = (CORE_HEADER, 40, 52, 56, 64, 108, 124)  # sizes of the known headers, in bytes
PLAIN: Final = 0  # biCompression
BITFIELDS: Final = 3
ALPHABITFIELDS: Final = 6
COMPRESSIONS: Final = {1: "RLE8", 2: "RLE4", 4: "JPEG", 5: "PNG", 11: "CMYK", 12: "CMYK RLE8", 13: "CMYK RLE4"}
DEFAULT_MASKS: Final = {  # red, green, blue, alpha where the file names none
    16: (0x7C00, 0x03E0, 0x001F, 0),
    32: (0x00FF0000, 0x0000FF00, 0x000000FF, 0),
}
SCAN_ROWS: Final = 256  # rows looked at together when palette entries in use are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the headers say: `top_down` where the first stored row is the top one; `colours` is the palette in RGB."""

    width: int
    height: int
    top_down: bool
    bits: int
    masks: tuple[int, ...]
    pixels_at: int
    palette_at: int
    entry_size: int
    colours: Colours

    @property
    def stride(self) -> int:
        return (self.width * self.bits + 31) // 32 * 4

    def row_at(self, row: int) -> int:
        """Give where a row of the picture as displayed begins in the file."""
        return self.pixels_at + self.stride * (row if self.top_down else self.height - 1 - row)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the picture with the mark in it: only the pixels under the mark change, the size stays the same.

    Palette pictures use the entries that are there, or set entries that no pixel shows. Raises `UnsupportedFormat` for
    RLE and embedded JPEG or PNG, `MalformedFile`, `LimitExceeded`, and `InvalidMark` where the mark cannot fit.
    """
    head = head_of(source)
    drawn = badge.design(mark, head.width, head.height)
    inks = None
    if head.bits <= 8:
        inks = of_table(head.colours, range(len(head.colours)), lambda: _unused(source, head), drawn.plate, drawn.ink)
    edits = _edits(source, head, drawn.box, drawn.levels(), inks)
    for index, level in (inks.added if inks else {}).items():
        at = head.palette_at + index * head.entry_size
        edits.append((at, at + 3, bytes((level, level, level))))
    return Rendering(
        plan=replaced(source.size, edits),
        box=drawn.box,
        words=drawn.words,
        way=Bilingual("the pixels under the mark were overwritten in place", "仅原位改写了标识区域内的像素"),
    )


def head_of(source: Source) -> Head:
    """Give what the headers say, checked against the file and its limits."""
    start = source.at(0, FILE_HEADER + 4)
    size = int.from_bytes(start[14:], "little")
    if start[:2] != b"BM" or size not in HEADERS:
        raise MalformedFile(Bilingual("no BMP header", "缺少 BMP 文件头"), offset=0)
    block = source.at(FILE_HEADER, size)
    if size == CORE_HEADER:
        wide, high, _, bits = unpack_from("<HHHH", block, 4)
        compression = used = 0
    else:
        wide, high, _, bits, compression = unpack_from("<iiHHI", block, 4)
        (used,) = unpack_from("<I", block, 32)
    if wide <= 0 or high == 0:
        raise MalformedFile(Bilingual("the picture has no pixels", "图片没有像素"), offset=FILE_HEADER)
    _bounded(source, wide * abs(high))
    _supported(bits, compression)
    pixels_at = int.from_bytes(start[10:14], "little")
    palette_at, entry_size = FILE_HEADER + size, 3 if size == CORE_HEADER else 4
    entries = min(used or 1 << bits, 1 << bits, max(0, pixels_at - palette_at) // entry_size) if bits <= 8 else 0
    table = np.frombuffer(source.at(palette_at, entries * entry_size), np.uint8).reshape(-1, entry_size)
    head = Head(
        width=wide,
        height=abs(high),
        top_down=high < 0,
        bits=bits,
        masks=_masks(source, block, bits, compression),
        pixels_at=pixels_at,
        palette_at=palette_at,
        entry_size=entry_size,
        colours=table[:, 2::-1],
    )
    if pixels_at < palette_at or pixels_at + head.stride * head.height > source.size:
        raise MalformedFile(Bilingual("the pixels do not lie inside the file", "像素数据不在文件范围内"), offset=10)
    return head


def _bounded(source: Source, pixels: int) -> None:
    if pixels > source.limits.pixels:
        raise LimitExceeded(Bilingual(f"the picture has {pixels} pixels", f"图片有 {pixels} 像素"), limit="pixels")


def _supported(bits: int, compression: int) -> None:
    name = COMPRESSIONS.get(compression, str(compression))
    if compression not in (PLAIN, BITFIELDS, ALPHABITFIELDS):
        raise UnsupportedFormat(
            Bilingual(f"marks cannot be drawn on BMP with {name} compression", f"无法在 {name} 压缩的 BMP 上绘制标识"),
            remedy=Bilingual(
                "Save it as uncompressed BMP, or convert it to PNG, which keeps every pixel.",
                "请另存为未压缩的 BMP，或转换为 PNG（像素不会有任何损失）。",
            ),
        )
    if bits not in (1, 2, 4, 8, 16, 24, 32):
        raise MalformedFile(Bilingual(f"{bits} bits a pixel do not exist", f"不存在每像素 {bits} 位的 BMP"), offset=28)


def _masks(source: Source, block: bytes, bits: int, compression: int) -> tuple[int, ...]:
    """Give the red, green, blue and alpha masks of pixels of 16 or 32 bits."""
    if compression == PLAIN:
        return DEFAULT_MASKS.get(bits, ())
    if len(block) >= 56:
        found = unpack_from("<4I", block, 40)
    elif len(block) == 52:
        found = (*unpack_from("<3I", block, 40), 0)
    else:  # the masks follow the header
        count = 4 if compression == ALPHABITFIELDS else 3
        found = (*unpack_from(f"<{count}I", source.at(FILE_HEADER + len(block), 4 * count)), 0)[:4]
    for mask in found:
        ones = mask >> _shift(mask)
        if mask >> bits or ones & (ones + 1):
            raise MalformedFile(Bilingual("a colour mask is not one run of bits", "颜色掩码不连续"), offset=54)
    return found


def _shift(mask: int) -> int:
    return (mask & -mask).bit_length() - 1 if mask else 0


def _unused(source: Source, head: Head) -> list[int]:
    seen = np.zeros(256, bool)
    for start in range(0, head.height, SCAN_ROWS):
        count = min(SCAN_ROWS, head.height - start)
        rows = np.frombuffer(source.at(head.pixels_at + start * head.stride, count * head.stride), np.uint8)
        seen[unpacked(rows.reshape(count, -1), head.width, head.bits)] = True
    return np.flatnonzero(~seen[: len(head.colours)]).tolist()


def _true_colour(head: Head, levels: Bytes, old: Bytes) -> Bytes:
    """Give the box's pixels as bytes (rows, width x bytes a pixel); `old` are the bytes that stand there."""
    if head.bits == 24:
        return np.repeat(levels, 3, axis=1)
    pixels = np.zeros(levels.shape, np.uint32)
    for mask in head.masks[:3]:
        pixels |= np.rint(levels.astype(np.float64) * (mask >> _shift(mask)) / 255).astype(np.uint32) << _shift(mask)
    rest = old.view(f"<u{head.bits // 8}").astype(np.uint32)
    named = 0
    for mask in head.masks:
        named |= mask
    spare = ((1 << head.bits) - 1) & ~named  # bits without a name: some programs keep alpha there
    opaque = head.masks[3] | (spare if (rest & spare).any() else 0)
    return (pixels | opaque).astype(f"<u{head.bits // 8}").view(np.uint8)


def _edits(source: Source, head: Head, box: Box, levels: Bytes, inks: Inks | None) -> list[tuple[int, int, bytes]]:
    start, end = span(box.left, box.right, head.bits)
    places = [head.row_at(row) + start for row in range(box.top, box.bottom)]
    rows = np.stack([np.frombuffer(source.at(at, end - start), np.uint8) for at in places])
    if inks is None:
        rows = _true_colour(head, levels, rows)
    else:
        put(rows, inks.values[levels], box.left * head.bits - 8 * start, head.bits)
    return [(at, at + end - start, row.tobytes()) for at, row in zip(places, rows, strict=True)]
