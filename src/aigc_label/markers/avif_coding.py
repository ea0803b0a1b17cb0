"""Codes AV1 pictures with Pillow as a file's own settings ask, and says which settings cannot be kept."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.raster import told

QUALITY: Final = 90


@dataclass(frozen=True, slots=True)
class Settings:
    """What av1C says of a picture (AV1 in ISO BMFF, 2.3.3): more than 8 bits, no colour, Pillow's name of the sampling."""

    high: bool
    grey: bool
    subsampling: str


def settings_of(data: bytes) -> Settings:
    """Give what the content of an av1C box says."""
    if len(data) < 4:
        raise MalformedFile(Bilingual("the decoder configuration is too short", "解码器配置过短"))
    flags = data[2]
    grey, across, down = bool(flags & 0x10), flags >> 3 & 1, flags >> 2 & 1
    names = {(1, 1): "4:2:0", (1, 0): "4:2:2"}
    return Settings(bool(flags & 0x60), grey, "4:0:0" if grey else names.get((across, down), "4:4:4"))


def check_depth(data: bytes) -> None:
    """Raise `UnsupportedFormat` where av1C says more than 8 bits: Pillow would drop the rest."""
    if settings_of(data).high:
        raise UnsupportedFormat(
            Bilingual("marks cannot be drawn on AVIF of more than 8 bits", "无法在高于 8 位的 AVIF 上绘制显式标识"),
            remedy=Bilingual(
                "Mark the picture before it is encoded, or export it with 8 bits.",
                "请在编码之前添加标识，或以 8 位导出。",
            ),
        )


def saved(image: Image.Image, **options: Any) -> bytes:
    """Give an AVIF file of high quality; raises our errors where the encoder fails."""
    out = io.BytesIO()
    with told(BY_NAME["avif"]):
        image.save(out, "AVIF", quality=QUALITY, range="full", **options)
    return out.getvalue()
