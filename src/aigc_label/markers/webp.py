"""Draws marks on WebP pictures, lossless, lossy and animated; only the bitstreams that show the mark are coded anew.

A lossless picture keeps every pixel outside the mark, also the colours under transparent ones. A lossy one loses a
little everywhere: VP8 blocks are predicted from each other and cannot be replaced singly. Of an animation only the
frames that draw into the mark's rectangle change. All other chunks stay byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.evidence import Box
from aigc_label.grammars import exif, riff
from aigc_label.grammars.riff import Chunk, RiffForm
from aigc_label.markers import Rendering, webp_bitstreams, webp_frames
from aigc_label.markers.webp_bitstreams import ALPHA_BIT, LOSSLESS, LOSSY, OPAQUE, Bitstream, Pixels
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import replaced

EXTENDED: Final = b"VP8X"
FRAME: Final = b"ANMF"
EXIF: Final = b"EXIF"
EXIF_CODE: Final = b"Exif\0\0"  # some writers put JPEG's code before the block
CHROMA: Final = 2  # pixels along an edge that share one chroma sample in VP8

WITHOUT_LOSS: Final = Bilingual(
    "the picture was coded anew without loss; every pixel outside the mark is identical",
    "图片以无损方式重新编码，标识以外的每个像素完全相同",
)
WITH_LOSS: Final = Bilingual(
    "the whole picture was coded anew at quality {quality}, estimated from the file's own quantisers; lossy WebP cannot "
    "be changed in part, so pixels outside the mark may differ by a few levels",
    "整幅图片按原文件量化参数估算的质量 {quality} 重新编码；有损 WebP 无法局部修改，标识以外的像素可能有几个灰度级的差异",
)
FRAMES: Final = {
    True: Bilingual(
        "{coded} of {count} frames were coded anew without loss to show the mark; the others stayed byte for byte",
        "{count} 帧中有 {coded} 帧以无损方式重新编码以显示标识，其余帧逐字节保持不变",
    ),
    False: Bilingual(
        "{coded} of {count} frames were coded anew at about their own quality to show the mark, which loses a little; "
        "the others stayed byte for byte",
        "{count} 帧中有 {coded} 帧按与原帧相近的质量重新编码以显示标识（略有损失），其余帧逐字节保持不变",
    ),
}


@dataclass(frozen=True, slots=True)
class Container:
    """A WebP file: its RIFF form, its chunks, the size of the canvas in pixels as stored."""

    form: RiffForm
    chunks: tuple[Chunk, ...]
    width: int
    height: int

    @property
    def extended(self) -> Chunk | None:
        return self.chunks[0] if self.chunks[0].kind == EXTENDED else None

    @property
    def frames(self) -> tuple[Chunk, ...]:
        return tuple(part for part in self.chunks if part.kind == FRAME)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the picture with the mark in it, in every frame that is shown.

    Raises `MalformedFile` for damaged files, `LimitExceeded` before anything too large is decoded, `InvalidMark` where
    the mark cannot fit.
    """
    box = _container(source)
    orientation = _orientation(source, box)
    frames = webp_frames.frames_of(source, box.frames, (box.width, box.height))
    streams = [frame.stream for frame in frames] or [webp_bitstreams.bitstream_of(source, box.chunks, box.form.body)]
    lossless = all(stream.lossless for stream in streams)
    drawn = badge.design(
        mark,
        *exif.shown_size(box.width, box.height, orientation),
        grid=(1, 1) if lossless else (CHROMA, CHROMA),
        orientation=orientation,
    )
    place, levels = drawn.stored(orientation)
    if frames:
        marked = webp_frames.marked(source, frames, place, levels)
        edits, alpha = marked.edits, marked.transparent
        way = FRAMES[lossless].filled(coded=marked.count, count=len(frames))
    else:
        edits, alpha = _still(source, streams[0], place, levels)
        way = WITHOUT_LOSS if lossless else WITH_LOSS.filled(quality=webp_bitstreams.quality_of(source, streams[0]))
    edits += _flag_edits(source, box, alpha)
    growth = sum(len(new) - (end - start) for start, end, new in edits)
    plan = replaced(source.size, [*edits, *riff.size_edits(box.form, growth)])
    return Rendering(plan=plan, box=drawn.box, words=drawn.words, way=way)


def _container(source: Source) -> Container:
    form = riff.form_of(source)
    parts = tuple(riff.chunks(source, form, media=(FRAME,)))
    if (form.kind, form.type) != (b"RIFF", b"WEBP") or not parts or parts[0].kind not in (EXTENDED, LOSSY, LOSSLESS):
        raise MalformedFile(Bilingual("no WebP picture", "不是 WebP 图片"), offset=form.offset)
    liar = next((part for part in parts if part.lies), None)
    if form.lies or liar is not None:
        raise MalformedFile(
            Bilingual("a size is larger than what is there", "声明的长度超出实际内容"),
            offset=liar.offset if liar else 4,
        )
    if parts[0].kind == EXTENDED:
        head = source.at(parts[0].data_at, 10)
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (4, 7))
    else:
        stream = webp_bitstreams.bitstream_of(source, parts, form.body)
        width, height = stream.width, stream.height
    if width * height > source.limits.pixels:
        raise LimitExceeded(
            Bilingual(f"the picture has {width} x {height} pixels", f"图片为 {width} x {height} 像素"), limit="pixels"
        )
    return Container(form, parts, width, height)


def _orientation(source: Source, box: Container) -> int:
    for part in box.chunks:
        if part.kind == EXIF and part.length <= source.limits.packet:
            return exif.orientation_of(part.data(source).removeprefix(EXIF_CODE), source.limits)
    return exif.UPRIGHT


def _still(
    source: Source, stream: Bitstream, place: Box, levels: badge.Levels
) -> tuple[list[tuple[int, int, bytes]], bool | None]:
    """Give the edits to the bitstream and, where it has an ALPH chunk, whether the picture still needs one."""
    pixels = webp_bitstreams.decoded(source, stream)
    if pixels.shape[:2] != (stream.height, stream.width):
        raise MalformedFile(Bilingual("the picture has another size than it declares", "图片尺寸与声明不符"))
    opaque = _is_opaque(pixels, place)
    webp_bitstreams.draw(pixels, Box(left=0, top=0, right=stream.width, bottom=stream.height), place, levels)
    new = webp_bitstreams.coded(source, pixels, stream)
    edits = [(stream.picture.offset, stream.picture.end, new.picture)]
    if stream.alpha is None or opaque:  # the old alpha plane still says the truth
        return edits, None
    return [(stream.alpha.offset, stream.alpha.end, new.alpha), *edits], bool(new.alpha)


def _is_opaque(pixels: Pixels, place: Box) -> bool:
    inside = pixels[place.top : place.bottom, place.left : place.right]
    return pixels.shape[2] < 4 or bool((inside[:, :, 3] == OPAQUE).all())


def _flag_edits(source: Source, box: Container, alpha: bool | None) -> list[tuple[int, int, bytes]]:
    """Give the edit that lets VP8X announce transparency as it now is; None: as it was."""
    if box.extended is None or alpha is None:
        return []
    at = box.extended.data_at
    old = source.at(at, 1)[0]
    new = old | ALPHA_BIT if alpha else old & ~ALPHA_BIT
    return [(at, at + 1, bytes((new,)))] if new != old else []
