"""Reads Speex headers (the Speex manual, 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile

HEAD: Final = b"Speex   "


@dataclass(frozen=True, slots=True)
class Head:
    """What a stream says of itself: hertz, its mode and version, channels, bits a second (-1: not said), samples of a
    packet, headers behind the comments. `alike` is what two streams must share to be one."""

    rate: int
    channels: int
    bitrate: int
    samples: int
    frames: int
    extra: int
    alike: tuple[int, ...]


def head_of(data: bytes, offset: int) -> Head:
    """Give what the header says. Raises `MalformedFile` where it is none, or wrong."""
    numbers = [int.from_bytes(data[at : at + 4], "little", signed=True) for at in range(36, 72, 4)]
    if not data.startswith(HEAD) or len(data) < 80:
        raise MalformedFile(Bilingual("the Speex header is wrong", "Speex 头有误"), offset=offset)
    rate, mode, version, channels, bitrate, size, _, frames, extra = numbers
    if rate <= 0 or channels not in (1, 2) or not 0 < size <= 4096 or not 0 < frames <= 10 or not 0 <= extra <= 16:
        raise MalformedFile(Bilingual("the Speex header is wrong", "Speex 头有误"), offset=offset)
    alike = (rate, mode, version, channels, size, frames)
    return Head(rate, channels, bitrate, size * frames, frames, extra, alike)
