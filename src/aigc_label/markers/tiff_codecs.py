"""Packs and unpacks the bytes of one TIFF strip or tile: none, LZW, Deflate, PackBits, and horizontal prediction."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from PIL import Image, TiffImagePlugin

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, ToolFailed
from aigc_label.grammars import tiff
from aigc_label.markers.samples import Bytes
from aigc_label.markers.zlib_streams import deflated, inflated
from aigc_label.source import BytesSource

PLAIN: Final = 1  # Compression, tag 259
LZW: Final = 5
DEFLATE: Final = 8
OLD_DEFLATE: Final = 32946
PACKBITS: Final = 32773
PILLOWS: Final = {LZW: "tiff_lzw", PACKBITS: "packbits"}
CODECS: Final = frozenset((PLAIN, LZW, DEFLATE, OLD_DEFLATE, PACKBITS))

ROWS_PER_STRIP: Final = 278
STRIP_OFFSETS: Final = 273
STRIP_BYTE_COUNTS: Final = 279


def unpacked_rows(compression: int, data: bytes, rows: int, stride: int) -> Bytes:
    """Give the (rows, stride) bytes of a strip or tile. Raises `MalformedFile` where its data is damaged or too short."""
    if compression in (DEFLATE, OLD_DEFLATE):
        found = np.frombuffer(inflated(data, rows * stride), np.uint8)
    elif compression in PILLOWS:
        found = _by_libtiff(compression, data, rows, stride)
    else:
        found = np.frombuffer(data[: rows * stride], np.uint8).copy()
    if found.size != rows * stride:
        raise MalformedFile(Bilingual("a strip or tile is too short", "某条带或图块数据不足"))
    return found.reshape(rows, stride)


def packed_rows(compression: int, rows: Bytes, replaced_size: int) -> bytes:
    """Give the stored bytes of a strip or tile in the compression it had."""
    if compression in (DEFLATE, OLD_DEFLATE):
        return deflated(rows.tobytes(), replaced_size)
    if compression not in PILLOWS:
        return rows.tobytes()
    out = io.BytesIO()
    image = Image.frombytes("L", (rows.shape[1], rows.shape[0]), rows.tobytes())
    image.save(out, "TIFF", compression=PILLOWS[compression], tiffinfo={ROWS_PER_STRIP: len(rows)})
    source = BytesSource(out.getvalue())
    directory = next(tiff.directories(source))
    where = [list(tiff.numbers(source, directory.header, entry)) for entry in _strip_entries(directory)]
    if [len(values) for values in where] != [1, 1]:
        raise ToolFailed(Bilingual("libtiff cut a strip in two", "libtiff 将一个条带切成了两段"))
    (start,), (length,) = where
    return source.data[start : start + length]


def _strip_entries(directory: tiff.Directory) -> list[tiff.Entry]:
    return [entry for entry in directory.entries if entry.tag in (STRIP_OFFSETS, STRIP_BYTE_COUNTS)]


def _by_libtiff(compression: int, data: bytes, rows: int, stride: int) -> Bytes:
    """Let libtiff decode a strip: wrapped as the only one of a grey picture whose rows are its rows of bytes."""
    fields = (
        (256, 4, stride),
        (257, 4, rows),
        (258, 3, 8),
        (259, 3, compression),
        (262, 3, 1),
        (STRIP_OFFSETS, 4, 8),
        (277, 3, 1),
        (ROWS_PER_STRIP, 4, rows),
        (STRIP_BYTE_COUNTS, 4, len(data)),
    )
    at = 8 + len(data) + len(data) % 2
    entries = b"".join(
        tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + b"\1\0\0\0" + value.to_bytes(4, "little")
        for tag, kind, value in fields
    )
    head = b"II*\0" + at.to_bytes(4, "little") + data + bytes(len(data) % 2)
    whole = head + len(fields).to_bytes(2, "little") + entries + bytes(4)
    try:
        return np.asarray(TiffImagePlugin.TiffImageFile(io.BytesIO(whole))).reshape(-1)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError) as problem:
        raise MalformedFile(
            Bilingual(f"a strip or tile cannot be decoded: {problem}", f"某条带或图块无法解码：{problem}")
        ) from problem


def summed(rows: Bytes, channels: int, depth: int, order: str) -> Bytes:
    """Undo horizontal differencing (TIFF 6.0, section 14) of samples of 8 or 16 bits."""
    samples = _as_samples(rows, channels, depth, order)
    whole = np.cumsum(samples, axis=1, dtype=samples.dtype.newbyteorder("="))
    return _as_bytes(whole, depth, order, rows.shape)


def differenced(rows: Bytes, channels: int, depth: int, order: str) -> Bytes:
    """Do horizontal differencing."""
    samples = _as_samples(rows, channels, depth, order)
    out = samples.astype(samples.dtype.newbyteorder("="))
    out[:, 1:] -= samples[:, :-1]
    return _as_bytes(out, depth, order, rows.shape)


def _as_samples(rows: Bytes, channels: int, depth: int, order: str) -> Bytes:
    kind = np.dtype(np.uint8) if depth == 8 else np.dtype(f"{order}u2")
    return np.ascontiguousarray(rows).view(kind).reshape(len(rows), -1, channels)


def _as_bytes(samples: Bytes, depth: int, order: str, shape: tuple[int, ...]) -> Bytes:
    return samples.astype(np.uint8 if depth == 8 else f"{order}u2").view(np.uint8).reshape(shape)
