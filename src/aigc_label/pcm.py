"""Turns plain samples (WAV, AIFF) into numbers and numbers into samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # (sound frames, channels), full scale is 1.0

FLOATS: Final = {"f32": 4, "f64": 8}
INTEGERS: Final = {"u8": 1, "s8": 1, "s16": 2, "s24": 3, "s32": 4}
COMPANDED: Final = {"alaw": 1, "ulaw": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How samples lie in a file. `coding` is one of the names above, `order` `little` or `big`, `valid` the bits of an
    integer that carry sound (the rest, below them, are zero)."""

    coding: str
    order: str
    channels: int
    rate: int
    valid: int

    @property
    def width(self) -> int:
        """Bytes of one sample."""
        return {**FLOATS, **INTEGERS, **COMPANDED}[self.coding]

    @property
    def block(self) -> int:
        """Bytes of one sample of every channel."""
        return self.width * self.channels

    @property
    def kind(self) -> np.dtype[Any]:
        names = {"f32": "f4", "f64": "f8", "s16": "i2", "s32": "i4", "s24": "i4", "u8": "u1", "s8": "i1"}
        return np.dtype(("<" if self.order == "little" else ">") + names[self.coding])


def numbers_of(data: bytes, layout: Layout) -> Samples:
    """Give the samples; bytes that are no whole frame at the end are left out."""
    data = data[: len(data) - len(data) % layout.block]
    flat: NDArray[Any]
    if layout.coding in COMPANDED:
        flat = _expansion(layout.coding)[np.frombuffer(data, np.uint8)]
    elif layout.coding in FLOATS:
        flat = np.nan_to_num(np.frombuffer(data, layout.kind).astype(np.float32))
    elif layout.coding == "s24":
        flat = _wide(data, layout.order).astype(np.float32) / 2**31
    elif layout.coding == "u8":
        flat = (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
    else:
        flat = np.frombuffer(data, layout.kind).astype(np.float32) / 2 ** (8 * layout.width - 1)
    return flat.reshape(-1, layout.channels).astype(np.float32, copy=False)


def _wide(data: bytes, order: str) -> NDArray[np.int32]:
    """Give 24-bit samples in the upper bits of 32."""
    triples = np.frombuffer(data, np.uint8).reshape(-1, 3)
    wide = np.zeros((len(triples), 4), np.uint8)
    wide[:, 1:] = triples if order == "little" else triples[:, ::-1]
    return wide.reshape(-1).view("<i4")


def bytes_of(samples: Samples, layout: Layout) -> bytes:
    """Give the samples as they lie in the file, rounded to the bits that carry sound, clipped at full scale."""
    if layout.coding in FLOATS:
        floats: bytes = samples.astype(layout.kind).tobytes()
        return floats
    if layout.coding in COMPANDED:
        return _companded(samples, layout.coding)
    top = 2 ** (layout.valid - 1)
    whole = np.clip(np.rint(samples.astype(np.float64) * top), -top, top - 1).astype(np.int64)
    whole <<= 8 * layout.width - layout.valid
    if layout.coding == "u8":
        unsigned: bytes = (whole + 128).astype(np.uint8).tobytes()
        return unsigned
    if layout.coding == "s24":
        triples = (whole << 8).astype("<i4").reshape(-1, 1).view(np.uint8)[:, 1:]
        threes: bytes = (triples if layout.order == "little" else triples[:, ::-1]).tobytes()
        return threes
    integers: bytes = whole.astype(layout.kind).tobytes()
    return integers


def _expansion(coding: str) -> NDArray[Any]:
    """Give what each byte of ITU-T G.711 stands for."""
    code = np.arange(256)
    if coding == "ulaw":
        code = ~code & 0xFF
        size = ((((code & 15) << 3) + 132) << (code >> 4 & 7)) - 132
        return np.where(code & 0x80, -size, size).astype(np.float32) / 32768
    code ^= 0x55
    exponent = code >> 4 & 7
    size = np.where(exponent, (((code & 15) << 4) + 264) << np.maximum(exponent - 1, 0), ((code & 15) << 4) + 8)
    return np.where(code & 0x80, size, -size).astype(np.float32) / 32768


def _companded(samples: Samples, coding: str) -> bytes:
    """Give the nearest code of each sample."""
    table = _expansion(coding)
    order = np.argsort(table, kind="stable")
    steps = table[order]
    nearest = np.searchsorted((steps[1:] + steps[:-1]) / 2, samples.reshape(-1))
    return order[nearest].astype(np.uint8).tobytes()
