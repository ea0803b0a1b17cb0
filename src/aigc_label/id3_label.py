"""Reads and writes the label inside an ID3v2 tag, whichever container carries the tag."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import id3
from aigc_label.grammars.id3 import Frame, Tag
from aigc_label.label import KEY
from aigc_label.source import Source
from aigc_label.splice import Keep, Piece, Plan, length_of

ROOM: Final = 1024  # padding left in a tag that we make or enlarge
TEXTS: Final = ("TXXX", "TXX", "COMM", "COM", "USLT", "ULT")


def survey(tag: Tag, carrier: str, standing: Standing) -> Survey:
    """Give the labels in a tag; offsets are in the source that the tag was read from.

    `standing` is that of a TXXX frame; comments and lyrics that hold a label are never more than compatible.
    """
    readings: list[Reading] = []
    notices: list[Notice] = []
    for frame in tag.frames:
        if frame.name not in TEXTS:
            continue
        at = tag.offset + id3.HEADER + frame.start
        if frame.end - frame.data > tag.body.limits.label:
            if KEY.encode() in tag.body.upto(frame.data, 16).replace(b"\0", b""):
                detail = f"ID3 {frame.name}: a label of {frame.end - frame.data} bytes"
                notices.append(Notice(kind=NoticeKind.UNREAD, offset=at, detail=detail))
            continue
        data = id3.data_of(tag, frame)
        if data is None:
            notices.append(Notice(kind=NoticeKind.UNREAD, offset=at, detail=f"ID3 {frame.name}"))
        elif (held := _held(frame, data)) is not None:
            text, repairs = held
            user = frame.name.startswith("TXX")
            reading = Reading(
                carrier=f"{carrier}.{frame.name.lower()}",
                standing=standing if user else Standing.COMPATIBLE,
                text=text,
                offset=at,
                repairs=repairs,
                form=Form.BARE if user else Form.WRAPPED,
            )
            readings.append(reading)
    return Survey(readings=tuple(readings), notices=tuple(notices))


def _held(frame: Frame, data: bytes) -> tuple[str, tuple[Repair, ...]] | None:
    """Give the label text in a frame and what it takes to see it as one; None where the frame is something else."""
    user = frame.name.startswith("TXX")
    pair = id3.described_text(data if user else data[:1] + data[4:])
    if pair is None:
        return None
    name, text = pair[0].lstrip("\ufeff").rstrip("\0"), pair[1].lstrip("\ufeff").rstrip("\0")
    if not user:
        return (text, ()) if text.lstrip().startswith("{") and '"Label"' in text else None
    if KEY not in name.upper():
        return None
    if name == KEY:
        return text, ()
    return text, (Repair.NAME_CASE if name.upper() == KEY else Repair.NAME_CONTAINS,)


def is_label(tag: Tag, frame: Frame) -> bool:
    """Tell whether a frame holds a label."""
    if frame.name not in TEXTS or frame.end - frame.data > tag.body.limits.label:
        return False
    data = id3.data_of(tag, frame)
    return data is not None and _held(frame, data) is not None


def new_tag(text: str) -> bytes:
    """Give a tag (2.4) that holds the label and room for a longer one."""
    body = id3.text_frame(4, KEY, text) + b"\0" * ROOM
    return b"ID3\x04\0\0" + id3.to_syncsafe(len(body)) + body


def with_label(source: Source, tag: Tag, text: str) -> Plan:
    """Give the tag anew as pieces of `source`: its frames in their order, the label last, the size kept where it fits.

    Raises `MalformedFile` where the tag cannot grow.
    """
    frame = id3.text_frame(tag.version, KEY, text)
    held = [part for part in tag.frames if is_label(tag, part)]
    kept = [part for part in tag.frames if part not in held]
    last = tag.frames[-1] if tag.frames else None
    if held == [last] and last is not None and tag.body.at(last.start, last.end - last.start) == frame:
        return (Keep(tag.offset, tag.size),)
    flags = tag.flags & ~id3.FOOTER
    extended = tag.body.at(0, tag.frames_start)
    if tag.flags & id3.UNSYNCHRONISED and tag.version < 4:
        # written plainly: ffmpeg misreads frames of an unsynchronised 2.3 tag, and every player skips tags by their size
        flags &= ~id3.UNSYNCHRONISED
        pieces: list[Piece] = [extended, *(tag.body.at(p.start, p.end - p.start) for p in kept), frame]
    else:
        base = tag.offset + id3.HEADER
        pieces = [extended, *(Keep(base + part.start, part.end - part.start) for part in kept), frame]
    length = sum(map(length_of, pieces))
    room = tag.size - id3.HEADER - length
    if room < 0 or tag.flags & id3.FOOTER:
        room = ROOM
    if length + room >= 1 << 28:
        raise MalformedFile(Bilingual("the ID3 tag is full", "ID3 标签已满"), offset=tag.offset)
    head = b"ID3" + source.at(tag.offset + 3, 2) + bytes((flags,)) + id3.to_syncsafe(length + room)
    return (head, *pieces, b"\0" * room)


def without_label(tag: Tag) -> Plan:
    """Give a further tag without any label: its frame becomes padding at the tag's end, so nothing else moves."""
    held = [frame for frame in tag.frames if is_label(tag, frame)]
    if not held:
        return (Keep(tag.offset, tag.size),)
    if tag.flags & id3.UNSYNCHRONISED and tag.version < 4:
        raise MalformedFile(
            Bilingual("a second, unsynchronised ID3 tag holds a label", "第二个（非同步）ID3 标签中含有标识"),
            offset=tag.offset,
        )
    base = tag.offset + id3.HEADER
    pieces: list[Piece] = [Keep(tag.offset, id3.HEADER + tag.frames_start)]
    pieces += [Keep(base + frame.start, frame.end - frame.start) for frame in tag.frames if frame not in held]
    gone = sum(frame.end - frame.start for frame in held)
    return (*pieces, b"\0" * gone, Keep(base + tag.frames_end, tag.size - id3.HEADER - tag.frames_end))
