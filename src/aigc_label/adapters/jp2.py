"""Labels JPEG 2000 (JP2, JPX): XMP in a uuid box behind the codestream, so that not one byte of it moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label import exif_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, MalformedFile
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import bmff, xmp
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.rdf import META, RDF
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, replaced

SIGNATURE: Final = b"\0\0\0\x0cjP  \r\n\x87\n"  # ISO/IEC 15444-1, I.5.1
EXIF_UUID: Final = b"JpgTiffExif->JP2"  # by custom of exiv2, exiftool and Photoshop
XML: Final = b"xml "
UUID: Final = b"uuid"
JUMBF: Final = b"jumb"
HOLDERS: Final = {b"asoc": 0}  # ISO/IEC 15444-2, M.11.1: association boxes may hold xml boxes
BESIDE: Final = (XML, UUID, JUMBF, b"jP  ", b"ftyp", *bmff.FREE)


def _boxes(source: Source) -> tuple[tuple[Box, ...], int]:
    if source.upto(0, len(SIGNATURE)) != SIGNATURE:
        raise MalformedFile(Bilingual("no JPEG 2000 signature", "缺少 JPEG 2000 签名"), offset=0)
    return bmff.top(source)


def _is_xmp(source: Source, box: Box) -> bool:
    document = xmp.body_of(box.data(source), source.limits).document
    return RDF.encode() in document or META.encode() in document


def read(source: Source) -> Survey:
    """Give the labels in XMP and EXIF uuid boxes and in `xml ` boxes, those of associations too."""
    _, end = _boxes(source)
    found = [loose_label.behind(source, end, "jp2.trailing")]
    for path, box in bmff.walk(source, 0, end, HOLDERS):
        if box.kind in (XML, UUID, JUMBF):
            try:
                found.append(_survey(source, box, Standing.COMPATIBLE if path else Standing.CHOSEN))
            except AigcLabelError as problem:
                detail = f"{box.kind.decode()}: {problem.what.en}"
                found.append(Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=box.offset, detail=detail),)))
    return xmp_label.merged(found)


def _survey(source: Source, box: Box, standing: Standing) -> Survey:
    limits = source.limits
    if box.uuid == bmff.XMP_UUID:
        return xmp_label.survey(box.data(source), box.body, "jp2.uuid.xmp", standing, limits)
    if box.uuid == EXIF_UUID:
        return exif_label.survey(_exif(source, box), box.end - len(_exif(source, box)), "jp2.uuid.exif", limits)
    if box.uuid == bmff.C2PA_UUID or (box.kind == JUMBF and b"c2pa" in source.upto(box.body, 256)):
        return Survey(notices=(Notice(kind=NoticeKind.C2PA, offset=box.offset, detail=f"{box.kind.decode()} box"),))
    if box.kind != XML:
        return Survey()
    if _is_xmp(source, box):
        return xmp_label.survey(box.data(source), box.body, "jp2.xml", Standing.COMPATIBLE, limits)
    return loose_label.survey(box.data(source), box.body, "jp2.xml", Standing.HIDDEN, limits)


def _exif(source: Source, box: Box) -> bytes:
    return box.data(source).removeprefix(b"Exif\0\0")


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label in one XMP uuid box; labels in other boxes are blanked.

    Without such a box one is put behind the last: JPX fragment tables and JPIP indexes count bytes from the file's
    beginning, and so stay right. A codestream box that runs "to the end of the file" gets its size stated.
    """
    boxes, end = _boxes(source)
    packets = [box for box in boxes if box.uuid == bmff.XMP_UUID]
    labelled = (box for box in packets if _survey(source, box, Standing.CHOSEN).readings)
    chosen = next(labelled, packets[0] if packets else None)
    edits: list[Edit] = []
    for _, box in bmff.walk(source, 0, end, HOLDERS):
        if box == chosen:
            edits += bmff.content_edits(source, box, xmp_label.with_label(box.data(source), text, source.limits))
        elif box.uuid == bmff.XMP_UUID or (box.kind == XML and _is_xmp(source, box)):
            edits += bmff.content_edits(source, box, xmp_label.without_label(box.data(source), source.limits))
        elif box.uuid == EXIF_UUID:
            edits += _blanks(source, box)
    if chosen is None:
        packet = xmp_label.with_label(None, text, source.limits)
        edits += bmff.appended(boxes, end, bmff.box(UUID, bmff.XMP_UUID, packet))
    return replaced(source.size, edits)


def _blanks(source: Source, box: Box) -> Iterator[Edit]:
    block = _exif(source, box)
    start = box.end - len(block)
    for first, last, new in exif_label.blanks(BytesSource(block, limits=source.limits)):
        yield start + first, start + last, new


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the content of every box that is no metadata: header, codestreams, fragments."""
    return tuple(Keep(box.body, box.end - box.body) for box in _boxes(source)[0] if box.kind not in BESIDE)
