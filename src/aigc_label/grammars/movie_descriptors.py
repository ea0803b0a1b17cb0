"""Reads and replaces the decoder's own data inside an `esds` box (ISO/IEC 14496-1, 7.2.6)."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile

STREAM: Final = 3
DECODER: Final = 4
SPECIFIC: Final = 5
FLAGS: Final = 4  # bytes of version and flags in front of the descriptors
DECODER_HEAD: Final = 13  # bytes of a decoder descriptor before what it holds


def _head(data: bytes, at: int, wanted: int) -> tuple[int, int]:
    """Give where the content of the descriptor at `at` begins and ends. Raises `MalformedFile`."""
    size = 0
    for place in range(at + 1, min(at + 5, len(data))) if data[at : at + 1] == bytes((wanted,)) else ():
        size = size << 7 | data[place] & 0x7F
        if not data[place] & 0x80:  # the last byte of the number
            if place + 1 + size <= len(data):
                return place + 1, place + 1 + size
            break
    raise MalformedFile(Bilingual("the decoder descriptor is damaged", "解码器描述符已损坏"))


def _places(data: bytes) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Give where the contents of stream, decoder and specific descriptor lie."""
    stream = _head(data, FLAGS, STREAM)
    flags = data[stream[0] + 2] if stream[1] - stream[0] > 2 else 0
    if flags & 0xE0:
        raise MalformedFile(Bilingual("the stream depends on others", "该流依赖其他流"))
    decoder = _head(data, stream[0] + 3, DECODER)
    return stream, decoder, _head(data, decoder[0] + DECODER_HEAD, SPECIFIC)


def specific(data: bytes) -> bytes:
    """Give the decoder's own data; empty where there are none."""
    try:
        start, end = _places(data)[2]
    except MalformedFile:
        return b""
    return data[start:end]


def with_specific(data: bytes, new: bytes) -> bytes:
    """Give the content of the box with other data for the decoder. Raises `MalformedFile` where it had none."""
    stream, decoder, old = _places(data)
    own = data[decoder[0] : decoder[0] + DECODER_HEAD] + _spelled(SPECIFIC, new) + data[old[1] : decoder[1]]
    whole = data[stream[0] : stream[0] + 3] + _spelled(DECODER, own) + data[decoder[1] : stream[1]]
    return data[:FLAGS] + _spelled(STREAM, whole) + data[stream[1] :]


def _spelled(kind: int, content: bytes) -> bytes:
    size = len(content)
    return bytes((kind, *(0x80 | size >> shift & 0x7F for shift in (21, 14, 7)), size & 0x7F)) + content
