"""Finds labels in the text tags of an EXIF block, and blanks them there, whichever container carries the block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label import loose_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import tiff
from aigc_label.limits import DEFAULT_LIMITS, Limits
from aigc_label.source import BytesSource, Source

USER_COMMENT: Final = 0x9286
TEXT_TAGS: Final = {  # tag -> carrier part; UserComment is the guide's alternative (Annex B), the others are only met
    USER_COMMENT: "usercomment",
    0x010D: "documentname",
    0x010E: "imagedescription",
    0x010F: "make",
    0x0110: "model",
    0x0131: "software",
    0x013B: "artist",
    0x8298: "copyright",
    0x9C9B: "xptitle",
    0x9C9C: "xpcomment",
    0x9C9D: "xpauthor",
    0x9C9E: "xpkeywords",
    0x9C9F: "xpsubject",
}
XP: Final = range(0x9C9B, 0x9CA0)  # UTF-16LE, whatever the block's byte order
CODE: Final = 8  # bytes of UserComment's character code (EXIF 2.3, 4.6.5)
UNICODE: Final = b"UNICODE\0"
PLAIN_CODES: Final = (b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"\0" * CODE)
WIDE: Final = tuple("ContentProducer".encode(encoding) for encoding in ("utf-16-le", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Found:
    """A label in a text tag: the bytes `start..end` that blanking would overwrite with `blank`."""

    tag: int
    start: int
    end: int
    blank: bytes
    text: str
    repairs: tuple[Repair, ...]


def survey(block: bytes, offset: int, carrier: str, limits: Limits) -> Survey:
    """Give the labels in an EXIF block (a TIFF header and its directories) that begins at `offset` of its file.

    Label text outside the text tags (a maker note, the thumbnail's own metadata) is read as HIDDEN. Damage gives a
    notice; the rest of the block is still read.
    """
    source = BytesSource(block, limits=limits)
    found = list(_found(source))
    tags = _survey(found, offset, carrier)
    covered = [(one.start, one.end) for one in found if isinstance(one, Found)]
    hidden = tuple(
        Reading(
            carrier=f"{carrier}.elsewhere",
            standing=Standing.HIDDEN,
            text=span.text,
            offset=offset + span.start,
            repairs=span.repairs,
            form=Form.WRAPPED,
        )
        for span in _loose(block, covered, limits)
    )
    notices = tags.notices
    if notices and any(word in block for word in WIDE):
        notices = (Notice(kind=NoticeKind.UNREAD, offset=offset, detail="EXIF: a label in a damaged block"),)
    return Survey(readings=tags.readings + hidden, notices=notices)


def survey_tags(source: Source, carrier: str) -> Survey:
    """Give the labels in the text tags of a whole TIFF file, page by page."""
    return _survey(list(_found(source)), 0, carrier)


def _survey(found: list[Found | AigcLabelError], offset: int, carrier: str) -> Survey:
    readings, notices = [], []
    for one in found:
        if isinstance(one, AigcLabelError):
            kind = NoticeKind.UNREAD if isinstance(one, LimitExceeded) else NoticeKind.DAMAGED
            notices.append(Notice(kind=kind, offset=offset + (one.offset or 0), detail=f"EXIF: {one.what.en}"))
            continue
        readings.append(
            Reading(
                carrier=f"{carrier}.{TEXT_TAGS[one.tag]}",
                standing=Standing.ALTERNATIVE if one.tag == USER_COMMENT else Standing.COMPATIBLE,
                text=one.text,
                offset=offset + one.start,
                repairs=one.repairs,
                form=Form.WRAPPED,
            )
        )
    return Survey(readings=tuple(readings), notices=tuple(notices))


def blanks(source: Source) -> list[tuple[int, int, bytes]]:
    """Give the edits `(start, end, new)` that blank every label in an EXIF block, those outside its text tags too.

    Sizes stay the same, so nothing in the block moves: maker notes with absolute offsets survive.
    """
    block = source.at(0, source.size)
    edits = blanks_of_tags(source)
    for span in loose_label.spans(block, source.limits):
        edits.append((span.start, span.end, b" " * (span.end - span.start)))
    return _united(edits)


def blanks_of_tags(source: Source) -> list[tuple[int, int, bytes]]:
    """Give the edits that blank every label in the text tags of a whole TIFF file."""
    return _united([(one.start, one.end, one.blank) for one in _found(source) if isinstance(one, Found)])


def _united(edits: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """Join edits that overlap, as values do in a block made to mislead."""
    out: list[tuple[int, int, bytes]] = []
    for start, end, blank in sorted(edits):
        if out and start < out[-1][1]:
            before = out.pop()
            more = max(0, end - before[1])
            out.append((before[0], before[1] + more, before[2] + blank[len(blank) - more :]))
        else:
            out.append((start, end, blank))
    return out


def _loose(block: bytes, covered: list[tuple[int, int]], limits: Limits) -> Iterator[loose_label.Span]:
    for span in loose_label.spans(block, limits):
        if not any(start < span.end and span.start < end for start, end in covered):
            yield span


def _found(source: Source) -> Iterator[Found | AigcLabelError]:
    """Give each label once, where two directories share a value too; and each thing that keeps us from reading on."""
    seen: set[tuple[int, int]] = set()
    outside: AigcLabelError | None = None
    left = source.size  # values that do not overlap are no longer together than the file
    try:
        for directory in tiff.walk(source):
            if isinstance(directory, tiff.Unreadable):
                yield directory.problem
                continue
            for entry in _texts(source, directory):
                place = (entry.value_offset, entry.value_length)
                if place in seen:
                    continue
                seen.add(place)
                if entry.value_offset + entry.value_length > source.size:
                    outside = MalformedFile(Bilingual("a text lies outside", "文本超出范围"), offset=entry.at)
                    continue
                left -= entry.value_length
                if left < 0:
                    raise MalformedFile(
                        Bilingual("texts share the same bytes", "多个文本占用相同的字节"), offset=entry.at
                    )
                yield from _labels_in(source.at(*place), entry, little=directory.header.little)
        if outside is not None:
            yield outside
    except AigcLabelError as problem:
        yield problem


def _texts(source: Source, directory: tiff.Directory) -> Iterator[tiff.Entry]:
    for entry in directory.entries:
        if entry.tag in TEXT_TAGS and CODE < entry.value_length <= source.limits.label:
            yield entry


def _labels_in(data: bytes, entry: tiff.Entry, *, little: bool) -> Iterator[Found]:
    """Give the labels of one value: the value itself where it is a label, or the part of it that is one."""
    at = CODE if entry.tag == USER_COMMENT and data[:CODE] in (UNICODE, *PLAIN_CODES) else 0
    text, encoding, repairs = _decoded(data[at:], _encodings(data, entry.tag, little=little))
    if entry.tag == USER_COMMENT and at == 0:
        repairs = (Repair.ENCODING, *repairs)  # no character code before the text
    start = entry.value_offset + at
    bare = text.rstrip("\0")
    if _is_label(bare):
        length = len(data[at:].rstrip(b"\0")) if " ".encode(encoding) == b" " else len(bare.encode(encoding))
        yield Found(entry.tag, start, start + length, _spaces(length, encoding), bare, repairs)
        return
    stored = text.encode()
    for span in loose_label.spans(stored, DEFAULT_LIMITS):
        first = start + len(stored[: span.start].decode().encode(encoding))
        length = len(span.text.encode(encoding))
        yield Found(entry.tag, first, first + length, _spaces(length, encoding), span.text, repairs)


def _spaces(length: int, encoding: str) -> bytes:
    """Give a blank of so many bytes: spaces are how EXIF leaves a text unknown, and NULs within one are a fault."""
    space = " ".encode(encoding)
    return space * (length // len(space))


def _is_label(text: str) -> bool:
    """Tell whether a value is meant as a label from its first character on, however broken it is."""
    names = {name[1].lower() for name in re.findall(loose_label.NAME, text.encode())}
    return len(names) > 1 and text.lstrip("\ufeff \t\r\n").startswith(("{", '"{', "&quot;"))


def _encodings(data: bytes, tag: int, *, little: bool) -> tuple[str, ...]:
    """Give the encodings a value may be in, the right one first."""
    if tag in XP:
        return ("utf-16-le",)
    if tag == USER_COMMENT and data[:CODE] == UNICODE:  # in the block's byte order; some writers take the other
        return ("utf-16-le", "utf-16-be", "utf-8") if little else ("utf-16-be", "utf-16-le", "utf-8")
    return ("utf-8",)


def _decoded(data: bytes, encodings: tuple[str, ...]) -> tuple[str, str, tuple[Repair, ...]]:
    """Give the text, the encoding that it is in, and the repair that took."""
    for encoding in encodings:
        text = data.decode(encoding, "replace")
        if "\ufffd" not in text and (len(encodings) == 1 or "Label" in text):
            return text, encoding, (Repair.ENCODING,) if encoding == "utf-8" and len(encodings) > 1 else ()
    return data.decode("gb18030", "replace"), "gb18030", (Repair.ENCODING,)
