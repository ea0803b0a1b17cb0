"""Encodes marks with FFmpeg's encoders, packet by packet and without any container around them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import ToolFailed
from aigc_label.sound import libraries

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext

LAYOUTS: Final = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
DELAYS: Final = {"libmp3lame": 1105, "aac": 1024, "libopus": 312}  # LAME: 576 and the 529 of every decoder
SAMPLE_FORMATS: Final = {"libmp3lame": "fltp", "aac": "fltp", "libopus": "flt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A mark as packets of its codec; `header` is what the codec would put before them, `delay` the samples by which the
    decoder's output comes late."""

    packets: tuple[bytes, ...]
    header: bytes
    delay: int


@lru_cache(maxsize=16)
def coded(name: str, design: Design, bitrate: int) -> Coded:
    """Give a design encoded by the encoder `name` at `bitrate` bits a second; a batch of like files encodes it once.

    Raises `MissingTool` without PyAV, `ToolFailed` where the encoder is missing or refuses.
    """
    av = libraries()
    with _told(name):
        context: AudioCodecContext = av.CodecContext.create(name, "w")
        context.sample_rate = rate = design.rate
        context.layout = LAYOUTS[design.samples.shape[1]]
        context.format = SAMPLE_FORMATS[name]
        context.bit_rate = bitrate
        context.time_base = Fraction(1, rate)
        context.options = {"flags": "+bitexact"}
        context.open()
        packets = tuple(bytes(packet) for part in _parts(context, design.samples) for packet in context.encode(part))
    return Coded(packets=packets, header=bytes(context.extradata or b""), delay=DELAYS[name])


@lru_cache(maxsize=16)
def lossless(design: Design, cookie: bytes) -> tuple[bytes, ...] | None:
    """Give a design as ALAC packets with the settings of `cookie`; None where FFmpeg's encoder has others.

    Raises `MissingTool` without PyAV, `ToolFailed` where the encoder refuses.
    """
    av = libraries()
    bits, channels = cookie[5], design.samples.shape[1]
    if bits not in (16, 24) or channels > 2:
        return None
    top = 2 ** (bits - 1)
    whole = np.clip(np.rint(design.samples.astype(np.float64) * top), -top, top - 1).astype(np.int32)
    with _told("alac"):
        context: AudioCodecContext = av.CodecContext.create("alac", "w")
        context.sample_rate, context.layout = design.rate, LAYOUTS[channels]
        context.format = "s16p" if bits == 16 else "s32p"
        context.time_base = Fraction(1, design.rate)
        context.open()
        settings = bytes(context.extradata or b"")[12:]
        if settings[:10] != cookie[:10]:  # samples of a packet, depth, how residues are coded, channels
            return None
        numbers = whole.astype(np.int16) if bits == 16 else whole << 8
        return tuple(bytes(packet) for part in _parts(context, numbers) for packet in context.encode(part))


@contextmanager
def _told(name: str) -> Iterator[None]:
    av = libraries()
    try:
        yield
    except (av.error.FFmpegError, ValueError, KeyError) as problem:
        raise ToolFailed(
            Bilingual(f"the encoder {name} failed: {problem}", f"编码器 {name} 失败：{problem}")
        ) from problem


def _parts(context: AudioCodecContext, samples: NDArray[Any]) -> Iterator[Any]:
    """Give the samples in frames of the size that the encoder asks for, then None: the end."""
    av = libraries()
    size = context.frame_size or 4096
    planar = context.format.is_planar
    for at in range(0, len(samples), size):
        part = samples[at : at + size]
        if len(part) < size:
            part = np.concatenate([part, np.zeros((size - len(part), samples.shape[1]), samples.dtype)])
        table = np.ascontiguousarray(part.T) if planar else part.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(table, format=context.format.name, layout=context.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = context.sample_rate, at, context.time_base
        yield frame
    yield None
