"""Tells which pictures of VP8, VP9 and AV1 video need none before them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile

SEQUENCE: Final = 1  # OBU types (AV1 specification, 6.2.2)
DELIMITER: Final = 2
FRAME_HEADER: Final = 3
FRAME: Final = 6


def is_vp8_key(sample: bytes) -> bool:
    """Tell whether a VP8 frame is a shown keyframe (RFC 6386, 9.1)."""
    return bool(sample) and not sample[0] & 1 and bool(sample[0] & 0x10)


def is_vp9_key(sample: bytes) -> bool:
    """Tell whether a sample begins with a VP9 keyframe (VP9 specification, 6.2)."""
    if not sample or sample[0] >> 6 != 2:
        return False
    bits = f"{int.from_bytes(sample[:2].ljust(2, bytes(1)), 'big'):016b}"
    at = 5 if bits[2:4] == "11" else 4  # profile 3 has a bit in reserve
    return bits[at] == "0" and bits[at + 1] == "0"


def units(sample: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Give each AV1 unit of a sample: its type, all of it, its content. Raises `MalformedFile` where a size lies."""
    at = 0
    while at < len(sample):
        start = at
        head = sample[at]
        at += 2 if head & 4 else 1
        size = len(sample) - at
        if head & 2:
            size, at = _leb128(sample, at)
        if head & 0x80 or at + size > len(sample):
            raise MalformedFile(Bilingual("an AV1 unit leaves its sample", "AV1 单元超出所在样本"))
        yield head >> 3 & 15, sample[start : at + size], sample[at : at + size]
        at += size


def _leb128(sample: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(8):
        if at + index >= len(sample):
            break
        value |= (sample[at + index] & 0x7F) << 7 * index
        if not sample[at + index] & 0x80:
            return value, at + index + 1
    raise MalformedFile(Bilingual("an AV1 unit has no size", "AV1 单元缺少长度"))


def is_av1_start(sample: bytes) -> bool:
    """Tell whether a sample is a shown keyframe with its sequence header (AV1 specification, 7.6.2)."""
    described = False
    for kind, _, content in units(sample):
        if kind == SEQUENCE:
            described = True
        elif kind in (FRAME_HEADER, FRAME):
            # show_existing_frame 0, frame_type 0 (KEY_FRAME), show_frame 1
            return described and bool(content) and content[0] >> 4 == 0b0001
    return False


def without_delimiters(sample: bytes) -> bytes:
    """Give an AV1 sample as containers store it."""
    return b"".join(whole for kind, whole, _ in units(sample) if kind != DELIMITER)
