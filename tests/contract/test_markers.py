"""What every marker promises; a format joins by being in the table and having fixtures."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps, ImageSequence

from aigc_label.adapters import adapter_of
from aigc_label.detectors.pictures import look
from aigc_label.errors import AigcLabelError, InvalidMark, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.formats import BY_NAME, FORMATS, Medium
from aigc_label.markers import Rendering, marker_of
from aigc_label.marking import MIN_CONTRAST, MIN_HEIGHT_SHARE, Mark, complies
from aigc_label.raster import SEQUENCES
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

pillow_heif.register_heif_opener()
FIXTURES = Path(__file__).parents[2] / "fixtures"
MARKED = [row.name for row in FORMATS if row.medium is Medium.IMAGE and row.marker]
LOSSLESS = ("png", "gif", "bmp", "tiff")
WIDE, HIGH = 160, 120
PILLOW = {  # what Pillow can write in each format, at a size on which a mark fits; fixtures come on top
    "jpeg": [("L", {}), ("RGB", {"quality": 85}), ("RGB", {"progressive": True, "subsampling": 0}), ("CMYK", {})],
    "png": [(mode, {}) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")],
    "gif": [("L", {}), ("P", {})],
    "bmp": [(mode, {}) for mode in ("1", "L", "P", "RGB", "RGBA")],
    "tiff": [
        *((mode, {"compression": "raw"}) for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "I;16")),
        *(("RGB", {"compression": how}) for how in ("packbits", "tiff_lzw", "tiff_adobe_deflate")),
    ],
    "webp": [("RGB", {"quality": 80}), ("RGB", {"lossless": True}), ("RGBA", {"lossless": True})],
    "heic": [("RGB", {"quality": 80})],
    "avif": [("RGB", {"quality": 80})],
}
ANIMATED = {"png": {}, "gif": {}, "webp": {"lossless": True}}


@dataclass(frozen=True, slots=True)
class File:
    """One picture file: its format, its name for the test's id, its bytes."""

    format: str
    name: str
    data: bytes


def scene(mode: str, shift: int = 0) -> Image.Image:
    """Give a picture whose every pixel differs a little, so that a moved or lost pixel shows."""
    y, x = np.mgrid[:HIGH, :WIDE]
    if mode == "I;16":
        return Image.fromarray(((x * 397 + y * 211 + shift) % 65536).astype(np.uint16))
    planes = [(x + shift) % 256, (y * 2) % 256, (x * y // 16) % 256]
    picture = Image.fromarray(np.stack(planes, axis=2).astype(np.uint8))
    if mode in ("LA", "RGBA"):
        picture.putalpha(Image.fromarray((255 - x % 200).astype(np.uint8)))
    return picture.convert(mode)


def written_by_pillow() -> Iterator[File]:
    codes = {"heic": "HEIF"}
    for name, kinds in PILLOW.items():
        for mode, options in kinds:
            yield File(name, f"{mode} {options}", saved(scene(mode), codes.get(name, name.upper()), **options))
    for name, options in ANIMATED.items():
        more = {"save_all": True, "append_images": [scene("RGB", 60), scene("RGB", 120)], "duration": [70, 130, 200]}
        yield File(name, "animated", saved(scene("RGB"), name.upper(), loop=3, **more, **options))
    for name in ("jpeg", "png", "webp"):
        for orientation in (3, 6, 8):
            exif = Image.Exif()
            exif[0x0112] = orientation
            yield File(name, f"orientation {orientation}", saved(scene("RGB"), name.upper(), exif=exif))


def saved(picture: Image.Image, code: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, code, **options)
    return out.getvalue()


FILES = [
    *written_by_pillow(),
    *(
        File(name, path.name, path.read_bytes())
        for name in MARKED
        for path in sorted((FIXTURES / name).glob("*"))
        if path.is_file()
    ),
]


@cache
def marked(file: File) -> tuple[bytes, Rendering] | AigcLabelError:
    """Give a file's marked bytes, or the refusal."""
    source = BytesSource(file.data, file.name)
    try:
        rendering = marker_of(sniff(source)).render(source, Mark())
    except AigcLabelError as refusal:
        return refusal
    return in_memory(source, rendering.plan), rendering


def of(files: Iterable[File]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", [pytest.param(file, id=f"{file.format}/{file.name}") for file in files])


def has_room(file: File) -> bool:
    if file.format == "svg":
        return True
    return all(max(size) >= 45 and min(size) >= 20 for size in sizes(file))


@cache
def sizes(file: File) -> list[tuple[int, int]]:
    """Give the size in pixels of every frame and page that is shown; (0, 0) where Pillow cannot open the file."""
    with catch_warnings():
        simplefilter("ignore")
        try:
            picture = opened(file.data)
            frames = ImageSequence.Iterator(picture) if file.format in SEQUENCES else (picture,)
            return [frame.size for frame in frames]
        except OSError:
            return [(0, 0)]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def pictures(data: bytes) -> list[np.ndarray]:
    """Give every frame or page as Pillow sees it, turned as displayed; palettes looked up, other samples as stored."""
    with catch_warnings():
        simplefilter("ignore")
        return [np.asarray(turned(frame)) for frame in ImageSequence.Iterator(opened(data))]


def turned(frame: Image.Image) -> Image.Image:
    flat = ImageOps.exif_transpose(frame)
    return flat.convert("RGBA") if flat.mode in ("P", "PA") or flat.has_transparency_data else flat


def outside(picture: np.ndarray, box: Box) -> np.ndarray:
    cleared = picture.copy()
    cleared[box.top : box.bottom, box.left : box.right] = 0
    return cleared


def is_lossless(file: File) -> bool:
    if file.format == "webp":
        return b"VP8L" in file.data and b"VP8 " not in file.data
    return file.format in LOSSLESS


def facts(data: bytes) -> Iterator[object]:
    image = opened(data)
    yield image.size, image.mode, image.info.get("loop"), image.info.get("icc_profile"), image.info.get("dpi")
    for frame in ImageSequence.Iterator(image):
        yield frame.size, frame.info.get("duration"), frame.info.get("blend")


def refused_with_a_remedy(file: File) -> bool:
    """Tell whether the marker declines this kind of file, as it may; it then has to say what to do instead."""
    answer = marked(file)
    return isinstance(answer, UnsupportedFormat) and bool(answer.remedy.en and answer.remedy.zh)


FITTING = [file for file in FILES if has_room(file) and not refused_with_a_remedy(file)]
RASTER = [file for file in FITTING if file.format != "svg"]
TINY = [file for file in FILES if not has_room(file)]


def done(file: File) -> tuple[bytes, Rendering]:
    answer = marked(file)
    if isinstance(answer, AigcLabelError):
        raise answer
    return answer


@pytest.mark.parametrize("name", MARKED)
def test_every_format_with_a_marker_is_tried_on_a_picture_with_room(name: str) -> None:
    assert [file for file in FITTING if file.format == name]


@of(TINY)
def test_where_the_words_cannot_fit_the_refusal_says_what_would(file: File) -> None:
    refusal = marked(file)
    assert isinstance(refusal, AigcLabelError)
    if sizes(file) != [(0, 0)]:
        assert isinstance(refusal, InvalidMark | UnsupportedFormat)
        assert refusal.remedy.en


@of(FITTING)
def test_the_mark_is_seen_by_a_detector_that_did_not_draw_it(file: File) -> None:
    after, _ = done(file)
    first, *_ = look(BytesSource(after), BY_NAME[file.format])
    assert complies(first.text), first.text
    assert (first.height_share or 0) >= MIN_HEIGHT_SHARE
    assert (first.contrast or 0) >= MIN_CONTRAST


@of(FITTING)
def test_what_is_seen_lies_in_the_box_that_was_drawn(file: File) -> None:
    after, rendering = done(file)
    first, *_ = look(BytesSource(after), BY_NAME[file.format])
    assert first.box is not None
    assert rendering.box.left <= first.box.left < first.box.right <= rendering.box.right
    assert rendering.box.top <= first.box.top < first.box.bottom <= rendering.box.bottom


@of(FITTING)
def test_every_frame_shows_the_mark(file: File) -> None:
    after, _ = done(file)
    first, *_ = look(BytesSource(after), BY_NAME[file.format])
    assert first.confidence > 0.7  # it is scaled by the share of frames that show the words


@of(FITTING)
def test_nothing_is_seen_before(file: File) -> None:
    assert not any(complies(seen.text) for seen in look(BytesSource(file.data), BY_NAME[file.format]))


@of(file for file in RASTER if is_lossless(file))
def test_lossless_formats_keep_every_pixel_outside_the_box(file: File) -> None:
    after, rendering = done(file)
    for old, new in zip(pictures(file.data), pictures(after), strict=True):
        assert old.dtype == new.dtype
        assert (outside(old, rendering.box) == outside(new, rendering.box)).all()


@of(file for file in RASTER if not is_lossless(file))
def test_lossy_formats_stay_close_outside_the_box(file: File) -> None:
    after, rendering = done(file)
    for old, new in zip(pictures(file.data), pictures(after), strict=True):
        assert np.abs(outside(old, rendering.box).astype(int) - outside(new, rendering.box)).mean() <= 4


@of(RASTER)
def test_size_mode_frames_timing_and_loop_stay(file: File) -> None:
    after, _ = done(file)
    assert list(facts(file.data)) == list(facts(after))


@of(file for file in FITTING if BY_NAME[file.format].adapter)
def test_readings_of_the_metadata_stay(file: File) -> None:
    after, _ = done(file)
    adapter = adapter_of(BY_NAME[file.format])

    def held(data: bytes) -> list[tuple[str, str]]:
        return [(reading.carrier, reading.text) for reading in adapter.read(BytesSource(data)).readings]

    assert held(file.data) == held(after)


@of(FITTING)
def test_the_marked_file_is_still_of_its_format(file: File) -> None:
    after, _ = done(file)
    assert sniff(BytesSource(after)).name == file.format


@of(file for file in FILES if len(file.data) <= 4096)
def test_a_truncated_file_raises_only_our_errors(file: File) -> None:
    marker = marker_of(BY_NAME[file.format])
    for length in range(0, len(file.data), max(1, len(file.data) // 97)):
        try:
            marker.render(BytesSource(file.data[:length]), Mark())
        except AigcLabelError:
            continue
