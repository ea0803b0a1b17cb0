"""Reads and rewrites a few rows of PNG's filtered pixel data (PNG 3, 7 to 9) and leaves all others as they are."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.markers.samples import Bytes, row_bytes

Wide = NDArray[np.int16]

SUB: Final = 1
UP: Final = 2
AVERAGE: Final = 3
PAETH: Final = 4
ADAPTIVE: Final = (0, SUB, UP, AVERAGE, PAETH)
UNFILTERED: Final = (0,)
ALONE: Final = (0, SUB)  # filters that do not look at the row above
UNPACKERS: Final = {  # bytes from a sample to the one it is filtered by -> how Pillow's decoder reads such a row
    1: (("L", "L"),),
    2: (("LA", "LA"),),
    3: (("RGB", "RGB"),),
    4: (("RGBA", "RGBA"),),
    6: (("RGB", "RGB;16B"), ("RGB", "RGB;16L")),  # the high bytes, then the low bytes
    8: (("RGBA", "RGBA;16B"), ("RGBA", "RGBA;16L")),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Where a picture's rows (or one Adam7 pass's) lie in the inflated stream: `height` rows from `offset`.

    Each is a filter byte and `stride` bytes; a byte is filtered by the one `step` before it.
    """

    offset: int
    height: int
    stride: int
    step: int

    @property
    def end(self) -> int:
        return self.offset + self.height * (self.stride + 1)

    def seen(self, stream: bytearray) -> Bytes:
        """Give the rows as a writable view (height, 1 + stride)."""
        return np.frombuffer(stream, np.uint8, self.end - self.offset, self.offset).reshape(self.height, -1)


@dataclass(frozen=True, slots=True)
class Pass:
    """One Adam7 pass, or the whole picture: its pixels are every `dx`-th from `x` and every `dy`-th from `y`."""

    x: int
    y: int
    dx: int
    dy: int
    width: int
    rows: Rows


ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
WHOLE: Final = ((0, 0, 1, 1),)


def passes(width: int, height: int, bits: int, pattern: tuple[tuple[int, int, int, int], ...]) -> tuple[Pass, ...]:
    """Give where the pixels of a picture with `bits` a pixel lie in its stream: `pattern` is ADAM7 or WHOLE."""
    found = []
    offset = 0
    for x, y, dx, dy in pattern:
        wide, high = -(-(width - x) // dx), -(-(height - y) // dy)
        if wide <= 0 or high <= 0:
            continue
        rows = Rows(offset, high, row_bytes(wide, bits), max(1, bits // 8))
        found.append(Pass(x, y, dx, dy, wide, rows))
        offset = rows.end
    return tuple(found)


def unfiltered(stream: bytearray, rows: Rows, first: int, last: int) -> Bytes:
    """Give the rows `first` to `last` (exclusive) as they were before filtering, (last - first, stride).

    Undone by Pillow's decoder in C, from the nearest row above that stands alone. Raises `MalformedFile` for a filter
    that does not exist.
    """
    seen = rows.seen(stream)
    kinds = seen[:last, 0]
    if kinds.max(initial=0) > PAETH:
        raise MalformedFile(Bilingual("a row names a filter that does not exist", "某行使用了不存在的滤波器类型"))
    alone = np.flatnonzero(np.isin(kinds[: first + 1], ALONE))
    start = int(alone[-1]) if len(alone) else 0
    stored = zlib.compress(seen[start:last].tobytes(), 0)
    size = (rows.stride // rows.step, last - start)
    planes = [
        np.asarray(Image.frombytes(mode, size, stored, "zip", (unpacker, 0))).reshape(last - start, -1)
        for mode, unpacker in UNPACKERS[rows.step]
    ]
    whole = planes[0] if len(planes) == 1 else np.stack(planes, axis=2).reshape(last - start, rows.stride)
    return whole[first - start :]


def redrawn(
    stream: bytearray, rows: Rows, band: tuple[int, int], columns: tuple[int, int], draw: Callable[[Bytes], None]
) -> None:
    """Let `draw` change the bytes `columns` of the rows `band`, and filter again what depends on them.

    These rows and the one below them get the filters that suit them best; rows whose encoder filtered nothing, as is
    usual for palettes, stay unfiltered.
    """
    first, last = max(band[0] - 1, 0), min(band[1] + 1, rows.height)
    raw = unfiltered(stream, rows, first, last).copy()
    draw(raw[band[0] - first : band[1] - first, columns[0] : columns[1]])
    changed = rows.seen(stream)[band[0] : last]
    changed[:] = filtered(raw, len(changed), rows.step, ADAPTIVE if changed[:, 0].any() else UNFILTERED)


def filtered(raw: Bytes, count: int, step: int, kinds: tuple[int, ...]) -> Bytes:
    """Give the last `count` rows of `raw`, each behind the filter byte among `kinds` that leaves the least to code.

    The row before them, where `raw` has one, is the row above; else they begin at the picture's top.
    """
    fields = np.zeros((count + 1, step + raw.shape[1]), np.int16)
    fields[-len(raw) :, step:] = raw[-count - 1 :]
    here, left, up, corner = fields[1:, step:], fields[1:, :-step], fields[:-1, step:], fields[:-1, :-step]
    out = np.zeros((count, 1 + raw.shape[1]), np.uint8)
    least = np.full(count, np.iinfo(np.int64).max)
    for kind in kinds:
        rest = (here - _predicted(kind, left, up, corner)).astype(np.uint8)
        cost = np.minimum(rest, -rest).sum(axis=1, dtype=np.int64)  # the heuristic of the PNG specification, 12.7
        better = cost < least
        out[better, 0], out[better, 1:], least[better] = kind, rest[better], cost[better]
    return out


def _predicted(kind: int, left: Wide, up: Wide, corner: Wide) -> Wide:
    if kind == SUB:
        return left
    if kind == UP:
        return up
    if kind == AVERAGE:
        return (left + up) >> 1
    if kind == PAETH:
        to_left, to_up = np.abs(up - corner), np.abs(left - corner)
        to_corner = np.abs(left + up - 2 * corner)
        nearest = np.where(to_up <= to_corner, up, corner)
        return np.where((to_left <= to_up) & (to_left <= to_corner), left, nearest)
    return np.zeros_like(left)
