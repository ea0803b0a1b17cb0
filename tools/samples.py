"""Makes the demo's pictures, one for every format and every case that a labelling tool gets wrong easily."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from tools import scenes

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"
BOTH, LABEL, MARK = "in", "in-label-only", "in-mark-only"  # what the demo does with a folder: add, embed, mark


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of the demo: its file, what it shows, and how to make it (None where no encoder is at hand)."""

    folder: str
    name: str
    shows: str
    make: Callable[[], bytes | None]


def image(picture: scenes.Picture) -> Image.Image:
    return Image.fromarray(scenes.in_bytes(picture))


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Nobody's Camera", "Model 1/f", orientation
    exif[0x013B], exif[0x0132] = "numpy.random", "2026:01:01 08:00:00"
    return exif


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _turning(wide: int, high: int, frames: int) -> list[Image.Image]:
    return [image(scenes.spheres(wide, high, 3, turn=number / frames)) for number in range(frames)]


def jpeg_baseline() -> bytes:
    picture = image(scenes.mountains(1280, 854, 3))
    return saved(picture, "JPEG", quality=90, exif=_exif(), icc_profile=_profile(), comment=b"a comment that stays")


def jpeg_progressive() -> bytes:
    picture = image(scenes.mountains(832, 1216, 5, scenes.DUSK))
    return saved(picture, "JPEG", quality=92, progressive=True, subsampling="4:4:4")


def jpeg_rotated() -> bytes:
    """Stored lying on its side; EXIF orientation 6 turns it upright."""
    picture = image(scenes.mountains(800, 1067, 11, scenes.NOON)).transpose(Image.Transpose.ROTATE_90)
    return saved(picture, "JPEG", quality=88, exif=_exif(6))


def jpeg_cmyk() -> bytes:
    return saved(image(scenes.spheres(1024, 768, 8)).convert("CMYK"), "JPEG", quality=92)


def jpeg_grey() -> bytes:
    return saved(image(scenes.mountains(1000, 750, 21)).convert("L"), "JPEG", quality=88)


def jpeg_panorama() -> bytes:
    return saved(image(scenes.skyline(2400, 300, 4)), "JPEG", quality=92)


def png_plain() -> bytes:
    text = PngInfo()
    text.add_text("Software", "tools/samples.py")
    return saved(image(scenes.nebula(1024, 1024, 2)), "PNG", pnginfo=text, icc_profile=_profile(), dpi=(144, 144))


def png_alpha() -> bytes:
    picture, coverage = scenes.flower(900, 900, 1)
    return saved(Image.fromarray(np.dstack([scenes.in_bytes(picture), scenes.in_bytes(coverage)])), "PNG")


def png_palette() -> bytes:
    return saved(image(scenes.spheres(800, 600, 5, 0.12)).quantize(160), "PNG")


def png_deep() -> bytes:
    """Three channels of 16 bits, which Pillow cannot write: chunks by hand."""
    picture = scenes.mountains(900, 600, 30, scenes.NOON)
    rows = np.rint(np.clip(picture, 0, 1) * 65535).astype(">u2").reshape(600, -1)
    filtered = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", 900, 600, 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def png_thumbnail() -> bytes:
    return saved(image(scenes.nebula(64, 64, 7)), "PNG")


def png_animated() -> bytes:
    frames = _turning(360, 270, 12)
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=90, loop=0)


def webp_lossy() -> bytes:
    return saved(image(scenes.skyline(1200, 800, 9)), "WEBP", quality=88, method=4)


def webp_lossless() -> bytes:
    picture, coverage = scenes.flower(720, 720, 4)
    both = Image.fromarray(np.dstack([scenes.in_bytes(picture), scenes.in_bytes(coverage)]))
    return saved(both, "WEBP", lossless=True, method=2)


def webp_animated() -> bytes:
    frames = _turning(480, 360, 8)
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=110, loop=0, quality=80)


def gif_animated() -> bytes:
    frames = [frame.quantize(64) for frame in _turning(360, 270, 8)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=110, loop=0)


def tiff_pages() -> bytes:
    pages = [image(scenes.mountains(900, 600, seed)) for seed in (40, 41, 42)]
    return saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate")


def tiff_big() -> bytes:
    return saved(image(scenes.nebula(700, 900, 12)), "TIFF", big_tiff=True, compression="tiff_lzw")


def heic() -> bytes | None:
    try:
        import pillow_heif
    except ImportError:
        return None
    pillow_heif.register_heif_opener()
    return saved(image(scenes.mountains(1280, 960, 17, scenes.DUSK)), "HEIF", quality=75, exif=_exif())


def avif() -> bytes:
    return saved(image(scenes.skyline(1024, 768, 31)), "AVIF", quality=75, speed=8)


def avif_sequence() -> bytes:
    frames = _turning(480, 360, 6)
    return saved(frames[0], "AVIF", save_all=True, append_images=frames[1:], duration=120, quality=70, speed=9)


def svg() -> bytes:
    """Written as a designer's program would: gradients, a clip, a title."""
    petals = "".join(
        f'<use href="#petal" transform="rotate({turn} 400 300)" opacity="{0.55 + turn / 1000:.2f}"/>'
        for turn in range(0, 360, 24)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600" viewBox="0 0 800 600">
  <title>A rosette</title>
  <defs>
    <linearGradient id="sky" x2="0" y2="1">
      <stop stop-color="#12304f"/><stop offset="1" stop-color="#e9b08a"/>
    </linearGradient>
    <radialGradient id="glow">
      <stop stop-color="#fff3d6"/><stop offset="1" stop-color="#f06a78" stop-opacity="0.7"/>
    </radialGradient>
    <path id="petal" d="M400 300 C340 210 360 110 400 60 C440 110 460 210 400 300" fill="url(#glow)"/>
  </defs>
  <rect width="800" height="600" fill="url(#sky)"/>
  {petals}
  <circle cx="400" cy="300" r="34" fill="#ffe9a8"/>
</svg>
""".encode()


def jxl() -> bytes | None:
    """Encoded where cjxl is installed, otherwise the small file of the fixtures."""
    if shutil.which("cjxl"):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "a.png"), Path(folder, "a.jxl")
            source.write_bytes(saved(image(scenes.mountains(960, 640, 50)), "PNG"))
            subprocess.run(["cjxl", "--quiet", "-e", "4", str(source), str(target)], check=True, capture_output=True)
            return target.read_bytes()
    ready = sorted((FIXTURES / "jxl").glob("*.jxl"))
    return ready[0].read_bytes() if ready else None


def jp2() -> bytes:
    return saved(image(scenes.nebula(800, 600, 23)), "JPEG2000", quality_mode="dB", quality_layers=[42])


def psd() -> bytes:
    """A flattened picture without layers: header, three empty sections, raw planes."""
    pixels = scenes.in_bytes(scenes.spheres(640, 480, 6, 0.4))
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 480, 640, 8, 3)
    return header + b"\0" * 12 + b"\0\0" + b"".join(pixels[..., channel].tobytes() for channel in range(3))


def bmp() -> bytes:
    return saved(image(scenes.spheres(640, 480, 9, 0.3)), "BMP")


SAMPLES: Final = (
    Sample(BOTH, "landscape.jpg", "JPEG, baseline, with EXIF, ICC profile and a comment", jpeg_baseline),
    Sample(BOTH, "portrait-progressive.jpg", "JPEG, progressive, 4:4:4", jpeg_progressive),
    Sample(BOTH, "turned-by-exif.jpg", "JPEG, stored on its side (orientation 6)", jpeg_rotated),
    Sample(BOTH, "print-cmyk.jpg", "JPEG, CMYK", jpeg_cmyk),
    Sample(BOTH, "grey.jpg", "JPEG, greyscale", jpeg_grey),
    Sample(BOTH, "panorama-1-to-8.jpg", "JPEG, eight times as wide as high", jpeg_panorama),
    Sample(BOTH, "nebula.png", "PNG, 24 bits, ICC profile, text", png_plain),
    Sample(BOTH, "blossom-alpha.png", "PNG with transparency", png_alpha),
    Sample(BOTH, "palette.png", "PNG, 160 colours", png_palette),
    Sample(BOTH, "deep-16-bit.png", "PNG, 3 × 16 bits", png_deep),
    Sample(BOTH, "thumbnail-64.png", "PNG, 64 × 64 pixels", png_thumbnail),
    Sample(BOTH, "turning-animated.png", "APNG, 12 frames", png_animated),
    Sample(BOTH, "town-lossy.webp", "WebP, lossy", webp_lossy),
    Sample(BOTH, "blossom-lossless.webp", "WebP, lossless, transparency", webp_lossless),
    Sample(BOTH, "turning-animated.webp", "WebP, 8 frames", webp_animated),
    Sample(BOTH, "turning-animated.gif", "GIF, 8 frames", gif_animated),
    Sample(BOTH, "three-pages.tif", "TIFF, 3 pages, Deflate", tiff_pages),
    Sample(BOTH, "big.tif", "BigTIFF, LZW", tiff_big),
    Sample(BOTH, "dusk.heic", "HEIC with EXIF", heic),
    Sample(BOTH, "town.avif", "AVIF", avif),
    Sample(BOTH, "turning-sequence.avif", "AVIF sequence, 6 frames", avif_sequence),
    Sample(BOTH, "rosette.svg", "SVG", svg),
    Sample(LABEL, "lake.jxl", "JPEG XL", jxl),
    Sample(LABEL, "cloud.jp2", "JPEG 2000", jp2),
    Sample(LABEL, "still-life.psd", "PSD", psd),
    Sample(MARK, "still-life.bmp", "BMP", bmp),
)


def make_all(folder: Path) -> list[Sample]:
    """Write every sample below `folder`; give those that could be made here."""
    made = []
    for sample in SAMPLES:
        data = sample.make()
        if data is not None:
            target = folder / sample.folder / sample.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            made.append(sample)
    return made
