"""Draws marks on every page of a TIFF file: only the strips or tiles under a mark are decoded and written again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, LimitExceeded, MalformedFile
from aigc_label.evidence import Box
from aigc_label.grammars import exif
from aigc_label.grammars import tiff as grammar
from aigc_label.markers import Rendering
from aigc_label.markers.inks import Inks, Values, direct, grey_steps, of_table
from aigc_label.markers.samples import Bytes, put, span, unpacked
from aigc_label.markers.tiff_codecs import differenced, packed_rows, summed, unpacked_rows
from aigc_label.markers.tiff_edits import Edits
from aigc_label.markers.tiff_page import (
    ALPHAS,
    COLOR_MAP,
    COLOUR_SAMPLES,
    PALETTE,
    SEPARATED,
    WHITE_IS_ZERO,
    Page,
    page_of,
)
from aigc_label.marking import Mark
from aigc_label.source import Source

SHORT: Final = 3  # field type

Channels = list[Values | None]  # what a grey level becomes in each sample of a pixel; None leaves the sample alone


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark on every page, at its place in each page as displayed.

    The standard says nothing about pages; a page that is shown or extracted alone must carry its mark. Reduced copies of
    a page (thumbnails, pyramid levels) are marked too where the words fit. Compression, tags, all other strips and tiles
    stay as they are. Raises `UnsupportedFormat` by name for JPEG, CCITT and other codecs that have no lossless way,
    `MalformedFile`, `LimitExceeded`, and `InvalidMark` where the mark does not fit on a page.
    """
    pages = [page for directory in grammar.directories(source) if (page := page_of(source, directory))]
    if not pages:
        raise MalformedFile(Bilingual("the file holds no picture", "文件中没有图像"))
    if len(pages) > source.limits.frames:
        raise LimitExceeded(Bilingual(f"there are {len(pages)} pages", f"共有 {len(pages)} 页"), limit="frames")
    edits = Edits(source, pages)
    shown: list[badge.Badge] = []
    for page in pages:
        try:
            drawn = badge.design(mark, *exif.shown_size(page.width, page.height, page.orientation))
            _draw(source, page, drawn, edits)
        except InvalidMark:
            if not page.secondary:
                raise
            continue
        shown.append(drawn)
    if not shown:
        raise MalformedFile(Bilingual("the file holds reduced pictures only", "文件中只有缩略图"))
    return Rendering(
        plan=edits.plan(),
        box=shown[0].box,
        words=shown[0].words,
        way=Bilingual(
            f"the strips or tiles under the mark were written again on {len(shown)} of {len(pages)} pictures in the file",
            f"已重写文件内 {len(pages)} 个图像中 {len(shown)} 个图像上标识所在的条带或图块",
        ),
    )


def _draw(source: Source, page: Page, drawn: badge.Badge, edits: Edits) -> None:
    box, levels = drawn.stored(page.orientation)
    channels = _channels(source, page, drawn, edits)
    for plane in range(page.planes):
        mine = channels if page.planes == 1 else [channels[plane]]
        if all(values is None for values in mine):
            continue
        for index, row, column in _cells_under(page, box, plane):
            _draw_cell(source, page, (index, row, column), box, levels, mine, edits)
    edits.finish(page)


def _cells_under(page: Page, box: Box, plane: int) -> Iterator[tuple[int, int, int]]:
    """Give index, row and column of each strip or tile that the box meets."""
    wide, high = page.cell
    for row in range(box.top // high, (box.bottom - 1) // high + 1):
        for column in range(box.left // wide, (box.right - 1) // wide + 1):
            yield (plane * page.down + row) * page.across + column, row, column


def _draw_cell(
    source: Source,
    page: Page,
    cell: tuple[int, int, int],
    box: Box,
    levels: Bytes,
    channels: Channels,
    edits: Edits,
) -> None:
    index, row, column = cell
    left, top = column * page.cell[0], row * page.cell[1]
    x0, x1 = max(box.left - left, 0), min(box.right - left, page.cell[0])
    y0, y1 = max(box.top - top, 0), min(box.bottom - top, page.rows_of(row))
    mine = levels[top + y0 - box.top : top + y1 - box.top, left + x0 - box.left : left + x1 - box.left]
    columns = span(x0, x1, page.pixel_bits)
    first_bit = x0 * page.pixel_bits - 8 * columns[0]
    if edits.in_place(page, index):
        rows = edits.rows(page, index, (y0, y1), columns)
        edits.overwrite(page, index, (y0, columns[0]), _painted(page, rows, first_bit, mine, channels))
        return
    rows = _decoded(page, edits.stored(page, index), page.rows_of(row))
    part = rows[y0:y1, columns[0] : columns[1]]
    part[:] = _painted(page, part, first_bit, mine, channels)
    edits.replace(page, index, _encoded(page, rows, edits.place(page, index)[1]))


def _decoded(page: Page, stored: bytes, count: int) -> Bytes:
    """Give the rows of a strip or tile; zeros for one that a sparse file leaves out."""
    if not stored:
        return np.zeros((count, page.stride), np.uint8)
    rows = unpacked_rows(page.compression, stored, count, page.stride)
    return summed(rows, page.cell_channels, page.depth, page.order) if page.differencing else rows.copy()


def _encoded(page: Page, rows: Bytes, replaced_size: int) -> bytes:
    if page.differencing:
        rows = differenced(rows, page.cell_channels, page.depth, page.order)
    return packed_rows(page.compression, rows, replaced_size)


def _painted(page: Page, rows: Bytes, first_bit: int, levels: Bytes, channels: Channels) -> Bytes:
    """Give the bytes of the box's rows with the badge in them; samples without a meaning of their own stay."""
    high, wide = levels.shape
    flat = unpacked(rows, wide * len(channels), page.depth, first_bit=first_bit, order=page.order)
    samples = flat.reshape(high, wide, len(channels)).copy()
    for at, values in enumerate(channels):
        if values is not None:
            samples[:, :, at] = values[levels]
    out = rows.copy()
    put(out, samples.reshape(high, -1), first_bit, page.depth, order=page.order)
    return out


def _channels(source: Source, page: Page, drawn: badge.Badge, edits: Edits) -> Channels:
    """Give what each grey level becomes in each sample of a pixel of this page."""
    most = (1 << page.depth) - 1
    if page.photometric == PALETTE:
        greys = _palette_inks(source, page, drawn, edits).values
    elif page.depth >= 8:
        greys = direct(page.depth).values
    else:
        table = grey_steps(page.depth)
        greys = of_table(table, range(len(table)), list, drawn.plate, drawn.ink).values
    opposite = most - greys
    none = np.zeros_like(greys)
    colours = {WHITE_IS_ZERO: [opposite], SEPARATED: [none, none, none, opposite]}.get(
        page.photometric, [greys] * COLOUR_SAMPLES[page.photometric]
    )
    return [*colours, *(np.full_like(greys, most) if kind in ALPHAS else None for kind in page.extra)]


def _palette_inks(source: Source, page: Page, drawn: badge.Badge, edits: Edits) -> Inks:
    entry = page.directory.find(COLOR_MAP)
    size = 1 << page.depth
    if entry is None or entry.kind != SHORT or entry.count != 3 * size:
        raise MalformedFile(
            Bilingual("a palette page has no colour map", "调色板页缺少颜色表"), offset=page.directory.at
        )
    values = np.array(grammar.numbers(source, page.directory.header, entry)).reshape(3, size).T
    wide = bool(values.max() > 255)  # old writers store 8 bits in the 16, and readers know
    table = (values >> 8 if wide else values).astype(np.uint8)
    alone = edits.alone(entry.value_offset)
    inks = of_table(table, range(size), lambda: _unused(page, edits) if alone else [], drawn.plate, drawn.ink)
    for index, level in inks.added.items():
        for plane in range(3):
            at = entry.value_offset + 2 * (plane * size + index)
            edits.set(at, page.directory.header.packed(level * 257 if wide else level, 2))
    return inks


def _unused(page: Page, edits: Edits) -> list[int]:
    """Give the palette entries that no pixel of a page shows; every strip or tile is decoded for that."""
    seen = np.zeros(1 << page.depth, bool)
    for index in range(page.across * page.down):
        rows = _decoded(page, edits.stored(page, index), page.rows_of(index // page.across))
        seen[unpacked(rows, page.cell[0] * page.channels, page.depth)[:, :: page.channels]] = True
    return np.flatnonzero(~seen).tolist()
