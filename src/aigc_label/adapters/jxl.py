"""Labels JPEG XL: XMP in an `xml ` box; a bare codestream gets a container around it and stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from aigc_label import exif_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, MissingTool
from aigc_label.evidence import Notice, NoticeKind, Standing, Survey
from aigc_label.grammars import bmff, xmp
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.rdf import META, RDF
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, replaced, tidied

CODESTREAM: Final = b"\xff\x0a"  # ISO/IEC 18181-1: how a codestream without a container begins
SIGNATURE: Final = b"\0\0\0\x0cJXL \r\n\x87\n"  # ISO/IEC 18181-2, 9.1
FILE_TYPE: Final = bmff.box(b"ftyp", b"jxl \0\0\0\0jxl ")
XML: Final = b"xml "
EXIF: Final = b"Exif"
JUMBF: Final = b"jumb"
BROTLI: Final = b"brob"  # any of the three, compressed
METADATA: Final = (XML, EXIF, JUMBF, BROTLI)
MOST_PACKED: Final = 16  # compressed boxes looked into: a kilobyte of them may hold gigabytes
FRAME: Final = (b"JXL ", b"ftyp")


@dataclass(frozen=True, slots=True)
class Held:
    """A metadata box and its content, decompressed where it was `packed`."""

    box: Box
    kind: bytes
    content: bytes
    packed: bool

    @property
    def offset(self) -> int:
        """Where the content begins in the file, or the box that holds it compressed."""
        return self.box.offset if self.packed else self.box.body


def _is_bare(source: Source) -> bool:
    return source.upto(0, 2) == CODESTREAM


def _boxes(source: Source) -> tuple[tuple[Box, ...], int]:
    if source.upto(0, len(SIGNATURE)) != SIGNATURE:
        raise MalformedFile(Bilingual("no JPEG XL signature", "缺少 JPEG XL 签名"), offset=0)
    boxes, end = bmff.top(source)
    if sum(box.kind == BROTLI for box in boxes) > MOST_PACKED:
        raise LimitExceeded(Bilingual("too many compressed boxes", "压缩盒过多"), limit="inflated")
    return boxes, end


def _kind(source: Source, box: Box) -> bytes:
    return source.at(box.body, 4) if box.kind == BROTLI else box.kind


def _held(source: Source, box: Box) -> Held:
    if box.kind != BROTLI:
        return Held(box, box.kind, box.data(source), False)
    return Held(
        box,
        _kind(source, box),
        _unpacked(source.at(box.body + 4, box.end - box.body - 4), source.limits.inflated),
        True,
    )


def _unpacked(data: bytes, limit: int) -> bytes:
    """Undo Brotli (RFC 7932), which the standard library has not, with the package `brotli` where it is installed."""
    try:
        brotli = import_module("brotli")
        stream = brotli.Decompressor()
        content: bytes = stream.process(data, output_buffer_limit=limit + 1)
    except (ImportError, TypeError) as problem:  # not there, or before 1.2, which could not bound its output
        raise MissingTool(
            Bilingual("a box is compressed with Brotli", "某个盒使用了 Brotli 压缩"),
            remedy=Bilingual("Install `aigc-label[jxl]`, which brings it.", "请安装 `aigc-label[jxl]`，其中包含它。"),
        ) from problem
    except brotli.error as problem:
        raise MalformedFile(Bilingual("a compressed box is damaged", "某压缩盒已损坏")) from problem
    if len(content) > limit:
        raise LimitExceeded(Bilingual("a compressed box is too large", "某压缩盒解压后过大"), limit="inflated")
    if not stream.is_finished():
        raise MalformedFile(Bilingual("a compressed box is cut short", "某压缩盒不完整"))
    return content


def _is_xmp(source: Source, held: Held) -> bool:
    if held.kind != XML:
        return False
    document = xmp.body_of(held.content, source.limits).document
    return RDF.encode() in document or META.encode() in document


def read(source: Source) -> Survey:
    """Give the labels in XML and EXIF boxes. A bare codestream has no place for any.

    A compressed box that cannot be looked into gives an UNREAD notice.
    """
    if _is_bare(source):
        return Survey()
    boxes, end = _boxes(source)
    found = [loose_label.behind(source, end, "jxl.trailing")]
    for box in boxes:
        if box.kind in METADATA:
            try:
                found.append(_survey(source, _held(source, box)))
            except AigcLabelError as problem:
                kind = source.upto(box.body, 4) if box.kind == BROTLI else box.kind
                detail = f"{kind.decode('latin-1')!r} box: {problem.what.en}"
                found.append(Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=box.offset, detail=detail),)))
    return xmp_label.merged(found)


def _survey(source: Source, held: Held) -> Survey:
    limits = source.limits
    if held.kind == EXIF:
        start = bmff.tiff_start(held.content)
        survey = exif_label.survey(held.content[start:], held.offset + start, "jxl.exif", limits)
    elif _is_xmp(source, held):
        survey = xmp_label.survey(held.content, held.offset, "jxl.xml", Standing.CHOSEN, limits)
    elif held.kind == JUMBF and b"c2pa" in held.content[:256]:
        survey = Survey(notices=(Notice(kind=NoticeKind.C2PA, offset=held.box.offset, detail="jumb box"),))
    else:
        survey = loose_label.survey(held.content, held.offset, "jxl.xml", Standing.HIDDEN, limits)
    return loose_label.placed(survey, held.offset) if held.packed else survey


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label in one `xml ` box; the codestream is not moved, only what follows it is.

    The packet that holds a label already is the one that is edited, else the first; else a box is put behind the last
    one. Where a JPEG can be rebuilt from the file (`jbrd`), its XMP must stay as it is: the label gets a box of its own.

    Raises `MissingTool` where a compressed box that might hold a label cannot be looked into.
    """
    if _is_bare(source):
        packet = xmp_label.with_label(None, text, source.limits)
        head = SIGNATURE + FILE_TYPE + bmff.header(b"jxlc", source.size)
        return tidied((head, Keep(0, source.size), bmff.box(XML, packet)))
    boxes, end = _boxes(source)
    helds = [_held(source, box) for box in boxes if _kind(source, box) in (XML, EXIF)]
    packets = [held for held in helds if _is_xmp(source, held)]
    chosen = next((held for held in packets if _survey(source, held).readings), None)
    if chosen is None and packets and not any(box.kind == b"jbrd" for box in boxes):
        chosen = packets[0]
    edits: list[Edit] = []
    for held in helds:
        if held is chosen:
            edits += _edits(source, held, xmp_label.with_label(held.content, text, source.limits))
        elif held in packets:
            edits += _edits(source, held, xmp_label.without_label(held.content, source.limits))
        elif held.kind == EXIF:
            edits += _edits(source, held, _blanked(source, held.content))
    if chosen is None:
        packet = xmp_label.with_label(None, text, source.limits)
        edits += bmff.appended(boxes, end, bmff.box(XML, packet))
    return replaced(source.size, edits)


def _blanked(source: Source, content: bytes) -> bytes:
    start = bmff.tiff_start(content)
    block = bytearray(content)
    if start < len(content):
        for first, last, new in exif_label.blanks(BytesSource(content[start:], limits=source.limits)):
            block[start + first : start + last] = new
    return bytes(block)


def _edits(source: Source, held: Held, content: bytes) -> list[Edit]:
    if not held.packed:
        return bmff.content_edits(source, held.box, content)
    return [] if content == held.content else [(held.box.offset, held.box.end, bmff.box(held.kind, content))]


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the content of every box that is not metadata (codestream, JPEG reconstruction, frame index); bare: all."""
    return tuple(_media(source))


def _media(source: Source) -> Iterator[Keep]:
    if _is_bare(source):
        yield Keep(0, source.size)
        return
    for box in _boxes(source)[0]:
        if box.kind not in METADATA and box.kind not in FRAME and box.kind not in bmff.FREE:
            yield Keep(box.body, box.end - box.body)
