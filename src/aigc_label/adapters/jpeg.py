"""Labels JPEG pictures: XMP in an APP1 segment; reads EXIF, comments, Extended XMP and what hides behind the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aigc_label import exif_label, xmp_label
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Standing, Survey
from aigc_label.grammars import jpeg
from aigc_label.grammars.jpeg import Segment
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, replaced

XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED: Final = b"http://ns.adobe.com/xmp/extension/\0"
EXIF: Final = b"Exif\0\0"
APP1: Final = 0xE1
APP11: Final = 0xEB
EARLY: Final = (0xE0, APP1)  # JFIF and EXIF want to be first; our packet stands right behind them


def read(source: Source) -> Survey:
    """Give every label text of the picture, its thumbnail's and trailing pictures' left to the deep scan."""
    found: list[Survey] = []
    notices: list[Notice] = []
    extended: list[Segment] = []
    scan = 0
    for part in jpeg.segments(source):
        if part.marker == jpeg.SOS:
            scan = part.end
        elif part.marker == APP1:
            head = source.upto(part.offset + 4, len(EXTENDED))
            if head.startswith(XMP):
                found.append(_xmp(source, part))
            elif head == EXTENDED:
                extended.append(part)
            elif head.startswith(EXIF):
                block = part.data(source)[len(EXIF) :]
                found.append(exif_label.survey(block, part.offset + 4 + len(EXIF), "jpeg.app1.exif", source.limits))
        elif part.marker == jpeg.COM or jpeg.APP0 <= part.marker <= jpeg.APP15:
            found.append(_loose(source, part, notices))
    found.append(_extended(source, extended))
    notices += _trailing(source, scan)
    return xmp_label.merged([*found, Survey(notices=tuple(notices))])


def _xmp(source: Source, part: Segment) -> Survey:
    packet = part.data(source)[len(XMP) :]
    return xmp_label.survey(packet, part.offset + 4 + len(XMP), "jpeg.app1.xmp", Standing.PRIMARY, source.limits)


def _loose(source: Source, part: Segment, notices: list[Notice]) -> Survey:
    """COM and APPn segments: labels met there in the wild, and Content Credentials in APP11."""
    head = source.upto(part.offset + 4, 4096)
    if part.marker == APP11 and head.startswith(b"JP") and b"jumb" in head[:64]:
        if not any(notice.kind is NoticeKind.C2PA for notice in notices):
            notices.append(Notice(kind=NoticeKind.C2PA, offset=part.offset, detail="APP11 JUMBF"))
        return Survey()
    at = _label_start(head)
    if at is None:
        return Survey()
    text = part.data(source)[at:].decode("utf-8", "replace")
    kind = "com" if part.marker == jpeg.COM else f"app{part.marker - jpeg.APP0}"
    offset = part.offset + 4 + at
    carrier, standing = f"jpeg.{kind}", Standing.COMPATIBLE
    return Survey(readings=(Reading(carrier=carrier, standing=standing, text=text, offset=offset, form=Form.WRAPPED),))


def _label_start(data: bytes) -> int | None:
    """Give where label text begins: `{"AIGC":`, `{"Label":`, or PicWish's `AIGC{`."""
    if b'"Label"' not in data and b'"AIGC"' not in data:
        return None
    at = data.find(b"{")
    return at if 0 <= at <= 64 else None


def _extended(source: Source, parts: list[Segment]) -> Survey:
    """Extended XMP (XMP specification, part 3, 1.1.3.1): the parts of one GUID joined in the order of their offsets."""
    groups: dict[bytes, list[tuple[int, bytes]]] = {}
    for part in parts:
        data = part.data(source)[len(EXTENDED) :]
        groups.setdefault(data[:32], []).append((int.from_bytes(data[36:40], "big"), data[40:]))
    surveys = []
    for pieces in groups.values():
        packet = b"".join(piece for _, piece in sorted(pieces, key=lambda pair: pair[0]))
        at = parts[0].offset + 4 + len(EXTENDED) + 40
        surveys.append(xmp_label.survey(packet, at, "jpeg.app1.extended-xmp", Standing.COMPATIBLE, source.limits))
    return xmp_label.merged(surveys)


def _trailing(source: Source, scan: int) -> list[Notice]:
    end = jpeg.end_of_image(source, scan)
    if end >= source.size:
        return []
    return [Notice(kind=NoticeKind.TRAILING, offset=end, detail=f"{source.size - end} bytes behind EOI")]


def plan(source: Source, text: str) -> Plan:
    """Give the picture with one XMP packet that holds the label; labels in other carriers are cut or blanked."""
    edits: list[tuple[int, int, bytes]] = []
    packets: list[Segment] = []
    insert_at = 2
    for part in jpeg.segments(source):
        head = source.upto(part.offset + 4, len(XMP)) if part.marker == APP1 else b""
        if part.marker in EARLY and part.offset == insert_at and head != XMP:
            insert_at = part.end
        if head == XMP:
            packets.append(part)
        elif head.startswith(EXIF):
            edits += _exif_blanks(source, part)
        elif part.marker == jpeg.COM or part.marker > APP1:
            edits += _loose_cuts(source, part)
    edits += _packet_edits(source, packets, insert_at, text)
    return replaced(source.size, edits)


def _packet_edits(
    source: Source, packets: list[Segment], insert_at: int, text: str
) -> Iterable[tuple[int, int, bytes]]:
    if not packets:
        new = jpeg.segment(APP1, XMP + xmp_label.with_label(None, text, source.limits))
        return [(insert_at, insert_at, new)]
    first, *others = packets
    packet = xmp_label.with_label(first.data(source)[len(XMP) :], text, source.limits)
    edits = [(first.offset, first.end, jpeg.segment(APP1, XMP + packet))]
    for part in others:
        old = part.data(source)[len(XMP) :]
        new = xmp_label.without_label(old, source.limits)
        if new != old:
            edits.append((part.offset, part.end, jpeg.segment(APP1, XMP + new)))
    return edits


def _exif_blanks(source: Source, part: Segment) -> list[tuple[int, int, bytes]]:
    base = part.offset + 4 + len(EXIF)
    block = BytesSource(source.at(base, part.end - base), limits=source.limits)
    return [(base + start, base + end, new) for start, end, new in exif_label.blanks(block)]


def _loose_cuts(source: Source, part: Segment) -> list[tuple[int, int, bytes]]:
    at = _label_start(source.upto(part.offset + 4, min(4096, part.end - part.offset - 4)))
    return [] if at is None else [(part.offset, part.end, b"")]


def payload(source: Source) -> tuple[Keep, ...]:
    """Give everything that decodes to pixels: tables, frame, scans, and all behind them; not APPn, not COM."""
    kept = [Keep(0, 2)]
    for part in jpeg.segments(source):
        if part.marker == jpeg.SOS:
            kept.append(Keep(part.offset, source.size - part.offset))
        elif part.marker != jpeg.COM and not jpeg.APP0 <= part.marker <= jpeg.APP15:
            kept.append(Keep(part.offset, part.end - part.offset))
    return tuple(kept)
