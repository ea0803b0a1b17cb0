"""Maps the bytes of a file: its media, the rest, and every candidate for a label with offset and length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aigc_label.adapters import adapter_of
from aigc_label.errors import AigcLabelError
from aigc_label.evidence import Evidence, Reading, Repair, Residue
from aigc_label.formats import BY_NAME
from aigc_label.sidecar import CARRIER
from aigc_label.source import Source

AROUND: Final = 4096  # bytes behind a reading's offset in which its text begins
ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")
ESCAPES: Final = (  # how carriers write the quotes and backslashes of a label's JSON
    (),
    (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;")),
    (("&", "&amp;"), ("<", "&lt;")),
    (("\\", "\\\\"), ('"', '\\"')),
    (("\\", "\\\\"), ("(", "\\("), (")", "\\)")),
)


class Content(StrEnum):
    """What a stretch of bytes holds."""

    MEDIA = "media"  # what no label may touch
    REST = "rest"  # structure and metadata
    LABEL = "label"  # the text of a reading
    TRACE = "trace"  # label-like bytes among all bytes
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Bytes from `start`; `length` is None where it is not known (compressed or split text, a notice).

    `number` is that of the reading, from 1; `name` its carrier, or the kind of a notice; `standing` that of the carrier.
    """

    start: int
    length: int | None
    content: Content
    name: str = ""
    standing: str = ""
    number: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "offset": self.start,
            "length": self.length,
            "content": str(self.content),
            "name": self.name,
            "standing": self.standing,
            "reading": self.number,
        }


def byte_map(source: Source, evidence: Evidence, raw: Iterable[Residue]) -> tuple[Stretch, ...]:
    """Give every stretch in the order of the file: media and rest cover it without gaps, the others lie in them."""
    found = [*_tiles(source, evidence)]
    for number, reading in enumerate(evidence.survey.readings, 1):
        if reading.carrier != CARRIER:  # that is another file
            found.append(_label(source, number, reading))
    found += [Stretch(start=one.offset, length=None, content=Content.TRACE) for one in raw]
    found += [
        Stretch(start=notice.offset, length=None, content=Content.NOTICE, name=str(notice.kind))
        for notice in evidence.survey.notices
    ]
    return tuple(sorted(found, key=lambda stretch: stretch.start))


def _tiles(source: Source, evidence: Evidence) -> Iterator[Stretch]:
    """Give media and rest. Where the media cannot be told apart, because the file is damaged, all is rest."""
    at = 0
    for start, end in _media(source, evidence):
        if start > at:
            yield Stretch(start=at, length=start - at, content=Content.REST)
        yield Stretch(start=start, length=end - start, content=Content.MEDIA)
        at = end
    if at < source.size:
        yield Stretch(start=at, length=source.size - at, content=Content.REST)


def _media(source: Source, evidence: Evidence) -> list[tuple[int, int]]:
    row = BY_NAME[evidence.format]
    if not row.adapter:
        return []
    try:
        kept = sorted((keep.offset, keep.end) for keep in adapter_of(row).payload(source) if keep.length)
    except AigcLabelError:
        return []
    joined: list[tuple[int, int]] = []
    for start, end in kept:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _label(source: Source, number: int, reading: Reading) -> Stretch:
    start, length = _text_at(source, reading)
    return Stretch(
        start=start,
        length=length,
        content=Content.LABEL,
        name=reading.carrier,
        standing=str(reading.standing),
        number=number,
    )


def _text_at(source: Source, reading: Reading) -> tuple[int, int | None]:
    """Find the text of a reading in the bytes at its offset, in the spellings that carriers have for it."""
    if Repair.COMPRESSED in reading.repairs:  # another copy may stand in plain text behind it
        return reading.offset, None
    window = source.upto(reading.offset, AROUND + 12 * len(reading.text))
    for escape in ESCAPES:
        text = reading.text
        for plain, escaped in escape:
            text = text.replace(plain, escaped)
        for encoding in ENCODINGS:
            written = text.encode(encoding, "surrogatepass")
            at = window.find(written) if written else -1
            if at >= 0:
                return reading.offset + at, len(written)
    return reading.offset, None
