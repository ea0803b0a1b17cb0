"""Encodes FLAC frames losslessly, one programme after another, and says what STREAMINFO must know of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, ToolFailed
from aigc_label.limits import Limits
from aigc_label.markers.coding import LAYOUTS
from aigc_label.sound import libraries

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext

SIZE: Final = 4096  # samples of a frame
DEPTHS: Final = {16: "s16", 24: "s32"}  # what the encoder takes; 24 bits stand in the upper bits of 32

MOST: Final = 16  # times `limits.block`: frames are held until the file is written

Integers = NDArray[Any]  # (sound frames, channels), int16 or int32


@dataclass(slots=True)
class Encoder:
    """Takes samples piece by piece, gives frames; `finished` then holds what STREAMINFO says of them."""

    rate: int
    channels: int
    bits: int
    limits: Limits
    samples: int = 0
    smallest: int = 0
    largest: int = 0
    written: int = 0
    _digest: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    _context: AudioCodecContext = field(init=False)

    def __post_init__(self) -> None:
        av = libraries()
        try:
            context: AudioCodecContext = av.CodecContext.create("flac", "w")
            context.sample_rate, context.layout = self.rate, LAYOUTS[self.channels]
            context.format = DEPTHS[self.bits]
            context.time_base = Fraction(1, self.rate)
            context.options = {"flags": "+bitexact", "frame_size": str(SIZE)}
            context.open()
        except (av.error.FFmpegError, ValueError, KeyError) as problem:
            raise ToolFailed(
                Bilingual(f"the FLAC encoder failed: {problem}", f"FLAC 编码器失败：{problem}")
            ) from problem
        self._context = context

    def encoded(self, pieces: Iterator[Integers]) -> Iterator[bytes]:
        """Give the frames of all pieces in a row."""
        waiting: Integers | None = None
        for piece in pieces:
            joined = piece if waiting is None else np.concatenate([waiting, piece])
            whole = len(joined) // SIZE * SIZE
            for at in range(0, whole, SIZE):
                yield from self._frames(joined[at : at + SIZE])
            waiting = joined[whole:]
        if waiting is not None and len(waiting):
            yield from self._frames(waiting)
        yield from self._packets(None)

    def _frames(self, block: Integers) -> Iterator[bytes]:
        av = libraries()
        self._digest.update(plain(block, self.bits))
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(block).reshape(1, -1), format=DEPTHS[self.bits], layout=LAYOUTS[self.channels]
        )
        frame.sample_rate, frame.pts, frame.time_base = self.rate, self.samples, Fraction(1, self.rate)
        self.samples += len(block)
        yield from self._packets(frame)

    def _packets(self, frame: Any) -> Iterator[bytes]:
        for packet in self._context.encode(frame):
            data = bytes(packet)
            if not data:
                continue
            self.smallest = min(self.smallest or len(data), len(data))
            self.largest = max(self.largest, len(data))
            self.written += len(data)
            if self.written > MOST * self.limits.block:
                raise LimitExceeded(Bilingual("the FLAC file is too large", "FLAC 文件过大"), limit="block")
            yield data

    def streaminfo(self) -> bytes:
        """Give the body of the STREAMINFO block (RFC 9639, 8.2) for all that was encoded."""
        block = SIZE if self.samples > SIZE else max(16, self.samples)
        packed = self.rate << 44 | (self.channels - 1) << 41 | (self.bits - 1) << 36 | self.samples
        sizes = block.to_bytes(2, "big") * 2 + self.smallest.to_bytes(3, "big") + self.largest.to_bytes(3, "big")
        digest: bytes = self._digest.digest()
        return sizes + packed.to_bytes(8, "big") + digest


def plain(block: Integers, bits: int) -> bytes:
    """Give samples as FLAC's checksum wants them: little-endian, in as few bytes as they need."""
    if bits == 16:
        shorts: bytes = block.astype("<i2").tobytes()
        return shorts
    triples: bytes = block.astype("<i4").reshape(-1, 1).view(np.uint8)[:, 1:].tobytes()
    return triples
