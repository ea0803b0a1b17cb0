"""Draws marks on HEIC pictures: decoded, drawn on and coded anew by pillow-heif, at the same depth and chroma.

HEVC is lossy and predicts blocks from each other, so the whole picture is coded anew; everything else in the file stays.
Further pictures and the embedded thumbnail keep their pixels, as a thumbnail in EXIF does.
"""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np

from aigc_label import optional
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, ToolFailed, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.grammars import heif
from aigc_label.grammars.bmff import Box
from aigc_label.markers import Rendering
from aigc_label.markers.heif_pictures import Part, Samples, rendered
from aigc_label.marking import Mark
from aigc_label.raster import told
from aigc_label.source import Source

QUALITY: Final = 90
CHROMA: Final = {1: 420, 2: 422, 3: 444}  # chroma_format_idc of hvcC -> libheif's name
WAY: Final = Bilingual(
    f"the picture was decoded and coded anew (HEVC, quality {QUALITY}, same depth and chroma), so pixels outside the mark "
    "may differ by a few levels; metadata, colour profile, rotation and all other items are unchanged",
    f"图片已解码并重新编码（HEVC，质量 {QUALITY}，位深与色度抽样不变），标识以外的像素可能有几个灰度级的差异；"
    "元数据、色彩配置、旋转信息及其他条目均未改变",
)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the file with the mark on its primary picture.

    Raises `MissingTool` where pillow-heif or its HEVC encoder is not there, `UnsupportedFormat` for sequences, grids and
    layered pictures, `MalformedFile`, `LimitExceeded`, `InvalidMark`.
    """
    layout = heif.layout_of(source)
    if layout.movies:
        raise UnsupportedFormat(
            Bilingual("marks cannot be drawn on HEIC image sequences", "无法在 HEIC 图像序列上绘制显式标识"),
            remedy=Bilingual("Export it as a video (MP4) or an animated WebP.", "请导出为视频（MP4）或动态 WebP。"),
        )
    return rendered(source, layout, mark, Hevc(), WAY)


class Hevc:
    """HEVC through pillow-heif (libheif, x265)."""

    kind = b"hvc1"
    configuration = b"hvcC"
    brand = b"heic"

    def __init__(self) -> None:
        self.library = _library()
        self.colours: dict[str, int] = {}

    def decoded(self, file: Source, part: Part) -> Samples:
        with told(BY_NAME["heic"]):
            data = io.BytesIO(file.at(0, file.size))
            picture = self.library.open_heif(data, convert_hdr_to_8bit=False, hdr_to_16bit=False)
            self.colours = _colours(picture.info.get("nclx_profile") or {})
            samples = np.array(picture)
        return samples if _is_coloured(part.settings) or samples.ndim == 2 else samples[:, :, 0]

    def coded(self, samples: Samples, part: Part, depth: int) -> bytes:
        mode = ("RGB" if samples.ndim == 3 else "L") + (f";{depth}" if depth > 8 else "")
        out = io.BytesIO()
        options: dict[str, Any] = {"quality": QUALITY, **self.colours}
        if samples.ndim == 3:
            options["chroma"] = CHROMA[part.settings[16] & 3]
        with told(BY_NAME["heic"]):
            self.library.encode(mode, samples.shape[1::-1], samples.tobytes(), out, **options)
        return out.getvalue()

    def depth(self, settings: bytes) -> int:
        if len(settings) < 19:
            raise ToolFailed(Bilingual("the decoder configuration is too short", "解码器配置过短"))
        depth = (settings[17] & 7) + 8
        if depth not in (8, 10, 12):
            raise UnsupportedFormat(
                Bilingual(f"marks cannot be drawn on HEIC of {depth} bits", f"无法在 {depth} 位 HEIC 上绘制显式标识"),
                remedy=Bilingual("Export it with 8 or 10 bits.", "请以 8 位或 10 位导出。"),
            )
        return depth

    def recoloured(self, source: Source, box: Box) -> bytes:
        return source.at(box.offset, box.size)  # libheif codes with the matrix that the file names


def _is_coloured(settings: bytes) -> bool:
    return len(settings) > 16 and settings[16] & 3 != 0


def _colours(profile: dict[str, Any]) -> dict[str, int]:
    names = ("color_primaries", "transfer_characteristics", "matrix_coefficients", "full_range_flag")
    return {name: int(profile[name]) for name in names if name in profile}


def _library() -> Any:
    library = optional.package(
        "pillow_heif",
        "heif",
        Bilingual("marks on HEIC need the package pillow-heif", "在 HEIC 上绘制标识需要 pillow-heif 包"),
    )
    if not library.libheif_info().get("HEIF"):
        raise MissingTool(
            Bilingual("this pillow-heif has no HEVC encoder (x265)", "当前 pillow-heif 不含 HEVC 编码器（x265）"),
            remedy=Bilingual(
                "Install the official wheel of pillow-heif: pip install --force-reinstall pillow-heif",
                "请安装官方 pillow-heif 软件包：pip install --force-reinstall pillow-heif",
            ),
        )
    return library
