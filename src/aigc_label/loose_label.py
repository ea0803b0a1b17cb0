"""Finds label text that stands loose in bytes: in comments, in private chunks, behind a file's own end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, UnsupportedFormat
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.label import DRAFT_KEYS, KEY, SPELLING
from aigc_label.limits import Limits
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource, Source

WINDOW: Final = 1 << 20  # bytes looked through at each end of what follows a file
MOST: Final = 32  # candidates looked at in one run of bytes: more are an attack on our time
WALKED: Final = 8 << 20  # bytes of candidates walked through in one window: labels one after another come to its size
FIELD: Final = b"ContentProducer"  # no label can be read without it
WIDE: Final = b"\0".join(FIELD[at : at + 1] for at in range(len(FIELD)))  # in UTF-16 of either byte order
BEFORE: Final = 1024  # bytes before that field in which its label begins
QUOTES: Final = rb"""(?P<quote>"|\\"|&quot;|&#34;|&#x22;)"""
NAMES: Final = "|".join(sorted({KEY, *SPELLING.values(), *DRAFT_KEYS}, key=len, reverse=True)).encode()
START: Final = rb"(?i)\{\s{0,64}" + QUOTES + rb"(?:" + NAMES + rb")(?P=quote)\s{0,64}:"
NAME: Final = rb"(?i)" + QUOTES + rb"(" + NAMES + rb")(?P=quote)\s{0,64}:"
TOKEN: Final = rb'(?s)"[^"\\]*+(?:\\.[^"\\]*+)*(?:"|\\?\Z)|[{}]'  # the last string may have no end
BRACE: Final = rb"[{}]"
ARCHIVES: Final = {  # what is met behind pictures and is no row of the table of formats
    b"PK\3\4": "ZIP",
    b"%PDF-": "PDF",
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"MZ": "a Windows program",
    b"\x7fELF": "an ELF program",
    b"<!DOCTYPE": "HTML",
    b"<html": "HTML",
    b"<script": "HTML",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A JSON object that is meant as a label: the bytes `start..end`, and the text they spell."""

    start: int
    end: int
    text: str
    repairs: tuple[Repair, ...] = ()


def spans(data: bytes, limits: Limits) -> tuple[Span, ...]:
    """Give every JSON object in `data` that begins with a key of Annex E and holds at least two of them.

    An object without an end counts up to the next NUL: a label cut short is still a label, and judged as one.
    """
    found: list[Span] = []
    at = 0
    for _ in range(MOST):
        start = re.compile(START).search(data, at)
        if start is None:
            break
        token = TOKEN if start["quote"] == b'"' else BRACE
        end = _end_of(data, start.start(), token, limits.label)
        body = data[start.start() : end]
        if len({name[1].lower() for name in re.findall(NAME, body)}) < 2:
            at = max(start.end(), (start.start() + end) // 2)  # half-way: what it holds is not looked through again
            continue
        text, repairs = decoded(body)
        found.append(Span(start.start(), end, text, repairs))
        at = end
    return tuple(found)


def whole_spans(data: bytes, limits: Limits) -> Iterator[Span]:
    """Give the labels in `data` that can be read without a repair, in UTF-8 or UTF-16.

    Quick where there is hardly any: only what surrounds the name of a field is looked at. Raises `LimitExceeded` where
    candidates without an end overlap so often that looking at each would take quadratic time.
    """
    yield from _whole_spans(data, limits)
    if WIDE not in data:
        return
    starts: set[int] = set()
    for encoding in ("utf-16-le", "utf-16-be"):
        first = data.find(FIELD.decode().encode(encoding))
        for span in _whole_spans(data[first % 2 :].decode(encoding, "replace").encode(), limits) if first >= 0 else ():
            start = max(data.find(span.text.encode(encoding)), 0)
            if start + 1 not in starts:  # between NULs the other byte order reads the same, one byte further on
                starts.add(start)
                yield Span(start, start + 2 * len(span.text), span.text)


def _whole_spans(data: bytes, limits: Limits) -> Iterator[Span]:
    at, left = data.find(FIELD), WALKED
    while at >= 0:
        behind = at + len(FIELD)
        start = max(re.compile(START).finditer(data, max(0, at - BEFORE), behind + 8), key=re.Match.start, default=None)
        if start is not None:
            end = _end_of(data, start.start(), TOKEN if start["quote"] == b'"' else BRACE, limits.label)
            left -= end - start.start()
            if left < 0:
                raise LimitExceeded(
                    Bilingual("there are too many beginnings of labels", "标识文本的开头过多"), limit="items", offset=at
                )
            text, repairs = decoded(data[start.start() : end])
            if end > at and not repairs:
                yield Span(start.start(), end, text)
                behind = end
        at = data.find(FIELD, behind)


def _end_of(data: bytes, start: int, token: bytes, most: int) -> int:
    depth = 0
    for found in re.compile(token).finditer(data, start, start + most):
        if found[0] == b"{":
            depth += 1
        elif found[0] == b"}":
            depth -= 1
            if depth == 0:
                return found.end()
    nul = data.find(b"\0", start, start + most)
    return nul if nul >= 0 else min(len(data), start + most)


def decoded(data: bytes) -> tuple[str, tuple[Repair, ...]]:
    """Give the text of bytes that ought to be UTF-8, and the repair it took where they are not."""
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace"), (Repair.ENCODING,)


def survey(data: bytes, offset: int, carrier: str, standing: Standing, limits: Limits) -> Survey:
    """Give the labels that stand loose in `data`, which begins at `offset` of its file."""
    return Survey(
        readings=tuple(
            Reading(
                carrier=carrier,
                standing=standing,
                text=span.text,
                offset=offset + span.start,
                repairs=span.repairs,
                form=Form.WRAPPED,
            )
            for span in spans(data, limits)
        )
    )


def placed(survey: Survey, offset: int, *repairs: Repair) -> Survey:
    """Put all that a survey found at one offset: that of the structure which encodes it (compressed, in sub-blocks)."""
    return Survey(
        readings=tuple(replace(r, offset=offset, repairs=(*r.repairs, *repairs)) for r in survey.readings),
        notices=tuple(replace(n, offset=offset) for n in survey.notices),
    )


def without(data: bytes, limits: Limits) -> bytes:
    """Give the bytes with every loose label cut out; empty where nothing but white space and NULs is left."""
    for span in reversed(spans(data, limits)):
        data = data[: span.start] + data[span.end :]
    return data if data.strip(b" \t\r\n\0") else b""


def behind(source: Source, end: int, carrier: str) -> Survey:
    """Give what stands behind the format's own end: a TRAILING notice, POLYGLOT where it begins like another format,
    and the labels in its first and last MiB, which no reader of the format sees (HIDDEN).

    No plan touches these bytes: they are not the format's, and may be another file.
    """
    if end >= source.size:
        return Survey()
    count = source.size - end
    notices = [
        Notice(kind=NoticeKind.TRAILING, offset=end, detail=f"{count} bytes behind the end of the file's format")
    ]
    other = _other_format(source, end)
    if other:
        notices.append(Notice(kind=NoticeKind.POLYGLOT, offset=end, detail=f"they begin like {other}"))
    readings = [
        reading
        for at, data in windows(source, end)
        for reading in survey(data, at, carrier, Standing.HIDDEN, source.limits).readings
    ]
    return Survey(readings=tuple(readings), notices=tuple(notices))


def windows(source: Source, end: int) -> list[tuple[int, bytes]]:
    """Give what follows `end` as (offset, bytes); of more than two MiB, the first and the last."""
    if end >= source.size:
        return []
    if source.size - end <= 2 * WINDOW:
        return [(end, source.upto(end, source.size - end))]
    return [(at, source.upto(at, WINDOW)) for at in (end, source.size - WINDOW)]


def _other_format(source: Source, at: int) -> str:
    head = source.upto(at, 4096)
    known = next((name for magic, name in ARCHIVES.items() if head.lstrip()[: len(magic)] == magic), "")
    if known:
        return known
    try:
        return sniff(BytesSource(head)).title
    except UnsupportedFormat:
        return ""
