"""Puts the words into subtitles: a cue of its own before the first or behind the last, shown as any other."""

from __future__ import annotations

from collections.abc import Iterator

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidMark, MalformedFile
from aigc_label.grammars.subtitles import Cue, cues, is_webvtt, stamped
from aigc_label.grammars.text import Text, text_of
from aigc_label.markers import Rendering
from aigc_label.markers.paragraphs import asked, behind, rendering
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.wording import words_of


def render(source: Source, mark: Mark) -> Rendering:
    """Give the subtitles with a cue that shows the words for `mark.seconds`; every other cue keeps its number and times.

    Raises `MalformedFile` where there are no cues, `InvalidMark` for a place in the middle.
    """
    if mark.position is Position.MIDDLE:
        raise InvalidMark(
            Bilingual("in subtitles the words are put at the start or the end", "字幕中的标识只能放在开头或末尾"),
            remedy=Bilingual("Use `--position start`.", "请使用 `--position start`。"),
        )
    text = text_of(source)
    found = list(cues(text.characters))
    if not found:
        raise MalformedFile(Bilingual("the file holds no cue", "文件中没有字幕条目"))
    return rendering(source, text, mark, _additions(text, mark, found))


def _additions(text: Text, mark: Mark, found: list[Cue]) -> Iterator[tuple[int, str]]:
    length = round(mark.seconds * 1000)
    if asked(mark, Position.START):
        yield found[0].at, _block(text, mark, "0", 0, length) + text.newline
    if asked(mark, Position.END):
        start = max(cue.end for cue in found)
        at, block = behind(text, _block(text, mark, str(len(found) + 1), start, start + length))
        yield at, block.removesuffix(text.newline)


def _block(text: Text, mark: Mark, number: str, start: int, end: int) -> str:
    webvtt = is_webvtt(text.characters)
    separator = "." if webvtt else ","
    rows = [] if webvtt else [number]
    rows += [f"{stamped(start, separator)} --> {stamped(end, separator)}", words_of(mark)]
    return "".join(row + text.newline for row in rows)
