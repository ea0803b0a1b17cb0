"""Knows which samples of a PNG picture are transparent: by an alpha channel, a palette's tRNS entries or a key colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aigc_label.grammars.png import Chunk
from aigc_label.markers.png_canvas import GREY, PALETTE, TRUE_COLOUR, Canvas
from aigc_label.markers.samples import Samples
from aigc_label.source import Source


@dataclass(frozen=True, slots=True)
class Transparency:
    """`entries` are the alpha values of a palette's first entries, `key` the samples of the one transparent colour."""

    canvas: Canvas
    entries: bytes = b""
    key: tuple[int, ...] = ()

    @property
    def opaque(self) -> int:
        """The alpha value of an opaque pixel."""
        return 255 if self.canvas.colour == PALETTE else self.canvas.maximum

    def alpha(self, samples: Samples) -> Samples:
        """Give the alpha of each of (rows, columns, channels) samples, 0 to `opaque`."""
        if self.canvas.has_alpha:
            return samples[:, :, -1]
        if self.canvas.colour == PALETTE:
            table = np.full(256, 255, np.uint8)
            table[: len(self.entries)] = np.frombuffer(self.entries, np.uint8)
            return table[samples[:, :, 0]]
        if self.key:
            clear = (samples == np.array(self.key, samples.dtype)).all(axis=2)
            return np.where(clear, 0, self.opaque).astype(samples.dtype)
        return np.full(samples.shape[:2], self.opaque, samples.dtype)

    def clear(self) -> tuple[int, ...] | None:
        """Give the samples of a fully transparent pixel; None where the picture cannot hold one."""
        if self.canvas.has_alpha:
            return (0,) * self.canvas.channels
        if self.canvas.colour == PALETTE:
            at = self.entries.find(b"\0")
            return None if at < 0 else (at,)
        return self.key or None


def transparency_of(source: Source, parts: list[Chunk], canvas: Canvas) -> Transparency:
    """Give what the tRNS chunk says, if there is one."""
    part = next((part for part in parts if part.kind == b"tRNS"), None)
    data = b"" if part is None else part.data(source)
    if canvas.colour == PALETTE:
        return Transparency(canvas, entries=data[: 1 << canvas.depth])
    channels = {GREY: 1, TRUE_COLOUR: 3}.get(canvas.colour, 0)
    if not channels or len(data) < 2 * channels:
        return Transparency(canvas)
    key = (int.from_bytes(data[at : at + 2], "big") & canvas.maximum for at in range(0, 2 * channels, 2))
    return Transparency(canvas, key=tuple(key))
