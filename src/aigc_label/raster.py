"""Decodes a picture of any format to the pixels that a person is shown."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, Final, cast
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from aigc_label import optional
from aigc_label.bilingual import Bilingual
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, MissingTool, ToolFailed, UnsupportedFormat
from aigc_label.formats import Format
from aigc_label.grammars.svg import drawing_of
from aigc_label.lettering import shipped_font
from aigc_label.limits import MIB, Limits
from aigc_label.source import Source
from aigc_label.transcoder import run, workplace

Pixels = NDArray[np.uint8]

PILLOW: Final = {  # format of our table: the only Pillow decoder that may touch such a file
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
    "tiff": "TIFF",
    "bmp": "BMP",
    "avif": "AVIF",
    "jp2": "JPEG2000",
    "heic": "HEIF",
}
SEQUENCES: Final = ("png", "webp", "gif", "tiff", "avif")  # of the others, a viewer shows the primary picture alone
OUTWARD: Final = re.compile(rb"""(href\s*=\s*)(["'])(?!#|data:)(?:(?!\2).)*""", re.DOTALL)
SVG_SECONDS: Final = 20.0
SVG_MEMORY: Final = 512 * MIB  # beside the pixels
RESVG: Final = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
import resvg_py
sys.stdout.buffer.write(resvg_py.svg_to_bytes(
    svg_string=sys.stdin.buffer.read().decode(), background="white", dpi=96, skip_system_fonts=True,
    font_files=[sys.argv[2]], font_family=sys.argv[3], serif_family=sys.argv[3], sans_serif_family=sys.argv[3]))
"""  # 96 dpi is CSS's: else sizes in mm or pt come to nothing
FAMILY: Final = "AIGC Label Sans"
SAMPLED: Final = 12  # frames of an animation that are looked at
WIDE_MODES: Final = {"I;16": 257.0, "I;16B": 257.0, "I;16L": 257.0, "I;16N": 257.0}  # 65535 / 255


def sampled(count: int, most: int = SAMPLED) -> tuple[int, ...]:
    """Give which of `count` frames are looked at: first, last and middle among at most `most`, evenly apart."""
    if count <= most:
        return tuple(range(count))
    return tuple(sorted({round(i * (count - 1) / (most - 1)) for i in range(most)} | {count // 2}))


def frames(source: Source, row: Format) -> Iterator[Pixels]:
    """Give the sampled frames or pages as (height, width, 3) sRGB pixels, 0..255, as a viewer shows them.

    Orientation is applied, transparency stands on white, 16 bits and palettes are reduced to 8 bits a channel, an
    embedded colour profile is converted. Raises `LimitExceeded` before anything over `limits.pixels` or
    `limits.frames` is decoded, `MalformedFile` where the decoder gives up, `MissingTool` where an optional decoder is
    not installed, `UnsupportedFormat` where there is none.
    """
    if row.name == "svg":
        with told(row):
            pixels = _svg(source)
        yield pixels
        return
    if row.name not in PILLOW:
        raise UnsupportedFormat(
            Bilingual(f"no decoder for {row.title}", f"没有可用于 {row.title_zh} 的解码器"), remedy=row.remedy
        )
    with told(row):
        image = opened(source, row)
        count = getattr(image, "n_frames", 1) if row.name in SEQUENCES else 1
    bounded("frames", count, source.limits)
    for index in sampled(count):
        with told(row):
            if count > 1:
                image.seek(index)
            bounded("pixels", image.width * image.height, source.limits)
            pixels = shown(image)
        yield pixels


def opened(source: Source, row: Format) -> Image.Image:
    """Open a picture with the one decoder of its format, its size checked against the limits, nothing decoded."""
    if row.name == "heic":
        _pillow_heif().register_heif_opener(thumbnails=False)
    bounded("block", source.size, source.limits)
    image = Image.open(io.BytesIO(source.upto(0, source.size)), formats=(PILLOW[row.name],))
    bounded("pixels", image.width * image.height, source.limits)
    return image


def shown(image: Image.Image) -> Pixels:
    """Give one opened Pillow picture as a viewer shows it: (height, width, 3) sRGB."""
    image.load()  # TIFF turns itself here, PNG may name its orientation only behind the pixels
    return np.asarray(_in_srgb(_reduced(ImageOps.exif_transpose(image))))


def _reduced(image: Image.Image) -> Image.Image:
    """Give the picture with 8 bits a channel, transparency laid on white, its profile kept."""
    profile = image.info.get("icc_profile")
    if image.mode in WIDE_MODES or image.mode in ("I", "F"):
        image = _from_wide(image)
    if image.has_transparency_data:
        above = image.convert("RGBA")
        image = Image.new("RGBA", image.size, "white")
        image.alpha_composite(above)
        image = image.convert("RGB")
    if image.mode not in ("RGB", "CMYK", "LAB"):
        image = image.convert("RGB")
    image.info["icc_profile"] = profile
    return image


def _from_wide(image: Image.Image) -> Image.Image:
    samples = np.asarray(image).astype(np.float64)
    samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    top = float(samples.max(initial=0.0))
    if image.mode in WIDE_MODES or (image.mode == "I" and top > 255):
        samples /= 257.0
    elif image.mode == "F" and top <= 1.0:
        samples *= 255.0
    return Image.fromarray(np.clip(np.rint(samples), 0, 255).astype(np.uint8))


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert through the embedded profile, unless it is sRGB; a damaged one is passed over, as viewers do."""
    profile = image.info.get("icc_profile")
    if profile and b"s\0R\0G\0B" not in profile and b"sRGB" not in profile:
        try:
            converted = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return cast(Image.Image, converted)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image.convert("RGB")


def bounded(limit: str, amount: int, limits: Limits) -> None:
    allowed = {"pixels": limits.pixels, "frames": limits.frames, "block": max(limits.block, 4 * limits.pixels)}[limit]
    if amount > allowed:
        raise LimitExceeded(
            Bilingual(
                f"the picture has {amount} {limit}, the limit is {allowed}",
                f"图片的 {limit} 为 {amount}，上限为 {allowed}",
            ),
            limit=limit,
        )


@contextmanager
def told(row: Format) -> Iterator[None]:
    """Turn whatever a decoder raises into our errors; what it merely warns of is passed over."""
    try:
        with catch_warnings():
            simplefilter("ignore")
            yield
    except (AigcLabelError, MemoryError):
        raise
    except Image.DecompressionBombError as problem:
        raise LimitExceeded(
            Bilingual(f"the picture is too large to decode: {problem}", f"图片过大，无法解码：{problem}"),
            limit="pixels",
        ) from problem
    except (UnidentifiedImageError, EOFError, SyntaxError, ValueError, OSError) as problem:
        raise MalformedFile(
            Bilingual(
                f"the {row.title} picture cannot be decoded: {problem}", f"无法解码该 {row.title_zh} 图片：{problem}"
            )
        ) from problem
    except Exception as problem:  # decoders on hostile bytes raise IndexError, struct.error, KeyError ...
        raise ToolFailed(
            Bilingual(f"the {row.title} decoder failed: {problem!r}", f"{row.title_zh} 解码器出错：{problem!r}")
        ) from problem


def _pillow_heif() -> Any:
    return optional.package(
        "pillow_heif",
        "heif",
        Bilingual("HEIC pictures need the package pillow-heif", "处理 HEIC 图片需要 pillow-heif 包"),
    )


def _svg(source: Source) -> Pixels:
    """Render an SVG with resvg in a process of its own, in our own font, without any file or address that it names.

    resvg ends its process where memory runs out, and follows `href` to local files: so it has a process to end, bounds
    on time and memory, and a drawing whose references are emptied, but for fragments and embedded data.
    """
    if find_spec("resvg_py") is None:
        raise MissingTool(
            Bilingual("looking at SVG pictures needs the package resvg-py", "查看 SVG 图片需要 resvg-py 包"),
            remedy=Bilingual("pip install aigc-label[svg]", "pip install aigc-label[svg]"),
        )
    drawing = OUTWARD.sub(rb"\1\2", drawing_of(source).document)
    limits = replace(source.limits, seconds=min(source.limits.seconds, SVG_SECONDS))
    memory = SVG_MEMORY + 8 * limits.pixels
    with workplace() as folder:
        arguments = ["-I", "-c", RESVG, str(memory), str(shipped_font()), FAMILY]
        try:
            drawn = run(sys.executable, arguments, limits=limits, folder=folder, given=drawing).output
        except ToolFailed as problem:
            raise ToolFailed(Bilingual("resvg could not render the drawing", "resvg 无法渲染该 SVG 图形")) from problem
    image = Image.open(io.BytesIO(drawn), formats=("PNG",))
    bounded("pixels", image.width * image.height, source.limits)
    return np.asarray(image.convert("RGB"))
