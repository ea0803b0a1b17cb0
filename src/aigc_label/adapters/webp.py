"""Labels WebP pictures, still and animated: XMP in the chunk 'XMP '; reads EXIF and what hides in other chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from aigc_label import exif_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import Form, Notice, NoticeKind, Reading, Repair, Standing, Survey
from aigc_label.grammars import riff
from aigc_label.grammars.riff import Chunk, RiffForm
from aigc_label.label import KEY
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, replaced, tidied

# WebP Container Specification: chunk kinds and the bits of VP8X's first byte
STILL: Final = (b"VP8 ", b"VP8L")
EXTENDED: Final = b"VP8X"
PICTURE: Final = frozenset((*STILL, b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
XMP: Final = b"XMP "
XMP_MISSPELT: Final = b"XMP\0"  # met in the wild
EXIF: Final = b"EXIF"
CREDENTIALS: Final = b"C2PA"
ICC_BIT, ALPHA_BIT, EXIF_BIT, XMP_BIT = 0x20, 0x10, 0x08, 0x04
EXIF_CODE: Final = b"Exif\0\0"

Edit: TypeAlias = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True)
class Container:
    """A WebP file: its RIFF form and its chunks; the first is VP8X in the extended layout, else the picture itself."""

    form: RiffForm
    chunks: tuple[Chunk, ...]

    @property
    def first(self) -> Chunk:
        return self.chunks[0]

    @property
    def extended(self) -> bool:
        return self.first.kind == EXTENDED


def _container(source: Source) -> Container:
    """Give the file's chunks. Raises `MalformedFile` where it is not a WebP file or is cut off anywhere."""
    form = riff.form_of(source)
    parts = tuple(riff.chunks(source, form, media=(b"ANMF",)))
    if (form.kind, form.type) != (b"RIFF", b"WEBP") or not parts or parts[0].kind not in (EXTENDED, *STILL):
        raise MalformedFile(Bilingual("no WebP picture", "不是 WebP 图片"), offset=form.offset)
    liar = next((part for part in parts if part.lies), None)
    if form.lies or liar is not None:
        raise MalformedFile(
            Bilingual("a size is larger than what is there", "声明的长度超出实际内容"),
            offset=liar.offset if liar else 4,
        )
    if parts[0].kind == EXTENDED and parts[0].length < 10:
        raise MalformedFile(Bilingual("the VP8X chunk is too short", "VP8X 块过短"), offset=parts[0].offset)
    return Container(form, parts)


def read(source: Source) -> Survey:
    """Give every label text of the picture, in file order, and what else a writer must know.

    Raises `MalformedFile` where the chunks do not hang together, `LimitExceeded` for too many of them.
    """
    box = _container(source)
    found = [_survey(source, part) for part in box.chunks]
    if any(part.kind == XMP for part in box.chunks) and not _flags(source, box) & XMP_BIT:
        detail = "an XMP chunk that VP8X does not announce: some readers will not see it"
        found.append(Survey(notices=(Notice(kind=NoticeKind.DAMAGED, offset=box.first.offset, detail=detail),)))
    return xmp_label.merged([*found, loose_label.behind(source, box.form.end, "webp.trailing")])


def _flags(source: Source, box: Container) -> int:
    return source.at(box.first.data_at, 1)[0] if box.extended else 0


def _survey(source: Source, part: Chunk) -> Survey:
    if part.kind in PICTURE or part.kind == EXTENDED:
        return Survey()
    if part.kind == CREDENTIALS:
        return Survey(notices=(Notice(kind=NoticeKind.C2PA, offset=part.offset, detail="C2PA chunk"),))
    if part.kind not in (XMP, XMP_MISSPELT, EXIF):
        return _private(source, part)
    if part.length > source.limits.packet:
        detail = f"{part.kind.decode()}: {part.length} bytes"
        return Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=part.offset, detail=detail),))
    data = part.data(source)
    if part.kind == EXIF:
        skipped = len(EXIF_CODE) if data.startswith(EXIF_CODE) else 0
        return exif_label.survey(data[skipped:], part.data_at + skipped, "webp.exif", source.limits)
    standing = Standing.PRIMARY if part.kind == XMP else Standing.COMPATIBLE
    return xmp_label.survey(data, part.data_at, "webp.xmp", standing, source.limits)


def _is_label(part: Chunk) -> bool:
    return part.kind.upper() == KEY.encode()


def _private(source: Source, part: Chunk) -> Survey:
    """A chunk that the WebP specification does not know; one that is called AIGC, as the guide has it for WAV, counts."""
    data = source.upto(part.data_at, min(part.length, source.limits.label))
    if not _is_label(part):
        carrier = f"webp.{part.kind.decode('ascii', 'replace').strip()}"
        return loose_label.survey(data, part.data_at, carrier, Standing.HIDDEN, source.limits)
    text, repairs = loose_label.decoded(data)
    if part.kind != KEY.encode():
        repairs = (*repairs, Repair.NAME_CASE)
    reading = Reading(
        carrier="webp.aigc",
        standing=Standing.COMPATIBLE,
        text=text,
        offset=part.data_at,
        repairs=repairs,
        form=Form.BARE,
    )
    return Survey(readings=(reading,))


def plan(source: Source, text: str) -> Plan:
    """Give the picture with one XMP packet that holds the label; labels in other carriers are cut or blanked.

    A file in the simple layout gets the VP8X chunk that announces the packet, with the canvas and the alpha bit that
    its bitstream states. A new packet stands last. Unknown chunks and what lies behind the form are not touched.
    """
    box = _container(source)
    edits = [*_header_edits(source, box), *_packet_edits(source, box, text)]
    for part in box.chunks:
        if part.kind == EXIF:
            edits += _exif_edits(source, part)
        elif _is_label(part):
            edits.append((part.offset, part.end, b""))
    edits = [edit for edit in edits if edit[2] != source.at(edit[0], edit[1] - edit[0])]
    growth = sum(len(new) - (end - start) for start, end, new in edits)
    return replaced(source.size, [*edits, *riff.size_edits(box.form, growth)])


def _header_edits(source: Source, box: Container) -> list[Edit]:
    if box.extended:
        at = box.first.data_at
        return [(at, at + 1, bytes((_flags(source, box) | XMP_BIT,)))]
    wide, high, flags = _canvas(source, box.first)
    kinds = {part.kind for part in box.chunks}
    flags |= XMP_BIT | (EXIF_BIT if EXIF in kinds else 0)
    size = (wide - 1).to_bytes(3, "little") + (high - 1).to_bytes(3, "little")
    new = riff.chunk(EXTENDED, bytes((flags, 0, 0, 0)) + size)
    return [(box.form.body, box.form.body, new)]


def _canvas(source: Source, part: Chunk) -> tuple[int, int, int]:
    """Give width, height and the alpha bit that a VP8 key frame (RFC 6386, 9.1) or a VP8L header states."""
    head = source.at(part.data_at, min(part.length, 10))
    if part.kind == b"VP8L" and len(head) >= 5 and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, ALPHA_BIT if bits >> 28 & 1 else 0
    if part.kind == b"VP8 " and len(head) == 10 and not head[0] & 1 and head[3:6] == b"\x9d\x01\x2a":
        wide, high = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if wide and high:
            return wide, high, 0
    raise MalformedFile(Bilingual("the picture's bitstream has no valid header", "图像码流头无效"), offset=part.offset)


def _packet_edits(source: Source, box: Container, text: str) -> list[Edit]:
    packets = [part for part in box.chunks if part.kind in (XMP, XMP_MISSPELT)]
    if not packets:
        last = box.chunks[-1]
        pad = b"\0" if last.unpadded and not _is_label(last) else b""
        new = pad + riff.chunk(XMP, xmp_label.with_label(None, text, source.limits))
        return [(last.end, last.end, new)]
    first = next((part for part in packets if part.kind == XMP), packets[0])
    edits = []
    for part in packets:
        old = _bounded(source, part)
        if part is first:
            edits.append(_rebuilt(part, XMP, xmp_label.with_label(old, text, source.limits), old))
        else:
            edits.append(_rebuilt(part, part.kind, xmp_label.without_label(old, source.limits), old))
    return edits


def _rebuilt(part: Chunk, kind: bytes, data: bytes, old: bytes) -> Edit:
    """Give the edit of a chunk; where only the data changes and its length stays, the missing pad byte stays missing."""
    if kind == part.kind and len(data) == len(old):
        return part.data_at, part.data_at + part.length, data
    return part.offset, part.end, riff.chunk(kind, data)


def _exif_edits(source: Source, part: Chunk) -> list[Edit]:
    old = _bounded(source, part)
    skipped = len(EXIF_CODE) if old.startswith(EXIF_CODE) else 0
    block = bytearray(old)
    for start, end, new in exif_label.blanks(BytesSource(old[skipped:], limits=source.limits)):
        block[skipped + start : skipped + end] = new
    return [_rebuilt(part, EXIF, bytes(block), old)]


def _bounded(source: Source, part: Chunk) -> bytes:
    if part.length > source.limits.packet:
        raise LimitExceeded(
            Bilingual(f"a metadata chunk has {part.length} bytes", f"某元数据块长达 {part.length} 字节"),
            limit="packet",
            offset=part.offset,
        )
    return part.data(source)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the chunks that decode to pixels: bitstreams, alpha, frames, animation and colour; not VP8X, not metadata."""
    box = _container(source)
    kept = [Keep(part.offset, 8 + part.length) for part in box.chunks if part.kind in PICTURE]
    return tuple(piece for piece in tidied(kept) if isinstance(piece, Keep))
