"""Packs and unpacks rows of samples of 1, 2, 4, 8 or 16 bits, the first sample in the highest bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Samples = NDArray[Any]  # uint8, or uint16 where a sample has 16 bits


def row_bytes(width: int, bits: int) -> int:
    """Give the bytes that a row of `width` pixels of `bits` each takes."""
    return (width * bits + 7) // 8


def span(left: int, right: int, bits: int) -> tuple[int, int]:
    """Give the first byte and the byte behind the last of the pixels `left` to `right` in a row."""
    return left * bits // 8, row_bytes(right, bits)


def unpacked(rows: Bytes, count: int, depth: int, *, first_bit: int = 0, order: str = ">") -> Samples:
    """Give `count` samples of each row from bit `first_bit` on, (rows, count); `order` is that of 16-bit samples."""
    start = first_bit // 8
    if depth == 8:
        return rows[:, start : start + count]
    if depth == 16:
        return np.ascontiguousarray(rows[:, start : start + 2 * count]).view(f"{order}u2").astype(np.uint16)
    bits = np.unpackbits(rows, axis=1)[:, first_bit : first_bit + count * depth].reshape(len(rows), count, depth)
    weights = 1 << np.arange(depth - 1, -1, -1, dtype=np.uint8)
    return np.asarray((bits * weights).sum(axis=2, dtype=np.uint8))


def packed(samples: Samples, depth: int, *, order: str = ">") -> Bytes:
    """Give rows of bytes for (rows, count) samples; the last byte of a row is filled with zeros."""
    if depth == 8:
        return samples.astype(np.uint8)
    if depth == 16:
        return samples.astype(f"{order}u2").view(np.uint8)
    return np.packbits(_bits(samples, depth), axis=1)


def put(rows: Bytes, samples: Samples, first_bit: int, depth: int, *, order: str = ">") -> None:
    """Write (rows, count) samples into `rows` from bit `first_bit` of each on; all other bits stay."""
    if depth >= 8:
        new = packed(samples, depth, order=order)
        start = first_bit // 8
        rows[:, start : start + new.shape[1]] = new
        return
    bits = np.unpackbits(rows, axis=1)
    new = _bits(samples, depth)
    bits[:, first_bit : first_bit + new.shape[1]] = new
    rows[:] = np.packbits(bits, axis=1)


def _bits(samples: Samples, depth: int) -> Bytes:
    shifts = np.arange(depth - 1, -1, -1, dtype=np.uint8)
    return ((samples[:, :, None] >> shifts) & 1).astype(np.uint8).reshape(len(samples), -1)
