"""Marks on JPEG: which coefficients change, what is kept around them, and what each of the three ways promises."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import jpeglib
import numpy as np
import pytest
from PIL import Image, ImageOps

from aigc_label.detectors.words import sightings
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, MissingTool, ToolFailed, UnsupportedFormat
from aigc_label.grammars import jpeg, jpeg_frame, mpf
from aigc_label.limits import Limits
from aigc_label.markers import Rendering, jpeg_ways
from aigc_label.markers.jpeg import render
from aigc_label.marking import Mark, Place, complies
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

SIZE = 203, 157  # no whole number of MCUs either way
WAYS = {"jpegtran": jpeg_ways.by_jpegtran, "jpeglib": jpeg_ways.by_jpeglib, "pillow": jpeg_ways.by_pillow}
Way = Callable[[jpeg_ways.Job], Any]


def painting(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture with grain in every block, so that no coefficient is the same by chance."""
    wide, high = size
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(np.arange(wide), np.arange(high))
    planes = np.stack([x * 180 // wide, y * 180 // high, (x + y) * 90 // (wide + high)], axis=2)
    return Image.fromarray((planes + rng.integers(0, 70, planes.shape)).astype(np.uint8)).convert(mode)


def saved(image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or painting()).save(out, "JPEG", **{"quality": 80, **options})
    return out.getvalue()


def cjpeg(*arguments: str) -> bytes:
    out = io.BytesIO()
    painting().save(out, "PPM")
    return subprocess.run(["cjpeg", *arguments], input=out.getvalue(), capture_output=True, check=True).stdout


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(exif=exif.tobytes())


def ycck() -> bytes:
    """YCCK is what Photoshop and ImageMagick write for CMYK."""
    given = saved(painting("CMYK"))
    return subprocess.run(["convert", "-", "-colorspace", "CMYK", "jpeg:-"], input=given, capture_output=True).stdout


KINDS: dict[str, Callable[[], bytes]] = {
    "4:2:0": saved,
    "4:2:2": lambda: saved(subsampling=1),
    "4:4:4 progressive": lambda: saved(subsampling=0, progressive=True),
    "progressive with restarts": lambda: saved(progressive=True, restart_marker_blocks=5),
    "restarts": lambda: saved(restart_marker_rows=1),
    "optimised": lambda: saved(optimize=True),
    "grey": lambda: saved(painting("L")),
    "grey progressive": lambda: saved(painting("L"), progressive=True),
    "cmyk": lambda: saved(painting("CMYK")),
    "ycck": ycck,
    "rgb": lambda: saved(keep_rgb=True),
    "4:4:0": lambda: cjpeg("-sample", "1x2"),
    "4:1:1": lambda: cjpeg("-sample", "4x1"),
    "more chroma than luma": lambda: cjpeg("-sample", "1x1,2x2,2x2"),
    "sixteen-bit tables": lambda: cjpeg("-quality", "3"),
    "thumbnail": lambda: saved(painting(size=(64, 64))),
    "panorama": lambda: saved(painting(size=(60, 1200))),
    **{f"orientation {value}": lambda value=value: turned(value) for value in range(1, 9)},
}


def by(monkeypatch: pytest.MonkeyPatch, way: Way, data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    monkeypatch.setattr(jpeg_ways, "drawn", way)
    return marked(data, mark)


def marked(data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, mark or Mark())
    return in_memory(source, rendering.plan), rendering


def frame(data: bytes) -> jpeg_frame.Frame:
    return jpeg_frame.frame_of(BytesSource(data))


def planes(data: bytes, folder: Path) -> list[np.ndarray]:
    """The quantised coefficients of every component, (rows of blocks, columns, 8, 8)."""
    path = folder / "picture.jpg"
    path.write_bytes(data)
    picture = jpeglib.read_dct(str(path))
    return [getattr(picture, name) for name in ("Y", "Cb", "Cr", "K")[: len(frame(data).components)]]


def shown(data: bytes) -> np.ndarray:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


def loose(data: bytes) -> list[bytes]:
    return [
        data[part.offset : part.end]
        for part in jpeg.segments(BytesSource(data))
        if part.marker == jpeg.COM or jpeg.APP0 <= part.marker <= jpeg.APP15
    ]


@pytest.mark.oracle("jpegtran", "cjpeg", "convert")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["jpegtran", "jpeglib"])
def test_only_blocks_under_the_mark_change(
    kind: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = KINDS[kind]()
    if way == "jpeglib" and kind in ("cmyk", "ycck"):
        pytest.skip("jpeglib does not write a fourth component right: that way refuses it")
    after, rendering = by(monkeypatch, WAYS[way], before)
    whole = frame(before)
    assert frame(after).tables.keys() == whole.tables.keys()
    assert all(frame(after).tables[part.table] == whole.tables[part.table] for part in whole.components)
    area = rendering.box.width * rendering.box.height
    for old, new in zip(planes(before, tmp_path), planes(after, tmp_path), strict=True):
        changed = np.argwhere((old != new).any(axis=(2, 3)))
        high, wide = changed.max(0) - changed.min(0) + 1
        covered = high * wide / (old.shape[0] * old.shape[1])
        assert covered <= area / (whole.width * whole.height) * 1.25 + 0.02  # edge blocks reach beyond the picture


@pytest.mark.oracle("jpegtran", "cjpeg", "convert")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_all_ways_look_the_same_and_are_read_back(kind: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "jpeglib" and kind in ("cmyk", "ycck"):
        pytest.skip("jpeglib does not write a fourth component right: that way refuses it")
    before = KINDS[kind]()
    after, rendering = by(monkeypatch, WAYS[way], before)
    pixels, old = shown(after), shown(before)
    assert pixels.shape == old.shape
    if "sixteen" not in kind and "chroma" not in kind:  # too coarse, or too blurred, to be legible at this size
        first, *_ = sightings(pixels)
        assert complies(first.text)
    box = rendering.box
    near = np.zeros(old.shape[:2], bool)  # smooth chroma bleeds over a block's edge when it is shown
    near[max(0, box.top - 4) : box.bottom + 4, max(0, box.left - 4) : box.right + 4] = True
    apart = np.abs(old.astype(int) - pixels)[~near]
    if way == "pillow":
        assert apart.mean() < (4 if kind == "ycck" else 1)  # YCCK takes the detour through RGB
    else:
        assert apart.max() == 0


@pytest.mark.oracle("jpegtran")
@pytest.mark.parametrize("way", ["jpegtran", "pillow"])
def test_progressive_mode_restarts_and_segments_stay(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(progressive=True, restart_marker_blocks=5, comment=b"stays", icc_profile=b"not a profile" * 9)
    after, _ = by(monkeypatch, WAYS[way], data)
    assert frame(after).marker == jpeg_frame.PROGRESSIVE
    assert frame(after).restart_interval == 5
    assert loose(after) == loose(data)


@pytest.mark.oracle("jpegtran")
def test_jpegtran_keeps_the_files_own_order_of_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(progressive=True)
    after, _ = by(monkeypatch, jpeg_ways.by_jpegtran, data)
    assert frame(after).scans == frame(data).scans


def test_jpeglib_says_that_scans_became_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    _, rendering = by(monkeypatch, jpeg_ways.by_jpeglib, saved(progressive=True))
    assert "plain scan" in rendering.way.en
    assert "扫描" in rendering.way.zh


@pytest.mark.oracle("jpegtran")
def test_a_second_mark_in_the_same_place_changes_nothing() -> None:
    once, _ = marked(saved())
    assert marked(once)[0] == once


@pytest.mark.oracle("jpegtran", "djpeg")
@pytest.mark.parametrize("place", Place)
def test_every_place_decodes_without_a_warning(place: Place, tmp_path: Path) -> None:
    after, _ = marked(saved(restart_marker_blocks=7), Mark(place=place))
    path = tmp_path / "out.jpg"
    path.write_bytes(after)
    ran = subprocess.run(["djpeg", "-outfile", str(tmp_path / "out.ppm"), str(path)], capture_output=True, check=True)
    assert ran.stderr == b""


def test_what_is_missing_or_fails_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    jpeg_ways.transcoder.located.cache_clear()
    with pytest.raises(MissingTool):
        by(monkeypatch, jpeg_ways.by_jpegtran, saved())
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    assert "jpeglib" in marked(saved())[1].way.en
    assert "coded anew" in marked(saved(painting("CMYK")))[1].way.en
    monkeypatch.undo()


def test_jpeglib_is_not_trusted_with_four_components(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ToolFailed):
        by(monkeypatch, jpeg_ways.by_jpeglib, saved(painting("CMYK")))


def two_pictures() -> tuple[bytes, bytes]:
    out = io.BytesIO()
    painting().save(out, "MPO", save_all=True, append_images=[painting(size=(96, 64)).rotate(180)])
    data = out.getvalue()
    return data, data[frame(data).end :]


def test_a_multi_picture_file_keeps_its_other_pictures_and_its_index() -> None:
    data, second = two_pictures()
    after, rendering = marked(data)
    assert "other pictures" in rendering.way.en
    assert after.endswith(second)
    index = Image.open(io.BytesIO(after))
    index.seek(1)
    index.load()
    assert index.size == (96, 64)
    old = Image.open(io.BytesIO(data))
    old.seek(1)
    assert index.tobytes() == old.tobytes()
    sizes = [entry["Size"] for entry in index.mpinfo[mpf.ENTRIES]]
    assert sum(sizes) == len(after)


def test_the_thumbnail_in_exif_stays() -> None:
    thumbnail = saved(painting(size=(64, 48)))
    exif = Image.Exif()
    exif[0x0112] = 6
    block = exif.tobytes() + thumbnail
    data = saved(exif=block)
    assert thumbnail in marked(data)[0]


def test_bytes_behind_the_picture_stay() -> None:
    assert marked(saved() + b"motion photo \xff\xd9 here")[0].endswith(b"\xff\xd9motion photo \xff\xd9 here")


@pytest.mark.oracle("cjpeg")
def test_arithmetic_coding_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedFormat, match="arithmetic-coded"):
        render(BytesSource(cjpeg("-arithmetic")), Mark())


@pytest.mark.parametrize(
    ("marker", "precision", "name"), [(0xC3, 8, "lossless"), (0xC1, 12, "12-bit"), (0xC5, 8, "hier")]
)
def test_other_kinds_are_refused_by_name(marker: int, precision: int, name: str) -> None:
    data = saved()
    at = data.index(b"\xff\xc0")
    changed = data[: at + 1] + bytes((marker,)) + data[at + 2 : at + 4] + bytes((precision,)) + data[at + 5 :]
    with pytest.raises(UnsupportedFormat, match=name):
        render(BytesSource(changed), Mark())


def test_too_many_pixels_are_refused_before_anything_is_decoded() -> None:
    data = saved()
    at = data.index(b"\xff\xc0") + 5
    huge = data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]
    with pytest.raises(LimitExceeded):
        render(BytesSource(huge), Mark())
    with pytest.raises(LimitExceeded):
        render(BytesSource(data, limits=Limits(pixels=1000)), Mark())


@pytest.mark.oracle("jpegtran")
def test_damaged_data_is_not_passed_over() -> None:
    data = saved()
    at = frame(data).head[-1].end + 900
    with pytest.raises(MalformedFile):
        render(BytesSource(data[:at] + b"\xff\xc4\0\2" + data[at + 300 :]), Mark())


@pytest.mark.oracle("jpegtran")
def test_harmless_stray_bytes_are_passed_over() -> None:
    data = saved()
    assert "jpegtran" in marked(data[:-2] + b"\0\0\0\xff\xd9")[1].way.en


def test_flipped_bytes_raise_only_our_errors() -> None:
    data = bytearray(saved(painting(size=(64, 64)), progressive=True))
    for at in range(0, len(data), 41):
        data[at] ^= 0x55
        with suppress(AigcLabelError):
            render(BytesSource(bytes(data)), Mark())
        data[at] ^= 0x55
