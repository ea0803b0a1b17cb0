"""Labels HEIF, HEIC and AVIF, still and moving: XMP in an item of type mime; not one byte of a picture is read."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from aigc_label import exif_label, loose_label, xmp_label
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Notice, NoticeKind, Repair, Standing, Survey
from aigc_label.grammars import bmff, heif
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.heif import Item, Layout, Meta, Span
from aigc_label.grammars.heif_edit import Rewriting
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Keep, Plan, keeps, replaced

XMP_TYPE: Final = "application/rdf+xml"  # ISO/IEC 23008-12, A.3
EXIF: Final = b"Exif"  # the same, A.2
MOST: Final = 1024  # XMP and EXIF items of one file: a burst of pictures has two each
MOST_PACKED: Final = 16  # of them compressed


@dataclass(frozen=True, slots=True)
class Held:
    """A metadata item, where its data lie, and what they are once a content encoding is undone."""

    item: Item
    spans: tuple[Span, ...]
    content: bytes


Packets: TypeAlias = dict[tuple[Span, ...], list[Held]]


def _is_xmp(item: Item) -> bool:
    return item.kind == b"mime" and item.content_type.split(";")[0].strip().lower() == XMP_TYPE


def _linked(meta: Meta) -> set[int]:
    """Give the items that describe the primary picture: libheif and libavif look at no others."""
    return {ref.origin for ref in meta.references if ref.kind == b"cdsc" and meta.primary in ref.targets}


def _layout(source: Source) -> Layout:
    """Give the layout, once it is known that its metadata items, which may all share their bytes, are no flood."""
    layout = heif.layout_of(source)
    count = packed = total = 0
    for meta in layout.metas:
        for item in meta.items:
            if _is_xmp(item) or item.kind == EXIF:
                count, packed = count + 1, packed + bool(item.encoding)
                with suppress(AigcLabelError):  # said where the item is looked at
                    total += sum(end - start for start, end in heif.spans_of(source, meta, item.number))
                if count > MOST or packed > MOST_PACKED or total > source.limits.block:
                    raise LimitExceeded(
                        Bilingual("too many metadata items", "元数据条目过多"), limit="block", offset=item.offset
                    )
    return layout


def _held(source: Source, meta: Meta, item: Item) -> Held:
    if item.protected:
        raise UnsupportedFormat(Bilingual("a metadata item is encrypted", "某元数据条目已加密"), offset=item.offset)
    spans = heif.spans_of(source, meta, item.number)
    length = sum(end - start for start, end in spans)
    if length > source.limits.packet:
        raise LimitExceeded(
            Bilingual(f"a metadata item has {length} bytes", f"某元数据条目长达 {length} 字节"), limit="packet"
        )
    data = b"".join(source.at(start, end - start) for start, end in spans)
    return Held(item, spans, _inflated(data, item.encoding, source.limits.inflated))


def _inflated(data: bytes, encoding: str, limit: int) -> bytes:
    """Undo an item's content encoding (ISO/IEC 14496-12, 8.11.6, after HTTP): deflate or gzip."""
    if not encoding:
        return data
    if encoding not in ("deflate", "gzip"):
        raise UnsupportedFormat(Bilingual(f"an item is encoded as {encoding!r}", f"某条目的编码为 {encoding!r}"))
    try:
        content = zlib.decompressobj(wbits=47).decompress(data, limit + 1)
    except zlib.error as problem:
        raise MalformedFile(Bilingual("a compressed item is damaged", "某压缩条目已损坏")) from problem
    if len(content) > limit:
        raise LimitExceeded(Bilingual("a compressed item is too large", "某压缩条目解压后过大"), limit="inflated")
    return content


def read(source: Source) -> Survey:
    """Give the labels in XMP and EXIF items of the file and of its tracks, and in a uuid box of its own.

    An XMP item that describes the primary picture stands in the format's own place; every other one is COMPATIBLE.
    Encrypted, damaged or unknown metadata give an UNREAD notice. The picture data are not touched.
    """
    layout = _layout(source)
    own = sniff(source).standing
    found = [_boxes(source, layout)]
    for meta in layout.metas:
        linked = _linked(meta) if meta is layout.meta else set()
        for item in meta.items:
            if _is_xmp(item) or item.kind == EXIF:
                standing = own if item.number in linked else Standing.COMPATIBLE
                found.append(_item(source, meta, item, standing))
    return _once(xmp_label.merged(found))


def _once(survey: Survey) -> Survey:
    """Count a packet that several items share once, by its best standing."""
    order = list(Standing)
    best = {r.offset: r for r in sorted(survey.readings, key=lambda r: order.index(r.standing), reverse=True)}
    return replace(survey, readings=tuple(best[offset] for offset in dict.fromkeys(r.offset for r in survey.readings)))


def _boxes(source: Source, layout: Layout) -> Survey:
    """What the file holds beside its `meta` box: XMP as in MP4, Content Credentials, free space, what follows its end."""
    standing = Standing.COMPATIBLE if layout.meta else Standing.CHOSEN
    notices = [
        Notice(kind=NoticeKind.C2PA, offset=box.offset, detail="uuid box") for box in layout.of(b"uuid", bmff.C2PA_UUID)
    ]
    surveys = [
        xmp_label.survey(box.data(source), box.body, "heif.uuid.xmp", standing, source.limits)
        for box in layout.of(b"uuid", bmff.XMP_UUID)
    ]
    for box in layout.boxes:
        if box.kind in bmff.FREE:
            data = source.upto(box.body, min(box.end - box.body, loose_label.WINDOW))
            surveys.append(loose_label.survey(data, box.body, "heif.free", Standing.HIDDEN, source.limits))
    surveys.append(loose_label.behind(source, layout.end, "heif.trailing"))
    return xmp_label.merged([*surveys, Survey(notices=tuple(notices))])


def _item(source: Source, meta: Meta, item: Item, standing: Standing) -> Survey:
    try:
        held = _held(source, meta, item)
    except AigcLabelError as problem:
        detail = f"item {item.number}: {problem.what.en}"
        return Survey(notices=(Notice(kind=NoticeKind.UNREAD, offset=item.offset, detail=detail),))
    if not held.spans:
        detail = f"item {item.number} has no data"
        return Survey(notices=(Notice(kind=NoticeKind.DAMAGED, offset=item.offset, detail=detail),))
    at = held.spans[0][0]
    if item.kind == EXIF:
        start = bmff.tiff_start(held.content)
        return exif_label.survey(held.content[start:], at + start, "heif.item.exif", source.limits)
    survey = xmp_label.survey(held.content, at, "heif.item.xmp", standing, source.limits)
    if not item.encoding:
        return survey
    mended = tuple(replace(r, offset=at, repairs=(*r.repairs, Repair.COMPRESSED)) for r in survey.readings)
    return replace(survey, readings=mended)


def plan(source: Source, text: str) -> Plan:
    """Give the file with the label in the XMP item that describes the primary picture; labels elsewhere are blanked.

    A packet of the old size is overwritten where it stands. Otherwise it moves into an `mdat` box of its own right
    behind `meta` (never to the file's end: motion photos count from there), its old bytes are cut, and every offset
    that this moves is put right. A `free` box behind `meta` is used up first, and then nothing moves. Files without a
    primary picture (pure sequences) carry the label in a uuid box, as MP4 does XMP.

    Raises `UnsupportedFormat` for encrypted metadata, for fragments whose offsets would have to move, and where an
    offset outgrows its field; `MalformedFile` where metadata share bytes with a picture.
    """
    layout = _layout(source)
    rewriting = Rewriting(source, layout)
    for meta in layout.metas:
        _blank_exif(rewriting, meta)
    shared = _packets(source, layout.meta) if layout.meta else {}
    for meta in layout.others:
        _blank_xmp(rewriting, meta, shared)
    boxes = layout.of(b"uuid", bmff.XMP_UUID)
    if layout.meta is not None:
        _label_item(rewriting, layout.meta, shared, text)
    else:
        rewriting.loose += _label_box(source, layout, boxes[0] if boxes else None, text)
        boxes = boxes[1:]
    for box in boxes:
        rewriting.loose += bmff.content_edits(source, box, xmp_label.without_label(box.data(source), source.limits))
    pieces = replaced(source.size, rewriting.edits())
    if not keeps(pieces, _media(source, layout)):
        raise MalformedFile(Bilingual("metadata share bytes with a picture", "元数据与图像数据重叠"))
    return pieces


def _blank_exif(rewriting: Rewriting, meta: Meta) -> None:
    limits = rewriting.source.limits
    for item in meta.items:
        if item.kind == EXIF:
            held = _held(rewriting.source, meta, item)
            start = bmff.tiff_start(held.content)
            block = BytesSource(held.content[start:], limits=limits)
            for first, _, new in exif_label.blanks(block) if block.size else ():
                rewriting.overwrite(meta, held.spans, start + first, new)


def _packets(source: Source, meta: Meta) -> Packets:
    """Give the XMP items by the bytes they consist of: items may share one packet."""
    groups: Packets = {}
    for item in filter(_is_xmp, meta.items):
        held = _held(source, meta, item)
        groups.setdefault(held.spans, []).append(held)
    return groups


def _label_item(rewriting: Rewriting, meta: Meta, groups: Packets, text: str) -> None:
    limits = rewriting.source.limits
    linked = _linked(meta)
    chosen = next((spans for spans, group in groups.items() if any(h.item.number in linked for h in group)), None)
    for spans, group in groups.items():
        old, plain = group[0].content, not any(held.item.encoding for held in group)
        if spans == chosen:
            new = xmp_label.with_label(old if spans else None, text, limits)
        else:
            new = xmp_label.without_label(old, limits) if spans else old
        if plain and len(new) == len(old):
            rewriting.overwrite(meta, spans, 0, new if new != old else b"")
        elif new != old or spans == chosen:
            rewriting.move(meta, [held.item for held in group], spans, new)
    if chosen is None:
        rewriting.add(meta, XMP_TYPE, xmp_label.with_label(None, text, limits))


def _blank_xmp(rewriting: Rewriting, meta: Meta, shared: Packets) -> None:
    """Blank the labels of a track's `meta` box, where only bytes of the same number can be put.

    libavif lets the track and the file share one packet: that one is left to the file's own `meta` box.
    """
    for spans, (held, *_) in _packets(rewriting.source, meta).items():
        if spans in shared:
            continue
        new = xmp_label.without_label(held.content, rewriting.source.limits) if spans else held.content
        if new == held.content:
            continue
        if held.item.encoding or len(new) != len(held.content):
            raise UnsupportedFormat(
                Bilingual("a compressed XMP item of a track holds a label", "轨道内的压缩 XMP 条目中含有标识"),
                offset=held.item.offset,
            )
        rewriting.overwrite(meta, spans, 0, new)


def _label_box(source: Source, layout: Layout, box: Box | None, text: str) -> list[Edit]:
    if box is not None:
        return bmff.content_edits(source, box, xmp_label.with_label(box.data(source), text, source.limits))
    new = bmff.box(b"uuid", bmff.XMP_UUID, xmp_label.with_label(None, text, source.limits))
    return bmff.appended(layout.boxes, layout.end, new)


def payload(source: Source) -> tuple[Keep, ...]:
    """Give the data of every item but XMP and EXIF, and of sequences all of `mdat` that is not such an item."""
    return _media(source, heif.layout_of(source))


def _media(source: Source, layout: Layout) -> tuple[Keep, ...]:
    media: list[Span] = [(box.body, box.end) for box in layout.of(b"mdat")] if layout.movies else []
    metadata: list[Span] = []
    for meta in layout.metas:
        for item in meta.items:
            entry = meta.places.get(item.number)
            if entry is None or entry.reference or entry.method == heif.IN_ITEM:
                continue  # without data, in another file, or made of what other items hold
            own = metadata if _is_xmp(item) or item.kind == EXIF else media
            own += heif.spans_of(source, meta, item.number)
    return tuple(Keep(start, end - start) for start, end in _without(_joined(media), _joined(metadata)))


def _joined(spans: list[Span]) -> list[Span]:
    """Give the same bytes in file order, each once."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def _without(spans: list[Span], gone: list[Span]) -> list[Span]:
    out: list[Span] = []
    index = 0
    for start, end in spans:
        while index < len(gone) and gone[index][1] <= start:
            index += 1
        at = index
        while at < len(gone) and gone[at][0] < end:
            out.append((start, gone[at][0]))
            start, at = max(start, gone[at][1]), at + 1
        out.append((start, end))
    return [(start, end) for start, end in out if start < end]
