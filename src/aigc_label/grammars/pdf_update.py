"""Spells one more revision of a PDF file (ISO 32000-2, 7.5.6): what is appended when it is saved without being rewritten."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.grammars.pdf import Document
from aigc_label.grammars.pdf_objects import Text, hexadecimal
from aigc_label.grammars.pdf_xref import Indirect, Rows

LARGEST: Final = 9_999_999_999  # the largest offset that a classic table can state
OF_SECTIONS: Final = (
    *(b"Prev", b"Size", b"XRefStm", b"Type", b"W", b"Index", b"Filter", b"DecodeParms", b"Length", b"F", b"FFilter"),
    *(b"FDecodeParms", b"DL"),
)  # entries of a trailer that describe its own section
OF_STREAMS: Final = tuple(b"Length Filter DecodeParms F FFilter FDecodeParms DL".split())  # how stream data are stored


@dataclass(frozen=True, slots=True)
class Change:
    """An object as it will be: `body` is what stands between `obj` and `endobj`."""

    number: int
    generation: int
    body: bytes


def respelt(document: Document, held: Indirect, edits: Mapping[tuple[int, int], bytes]) -> bytes:
    """Give an object's value with ranges of it exchanged (offsets as its spans count them), all else as it stands.

    Strings of an object that leaves an object stream are encrypted on the way where the file is: they were encrypted with
    the stream until now.
    """
    start, end = held.dictionary.span
    changed = dict(edits)
    if document.cipher is not None and not held.offset:
        for span, text in held.parser.strings:
            if not any(from_ <= span.start < to for from_, to in edits):
                closed = document.cipher.closed(held.number, held.generation, bytes(text), document.cipher.strings)
                changed[span] = hexadecimal(closed)
    out: list[bytes] = []
    at = start
    for (from_, to), new in sorted(changed.items()):
        out += (held.raw[at:from_], new)
        at = to
    return b"".join((*out, held.raw[at:end]))


def revision(document: Document, lead: bytes, changes: Iterable[Change], entries: Mapping[bytes, bytes]) -> bytes:
    """Give the bytes to append: `lead` (a comment), the changed objects, a section for them, its trailer.

    `entries` are trailer entries to set; all others stay. The section is of the kind of the newest one; where that was
    broken it is a classic table of every object, which puts the file right. Raises `UnsupportedFormat` where an offset is
    too large for the kind.
    """
    at = document.source.size
    out = [lead]
    at += len(lead)
    places: dict[int, tuple[int, int]] = {}
    for change in changes:
        places[change.number] = at - document.shift, change.generation
        spelt = b"%d %d obj\n%s\nendobj\n" % (change.number, change.generation, change.body)
        out.append(spelt)
        at += len(spelt)
    if at > LARGEST:
        raise UnsupportedFormat(
            Bilingual("the file is too large for its cross-reference", "文件过大，超出交叉引用表的范围")
        )
    start = at - document.shift
    size = max(document.free_number, *(number + 1 for number in places))
    trailer = _entries(document, entries, _identifier(b"".join(out)))
    newest = document.sections[0]
    if isinstance(newest, Rows):
        places[size] = start, 0
        out.append(_stream(size, places, trailer + b"/Prev %d" % newest.start))
    else:
        if document.rebuilt:
            places = newest.everything() | places
            trailer += b"/Size %d" % size
        else:
            trailer += b"/Size %d/Prev %d" % (size, newest.start)
        out.append(_table(places, document.rebuilt) + b"trailer\n<<" + trailer + b">>\n")
    out.append(b"startxref\n%d\n%%%%EOF\n" % start)
    return b"".join(out)


def _entries(document: Document, entries: Mapping[bytes, bytes], digest: bytes) -> bytes:
    """Give the trailer's entries but for those of the section, as they stood; the file's second identifier is new
    (14.4: it changes whenever the file does)."""
    old, raw = document.trailer, document.sections[0].raw
    kept = [
        raw[a:b] for key, (a, b) in old.spans.items() if key not in OF_SECTIONS and key not in entries and key != b"ID"
    ]
    ids = old.get(b"ID")
    if isinstance(ids, list) and len(ids) == 2 and isinstance(ids[0], Text):
        kept.append(b"/ID[" + hexadecimal(ids[0]) + hexadecimal(digest) + b"]")
    elif b"ID" in old.spans:
        kept.append(raw[slice(*old.spans[b"ID"])])
    return b"".join((*kept, *(b"/" + key + b" " + value for key, value in entries.items())))


def _identifier(data: bytes) -> bytes:
    """Give 16 bytes that differ for other content; it is no proof of anything, so it need be no digest."""
    return b"".join(zlib.crc32(data[part::4]).to_bytes(4, "big") for part in range(4))


def _runs(places: Mapping[int, tuple[int, int]]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in sorted(places):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _table(places: Mapping[int, tuple[int, int]], whole: bool) -> bytes:
    out = [b"xref\n"]
    if whole:
        out.append(b"0 1\n0000000000 65535 f \n")
    for run in _runs(places):
        out.append(b"%d %d\n" % (run[0], len(run)))
        out += (b"%010d %05d n \n" % places[number] for number in run)
    return b"".join(out)


def _stream(number: int, places: Mapping[int, tuple[int, int]], trailer: bytes) -> bytes:
    wide = max(3, (max(offset for offset, _ in places.values()).bit_length() + 7) // 8)
    rows = b"".join(
        b"\1" + places[each][0].to_bytes(wide, "big") + places[each][1].to_bytes(2, "big") for each in sorted(places)
    )
    index = b" ".join(b"%d %d" % (run[0], len(run)) for run in _runs(places))
    dictionary = b"/Type/XRef/Size %d/Index[%s]/W[1 %d 2]/Length %d" % (number + 1, index, wide, len(rows))
    return b"%d 0 obj\n<<%s%s>>\nstream\n%s\nendstream\nendobj\n" % (number, dictionary, trailer, rows)
