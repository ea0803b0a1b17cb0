"""Labels JPEG pictures: XMP in an APP1 segment; reads EXIF, comments, Extended XMP and what hides behind the picture.

What decodes to pixels is the payload: tables, frame and scans up to the end of the picture, the other pictures of a
multi-picture file, and the two application segments that decide how samples become colours: APP0 `JFIF`, by its
presence, and APP14 `Adobe`, by its transform. An ICC profile is kept byte for byte like any other segment, but describes
colours that are decoded already, so it is no payload.

Where the picture ends is found from the file's last bytes wherever they say enough (`jpeg.likely_end`): verifying a
folder must not read every picture to its last byte. So one hiding place stays for the deep scan, which unlabelled files
always get: a second stream of more than 8 KiB behind EOI that no index (MPF) announces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from aigc_label import loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, UnsupportedFormat
from aigc_label.evidence import Notice, NoticeKind, Repair, Standing, Survey
from aigc_label.grammars import extended_xmp, jpeg, mpf, xmp
from aigc_label.grammars.extended_xmp import Extended
from aigc_label.grammars.jpeg import Segment
from aigc_label.grammars.jpeg_parts import APP1, XMP, Kind, Part, parts_of
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, replaced

PAYLOAD: Final = (Kind.PICTURE, Kind.COLOURS)
MAX_PACKET: Final = 65_502  # XMP specification, part 3, 1.1.3

Edits = list[tuple[int, int, bytes]]


def read(source: Source) -> Survey:
    """Give every label text of the picture, and as HIDDEN those of its thumbnail, the further pictures of a
    multi-picture file, and the bytes behind."""
    parts = parts_of(source)
    found = _surveys(source, parts)
    others = _others(source, parts)
    found += [_other(source, start, end) for start, end in others]
    end = _end(source, parts, others)
    found.append(loose_label.behind(source, end, "jpeg.trailing"))
    if end == source.size and not others and source.upto(end - 2, 2) != b"\xff\xd9":
        found.append(_damage(end, "no EOI: the picture is cut short"))
    return xmp_label.merged(found)


def _surveys(source: Source, parts: Iterable[Part]) -> list[Survey]:
    found: list[Survey] = []
    extended: list[Segment] = []
    packet: bytes | None = None
    credentials = False
    for part in parts:
        if part.kind is Kind.XMP:
            standing = Standing.PRIMARY if packet is None else Standing.COMPATIBLE
            packet = packet or part.data(source)
            found.append(xmp_label.survey(part.data(source), part.data_at, "jpeg.app1.xmp", standing, source.limits))
        elif part.kind is Kind.EXTENDED:
            extended.append(part.segment)
        elif part.kind is Kind.EXIF:
            found.append(_exif_survey(source, part))
        elif part.kind is Kind.CREDENTIALS and not credentials and b"jumb" in source.upto(part.data_at, 64):
            credentials = True
            found.append(_notice(NoticeKind.C2PA, part.offset, "APP11 JUMBF"))
        elif part.kind in (Kind.LOOSE, Kind.FOREIGN):
            found.append(_loose(source, part))
    if extended:
        found.append(_extended(source, extended, packet or b""))
    return found


def _notice(kind: NoticeKind, offset: int, detail: str) -> Survey:
    return Survey(notices=(Notice(kind=kind, offset=offset, detail=detail),))


def _damage(offset: int, detail: str) -> Survey:
    return _notice(NoticeKind.DAMAGED, offset, detail)


def _loose(source: Source, part: Part) -> Survey:
    """COM and APPn segments: labels met there in the wild."""
    kind = "com" if part.segment.marker == jpeg.COM else f"app{part.segment.marker - jpeg.APP0}"
    standing = Standing.COMPATIBLE if part.kind is Kind.LOOSE else Standing.HIDDEN
    return loose_label.survey(part.data(source), part.data_at, f"jpeg.{kind}", standing, source.limits)


def _extended(source: Source, segments: list[Segment], packet: bytes) -> Survey:
    """Extended XMP: a part of the file's XMP where the main packet names its GUID, out of sight where it does not."""
    found = []
    try:
        for one in extended_xmp.joined(source, segments):
            found.append(_extended_survey(source, one, packet))
    except AigcLabelError as problem:
        found.append(_notice(NoticeKind.UNREAD, segments[0].offset, f"Extended XMP: {problem.what.en}"))
    return xmp_label.merged(found)


def _exif_survey(source: Source, part: Part) -> Survey:
    from aigc_label import exif_label  # generated pictures seldom carry EXIF: those that do not start without it

    return exif_label.survey(part.data(source), part.data_at, "jpeg.app1.exif", source.limits)


def _extended_survey(source: Source, one: Extended, packet: bytes) -> Survey:
    try:
        whole = one.packet()
    except AigcLabelError as problem:
        return _notice(NoticeKind.UNREAD, one.offset, f"Extended XMP: {problem.what.en}")
    standing = Standing.COMPATIBLE if one.guid in packet else Standing.HIDDEN
    survey = xmp_label.survey(whole, 0, "jpeg.app1.extended-xmp", standing, source.limits)
    intact = extended_xmp.guid_of(whole) == one.guid
    repairs = () if intact else (Repair.CHECKSUM,)
    readings = tuple(replace(r, offset=one.place(r.offset), repairs=(*r.repairs, *repairs)) for r in survey.readings)
    notices = [replace(notice, offset=one.place(notice.offset)) for notice in survey.notices]
    if not intact:
        notices += _damage(one.offset, "the Extended XMP's GUID is not its MD5").notices
    return Survey(readings=readings, notices=tuple(notices))


def _others(source: Source, parts: Iterable[Part]) -> list[tuple[int, int]]:
    """Give the `(start, end)` of the further pictures of a multi-picture file."""
    index = _index(parts)
    return [] if index is None else mpf.pictures(source, index.data_at, index.end - index.data_at)


def _index(parts: Iterable[Part]) -> Part | None:
    return next((part for part in parts if part.kind is Kind.INDEX), None)


def _other(source: Source, start: int, end: int) -> Survey:
    found: list[Survey] = []
    try:
        found = _surveys(source, (part for part in parts_of(source, start) if part.end <= end))
    except AigcLabelError as problem:
        found.append(_damage(start, f"a further picture: {problem.what.en}"))
    merged = xmp_label.merged(found)
    readings = tuple(
        replace(r, carrier=r.carrier.replace("jpeg.", "jpeg.mpf.", 1), standing=Standing.HIDDEN)
        for r in merged.readings
    )
    return Survey(readings=readings, notices=merged.notices)


def _end(source: Source, parts: tuple[Part, ...], others: list[tuple[int, int]]) -> int:
    """Give where the picture, or the last one of a multi-picture file, ends."""
    own = source.once("jpeg.end", lambda: jpeg.likely_end(source, parts[-1].end))
    return max([own, *(end for _, end in others)])


def plan(source: Source, text: str) -> Plan:
    """Give the picture with one XMP packet that holds the label; labels in other carriers are cut or blanked.

    The packet stands behind JFIF and EXIF, which want to be first. Offsets of a multi-picture file count from its
    index, so they are moved where the size behind the index changes. Raises `UnsupportedFormat` where the packet would
    not fit into one segment.
    """
    parts = parts_of(source)
    packets = [part for part in parts if part.kind is Kind.XMP]
    edits: Edits = []
    guids: dict[bytes, bytes] = {}
    for one in _readable(source, parts):
        edits += _extended_edits(source, parts, one, guids)
    for part in parts:
        if part.kind is Kind.EXIF:
            edits += _exif_blanks(source, part)
        elif part.kind is Kind.LOOSE:
            edits += _loose_cuts(source, part)
        elif part in packets[1:]:
            edits += _rewritten(source, part, xmp_label.without_label(part.data(source), source.limits))
    edits += _labelled(source, parts, packets[0] if packets else None, text, guids)
    return replaced(source.size, [*edits, *_moved(source, parts, edits)])


def _labelled(source: Source, parts: tuple[Part, ...], own: Part | None, text: str, guids: dict[bytes, bytes]) -> Edits:
    """Give the edit that puts the label into the first packet, or a new packet behind JFIF and EXIF."""
    old = None if own is None else own.data(source)
    packet = xmp_label.with_label(old, text, source.limits)
    for before, after in guids.items():
        packet = packet.replace(before, after)
    packet = xmp.slimmed(packet, MAX_PACKET, source.limits)
    if len(packet) > MAX_PACKET:
        raise UnsupportedFormat(
            Bilingual(
                f"an XMP packet of {len(packet)} bytes does not fit into a JPEG segment (at most {MAX_PACKET})",
                f"XMP 数据包长 {len(packet)} 字节，无法放入一个 JPEG 段（最多 {MAX_PACKET} 字节）",
            ),
            remedy=Bilingual(
                "Shorten the label, or take what is large (thumbnails, histories) out of the file's XMP.",
                "请缩短标识，或从该文件的 XMP 中移除较大的内容（如缩略图、编辑历史）。",
            ),
            offset=None if own is None else own.offset,
        )
    if own is not None:
        return _rewritten(source, own, packet)
    at = 2
    for part in parts:
        if part.segment.marker != jpeg.APP0 and part.kind is not Kind.EXIF:
            break
        at = part.end
    return [(at, at, jpeg.segment(APP1, XMP + packet))]


def _rewritten(source: Source, part: Part, packet: bytes) -> Edits:
    if packet == part.data(source):
        return []
    return [(part.offset, part.end, jpeg.segment(APP1, XMP + packet))]


def _readable(source: Source, parts: tuple[Part, ...]) -> list[Extended]:
    segments = [part.segment for part in parts if part.kind is Kind.EXTENDED]
    try:
        return extended_xmp.joined(source, segments)
    except AigcLabelError:
        return []  # `read` says so


def _extended_edits(source: Source, parts: tuple[Part, ...], one: Extended, guids: dict[bytes, bytes]) -> Edits:
    """Blank a label in Extended XMP: its size stays, its MD5 does not, so the GUID changes wherever it stands."""
    try:
        old = one.packet()
        new = xmp_label.without_label(old, source.limits)
    except AigcLabelError:
        return []  # nobody can read it; `read` says so
    if new == old:
        return []
    guids[one.guid] = extended_xmp.guid_of(new)
    segments = [part.segment for part in parts if part.kind is Kind.EXTENDED]
    return extended_xmp.exchanged(source, segments, one, new)


def _exif_blanks(source: Source, part: Part) -> Edits:
    from aigc_label import exif_label

    block = BytesSource(part.data(source), limits=source.limits)
    return [(part.data_at + start, part.data_at + end, new) for start, end, new in exif_label.blanks(block)]


def _loose_cuts(source: Source, part: Part) -> Edits:
    """Cut label text out of a segment; out goes the whole segment where nothing but a name for it is left."""
    old = part.data(source)
    new = loose_label.without(old, source.limits)
    if new == old:
        return []
    left = new.strip(b" \t\r\n\0").upper()
    return [(part.offset, part.end, b"" if left in (b"", b"AIGC") else jpeg.segment(part.segment.marker, new))]


def _moved(source: Source, parts: tuple[Part, ...], edits: Edits) -> Edits:
    index = _index(parts)
    if index is None:
        return []
    grown = sum(len(new) - (end - start) for start, end, new in edits)
    shift = sum(len(new) - (end - start) for start, end, new in edits if end <= index.offset)
    return mpf.moved(source, index.data_at, index.end - index.data_at, grown, shift) if grown or shift else []


def payload(source: Source) -> tuple[Keep, ...]:
    """Give everything that decodes to pixels, in file order (see the module's own words)."""
    kept: list[Keep] = []
    parts = parts_of(source)
    start = end = 0
    for begin, behind in [(0, 2), *((part.offset, part.end) for part in parts if part.kind in PAYLOAD)]:
        if begin != end:
            kept.append(Keep(start, end - start))
            start = begin
        end = behind
    return (*kept, Keep(start, _end(source, parts, _others(source, parts)) - start))
