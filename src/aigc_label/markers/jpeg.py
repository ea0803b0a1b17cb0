"""Draws marks on JPEG pictures: only the blocks under the mark change, every other coefficient stays as it was.

Three ways, the same to the eye. `jpegtran -drop` replaces blocks of coefficients and keeps the order of scans and the
restart markers; jpeglib does the same through its arrays, but writes one plain scan; Pillow codes the whole picture
anew, with the file's own tables. Either way every APPn and COM segment stays byte for byte, so an EXIF thumbnail still
shows the picture without its mark; in a multi-picture file the first picture, the one that is shown, gets the mark.
"""

from __future__ import annotations

from typing import Final

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars import exif, jpeg, jpeg_frame, mpf
from aigc_label.grammars.jpeg import Segment
from aigc_label.grammars.jpeg_frame import Frame
from aigc_label.markers import Rendering, jpeg_ways
from aigc_label.markers.jpeg_ways import Colours, Job
from aigc_label.marking import Mark
from aigc_label.source import BytesSource, Source
from aigc_label.splice import Plan, replaced

EXIF: Final = b"Exif\0\0"
APP1: Final = 0xE1
APP2: Final = 0xE2
DRAWABLE: Final = (0xC0, 0xC1, 0xC2)  # baseline, extended sequential, progressive: all Huffman coded
REFUSED: Final = {  # T.81 table B.1
    0xC3: "lossless",
    0xC5: "hierarchical",
    0xC6: "hierarchical",
    0xC7: "hierarchical",
    0xC9: "arithmetic-coded",
    0xCA: "arithmetic-coded",
    0xCB: "arithmetic-coded",
    0xCD: "arithmetic-coded",
    0xCE: "arithmetic-coded",
    0xCF: "arithmetic-coded",
}
OTHERS: Final = Bilingual(
    "{way}; the other pictures of this multi-picture file were kept without a mark",
    "{way}；该多图文件中的其他图片保持原样，未添加标识",
)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the picture with the mark on the first picture, in the best of the three ways that this machine has.

    Raises `UnsupportedFormat` for arithmetic-coded, lossless, hierarchical and 12-bit JPEG, `MalformedFile` for damaged
    data, `LimitExceeded`, `InvalidMark` where the mark cannot fit.
    """
    frame = jpeg_frame.frame_of(source)
    _check(source, frame)
    orientation = _orientation(source, frame)
    shown = exif.shown_size(frame.width, frame.height, orientation)
    drawn = badge.design(mark, *shown, grid=frame.grid, orientation=orientation)
    box, levels = drawn.stored(orientation)
    new, way = jpeg_ways.drawn(
        Job(
            data=source.at(0, frame.end),
            frame=frame,
            colours=_colours(source, frame),
            box=box,
            levels=levels,
            limits=source.limits,
        )
    )
    index = _index(source, frame)
    return Rendering(
        plan=_spliced(source, frame, new, index),
        box=drawn.box,
        words=drawn.words,
        way=way if index is None else Bilingual(OTHERS.en.format(way=way.en), OTHERS.zh.format(way=way.zh)),
    )


def _check(source: Source, frame: Frame) -> None:
    kind = REFUSED.get(frame.marker) or ("" if frame.precision == 8 else f"{frame.precision}-bit")
    if not kind and frame.marker not in DRAWABLE:
        kind = f"FF{frame.marker:02X}"
    if not kind and len(frame.components) == 2:
        kind = "two-component"
    if kind:
        raise UnsupportedFormat(
            Bilingual(f"marks cannot be drawn on {kind} JPEG", f"无法在该类 JPEG（{kind}）上绘制显式标识"),
            remedy=Bilingual(
                "Convert it to an ordinary 8-bit JPEG or to PNG, then mark it.",
                "请先转换为普通的 8 位 JPEG 或 PNG，再添加显式标识。",
            ),
        )
    if frame.width * frame.height > source.limits.pixels:
        raise LimitExceeded(
            Bilingual(
                f"the picture has {frame.width} x {frame.height} pixels", f"图片为 {frame.width} x {frame.height} 像素"
            ),
            limit="pixels",
        )
    if not frame.end:
        raise MalformedFile(Bilingual("the picture has no end (EOI)", "图片缺少结束标记（EOI）"), offset=source.size)
    for part in frame.components:
        table = frame.tables.get(part.table, ())
        if len(table) != 64 or 0 in table:
            raise MalformedFile(Bilingual("a quantisation table is missing or wrong", "量化表缺失或有误"))


def _orientation(source: Source, frame: Frame) -> int:
    for part in frame.head:
        if part.marker == APP1 and source.upto(part.offset + 4, len(EXIF)) == EXIF:
            return exif.orientation_of(part.data(source)[len(EXIF) :], source.limits)
    return exif.UPRIGHT


def _colours(source: Source, frame: Frame) -> Colours:
    count, transform = len(frame.components), frame.adobe_transform
    if count == 1:
        return Colours.GREY
    if count == 3:
        jfif = any(part.marker == jpeg.APP0 and part.data(source)[:5] == b"JFIF\0" for part in frame.head)
        named = bytes(part.id for part in frame.components) == b"RGB"
        rgb = not jfif and (named if transform is None else transform == 0)
        return Colours.RGB if rgb else Colours.YCC
    if transform is None:
        return Colours.CMYK
    return Colours.CMYK_INVERTED if transform == 0 else Colours.YCCK


def _spliced(source: Source, frame: Frame, new: bytes, index: Segment | None) -> Plan:
    """Give the file with the new picture's tables and scans between its own APPn and COM segments."""
    fresh = BytesSource(new, limits=source.limits)
    *tables, scan = jpeg.segments(fresh)
    body = [source.at(part.offset, part.end - part.offset) for part in frame.between if _is_loose(part)]
    body += [new[part.offset : part.end] for part in tables if not _is_loose(part)]
    body.append(new[scan.offset : new.rindex(b"\xff\xd9") + 2])
    *head, first = frame.head
    edits = [(part.offset, part.end, b"") for part in head if not _is_loose(part)]
    shift = -sum(end - start for start, end, _ in edits if index is not None and end <= index.offset)
    edits.append((first.offset, frame.end, b"".join(body)))
    if index is not None:
        grown = sum(len(text) - (end - start) for start, end, text in edits)
        edits += mpf.moved(source, index.offset + 8, index.end - index.offset - 8, grown, shift)
    return replaced(source.size, edits)


def _is_loose(part: Segment) -> bool:
    """Tell whether a segment holds nothing that decoding needs."""
    return part.marker == jpeg.COM or jpeg.APP0 <= part.marker <= jpeg.APP15


def _index(source: Source, frame: Frame) -> Segment | None:
    """Give the segment with the index of a multi-picture file, None where it is none."""
    for part in frame.head:
        if part.marker == APP2 and source.upto(part.offset + 4, 4) == mpf.SIGNATURE:
            return part
    return None
