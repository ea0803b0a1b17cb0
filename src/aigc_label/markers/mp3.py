"""Puts marks before and after the frames of an MP3 file: only the mark is encoded, every frame stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label import tagged_stream
from aigc_label.audible import Design
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.grammars import id3, mpeg_audio
from aigc_label.grammars.id3 import Tag, Window
from aigc_label.grammars.mpeg_audio import Added, Frame, Xing
from aigc_label.markers import Rendering
from aigc_label.markers.beside import beside, unsupported
from aigc_label.markers.coding import DELAYS, Coded, coded
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import replaced

WAY: Final = Bilingual(
    "frames added beside the content at its own bit rate; every frame of the content is kept",
    "以内容自身的码率在其前后添加音频帧，原有帧全部保留",
)
TIMED: Final = ("SYLT", "SYTC", "ETCO", "MLLT", "SLT", "STC", "ETC", "MLL")  # ID3 frames whose times nobody here moves
AVERAGED: Final = 200  # frames from which a bit rate is taken
NONE: Final = Added(0, b"")
Edit = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True)
class Stream:
    """The frames of a file: the counting frame before them (if there is one), the first with sound, where they end."""

    xing: Xing | None
    first: Frame
    end: int
    bitrate: int


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark before or after its frames; counts, table of contents and chapters follow.

    Raises `UnsupportedFormat` where a joint cannot be clean, `MalformedFile`, `MissingTool` without PyAV.
    """
    stream = _stream(source)
    marks = beside(source, BY_NAME["mp3"], mark, stream.first.rate, stream.first.channels)
    before, behind = _added(marks.before, stream), _added(marks.behind, stream)
    if marks.before is not None:
        _check_start(source, stream)
    lead = before.count * stream.first.samples / stream.first.rate if marks.before is not None else 0.0
    edits: list[Edit] = [(stream.first.offset, stream.first.offset, before.data), (stream.end, stream.end, behind.data)]
    if stream.xing is not None:
        frame = stream.xing.frame
        padding = _padding(marks.behind, behind, stream)
        counted = mpeg_audio.recounted(stream.xing, before, behind, padding)
        edits.append((frame.offset, frame.offset + frame.length, counted))
    if marks.before is not None:
        edits += _moved(source, round(1000 * lead))
    return Rendering(
        plan=replaced(source.size, edits),
        words=marks.words,
        way=WAY,
        spans=marks.spans(_seconds(source, stream), lead, DELAYS["libmp3lame"] / stream.first.rate),
    )


def _stream(source: Source) -> Stream:
    kept = tagged_stream.payload(source)[0]
    head = mpeg_audio.frame_at(source, kept.offset)
    if head is None or head.offset + head.length > kept.end:
        raise unsupported("the frames are not MPEG layer III with a bit rate", "音频帧不是带码率的 MPEG 第三层")
    if mpeg_audio.is_vbri(source, head):
        raise unsupported("the frames are counted in a VBRI header", "音频帧由 VBRI 头计数")
    xing = mpeg_audio.xing_at(source, head)
    first = head if xing is None else mpeg_audio.frame_at(source, head.offset + head.length)
    if first is None or first.offset + first.length > kept.end or not first.alike(head):
        raise MalformedFile(
            Bilingual("no frame with sound follows the first", "首帧之后没有音频帧"), offset=kept.offset
        )
    end = mpeg_audio.end_of_frames(source, first.offset, kept.end)
    return Stream(xing, first, end, _bitrate(source, first, end))


def _bitrate(source: Source, first: Frame, end: int) -> int:
    """Give the bit rate of the frames in kbit/s, their average where it varies."""
    rates = [
        frame.bitrate for frame, _ in zip(mpeg_audio.frames(source, first.offset, end), range(AVERAGED), strict=False)
    ]
    mean = sum(rates) / len(rates)
    return min(mpeg_audio.BITRATES[first.version][1:], key=lambda rate: (abs(rate - mean), -rate))


def _added(design: Design | None, stream: Stream) -> Added:
    if design is None:
        return NONE
    made: Coded = coded("libmp3lame", design, stream.bitrate * 1000)
    return Added(len(made.packets), b"".join(made.packets))


def _check_start(source: Source, stream: Stream) -> None:
    """The first frame must not draw on frames before it: after a mark it would draw on the mark's."""
    if mpeg_audio.reservoir(source, stream.first):
        raise UnsupportedFormat(
            Bilingual(
                "the stream was cut out of a longer one: its first frame needs bytes of the frame before",
                "该流由更长的流截取而成：首帧依赖之前的帧",
            ),
            remedy=Bilingual("Put the mark at the end: `--position end`.", "请将标识放在末尾：`--position end`。"),
            offset=stream.first.offset,
        )


def _padding(design: Design | None, behind: Added, stream: Stream) -> int | None:
    """Give the samples to leave out behind a mark at the end; the content's own stay, as silence between the two."""
    if design is None:
        return None
    return max(0, behind.count * stream.first.samples - design.frames - 576)


def _seconds(source: Source, stream: Stream) -> float:
    """Give how long the content's frames are."""
    if stream.xing is not None and stream.xing.count is not None:
        at = stream.xing.count
        count = int.from_bytes(stream.xing.data[at : at + 4], "big")
    else:
        count = sum(1 for _ in mpeg_audio.frames(source, stream.first.offset, stream.end))
    return count * stream.first.samples / stream.first.rate


def _moved(source: Source, milliseconds: int) -> Iterator[Edit]:
    """Give the edits that let chapters and the stated length in ID3 follow a mark at the start."""
    for tag in tagged_stream.tags(source):
        for frame in tag.frames:
            if frame.name in TIMED:
                raise _untimed(frame.name, tag)
            if frame.name == "CHAP":
                yield from _chapter(tag, frame, milliseconds)
            elif frame.name in ("TLEN", "TLE"):
                yield from _length(tag, frame, milliseconds)


def _untimed(name: str, tag: Tag) -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual(f"the ID3 frame {name} holds times that would have to move", f"ID3 帧 {name} 中的时间需要随之移动"),
        remedy=Bilingual("Put the mark at the end: `--position end`.", "请将标识放在末尾：`--position end`。"),
        offset=tag.offset,
    )


def _chapter(tag: Tag, frame: id3.Frame, milliseconds: int) -> Iterator[Edit]:
    """A chapter's start and end in milliseconds, then two byte offsets, which count for nothing when all ones."""
    if not isinstance(tag.body, Window) or frame.flags & 0xFF:
        raise _untimed(frame.name, tag)
    data = tag.body.at(frame.data, frame.end - frame.data)
    at = data.find(b"\0") + 1
    if not at or at + 16 > len(data):
        raise MalformedFile(Bilingual("an ID3 chapter is cut short", "ID3 章节不完整"), offset=tag.offset)
    times = (int.from_bytes(data[at + i : at + i + 4], "big") + milliseconds for i in (0, 4))
    new = b"".join(min(time, 0xFFFFFFFE).to_bytes(4, "big") for time in times) + b"\xff" * 8
    start = tag.body.start + frame.data + at
    yield start, start + 16, new


def _length(tag: Tag, frame: id3.Frame, milliseconds: int) -> Iterator[Edit]:
    """The stated length follows where it keeps its digits; else readers count for themselves, as they do anyway."""
    if not isinstance(tag.body, Window) or frame.flags & 0xFF:
        return
    data = tag.body.at(frame.data, frame.end - frame.data)
    digits = data[1:].rstrip(b"\0")
    if data[:1] in (b"\0", b"\3") and digits.isdigit():
        new = str(int(digits) + milliseconds).encode()
        start = tag.body.start + frame.data + 1
        if len(new) == len(digits):
            yield start, start + len(new), new
