"""Encodes a whole Vorbis stream again with its marks, where its codebooks are none that an encoder of today writes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from aigc_label import sound
from aigc_label.bilingual import Bilingual
from aigc_label.formats import BY_NAME
from aigc_label.grammars import ogg
from aigc_label.markers import Rendering
from aigc_label.markers.beside import Beside
from aigc_label.markers.ogg_codecs import Vorbis, library, nearest_quality
from aigc_label.pcm import Samples
from aigc_label.progress import Stage
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Held
from aigc_label.spool import Spool

MICROSECONDS: Final = 1_000_000  # of a second: what FFmpeg measures a whole file in
WAY: Final = Bilingual(
    "the whole sound was encoded again at its own bit rate: no encoder of today writes its codebooks",
    "整段音频按其自身码率重新编码：现有编码器不再使用其码本",
)


def render(source: Source, codec: Vorbis, bitrate: int, marks: Beside) -> Rendering:
    """Give the file encoded again with its marks, its comments as they were.

    `bitrate` serves where the stream does not announce one. Raises as `sound.opened` does, and `MissingTool`.
    """
    first = ogg.page_at(source, 0)
    (comments, _), _ = ogg.headers(source, first.serial, first.end, codec.headers)
    written = io.BytesIO()
    quality = nearest_quality(codec.head, codec.head.bitrate if codec.head.bitrate > 0 else bitrate)
    count = 0
    with library().SoundFile(
        written,
        "w",
        samplerate=codec.rate,
        channels=codec.channels,
        format="OGG",
        subtype="VORBIS",
        compression_level=1 - quality,
    ) as out:
        if marks.before is not None:
            out.write(marks.before.samples)
        for samples in _content(source, codec.channels):
            count += len(samples)
            out.write(samples)
        if marks.behind is not None:
            out.write(marks.behind.samples)
    return Rendering(
        plan=(_bound(BytesSource(written.getvalue()), first.serial, comments, source),),
        words=marks.words,
        way=WAY,
        spans=marks.spans(count / codec.rate),
    )


def _content(source: Source, channels: int) -> Iterator[Samples]:
    with sound.opened(source, BY_NAME["ogg"]) as container:
        stage = Stage(container.duration or 0)
        for frame in container.decode(audio=0):
            samples = sound.numbers_in(frame)
            stage.advance(frame.samples * MICROSECONDS // frame.sample_rate)
            if samples.shape[1] == channels:
                yield samples


def _bound(new: Source, serial: int, comments: bytes, source: Source) -> Held:
    """Give the new stream under the old one's number, with the old one's comments."""
    first = ogg.page_at(new, 0)
    (_, setup), start = ogg.headers(new, first.serial, first.end, 2)
    spool = Spool(source.limits)
    spool.add(
        ogg.page_bytes(first.flags, first.granule, serial, 0, first.lacing, new.at(first.data, first.end - first.data))
    )
    headers = ogg.headed(comments, setup, serial)
    spool.add(b"".join(headers))
    for number, page in enumerate(ogg.pages(new, start), 1 + len(headers)):
        data = new.at(page.data, page.end - page.data)
        spool.add(ogg.page_bytes(page.flags, page.granule, serial, number, page.lacing, data))
    return Held(spool, 0, spool.size)
