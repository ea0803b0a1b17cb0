"""Encodes marks as packets that an Ogg stream takes among its own: Opus, Vorbis, Speex."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from aigc_label import optional, transcoder
from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.evidence import Span
from aigc_label.grammars import ogg, opus, speex, vorbis
from aigc_label.markers.beside import unsupported
from aigc_label.markers.coding import DELAYS, coded
from aigc_label.source import BytesSource, Source

if TYPE_CHECKING:
    from aigc_label.limits import Limits

Timer = Callable[[bytes], int]
LOWEST: Final = 16_000  # bits a second of all channels, of Opus
HIGHEST: Final = 256_000
QUALITIES: Final = tuple(round(0.05 * step, 2) for step in range(21))
HALVINGS: Final = 12


class Codec(Protocol):
    """How one stream is coded."""

    @property
    def headers(self) -> int:
        """Give how many packets stand behind the first before its sound begins."""

    @property
    def rate(self) -> int:
        """Give the samples a second in which positions count."""

    @property
    def channels(self) -> int:
        """Give the channels that the mark needs."""

    @property
    def skipped(self) -> int:
        """Give the samples at the start that players leave out."""

    @property
    def late(self) -> int:
        """Give the samples by which a mark behind the content sounds late."""

    @property
    def gain(self) -> float:
        """Give the decibels that players add."""

    def timer(self) -> Timer:
        """Give what tells the samples of packets in a row."""

    def packets(self, design: Design, bitrate: int) -> tuple[bytes, ...]:
        """Give a mark as packets. Raises `UnsupportedFormat` or `OtherSetup` where the stream takes none, `MissingTool`."""


@dataclass(frozen=True, slots=True)
class Opus:
    """RFC 7845."""

    head: opus.Head
    headers: int = 1
    rate: int = opus.RATE
    late: int = DELAYS["libopus"]

    @property
    def channels(self) -> int:
        return self.head.channels

    @property
    def skipped(self) -> int:
        return self.head.skipped

    @property
    def gain(self) -> float:
        return self.head.gain

    def timer(self) -> Timer:
        return opus.samples_of

    def packets(self, design: Design, bitrate: int) -> tuple[bytes, ...]:
        late = max(0, self.skipped - DELAYS["libopus"])  # what players skip must be silence
        if late:
            silence = np.zeros((late, design.samples.shape[1]), np.float32)
            design = Design(np.concatenate([silence, design.samples]), design.rate, design.words, design.span)
        made = coded("libopus", design, min(max(bitrate, LOWEST), HIGHEST))
        ours = opus.head_of(made.header, 0)
        if (ours.channels, ours.mapping) != (self.head.channels, self.head.mapping):
            raise unsupported("the channels are mapped in an unusual way", "声道映射方式特殊")
        return made.packets


@dataclass(frozen=True, slots=True)
class Vorbis:
    """A stream whose setup is one that libvorbis writes: then the packets of a new encoding speak its codebooks."""

    head: vorbis.Head
    setup: bytes
    modes: tuple[bool, ...]
    headers: int = 2
    skipped: int = 0
    late: int = 0
    gain: float = 0.0

    @property
    def rate(self) -> int:
        return self.head.rate

    @property
    def channels(self) -> int:
        return self.head.channels

    def timer(self) -> Timer:
        return vorbis.Timer(self.head, self.modes)

    def packets(self, design: Design, bitrate: int) -> tuple[bytes, ...]:
        quality = quality_of(self.head, self.setup)
        if quality is None:
            raise OtherSetup(self)
        return vorbis_packets(design, quality)[3:]


class OtherSetup(Exception):
    """The stream's codebooks are none that the encoder knows."""

    def __init__(self, codec: Vorbis) -> None:
        super().__init__()
        self.codec = codec


@lru_cache(maxsize=16)
def quality_of(head: vorbis.Head, setup: bytes) -> float | None:
    """Give the quality (0..1) at which libvorbis writes this setup header, None where there is none."""
    tried = (nearest_quality(head, head.bitrate), *QUALITIES)
    return next((each for each in tried if _same(_headers(head.rate, head.channels, each), (head, setup))), None)


def _same(one: tuple[vorbis.Head, bytes], other: tuple[vorbis.Head, bytes]) -> bool:
    return (one[0].blocks, one[1]) == (other[0].blocks, other[1])


@lru_cache(maxsize=16)
def nearest_quality(head: vorbis.Head, bitrate: int) -> float:
    """Give the quality at which libvorbis announces this bit rate: the rate grows with the quality."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        ours = _headers(head.rate, head.channels, middle)[0].bitrate
        if ours == bitrate:
            return middle
        low, high = (middle, high) if ours < bitrate else (low, middle)
    return low


def _headers(rate: int, channels: int, quality: float) -> tuple[vorbis.Head, bytes]:
    silent = Design(np.zeros((64, channels), np.float32), rate, "", Span(start=0, seconds=0))
    first, _, setup, *_ = vorbis_packets(silent, quality)
    return vorbis.head_of(first, 0), setup


@lru_cache(maxsize=16)
def vorbis_packets(design: Design, quality: float) -> tuple[bytes, ...]:
    """Give all packets of a sound as libvorbis encodes it, its three headers first. Raises `MissingTool`."""
    written = io.BytesIO()
    library().write(written, design.samples, design.rate, format="OGG", subtype="VORBIS", compression_level=1 - quality)
    return _all(BytesSource(written.getvalue()))


def library() -> Any:
    """Give the package soundfile. Raises `MissingTool` where it is not installed."""
    needed = Bilingual("marks in Vorbis need the package soundfile", "为 Vorbis 添加显式标识需要 soundfile 包")
    return optional.package("soundfile", "media", needed)


def _all(source: Source) -> tuple[bytes, ...]:
    found: list[bytes] = []
    held = b""
    for page in ogg.pages(source):
        at = page.data
        for length in page.lacing:
            held, at = held + source.at(at, length), at + length
            if length < ogg.SEGMENTS:
                found.append(held)
                held = b""
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Speex:
    """A stream whose packets a new encoding shares kind and length with."""

    head: speex.Head
    limits: Limits
    skipped: int = 0
    late: int = 0
    gain: float = 0.0

    @property
    def headers(self) -> int:
        return 1 + self.head.extra

    @property
    def rate(self) -> int:
        return self.head.rate

    @property
    def channels(self) -> int:
        return self.head.channels

    def timer(self) -> Timer:
        return lambda _: self.head.samples

    def packets(self, design: Design, bitrate: int) -> tuple[bytes, ...]:
        form = ("-f", "f32le", "-ar", str(design.rate), "-ac", str(self.channels), "-i", "pipe:0")
        coding = ("-c:a", "libspeex", "-b:a", str(bitrate), "-frames_per_packet", str(self.head.frames))
        with transcoder.workplace() as folder:
            ran = transcoder.run(
                "ffmpeg",
                ("-nostdin", "-v", "error", *form, *coding, "-f", "ogg", "pipe:1"),
                limits=self.limits,
                folder=folder,
                given=design.samples.astype("<f4").tobytes(),
            )
        first, *others = _all(BytesSource(ran.output))
        ours = speex.head_of(first, 0)
        if ours.alike != self.head.alike:
            raise unsupported("the Speex stream is of an unusual kind", "该 Speex 流的类型特殊")
        return tuple(others[1 + ours.extra :])
