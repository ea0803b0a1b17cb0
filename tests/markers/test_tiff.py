"""Marks on TIFF: every page, every layout and lossless codec; only strips or tiles under the mark are written again."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars import tiff
from aigc_label.limits import Limits
from aigc_label.markers import Rendering
from aigc_label.markers.inks import luminance
from aigc_label.markers.tiff import render
from aigc_label.marking import Mark, Place
from aigc_label.source import BytesSource
from aigc_label.splice import Keep, in_memory, new_bytes_of

Pixels = np.ndarray[Any, Any]
SIZE = 161, 120  # odd, so that rows and tiles do not end on round numbers


def painting(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    wide, high = size
    rng = np.random.default_rng(5)
    x, y = np.meshgrid(np.arange(wide), np.arange(high))
    planes = [(x + y) * 200 // (wide + high), x * 250 // wide, y * 240 // high, 255 - x * 200 // wide]
    samples = np.stack(planes, axis=2) + rng.integers(0, 6, (high, wide, 4))
    samples[: high // 4, : wide // 4, :3] = 0
    samples[: high // 4, wide // 4 : wide // 2, :3] = 255
    image = Image.fromarray(samples.clip(0, 255).astype(np.uint8))
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def saved(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "TIFF", **options)
    return out.getvalue()


def marked(data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, mark or Mark())
    return in_memory(source, rendering.plan), rendering


def shown(data: bytes, page: int = 0) -> Pixels:
    image = Image.open(io.BytesIO(data))
    image.seek(page)
    return np.asarray(ImageOps.exif_transpose(image).convert("RGBA")).copy()


def assert_only_the_box_differs(before: Pixels, after: Pixels, box: Box) -> None:
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    assert before.shape == after.shape
    assert (before[inside] != after[inside]).any()
    before[inside] = after[inside]
    assert (before == after).all()


def assert_legible(after: Pixels, box: Box) -> None:
    light = luminance(after[box.top : box.bottom, box.left : box.right, :3])
    assert (light.max() + 0.05) / (light.min() + 0.05) >= 4.5


def tool(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


def raw_samples(path: Path, page: int = 0, kind: str = "rgba") -> bytes:
    """The samples of a page at 16 bits, decoded by ImageMagick."""
    return tool("convert", f"{path}[{page}]", "-depth", "16", f"{kind}:-")


LAYOUTS = {
    "one strip": ["-r", "120"],
    "strips": ["-r", "17"],
    "tiles": ["-t", "-w", "48", "-l", "32"],
    "planes": ["-p", "separate", "-r", "16"],
    "planes in tiles": ["-p", "separate", "-t", "-w", "32", "-l", "16"],
    "big endian": ["-B", "-r", "40"],
    "BigTIFF": ["-8", "-r", "40"],
}
CODECS = ["none", "lzw", "lzw:2", "zip", "zip:2", "packbits"]
MODES = ["1", "L", "P", "RGB", "RGBA", "CMYK", "LA"]


def arranged(tmp_path: Path, image: Image.Image, layout: str, codec: str) -> Path:
    plain, target = tmp_path / "plain.tif", tmp_path / "arranged.tif"
    plain.write_bytes(saved(image))
    tool("tiffcp", "-c", codec, *LAYOUTS[layout], str(plain), str(target))
    return target


@pytest.mark.oracle("tiffcp", "tiffinfo", "convert")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("codec", CODECS)
def test_every_layout_and_codec_keeps_the_samples_outside_the_mark(layout: str, codec: str, tmp_path: Path) -> None:
    path = arranged(tmp_path, painting("RGB"), layout, codec)
    data, facts = path.read_bytes(), tool("tiffinfo", str(path))
    for place in (Place.TOP_LEFT, Place.BOTTOM_RIGHT):
        out, rendering = marked(data, Mark(place=place))
        path.write_bytes(out)
        assert_only_the_box_differs(shown(data), shown(out), rendering.box)
        assert tool("tiffinfo", str(path)) == facts
        by_magick = np.frombuffer(raw_samples(path), "<u2").reshape(SIZE[1], SIZE[0], 4)
        assert (by_magick[:, :, :3] == shown(out)[:, :, :3].astype(np.uint16) * 257).all()


@pytest.mark.oracle("tiffcp")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("codec", ["none", "lzw", "packbits"])
def test_every_mode_keeps_its_samples_outside_the_mark(mode: str, codec: str, tmp_path: Path) -> None:
    image = painting("RGB").convert("L").convert("LA") if mode == "LA" else painting(mode)
    data = arranged(tmp_path, image, "strips", codec).read_bytes()
    for place in (Place.TOP_LEFT, Place.BOTTOM):
        out, rendering = marked(data, Mark(place=place))
        assert Image.open(io.BytesIO(out)).mode == Image.open(io.BytesIO(data)).mode
        assert_only_the_box_differs(shown(data), shown(out), rendering.box)
        assert_legible(shown(out), rendering.box)


@pytest.mark.oracle("convert", "tiffcp")
@pytest.mark.parametrize("codec", ["none", "lzw:2", "zip:2"])
@pytest.mark.parametrize("order", ["-L", "-B"])
@pytest.mark.parametrize("kind", ["TrueColor", "TrueColorAlpha", "Grayscale"])
def test_sixteen_bits_are_kept(kind: str, order: str, codec: str, tmp_path: Path) -> None:
    first, second = tmp_path / "a.tif", tmp_path / "b.tif"
    png = tmp_path / "a.png"
    painting("RGBA").save(png)
    alpha = [] if kind == "TrueColorAlpha" else ["-alpha", "off"]
    tool("convert", str(png), *alpha, "-depth", "16", "-evaluate", "Add", "37", "-type", kind, str(first))
    tool("tiffcp", order, "-c", codec, "-r", "19", str(first), str(second))
    data = second.read_bytes()
    before = np.frombuffer(raw_samples(second), "<u2").reshape(SIZE[1], SIZE[0], 4).copy()
    out, rendering = marked(data)
    second.write_bytes(out)
    after = np.frombuffer(raw_samples(second), "<u2").reshape(before.shape)
    assert len(set((before[:, :, 0] % 257).ravel())) > 1
    assert_only_the_box_differs(before, after, rendering.box)
    assert_legible(after / 257, rendering.box)


@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_packed_greys_are_drawn_in_their_own_steps(photometric: int, depth: int) -> None:
    rng = np.random.default_rng(1)
    row = (SIZE[0] * depth + 7) // 8
    data = built(depth, photometric, rng.integers(0, 256, row * SIZE[1], dtype=np.uint8).tobytes())
    out, rendering = marked(data)
    assert len(out) == len(data)
    assert_only_the_box_differs(shown(data), shown(out), rendering.box)
    assert_legible(shown(out), rendering.box)


def built(
    depth: int, photometric: int, pixels: bytes, *more: tuple[int, int, int], size: tuple[int, int] = SIZE
) -> bytes:
    """A TIFF of one strip, entry by entry; `more` are further entries (tag, type, value)."""
    fields = {256: (3, size[0]), 257: (3, size[1]), 258: (3, depth), 259: (3, 1), 262: (3, photometric), 273: (4, 8)}
    fields |= {277: (3, 1), 278: (3, size[1]), 279: (4, len(pixels))}
    fields |= {tag: (kind, value) for tag, kind, value in more}
    at = 8 + len(pixels) + len(pixels) % 2
    entries = b"".join(
        tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + b"\1\0\0\0" + value.to_bytes(4, "little")
        for tag, (kind, value) in sorted(fields.items())
    )
    body = pixels + bytes(len(pixels) % 2) + len(fields).to_bytes(2, "little") + entries + bytes(4)
    return b"II*\0" + at.to_bytes(4, "little") + body


def test_every_page_carries_the_mark_at_its_own_size() -> None:
    sizes = [SIZE, (90, 200), (300, 100)]
    first, *others = [painting("RGB", size) for size in sizes]
    data = saved(first, save_all=True, append_images=others, compression="tiff_lzw")
    out, rendering = marked(data)
    for page, size in enumerate(sizes):
        alone, same = marked(saved(painting("RGB", size)))
        assert_only_the_box_differs(shown(data, page), shown(out, page), same.box)
        assert (shown(out, page) == shown(alone)).all()
    assert "3 of 3" in rendering.way.en


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_mark_stands_upright_on_a_turned_page(orientation: int) -> None:
    data = saved(painting(), tiffinfo={274: orientation})
    out, rendering = marked(data)
    assert_only_the_box_differs(shown(data), shown(out), rendering.box)
    upright, same = marked(saved(Image.fromarray(shown(data))))
    assert rendering.box == same.box
    box = rendering.box
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    assert (shown(out)[inside] == shown(upright)[inside]).all()


@pytest.mark.oracle("exiftool")
def test_exiftool_sees_the_same_metadata(tmp_path: Path) -> None:
    path = tmp_path / "it.tif"
    data = saved(painting(), compression="tiff_lzw", icc_profile=b"p" * 300, tiffinfo={270: "a title", 700: b"<x/>"})
    path.write_bytes(data)
    left_out = ("--system:all", "--File:all", "-x", "StripOffsets", "-x", "StripByteCounts", "-x", "ExifToolVersion")
    before = tool("exiftool", *left_out, str(path))
    path.write_bytes(marked(data)[0])
    assert tool("exiftool", *left_out, str(path)) == before


def test_an_uncompressed_page_changes_in_place_by_no_more_than_the_box() -> None:
    data = saved(painting("RGB"))
    out, rendering = marked(data)
    assert len(out) == len(data)
    assert new_bytes_of(rendering.plan) <= 3 * rendering.box.width * rendering.box.height


def test_strips_away_from_the_mark_are_kept_where_they_are() -> None:
    data = saved(painting("RGB", (161, 400)), compression="tiff_lzw", tiffinfo={278: 20})
    _, rendering = marked(data)
    source = BytesSource(data)
    directory = next(tiff.directories(source))
    offsets, counts = (directory.find(tag) for tag in (273, 279))
    assert offsets is not None
    assert counts is not None
    starts = tiff.numbers(source, directory.header, offsets)
    lengths = tiff.numbers(source, directory.header, counts)
    touched = range(rendering.box.top // 20, (rendering.box.bottom - 1) // 20 + 1)
    kept = [piece for piece in rendering.plan if isinstance(piece, Keep)]
    for index, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        stays = any(piece.offset <= start and start + length <= piece.end for piece in kept)
        assert stays == (index not in touched)


def test_a_strip_that_two_pages_share_is_marked_on_each_without_touching_the_other() -> None:
    """Two directories over the same pixels, one of them turned: each has its mark at its own place, once."""
    pixels = np.random.default_rng(2).integers(0, 256, SIZE[0] * SIZE[1], dtype=np.uint8).tobytes()
    first, second = built(8, 1, pixels), built(8, 1, pixels, (274, 3, 3))
    second = second[int.from_bytes(second[4:8], "little") :]
    data = first[:-4] + (len(first) + len(first) % 2).to_bytes(4, "little") + bytes(len(first) % 2) + second
    out, rendering = marked(data)
    for page in (0, 1):
        assert_only_the_box_differs(shown(data, page), shown(out, page), rendering.box)


def test_a_dark_palette_lends_the_entries_that_no_pixel_shows() -> None:
    image = Image.new("P", SIZE)
    image.putpalette([value % 60 for index in range(256) for value in (index, index * 3, index * 7)])
    image.putdata([at % 200 for at in range(SIZE[0] * SIZE[1])])
    for codec in (None, "tiff_lzw"):
        data = saved(image, compression=codec)
        out, rendering = marked(data)
        assert_only_the_box_differs(shown(data), shown(out), rendering.box)
        assert_legible(shown(out), rendering.box)


@pytest.mark.parametrize("codec", ["jpeg", "group4", "group3", "zstd", "lzma"])
def test_codecs_without_a_lossless_way_are_refused_by_name(codec: str) -> None:
    data = saved(painting("1" if codec.startswith("group") else "RGB"), compression=codec)
    with pytest.raises(UnsupportedFormat) as caught:
        marked(data)
    names = {"group4": "T.6", "group3": "T.4", "zstd": "Zstandard"}
    assert names.get(codec, codec).lower() in caught.value.what.en.lower()
    assert caught.value.remedy.zh


@pytest.mark.parametrize(("mode", "name"), [("F", "floating"), ("I", "signed"), ("YCbCr", "YCbCr"), ("LAB", "L*a*b*")])
def test_samples_that_are_not_drawn_on_are_refused_by_name(mode: str, name: str) -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        marked(saved(Image.new(mode, SIZE)))
    assert name in caught.value.what.en


def test_a_bomb_is_refused_before_anything_is_decoded() -> None:
    with pytest.raises(LimitExceeded) as caught:
        marked(built(8, 1, bytes(100), size=(65535, 65535)))
    assert caught.value.limit == "pixels"


def test_more_pages_than_the_limit_are_refused() -> None:
    data = saved(painting(), save_all=True, append_images=[painting()] * 3)
    with pytest.raises(LimitExceeded):
        render(BytesSource(data, limits=Limits(frames=3)), Mark())


def test_pixels_outside_the_file_are_malformed() -> None:
    with pytest.raises(MalformedFile):
        marked(built(8, 1, bytes(1000)))


@pytest.mark.parametrize("codec", [None, "tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_damage_anywhere_raises_only_our_errors(codec: str | None) -> None:
    data = saved(painting("P", (80, 64)), compression=codec)
    for at in range(0, len(data), 1 + len(data) // 300):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]):
            try:
                marked(broken)
            except AigcLabelError:
                continue
