"""Labels MP3 files: a TXXX frame in the ID3v2 tag; reads comments, second tags and APE tags too."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import ape, id3
from aigc_label.grammars.id3 import Frame, Tag
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, tidied

ROOM: Final = 1024  # padding left in a tag that we make or enlarge
ID3V1: Final = 128
TEXTS: Final = ("TXXX", "TXX", "COMM", "COM", "USLT", "ULT")


def tags(source: Source) -> tuple[Tag, ...]:
    """Give the ID3v2 tags at the head of the file; more than one stands in a row where a tool did not look."""
    found: list[Tag] = []
    at = 0
    while id3.size_at(source, at) and len(found) < source.limits.depth:
        found.append(id3.tag_at(source, at))
        at = found[-1].end
    return tuple(found)


def read(source: Source) -> Survey:
    """Give every label in the ID3v2 tags and the APE tag, in file order."""
    readings: list[Reading] = []
    notices: list[Notice] = []
    for number, tag in enumerate(tags(source)):
        for frame in tag.frames:
            if frame.name not in TEXTS or frame.end - frame.data > source.limits.label:
                continue
            data = id3.data_of(tag, frame)
            at = tag.offset + id3.HEADER + frame.start
            if data is None:
                notices.append(Notice(kind=NoticeKind.UNREAD, offset=at, detail=f"ID3 {frame.name}"))
            elif (reading := _reading(frame, data, at, number)) is not None:
                readings.append(reading)
    readings += _ape_readings(source)
    return Survey(readings=tuple(readings), notices=tuple(notices))


def _reading(frame: Frame, data: bytes, offset: int, number: int) -> Reading | None:
    user = frame.name.startswith("TXX")
    held = id3.described_text(data if user else data[:1] + data[4:])
    if held is None:
        return None
    name, text = held[0].lstrip("\ufeff").rstrip("\0"), held[1].lstrip("\ufeff")
    if not user and not (text.lstrip().startswith("{") and '"Label"' in text):
        return None
    if user and KEY not in name.upper():
        return None
    repairs = []
    if user and name != KEY:
        repairs.append(Repair.NAME_CASE if name.upper() == KEY else Repair.NAME_CONTAINS)
    if text.endswith("\0"):
        text = text.rstrip("\0")  # a terminator is allowed and many writers put one
    return Reading(
        carrier=f"id3.{frame.name.lower()}",
        standing=Standing.PRIMARY if user and not number else Standing.COMPATIBLE,
        text=text,
        offset=offset,
        repairs=tuple(repairs),
        form=Form.BARE if user else Form.WRAPPED,
    )


def _ape_readings(source: Source) -> list[Reading]:
    found = ape.tag_of(source, _tail(source))
    return [
        Reading(carrier="ape", standing=Standing.COMPATIBLE, text=item.text, offset=item.offset, repairs=())
        for item in (found.items if found else ())
        if item.key.upper() == KEY
    ]


def _tail(source: Source) -> int:
    """Give where an ID3v1 tag begins, else the file's size."""
    at = source.size - ID3V1
    return at if at >= 0 and source.upto(at, 3) == b"TAG" else source.size


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label as the only AIGC frame; the padding gives or takes, the audio frames stay."""
    found = tags(source)
    audio = found[-1].end if found else 0
    if not found:
        return tidied([*_new_tag(text), *_without_ape(source, 0)])
    first = found[0]
    pieces: list[Piece] = list(_edited(source, first, text))
    for tag in found[1:]:
        pieces += _second(source, tag)
    return tidied([*pieces, *_without_ape(source, audio)])


def _new_tag(text: str) -> Plan:
    frame = id3.text_frame(4, KEY, text)
    body = frame + b"\0" * ROOM
    return (b"ID3\x04\0\0" + id3.to_syncsafe(len(body)) + body,)


def _edited(source: Source, tag: Tag, text: str) -> Plan:
    """Give the first tag anew: its frames in their order, ours last, the size kept where the padding allows."""
    frame = id3.text_frame(tag.version, KEY, text)
    held = [part for part in tag.frames if _is_label(tag, part)]
    kept = [part for part in tag.frames if part not in held]
    if (
        len(held) == 1
        and held[0] is tag.frames[-1]
        and tag.body.at(held[0].start, held[0].end - held[0].start) == frame
    ):
        return (Keep(tag.offset, tag.size),)
    whole = bool(tag.flags & id3.UNSYNCHRONISED) and tag.version < 4
    extended = tag.body.at(0, tag.frames_start)
    flags = tag.flags & ~id3.FOOTER
    if (
        whole
    ):  # written plainly: ffmpeg misreads frames of an unsynchronised 2.3 tag, and every player skips tags by size
        flags &= ~id3.UNSYNCHRONISED
        body = extended + b"".join(tag.body.at(p.start, p.end - p.start) for p in kept) + frame
        pieces: list[Piece] = [body]
    else:
        base = tag.offset + id3.HEADER
        pieces = [extended, *(Keep(base + part.start, part.end - part.start) for part in kept), frame]
    length = sum(piece.length if isinstance(piece, Keep) else len(piece) for piece in pieces)
    room = tag.size - id3.HEADER - length
    if room < 0 or tag.flags & id3.FOOTER:
        room = ROOM
    if length + room >= 1 << 28:
        raise MalformedFile(Bilingual("the ID3 tag is full", "ID3 标签已满"), offset=tag.offset)
    head = b"ID3" + source.at(tag.offset + 3, 2) + bytes((flags,)) + id3.to_syncsafe(length + room)
    return (head, *pieces, b"\0" * room)


def _is_label(tag: Tag, frame: Frame) -> bool:
    if frame.name not in TEXTS or frame.end - frame.data > tag.body.limits.label:
        return False
    data = id3.data_of(tag, frame)
    return data is not None and _reading(frame, data, 0, 0) is not None


def _second(source: Source, tag: Tag) -> Plan:
    """Give a further tag without any label: its frame becomes padding at its end, so nothing else moves."""
    if not any(_is_label(tag, frame) for frame in tag.frames):
        return (Keep(tag.offset, tag.size),)
    if tag.flags & id3.UNSYNCHRONISED and tag.version < 4:
        raise MalformedFile(
            Bilingual("a second, unsynchronised ID3 tag holds a label", "第二个（非同步）ID3 标签中含有标识"),
            offset=tag.offset,
        )
    base = tag.offset + id3.HEADER
    kept = [frame for frame in tag.frames if not _is_label(tag, frame)]
    pieces: list[Piece] = [Keep(tag.offset, id3.HEADER + tag.frames_start)]
    pieces += [Keep(base + frame.start, frame.end - frame.start) for frame in kept]
    gone = sum(frame.end - frame.start for frame in tag.frames if frame not in kept)
    return (*pieces, b"\0" * gone, Keep(base + tag.frames_end, tag.size - id3.HEADER - tag.frames_end))


def _without_ape(source: Source, start: int) -> Plan:
    """Give the audio and what is behind it, with AIGC items of an APE tag cut out."""
    end = _tail(source)
    found = ape.tag_of(source, end)
    if found is None or not any(item.key.upper() == KEY for item in found.items):
        return (Keep(start, source.size - start),)
    return (Keep(start, found.start - start), *ape.without(source, found, KEY), Keep(end, source.size - end))


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the MPEG frames (with their Xing or VBRI header): what lies between the leading and the trailing tags."""
    found = tags(source)
    start = found[-1].end if found else 0
    tail = _tail(source)
    held = ape.tag_of(source, tail)
    end = held.start if held else tail
    if end <= start:
        raise MalformedFile(Bilingual("there is no audio behind the tags", "标签之后没有音频数据"), offset=start)
    return (Keep(start, end - start),)
