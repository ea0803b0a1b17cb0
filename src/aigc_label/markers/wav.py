"""Puts marks before, after and between the samples of a WAV file: samples are added, none is changed."""

from __future__ import annotations

from collections.abc import Iterator

from aigc_label.grammars import riff, wave
from aigc_label.grammars.riff import Chunk, RiffForm
from aigc_label.markers import Rendering
from aigc_label.markers.added import Edit, added
from aigc_label.markers.beside import Beside
from aigc_label.marking import Mark
from aigc_label.plain_sound import Plain
from aigc_label.source import Source


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before, after or between its samples; what counts or points at samples follows.

    Raises `UnsupportedFormat` where the samples are coded (ADPCM, MP3 in WAV), `MalformedFile`, `LimitExceeded` at 4 GiB.
    """
    return added(source, "wav", mark, _edits)


def _edits(source: Source, plain: Plain, marks: Beside) -> Iterator[Edit]:
    form = riff.form_of(source)
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
