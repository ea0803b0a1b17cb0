"""Finds labels in the text tags of an EXIF block, and blanks them there, whichever container carries the block."""

from __future__ import annotations

from typing import Final

from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import tiff
from aigc_label.label import KEY
from aigc_label.limits import Limits
from aigc_label.source import BytesSource, Source

USER_COMMENT: Final = 0x9286
TEXT_TAGS: Final = {  # tag -> carrier part; UserComment is the guide's alternative (Annex B), the others are only met
    USER_COMMENT: "usercomment",
    0x010E: "imagedescription",
    0x013B: "artist",
    0x8298: "copyright",
    0x010F: "make",
    0x0110: "model",
    0x0131: "software",
    0x9C9B: "xptitle",
    0x9C9C: "xpcomment",
}
MARKS: Final = ('"Label"', "ContentProducer", f'"{KEY}"', "&quot;Label&quot;")


def survey(block: bytes, offset: int, carrier: str, limits: Limits) -> Survey:
    """Give the labels in an EXIF block (a TIFF header and its directories) that begins at `offset` of its file.

    Damage gives an UNREAD notice; the rest of the file is still judged.
    """
    readings = []
    try:
        for held in _held(BytesSource(block, limits=limits)):
            tag, text, start, repairs = held
            standing = Standing.ALTERNATIVE if tag == USER_COMMENT else Standing.COMPATIBLE
            readings.append(
                Reading(
                    carrier=f"{carrier}.{TEXT_TAGS[tag]}",
                    standing=standing,
                    text=text,
                    offset=offset + start,
                    repairs=repairs,
                    form=Form.WRAPPED,
                )
            )
    except AigcLabelError as problem:
        notice = Notice(kind=NoticeKind.UNREAD, offset=offset, detail=f"EXIF: {problem.what.en}")
        return Survey(readings=tuple(readings), notices=(notice,))
    return Survey(readings=tuple(readings))


def blanks(source: Source) -> list[tuple[int, int, bytes]]:
    """Give the edits `(start, end, new)` that blank every label in the text tags of a TIFF structure.

    Sizes stay the same, so nothing else in the block moves: maker notes with absolute offsets survive.
    """
    edits = []
    for directory in tiff.directories(source):
        for entry in directory.entries:
            if entry.tag in TEXT_TAGS and _label_text(source, directory, entry) is not None:
                start, end = entry.value_offset, entry.value_offset + entry.value_length
                keep = 8 if entry.tag == USER_COMMENT and entry.value_length >= 8 else 0
                edits.append((start + keep, end, b"\0" * (end - start - keep)))
    return edits


def _held(source: Source) -> list[tuple[int, str, int, tuple[Repair, ...]]]:
    found = []
    for directory in tiff.directories(source):
        for entry in directory.entries:
            if entry.tag in TEXT_TAGS:
                held = _label_text(source, directory, entry)
                if held is not None:
                    found.append((entry.tag, held[0], entry.value_offset, held[1]))
    return found


def _label_text(source: Source, directory: tiff.Directory, entry: tiff.Entry) -> tuple[str, tuple[Repair, ...]] | None:
    if not 8 <= entry.value_length <= source.limits.label:
        return None
    data = source.at(entry.value_offset, entry.value_length)
    text, repairs = _decoded(data, directory.header.little, entry.tag)
    return (text, repairs) if any(mark in text for mark in MARKS) else None


def _decoded(data: bytes, little: bool, tag: int) -> tuple[str, tuple[Repair, ...]]:
    repairs: list[Repair] = []
    encoding = "utf-8"
    if tag == USER_COMMENT:
        code, rest = data[:8], data[8:]
        if code == b"UNICODE\0":
            encoding, data = ("utf-16-le" if little else "utf-16-be"), rest
        elif code in (b"ASCII\0\0\0", b"\0" * 8, b"JIS\0\0\0\0\0"):
            data = rest
        else:
            repairs.append(Repair.ENCODING)  # no character code before the text
    elif tag >= 0x9C9B:
        encoding = "utf-16-le"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
        repairs.append(Repair.ENCODING)
    return text.rstrip("\0"), tuple(repairs)
