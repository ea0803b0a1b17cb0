"""Puts marks before and after the sound of an M4A file: only the mark is encoded, every access unit is kept."""

from __future__ import annotations

from typing import Final

from aigc_label import sound
from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.formats import BY_NAME
from aigc_label.grammars import adts, movie_sound
from aigc_label.grammars.movie_sound import Track
from aigc_label.markers import Rendering
from aigc_label.markers.beside import beside, unsupported
from aigc_label.markers.coding import DELAYS, coded, lossless
from aigc_label.marking import Mark
from aigc_label.source import Source

WAY: Final = Bilingual(
    "frames added beside the content at its own bit rate; every frame of the content is kept",
    "以内容自身的码率在其前后添加音频帧，原有帧全部保留",
)
LOWEST: Final = 12_000  # bits a second and channel
HIGHEST: Final = 192_000


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before or after its sound.

    Raises `UnsupportedFormat` for anything but one track of plain AAC-LC or ALAC, and where chapters would have to move;
    `MalformedFile`, `MissingTool`.
    """
    track = movie_sound.track_of(source)
    coding = track.coding
    channels = coding.configuration if coding.cookie else adts.CHANNELS.get(coding.configuration, 0)
    (heard,) = sound.sampled(source, BY_NAME["m4a"], 1, 0.5)
    if (heard.rate, heard.samples.shape[1]) != (track.rate, channels):
        raise unsupported(
            "the sound is not plain AAC-LC (HE-AAC, for instance)", "音频不是普通的 AAC-LC（例如 HE-AAC）"
        )
    marks = beside(source, BY_NAME["m4a"], mark, track.rate, channels)
    before, behind = _units(marks.before, track, channels), _units(marks.behind, track, channels)
    return Rendering(
        plan=movie_sound.with_sound(source, track, before, behind),
        words=marks.words,
        way=WAY,
        spans=marks.spans(
            (track.length - track.skipped) / track.rate,
            len(before) * coding.samples / track.rate,
            (0 if coding.cookie else DELAYS["aac"]) / track.rate,
        ),
    )


def _units(design: Design | None, track: Track, channels: int) -> tuple[bytes, ...]:
    if design is None:
        return ()
    if track.coding.cookie:
        packets = lossless(design, track.coding.cookie)
        if packets is None:
            raise unsupported("its ALAC settings are unusual", "其 ALAC 参数特殊")
        return packets
    bitrate = min(max(track.bitrate, LOWEST * channels), HIGHEST * channels)
    return coded("aac", design, bitrate).packets
