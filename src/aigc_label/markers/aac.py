"""Puts marks before and after the frames of an AAC stream (ADTS): only the mark is encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label import sound, tagged_stream
from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.formats import BY_NAME
from aigc_label.grammars import adts
from aigc_label.grammars.adts import Frame
from aigc_label.markers import Rendering
from aigc_label.markers.beside import beside, unsupported
from aigc_label.markers.coding import DELAYS, coded
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import replaced

WAY: Final = Bilingual(
    "frames added beside the content at its own bit rate; every frame of the content is kept",
    "以内容自身的码率在其前后添加音频帧，原有帧全部保留",
)
LOWEST: Final = 12_000  # bits a second and channel
HIGHEST: Final = 192_000


@dataclass(frozen=True, slots=True)
class Stream:
    """The frames of a file: the first, where the last ends, their samples and bits a second together."""

    first: Frame
    end: int
    samples: int
    bitrate: int


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before or after its frames.

    Raises `UnsupportedFormat` for anything but plain AAC-LC of up to eight channels, `MalformedFile`, `MissingTool`.
    """
    stream = _stream(source)
    first = stream.first
    channels = adts.CHANNELS.get(first.configuration, 0)
    (heard,) = sound.sampled(source, BY_NAME["aac"], 1, 0.5)
    if first.profile != adts.LOW_COMPLEXITY or (heard.rate, heard.samples.shape[1]) != (first.rate, channels):
        raise unsupported(
            "the stream is not plain AAC-LC (HE-AAC, for instance)", "该流不是普通的 AAC-LC（例如 HE-AAC）"
        )
    marks = beside(source, BY_NAME["aac"], mark, first.rate, channels)
    before, behind = _frames(marks.before, stream, channels), _frames(marks.behind, stream, channels)
    lead = len(before) * adts.SAMPLES / first.rate if before else 0.0
    return Rendering(
        plan=replaced(
            source.size, [(first.offset, first.offset, b"".join(before)), (stream.end, stream.end, b"".join(behind))]
        ),
        words=marks.words,
        way=WAY,
        spans=marks.spans(stream.samples / first.rate, lead, DELAYS["aac"] / first.rate),
    )


def _stream(source: Source) -> Stream:
    kept = tagged_stream.payload(source)[0]
    first = adts.frame_at(source, kept.offset)
    if first is None:
        raise MalformedFile(
            Bilingual("no AAC frame where the sound begins", "音频起始处没有 AAC 帧"), offset=kept.offset
        )
    end, blocks = kept.offset, 0
    for frame in adts.frames(source, kept.offset, kept.end):
        if not frame.alike(first):
            raise unsupported("rate or channels change within the stream", "流中途改变采样率或声道数")
        end, blocks = frame.offset + frame.length, blocks + frame.blocks
    if not blocks:
        raise MalformedFile(Bilingual("there is no whole AAC frame", "没有完整的 AAC 帧"), offset=kept.offset)
    samples = blocks * adts.SAMPLES
    return Stream(first, end, samples, round(8 * (end - kept.offset) * first.rate / samples))


def _frames(design: Design | None, stream: Stream, channels: int) -> list[bytes]:
    if design is None:
        return []
    bitrate = min(max(stream.bitrate, LOWEST * channels), HIGHEST * channels)
    made = coded("aac", design, bitrate)
    return [adts.framed(stream.first, packet) for packet in made.packets]
