"""Encodes marks with FFmpeg's encoders, packet by packet and without any container around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import ToolFailed
from aigc_label.pcm import Samples
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
    try:
        context: AudioCodecContext = av.CodecContext.create(name, "w")
        context.sample_rate = rate = design.rate
        context.layout = LAYOUTS[design.samples.shape[1]]
        context.format = SAMPLE_FORMATS[name]
        context.bit_rate = bitrate
        context.time_base = Fraction(1, rate)
        context.options = {"flags": "+bitexact"}
        context.open()
        packets = tuple(bytes(packet) for part in _parts(context, design.samples) for packet in context.encode(part))
    except (av.error.FFmpegError, ValueError, KeyError) as problem:
        raise ToolFailed(
            Bilingual(f"the encoder {name} failed: {problem}", f"编码器 {name} 失败：{problem}")
        ) from problem
    return Coded(packets=packets, header=bytes(context.extradata or b""), delay=DELAYS[name])


def _parts(context: AudioCodecContext, samples: Samples) -> Iterator[Any]:
    """Give the samples in frames of the size that the encoder asks for, then None: the end."""
    av = libraries()
    size = context.frame_size or 4096
    planar = context.format.is_planar
    for at in range(0, len(samples), size):
        part = samples[at : at + size]
        if len(part) < size:
            part = np.concatenate([part, np.zeros((size - len(part), samples.shape[1]), np.float32)])
        table = np.ascontiguousarray(part.T) if planar else part.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(table, format=context.format.name, layout=context.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = context.sample_rate, at, context.time_base
        yield frame
    yield None
