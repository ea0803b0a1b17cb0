"""Adds marks beside plain samples: a way that WAV and AIFF share, each with its own edits of what counts samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.markers import Rendering
from aigc_label.markers.beside import Beside, among
from aigc_label.marking import Mark
from aigc_label.pcm import bytes_of
from aigc_label.plain_sound import Plain, plain_of
from aigc_label.source import Source
from aigc_label.splice import replaced

WAY: Final = Bilingual(
    "samples added beside the content, in the file's own format", "以文件自身的格式在内容前后添加采样，原采样不变"
)
TITLES: Final = {"aiff": "AIFC", "wav": "WAV"}
Edit = tuple[int, int, bytes]
Following = Callable[[Source, Plain, Beside], Iterator[Edit]]


def added(source: Source, name: str, mark: Mark, following: Following) -> Rendering:
    """Give the file with the mark before, after or between its samples; `following` gives the edits of what counts or
    points at samples. Raises `UnsupportedFormat` where the samples are coded."""
    plain = plain_of(source, name)
    if plain is None:
        title = TITLES[name]
        raise UnsupportedFormat(
            Bilingual(f"the samples of this {title} file are compressed", f"该 {title} 文件的采样经过压缩"),
            remedy=Bilingual("Convert it to PCM first.", "请先转换为 PCM。"),
        )
    marks = among(source, BY_NAME[name], mark, plain.layout.rate, plain.layout.channels, plain.frames)
    return Rendering(
        plan=replaced(source.size, (*_samples(plain, marks), *following(source, plain, marks))),
        words=marks.words,
        way=WAY,
        spans=marks.spans(plain.frames / plain.layout.rate),
    )


def _samples(plain: Plain, marks: Beside) -> Iterator[Edit]:
    for place, design in marks.placed(plain.frames):
        at = plain.start + place * plain.layout.block
        yield at, at, bytes_of(design.samples, plain.layout)
