"""Draws samples into the pixel stream of a PNG picture or APNG frame, of any depth, colour type and interlacing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.png import Chunk
from aigc_label.markers.png_rows import ADAM7, ADAPTIVE, UNFILTERED, WHOLE, Pass, filtered, passes, redrawn, unfiltered
from aigc_label.markers.samples import Bytes, Samples, packed, put, span, unpacked
from aigc_label.source import Source

GREY: Final = 0
TRUE_COLOUR: Final = 2
PALETTE: Final = 3
GREY_ALPHA: Final = 4
TRUE_COLOUR_ALPHA: Final = 6
CHANNELS: Final = {GREY: 1, TRUE_COLOUR: 3, PALETTE: 1, GREY_ALPHA: 2, TRUE_COLOUR_ALPHA: 4}
DEPTHS: Final = {
    GREY: (1, 2, 4, 8, 16),
    TRUE_COLOUR: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GREY_ALPHA: (8, 16),
    TRUE_COLOUR_ALPHA: (8, 16),
}


@dataclass(frozen=True, slots=True)
class Canvas:
    """What IHDR says; every frame of an animation shares all but the size."""

    width: int
    height: int
    depth: int
    colour: int
    interlace: int

    @property
    def channels(self) -> int:
        return CHANNELS[self.colour]

    @property
    def bits(self) -> int:
        return self.depth * self.channels

    @property
    def has_alpha(self) -> bool:
        return self.colour in (GREY_ALPHA, TRUE_COLOUR_ALPHA)

    @property
    def maximum(self) -> int:
        return (1 << self.depth) - 1

    def passes(self, width: int, height: int) -> tuple[Pass, ...]:
        return passes(width, height, self.bits, ADAM7 if self.interlace else WHOLE)

    def stream_size(self, width: int, height: int) -> int:
        """Give how many bytes the filtered rows of a frame take."""
        return self.passes(width, height)[-1].rows.end

    def draw(self, stream: bytearray, size: tuple[int, int], at: tuple[int, int], samples: Samples) -> None:
        """Write (rows, columns, channels) samples into a frame of `size` with their top left corner at `at` (x, y)."""
        high, wide = samples.shape[:2]
        for part in self.passes(*size):
            x0, x1 = (-(-(edge - part.x) // part.dx) for edge in (at[0], at[0] + wide))
            y0, y1 = (-(-(edge - part.y) // part.dy) for edge in (at[1], at[1] + high))
            x0, y0 = max(x0, 0), max(y0, 0)
            if x0 >= x1 or y0 >= y1:
                continue
            mine = samples[part.y + y0 * part.dy - at[1] :: part.dy, part.x + x0 * part.dx - at[0] :: part.dx]
            flat = mine[: y1 - y0, : x1 - x0].reshape(y1 - y0, -1)
            columns = span(x0, x1, self.bits)
            first_bit = x0 * self.bits - 8 * columns[0]

            def write(rows: Bytes, flat: Samples = flat, first_bit: int = first_bit) -> None:
                put(rows, flat, first_bit, self.depth)

            redrawn(stream, part.rows, (y0, y1), columns, write)

    def decoded(self, stream: bytearray, size: tuple[int, int]) -> Samples:
        """Give a whole frame as (rows, columns, channels) samples."""
        out = np.zeros((size[1], size[0], self.channels), np.uint16 if self.depth == 16 else np.uint8)
        for part in self.passes(*size):
            rows = unfiltered(stream, part.rows, 0, part.rows.height)
            flat = unpacked(rows, part.width * self.channels, self.depth)
            out[part.y :: part.dy, part.x :: part.dx] = flat.reshape(part.rows.height, part.width, self.channels)
        return out

    def encoded(self, samples: Samples) -> bytearray:
        """Give the filtered rows of a whole frame: adaptive filters, none for palettes and packed samples."""
        size = samples.shape[1], samples.shape[0]
        stream = bytearray(self.stream_size(*size))
        for part in self.passes(*size):
            mine = samples[part.y :: part.dy, part.x :: part.dx].reshape(part.rows.height, -1)
            kinds = UNFILTERED if self.colour == PALETTE or self.depth < 8 else ADAPTIVE
            part.rows.seen(stream)[:] = filtered(packed(mine, self.depth), part.rows.height, part.rows.step, kinds)
        return stream


def canvas_of(source: Source, header: Chunk) -> Canvas:
    """Give what IHDR says. Raises `MalformedFile` where it cannot be, `LimitExceeded` for more than `limits.pixels`."""
    data = header.data(source)
    if len(data) != 13:
        raise MalformedFile(Bilingual("IHDR has not 13 bytes", "IHDR 的长度不是 13 字节"), offset=header.offset)
    width, height = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
    depth, colour, compression, filtering, interlace = data[8:]
    if (
        not (0 < width < 1 << 31 and 0 < height < 1 << 31)
        or depth not in DEPTHS.get(colour, ())
        or (compression, filtering) != (0, 0)
        or interlace > 1
    ):
        raise MalformedFile(
            Bilingual("IHDR describes no picture that PNG knows", "IHDR 描述的图片在 PNG 中不存在"),
            offset=header.offset,
        )
    if width * height > source.limits.pixels:
        raise LimitExceeded(
            Bilingual(f"the picture has {width} x {height} pixels", f"图片有 {width} x {height} 像素"),
            limit="pixels",
            offset=header.offset,
        )
    return Canvas(width, height, depth, colour, interlace)
