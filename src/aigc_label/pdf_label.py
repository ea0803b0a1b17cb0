"""Reads the labels that a PDF document holds: in its document information, and in the XMP that is kept in step with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, MalformedFile
from aigc_label.evidence import Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars.pdf import Document
from aigc_label.grammars.pdf_objects import Dictionary, Name, Span, Text, Value
from aigc_label.grammars.pdf_xref import Indirect
from aigc_label.label import KEY

WORDS: Final = ("Label", "ContentProducer")


@dataclass(frozen=True, slots=True)
class Held:
    """A label in the document information: where its entry stands in the dictionary's bytes and in the file."""

    span: Span
    text: str
    repairs: tuple[Repair, ...]
    offset: int

    @property
    def name_is_exact(self) -> bool:
        return not {Repair.NAME_CASE, Repair.NAME_CONTAINS} & set(self.repairs)


def labels_of(document: Document) -> Survey:
    """Give the labels in the document information and in XMP; what cannot be read gives UNREAD notices."""
    readings, notices = [], []
    try:
        for held in in_info(document):
            readings.append(
                Reading(
                    carrier="pdf.info",
                    standing=Standing.PRIMARY,
                    text=held.text,
                    offset=held.offset,
                    repairs=held.repairs,
                )
            )
    except AigcLabelError as problem:
        notices.append(Notice(kind=NoticeKind.UNREAD, offset=problem.offset or 0, detail=f"Info: {problem.what.en}"))
    return merged([Survey(readings=tuple(readings), notices=tuple(notices)), in_xmp(document)])


def in_info(document: Document) -> Iterator[Held]:
    """Give the labels in the document information. Raises `MalformedFile` where a label's key stands twice: no reader
    shows both."""
    info = document.info
    for key, span in info.dictionary.spans.items() if info is not None else ():
        name = key.decode("utf-8", "replace")
        if info is None or KEY not in name.upper():
            continue
        text, repairs = _told(document, info, info.dictionary.get(key))
        if name != KEY:
            if name.upper() != KEY and not any(word in text for word in WORDS):
                continue  # other people's /MyAIGCScore stays theirs
            repairs = (*repairs, Repair.NAME_CASE if name.upper() == KEY else Repair.NAME_CONTAINS)
        if key in info.dictionary.repeated:
            raise MalformedFile(
                Bilingual(f"the key {name} stands twice", f"键 {name} 重复出现"), offset=info.place(span.start)
            )
        yield Held(span, text, repairs, info.place(span.start))


def _told(document: Document, held: Indirect, value: Value, depth: int = 0) -> tuple[str, tuple[Repair, ...]]:
    """Give a value as text. A dictionary is told as JSON, what is no string as it is spelt."""
    other = document.object(value)
    if other is not None:
        held, value = other, other.value
    if isinstance(value, Text):
        return _decoded(document.plain(held, value))
    if isinstance(value, Dictionary) and depth < 2:
        entries = {
            key.decode("utf-8", "replace"): _told(document, held, each, depth + 1)[0]
            for key, each in value.values.items()
        }
        import json  # nobody writes such labels

        return json.dumps(entries, ensure_ascii=False), (Repair.NESTED,)
    if isinstance(value, Name):
        return value.decode("utf-8", "replace"), (Repair.NESTED,)
    return str(value) if isinstance(value, int | float) else "", (Repair.NESTED,)


def _decoded(data: bytes) -> tuple[str, tuple[Repair, ...]]:
    """Give a text string (7.9.2.2): UTF-16 or UTF-8 behind a mark, else PDFDocEncoding, of which ASCII is what counts."""
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace"), ()
    if data.startswith(b"\xff\xfe"):
        return data[2:].decode("utf-16-le", "replace"), (Repair.ENCODING,)
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace"), ()
    if data.isascii():
        return data.decode("ascii"), ()
    from aigc_label.loose_label import decoded

    return decoded(data)[0], (Repair.ENCODING,)


def in_xmp(document: Document) -> Survey:
    held = document.metadata
    if held is None:
        return Survey()
    from aigc_label import loose_label, xmp_label  # most files have no XMP

    carrier, limits = "pdf.xmp", document.source.limits
    try:
        packet = document.content(held)
    except AigcLabelError as problem:
        notice = Notice(kind=NoticeKind.UNREAD, offset=held.offset, detail=f"XMP: {problem.what.en}")
        return Survey(notices=(notice,))
    if document.source.upto(held.body, len(packet)) == packet:
        return xmp_label.survey(packet, held.body, carrier, Standing.COMPATIBLE, limits)
    return loose_label.placed(xmp_label.survey(packet, 0, carrier, Standing.COMPATIBLE, limits), held.offset)


def together(current: Survey) -> Survey:
    """Leave out an XMP property that says what the document information says."""
    primary = [reading for reading in current.readings if reading.standing is Standing.PRIMARY]
    if len(primary) != 1:
        return current
    kept = tuple(reading for reading in current.readings if reading in primary or not in_step(reading, primary[0].text))
    return Survey(readings=kept, notices=current.notices)


def in_step(reading: Reading, text: str) -> bool:
    return (
        reading.carrier == "pdf.xmp"
        and reading.standing is Standing.COMPATIBLE
        and reading.text == text
        and not set(reading.repairs) - {Repair.ATTRIBUTE}
    )


def encoded(text: str) -> bytes:
    return text.encode() if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be", "replace")


def merged(surveys: Iterable[Survey]) -> Survey:
    """Give several surveys of one file as one, in file order."""
    parts = list(surveys)
    return Survey(
        readings=tuple(sorted((r for part in parts for r in part.readings), key=lambda reading: reading.offset)),
        notices=tuple(sorted((n for part in parts for n in part.notices), key=lambda notice: notice.offset)),
    )
