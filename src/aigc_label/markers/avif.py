"""Draws marks on AVIF pictures and sequences: decoded, drawn on and coded anew by Pillow (libavif), at the same chroma.

Of a still picture only the coded picture changes, every other item stays. A sequence is written anew as a whole, with its
frames' times, its EXIF, XMP and colour profile.
"""

from __future__ import annotations

from typing import Final
from warnings import catch_warnings, simplefilter

import numpy as np
from PIL import Image

from aigc_label.bilingual import Bilingual
from aigc_label.formats import BY_NAME
from aigc_label.grammars import bmff, heif
from aigc_label.grammars.bmff import Box
from aigc_label.markers import Rendering, avif_sequence
from aigc_label.markers.avif_coding import QUALITY, check_depth, saved, settings_of
from aigc_label.markers.heif_pictures import Part, Samples, rendered
from aigc_label.marking import Mark
from aigc_label.raster import opened, told
from aigc_label.source import Source

BT601: Final = 6  # matrix_coefficients (ISO/IEC 23091-2) that Pillow codes with, whatever the file had
FULL_RANGE: Final = 0x80
WAY: Final = Bilingual(
    f"the picture was decoded and coded anew (AV1, quality {QUALITY}, same chroma), so pixels outside the mark may differ "
    "by a few levels; metadata, colour profile, rotation and all other items are unchanged",
    f"图片已解码并重新编码（AV1，质量 {QUALITY}，色度抽样不变），标识以外的像素可能有几个灰度级的差异；"
    "元数据、色彩配置、旋转信息及其他条目均未改变",
)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark on its primary picture, or on every frame of a sequence.

    Raises `UnsupportedFormat` for more than 8 bits, grids and layered pictures, `MalformedFile`, `LimitExceeded`,
    `ToolFailed`, `InvalidMark`.
    """
    layout = heif.layout_of(source)
    if layout.movies:
        return avif_sequence.rendered(source, layout, mark)
    return rendered(source, layout, mark, Av1(), WAY)


class Av1:
    """AV1 through Pillow (libavif, libaom or its like)."""

    kind = b"av01"
    configuration = b"av1C"
    brand = b"avif"

    def decoded(self, file: Source, part: Part) -> Samples:
        with told(BY_NAME["avif"]), catch_warnings():
            simplefilter("ignore")
            samples = np.array(opened(file, BY_NAME["avif"]))
        return samples[:, :, 0] if settings_of(part.settings).grey and samples.ndim == 3 else samples

    def coded(self, samples: Samples, part: Part, depth: int) -> bytes:
        return saved(Image.fromarray(samples), subsampling=settings_of(part.settings).subsampling)

    def depth(self, settings: bytes) -> int:
        check_depth(settings)
        return 8

    def recoloured(self, source: Source, box: Box) -> bytes:
        """Primaries and transfer stay; the matrix and the range are those of the new bitstream."""
        data = box.data(source)
        if len(data) < 11:
            return source.at(box.offset, box.size)
        return bmff.box(b"colr", data[:8], BT601.to_bytes(2, "big"), bytes((data[10] | FULL_RANGE,)), data[11:])
