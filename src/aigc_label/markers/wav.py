"""Puts marks before, after and between the samples of a WAV file: samples are added, none is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.grammars import riff, wave
from aigc_label.grammars.riff import Chunk, RiffForm
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
Edit = tuple[int, int, bytes]


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before, after or between its samples; what counts or points at samples follows.

    Raises `UnsupportedFormat` where the samples are coded (ADPCM, MP3 in WAV), `MalformedFile`, `LimitExceeded` at 4 GiB.
    """
    plain = plain_of(source, "wav")
    if plain is None:
        raise UnsupportedFormat(
            Bilingual("the samples of this WAV file are compressed", "该 WAV 文件的采样经过压缩"),
            remedy=Bilingual("Convert it to PCM first.", "请先转换为 PCM。"),
        )
    marks = among(source, BY_NAME["wav"], mark, plain.layout.rate, plain.layout.channels, plain.frames)
    return Rendering(
        plan=replaced(source.size, _edits(source, plain, marks)),
        words=marks.words,
        way=WAY,
        spans=marks.spans(plain.frames / plain.layout.rate),
    )


def _edits(source: Source, plain: Plain, marks: Beside) -> Iterator[Edit]:
    form = riff.form_of(source)
    for place, design in marks.placed(plain.frames):
        at = plain.start + place * plain.layout.block
        yield at, at, bytes_of(design.samples, plain.layout)
    for part in riff.chunks(source, form):
        yield from _followed(source, form, part, plain, marks)
    yield from riff.size_edits(form, marks.frames * plain.layout.block)


def _followed(source: Source, form: RiffForm, part: Chunk, plain: Plain, marks: Beside) -> Iterator[Edit]:
    if part.data_at == plain.start:
        yield from wave.long_size_edits(source, form, part, marks.frames, marks.frames * plain.layout.block)
    elif part.kind == b"fact":
        yield from wave.counted(source, part, marks.frames)
    else:
        yield from wave.shifted(source, part, marks.moved, plain.layout.channels)
