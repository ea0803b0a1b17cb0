"""Puts marks before, after and between the samples of an AIFF or AIFC file: samples are added, none is changed."""

from __future__ import annotations

from collections.abc import Iterator

from aigc_label.grammars import aiff
from aigc_label.markers import Rendering
from aigc_label.markers.added import Edit, added
from aigc_label.markers.beside import Beside
from aigc_label.marking import Mark
from aigc_label.plain_sound import Plain
from aigc_label.source import Source


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before, after or between its samples; what counts or points at samples follows.

    Raises `UnsupportedFormat` where the samples are coded, `MalformedFile`, `LimitExceeded` at 4 GiB.
    """
    return added(source, "aiff", mark, _edits)


def _edits(source: Source, plain: Plain, marks: Beside) -> Iterator[Edit]:
    growth = marks.frames * plain.layout.block
    for chunk in aiff.chunks(source):
        if chunk.kind == b"COMM":
            yield aiff.counted(chunk, aiff.common_of(source, chunk), marks.frames)
        elif chunk.data <= plain.start <= chunk.end and chunk.kind == b"SSND":
            yield aiff.resized(chunk, growth)
        elif chunk.kind == b"MARK":
            yield from aiff.shifted(source, chunk, marks.moved)
    yield aiff.resized(aiff.Chunk(b"FORM", 0, int.from_bytes(source.at(4, 4), "big")), growth)
