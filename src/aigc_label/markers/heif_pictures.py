"""Draws a badge on the primary picture of a HEIF file, whatever codec it uses, and puts the new bitstream in its place.

Only the coded picture, its decoder configuration and, where the badge covers transparent pixels, its alpha plane change.
Every other item and property (EXIF, XMP, colour, rotation, depth maps, further pictures) stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, ToolFailed, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars import bmff, exif, heif, heif_properties
from aigc_label.grammars.heif import Item, Layout, Meta
from aigc_label.grammars.heif_edit import Rewriting
from aigc_label.grammars.heif_properties import Properties
from aigc_label.markers import Rendering
from aigc_label.marking import Mark
from aigc_label.source import BytesSource, Source
from aigc_label.splice import replaced

Samples: TypeAlias = NDArray[Any]  # (height, width) or (height, width, 3); uint8, or uint16 for more than 8 bits

ALPHA: Final = (  # auxC types (ISO/IEC 23000-22, 7.3.5.2; ISO/IEC 23008-12, B.2.4)
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
    b"urn:mpeg:hevc:2015:auxid:1",
)
OUTSIDE: Final = (b"clap", b"irot", b"imir", b"auxC", b"rref")  # what decoding the picture alone has to leave out
LAYERED: Final = (b"a1op", b"a1lx", b"lsel", b"lhvC", b"oinf")
COMPOSED: Final = {
    b"grid": "a grid of tiles",
    b"iovl": "an overlay",
    b"iden": "a derived picture",
    b"tmap": "a tone map",
}
SMOOTH: Final = 2  # pixels along an edge that share one chroma sample


@dataclass(frozen=True, slots=True)
class Part:
    """One coded picture item: its properties as bytes, its data, and its decoder configuration box."""

    item: Item
    spans: tuple[tuple[int, int], ...]
    configuration: bmff.Box
    settings: bytes  # the configuration's content
    properties: tuple[bytes, ...]
    data: bytes


class Codec(Protocol):
    """What a kind of HEIF file brings: names of its boxes, and a decoder and encoder for one picture alone."""

    kind: bytes  # of its items
    configuration: bytes  # of their decoder configuration property
    brand: bytes

    def decoded(self, file: Source, part: Part) -> Samples:
        """Give the samples of a file that holds `part` alone, as stored: not turned, not cropped."""

    def coded(self, samples: Samples, part: Part, depth: int) -> bytes:
        """Give a file with `samples` coded as `part` is: same depth and chroma, high quality."""

    def depth(self, settings: bytes) -> int:
        """Give the bits a sample. Raises `UnsupportedFormat` where they cannot be kept."""

    def recoloured(self, source: Source, box: bmff.Box) -> bytes:
        """Give a `colr` property as it has to read for what `coded` writes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How the stored picture is shown: the rectangle that is left of it, then turned as EXIF counts orientations."""

    crop: Box
    orientation: int


def rendered(source: Source, layout: Layout, mark: Mark, codec: Codec, way: Bilingual) -> Rendering:
    """Give the file with the mark on its primary picture.

    Raises `UnsupportedFormat` for pictures composed of others, layered ones, and where depth cannot be kept;
    `MalformedFile`, `LimitExceeded`, `MissingTool`, `ToolFailed`, `InvalidMark`.
    """
    meta = layout.meta
    if meta is None or meta.primary is None:
        raise MalformedFile(Bilingual("the file names no primary picture", "文件未指定主图像"))
    properties = heif_properties.properties_of(source, meta)
    picture = _part(source, meta, properties, meta.primary, codec)
    size = _size(source, properties, meta.primary)
    shown = _shown(source, properties, meta.primary, size)
    drawn = badge.design(
        mark,
        *exif.shown_size(shown.crop.width, shown.crop.height, shown.orientation),
        grid=(SMOOTH, SMOOTH),
        orientation=shown.orientation,
    )
    place, levels = drawn.stored(shown.orientation)
    place = Box(
        left=place.left + shown.crop.left, top=place.top + shown.crop.top,
        right=place.right + shown.crop.left, bottom=place.bottom + shown.crop.top,
    )  # fmt: skip
    changes = [_redrawn(source, picture, size, place, levels, codec)]
    alpha = _alpha_of(source, meta, properties)
    if alpha is not None:
        plane = _part(source, meta, properties, alpha, codec)
        if _size(source, properties, alpha) != size:
            raise _unsupported("an alpha plane of another size", "尺寸不同的透明通道")
        if not _is_opaque(source, plane, size, place, codec):
            changes.append(_redrawn(source, plane, size, place, np.full_like(levels, 255), codec))
    rewriting = Rewriting(source, layout)
    edits = [(part.item.number, part.configuration, new.configuration) for part, new in changes]
    edits += _colours(source, properties, meta.primary, codec)
    rewriting.structure += heif_properties.changed(properties, edits)
    for part, new in changes:
        rewriting.move(meta, [part.item], part.spans, new.data)
    return Rendering(plan=replaced(source.size, rewriting.edits()), box=drawn.box, words=drawn.words, way=way)


@dataclass(frozen=True, slots=True)
class Coded:
    """A newly coded picture: its decoder configuration box, and its data."""

    configuration: bytes
    data: bytes


def _redrawn(
    source: Source, part: Part, size: tuple[int, int], place: Box, levels: badge.Levels, codec: Codec
) -> tuple[Part, Coded]:
    samples = _samples(source, part, size, codec)
    depth = codec.depth(part.settings)
    values = (levels.astype(np.uint32) * ((1 << depth) - 1) // 255).astype(samples.dtype)
    inside = samples[place.top : place.bottom, place.left : place.right]
    inside[:] = values if samples.ndim == 2 else values[:, :, None]
    return part, _taken(BytesSource(codec.coded(samples, part, depth), limits=source.limits), size, codec)


def _samples(source: Source, part: Part, size: tuple[int, int], codec: Codec) -> Samples:
    file = heif_properties.alone(codec.brand, codec.kind, part.properties, part.data)
    samples = codec.decoded(BytesSource(file, limits=source.limits), part)
    if samples.shape[1::-1] != size:
        raise MalformedFile(Bilingual("the picture has another size than it declares", "图片尺寸与声明不符"))
    return samples


def _taken(new: Source, size: tuple[int, int], codec: Codec) -> Coded:
    """Take the coded picture out of the file that an encoder wrote."""
    meta = heif.layout_of(new).meta
    if meta is None or meta.primary is None:
        raise ToolFailed(Bilingual("the encoder wrote no picture", "编码器未写出图像"))
    properties = heif_properties.properties_of(new, meta)
    part = _part(new, meta, properties, meta.primary, codec)
    if _size(new, properties, meta.primary) != size:
        raise ToolFailed(Bilingual("the encoder changed the picture's size", "编码器改变了图片尺寸"))
    box = part.configuration
    return Coded(new.at(box.offset, box.size), part.data)


def _part(source: Source, meta: Meta, properties: Properties, number: int, codec: Codec) -> Part:
    item = next((item for item in meta.items if item.number == number), None)
    if item is None or item.protected:
        raise MalformedFile(
            Bilingual(f"picture item {number} is missing or encrypted", f"图像条目 {number} 缺失或已加密")
        )
    if item.kind != codec.kind:
        kind = item.kind.decode("ascii", "replace")
        name = COMPOSED.get(item.kind, f"of type {kind!r}")
        raise _unsupported(f"a picture that is {name}", f"类型为 {kind} 的图像")
    own = properties.of(number)
    layers = next((box for box in own if box.kind in LAYERED), None)
    if layers is not None:
        raise _unsupported("a picture in layers (progressive)", "分层（渐进）图像")
    configuration = next((box for box in own if box.kind == codec.configuration), None)
    spans = heif.spans_of(source, meta, number)
    if configuration is None or not spans:
        raise MalformedFile(Bilingual(f"picture item {number} has no data", f"图像条目 {number} 没有数据"))
    length = sum(end - start for start, end in spans)
    if length > source.limits.block:
        raise LimitExceeded(Bilingual(f"a picture has {length} bytes", f"图像长达 {length} 字节"), limit="block")
    return Part(
        item,
        spans,
        configuration,
        configuration.data(source),
        tuple(source.at(box.offset, box.size) for box in own if box.kind not in OUTSIDE),
        b"".join(source.at(start, end - start) for start, end in spans),
    )


def _size(source: Source, properties: Properties, number: int) -> tuple[int, int]:
    box = properties.first(number, b"ispe")
    data = box.data(source) if box else b""
    wide, high = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
    if not wide or not high:
        raise MalformedFile(Bilingual("a picture declares no size", "图像未声明尺寸"))
    if wide * high > source.limits.pixels:
        raise LimitExceeded(
            Bilingual(f"the picture has {wide} x {high} pixels", f"图片为 {wide} x {high} 像素"), limit="pixels"
        )
    return wide, high


def _alpha_of(source: Source, meta: Meta, properties: Properties) -> int | None:
    """Give the item that holds the primary picture's alpha plane."""
    for reference in meta.references:
        if reference.kind == b"auxl" and meta.primary in reference.targets:
            box = properties.first(reference.origin, b"auxC")
            if box is not None and box.data(source)[4:].split(b"\0")[0] in ALPHA:
                return reference.origin
    return None


def _is_opaque(source: Source, plane: Part, size: tuple[int, int], place: Box, codec: Codec) -> bool:
    samples = _samples(source, plane, size, codec)
    inside = samples[place.top : place.bottom, place.left : place.right]
    return bool((inside == (1 << codec.depth(plane.settings)) - 1).all())


def _shown(source: Source, properties: Properties, number: int, size: tuple[int, int]) -> Shown:
    """Give what `clap`, `irot` and `imir` make of the stored picture (ISO/IEC 23008-12, 6.5.9, 6.5.10, 6.5.12)."""
    crop = Box(left=0, top=0, right=size[0], bottom=size[1])
    numbered = np.arange(6).reshape(2, 3)
    turned = numbered
    for box in properties.of(number):
        data = box.data(source) if box.kind in OUTSIDE else b""
        if box.kind == b"clap":
            if turned is not numbered:
                raise _unsupported("a picture that is cropped after it is turned", "先旋转后裁剪的图像")
            crop = _cropped(data, size)
        elif box.kind == b"irot" and data:
            turned = np.rot90(turned, data[0] & 3)  # anti-clockwise
        elif box.kind == b"imir" and data:
            turned = turned[:, ::-1] if data[0] & 1 else turned[::-1]
    for orientation, (across, flip_x, flip_y) in exif.STORED_AS.items():
        view = (numbered.T if across else numbered)[:: -1 if flip_y else 1, :: -1 if flip_x else 1]
        if view.shape == turned.shape and (view == turned).all():
            return Shown(crop, orientation)
    raise MalformedFile(Bilingual("the picture is turned in no known way", "图像的旋转方式未知"))


def _cropped(data: bytes, size: tuple[int, int]) -> Box:
    """Give the rectangle of a clean aperture: its size, and how far its centre lies from the picture's."""
    numbers = [int.from_bytes(data[at : at + 4], "big", signed=True) for at in range(0, 32, 4)]
    if len(data) < 32 or any(number <= 0 for number in numbers[1::2]):
        raise MalformedFile(Bilingual("the clean aperture is wrong", "裁剪区域有误"))
    wide, high, off_x, off_y = (Fraction(*numbers[at : at + 2]) for at in range(0, 8, 2))
    left, top = ((side - length) / 2 + off for side, length, off in ((size[0], wide, off_x), (size[1], high, off_y)))
    right, bottom = left + wide, top + high
    edges = [int(left), int(top), int(right), int(bottom)]
    if [left, top, right, bottom] != edges:
        raise _unsupported("a picture cropped between pixels", "裁剪边界不在整像素上的图像")
    if not (0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]):
        raise MalformedFile(Bilingual("the clean aperture is wrong", "裁剪区域有误"))
    return Box(left=edges[0], top=edges[1], right=edges[2], bottom=edges[3])


def _colours(source: Source, properties: Properties, number: int, codec: Codec) -> list[tuple[int, bmff.Box, bytes]]:
    found = []
    for box in properties.of(number):
        if box.kind == b"colr" and source.upto(box.body, 4) == b"nclx":
            new = codec.recoloured(source, box)
            if new != source.at(box.offset, box.size):
                found.append((number, box, new))
    return found


def _unsupported(en: str, zh: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual(f"marks cannot be drawn on {en}", f"无法在{zh}上绘制显式标识"),
        remedy=Bilingual(
            "Export the picture as a plain HEIC, AVIF, JPEG or PNG file and mark that.",
            "请导出为普通的 HEIC、AVIF、JPEG 或 PNG 文件后再添加显式标识。",
        ),
    )
