"""Marks on PNG: only the pixels under the mark change, whatever the depth, colour type and interlacing."""

from __future__ import annotations

import io
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aigc_label.errors import AigcLabelError, InvalidMark, LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars.png import SIGNATURE, chunk, chunks
from aigc_label.limits import Limits
from aigc_label.markers import Rendering
from aigc_label.markers.inks import luminance
from aigc_label.markers.png import render
from aigc_label.marking import Mark, Place
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

Pixels = np.ndarray[Any, Any]
SIZE = 161, 120  # odd, so that no row ends on a whole byte


def painting(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture with grain and slopes, every channel different."""
    wide, high = size
    rng = np.random.default_rng(7)
    x, y = np.meshgrid(np.arange(wide), np.arange(high))
    planes = [(x + y) * 200 // (wide + high), x * 250 // wide, y * 240 // high, 255 - x * 200 // wide]
    samples = np.stack(planes, axis=2) + rng.integers(0, 6, (high, wide, 4))
    samples[: high // 4, : wide // 4, :3] = 0
    samples[: high // 4, wide // 4 : wide // 2, :3] = 255
    image = Image.fromarray(samples.clip(0, 255).astype(np.uint8))
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def saved(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def marked(data: bytes, mark: Mark | None = None) -> tuple[bytes, Rendering]:
    source = BytesSource(data)
    rendering = render(source, mark or Mark())
    return in_memory(source, rendering.plan), rendering


def pixels(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")).copy()


def assert_only_the_box_differs(before: Pixels, after: Pixels, box: Box) -> None:
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    assert before.shape == after.shape
    assert (before[inside] != after[inside]).any()
    outside = before.copy()
    outside[inside] = after[inside]
    assert (outside == after).all()


def contrast_in(after: Pixels, box: Box) -> float:
    """The contrast between the darkest and the lightest pixel of the box, which is opaque."""
    inside = after[box.top : box.bottom, box.left : box.right]
    assert (inside[:, :, 3] == inside[:, :, 3].max()).all()
    light = luminance(inside[:, :, :3] * (255 / max(255, inside.max())))
    return float((light.max() + 0.05) / (light.min() + 0.05))


def magick(*arguments: str, given: bytes) -> bytes:
    """ImageMagick as encoder and decoder: unlike Pillow it keeps 16 bits and writes every depth."""
    return subprocess.run(["convert", *arguments], input=given, capture_output=True, check=True).stdout


def encoded(colour: int, depth: int, interlace: str, strategy: int) -> bytes:
    grey = ["-colorspace", "Gray"] if colour in (0, 4) else []
    few = ["-colorspace", "Gray", "-posterize", str(1 << depth)] if colour == 3 and depth < 4 else []
    few += ["-colors", str(1 << depth)] if colour == 3 else []
    depths = ["-depth", "16", "-evaluate", "Add", "37"] if depth == 16 else []
    alpha = [] if colour in (4, 6) else ["-alpha", "off"]
    return magick(
        "-", *alpha, *grey, *few, *depths, "-interlace", interlace,
        "-define", f"png:compression-filter={strategy}", "-define", f"png:color-type={colour}",
        "-define", f"png:bit-depth={depth}", "png:-",
        given=saved(painting("RGBA")),
    )  # fmt: skip


def wide_samples(data: bytes) -> Pixels:
    raw = magick("-", "-depth", "16", "rgba:-", given=data)
    return np.frombuffer(raw, "<u2").reshape(SIZE[1], SIZE[0], 4)


VARIANTS = [
    (colour, depth, interlace, strategy)
    for colour, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items()
    for depth in depths
    for interlace, strategy in (("None", 5), ("PNG", 4))
]


@pytest.mark.oracle("convert", "pngcheck")
@pytest.mark.parametrize(("colour", "depth", "interlace", "strategy"), VARIANTS)
def test_every_kind_of_png_keeps_its_samples_outside_the_mark(
    colour: int, depth: int, interlace: str, strategy: int, tmp_path: Path
) -> None:
    data = encoded(colour, depth, interlace, strategy)
    assert (data[24], data[25], data[28]) == (depth, colour, int(interlace == "PNG"))
    for place in (Place.TOP_LEFT, Place.RIGHT, Place.BOTTOM_RIGHT):
        out, rendering = marked(data, Mark(place=place))
        before, after = wide_samples(data), wide_samples(out)
        assert_only_the_box_differs(before, after, rendering.box)
        assert contrast_in(after, rendering.box) >= 4.5
        assert out[16:29] == data[16:29]
        target = tmp_path / "out.png"
        target.write_bytes(out)
        subprocess.run(["pngcheck", "-q", str(target)], check=True)


@pytest.mark.parametrize("filter_kind", range(5))
def test_each_row_filter_is_undone_and_done_again(filter_kind: int) -> None:
    """Rows of one filter alone, made here: encoders prefer others on such pictures."""
    image = painting("RGB")
    raw = np.asarray(image).astype(int).reshape(SIZE[1], -1)
    left, up = np.zeros_like(raw), np.zeros_like(raw)
    left[:, 3:], up[1:] = raw[:, :-3], raw[:-1]
    corner = np.zeros_like(raw)
    corner[1:, 3:] = raw[:-1, :-3]
    guess = left + up - corner
    nearest = sorted_by_distance(guess, left, up, corner)
    taken = (0, left, up, (left + up) // 2, nearest)[filter_kind]
    rows = b"".join(bytes((filter_kind,)) + row.tobytes() for row in ((raw - taken) % 256).astype(np.uint8))
    data = png_of(SIZE, 8, 2, zlib.compress(rows))
    assert (pixels(data) == pixels(saved(image))).all()
    for place in Place:
        out, rendering = marked(data, Mark(place=place))
        assert_only_the_box_differs(pixels(data), pixels(out), rendering.box)


def sorted_by_distance(guess: Pixels, left: Pixels, up: Pixels, corner: Pixels) -> Pixels:
    out = np.empty_like(guess)
    for at in np.ndindex(guess.shape):
        out[at] = min((left[at], up[at], corner[at]), key=lambda one: abs(guess[at] - one))
    return out


def png_of(size: tuple[int, int], depth: int, colour: int, idat: bytes, *more: bytes) -> bytes:
    header = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big") + bytes((depth, colour, 0, 0, 0))
    return SIGNATURE + chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def test_all_other_chunks_are_kept_byte_for_byte_and_in_order() -> None:
    extra = chunk(b"tEXt", b"Comment\0stays") + chunk(b"vpAg", b"private") + chunk(b"tIME", bytes(7))
    data = saved(painting(), icc_profile=b"x" * 200, dpi=(72, 72))
    data = data[:33] + extra + data[33:-12] + chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0") + data[-12:]
    out, _ = marked(data)

    def others(of: bytes) -> list[bytes]:
        return [of[part.offset : part.end] for part in chunks(BytesSource(of)) if part.kind != b"IDAT"]

    assert others(out) == others(data)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_mark_stands_upright_where_exif_turns_the_picture(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(painting(), exif=exif)
    out, rendering = marked(data)
    assert_only_the_box_differs(shown(data), shown(out), rendering.box)
    upright, same = marked(saved(Image.fromarray(shown(data))))
    box = rendering.box
    assert box == same.box
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    assert (shown(out)[inside] == pixels(upright)[inside]).all()


def shown(data: bytes) -> Pixels:
    from PIL import ImageOps

    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGBA")).copy()


def test_a_transparent_key_colour_never_shows_through_the_mark() -> None:
    for level in (28, 200, 250):
        data = saved(painting("L"), transparency=level)
        out, rendering = marked(data)
        box = rendering.box
        assert (pixels(out)[box.top : box.bottom, box.left : box.right, 3] == 255).all()


def test_a_palette_whose_colours_serve_is_left_alone() -> None:
    data = saved(painting("P"))
    out, _ = marked(data)
    assert palette_of(out) == palette_of(data)


def test_a_dark_palette_gets_new_entries_where_it_has_room() -> None:
    data = saved(dark_palette(40))
    out, rendering = marked(data)
    assert palette_of(out).startswith(palette_of(data))
    assert len(palette_of(out)) > len(palette_of(data))
    assert_only_the_box_differs(pixels(data), pixels(out), rendering.box)
    assert contrast_in(pixels(out), rendering.box) >= 4.5


def test_a_full_dark_palette_lends_the_entries_that_no_pixel_shows() -> None:
    data = saved(dark_palette(256, used=250))
    out, rendering = marked(data)
    assert len(palette_of(out)) == len(palette_of(data))
    assert_only_the_box_differs(pixels(data), pixels(out), rendering.box)
    assert contrast_in(pixels(out), rendering.box) >= 4.5


def test_a_dark_palette_without_a_free_entry_is_refused_with_a_remedy() -> None:
    with pytest.raises(InvalidMark) as caught:
        marked(saved(dark_palette(256, used=256)))
    assert "true colour" in caught.value.remedy.en


def dark_palette(entries: int, used: int | None = None) -> Image.Image:
    image = Image.new("P", SIZE)
    image.putpalette([value % 60 for index in range(entries) for value in (index, index * 3, index * 7)])
    wide, high = SIZE
    image.putdata([at % (used or entries) for at in range(wide * high)])
    return image


def palette_of(data: bytes) -> bytes:
    source = BytesSource(data)
    return next(part.data(source) for part in chunks(source) if part.kind == b"PLTE")


def test_the_size_stays_within_a_hundredth_of_pillows() -> None:
    image = painting("RGB", (512, 512))
    out, rendering = marked(saved(image))
    drawn = Image.fromarray(pixels(out)).convert("RGB")
    assert len(out) <= 1.01 * len(saved(drawn))
    assert rendering.words == "人工智能生成"


def test_without_libdeflate_zlib_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from aigc_label.markers import zlib_streams

    data = saved(painting())
    expected, _ = marked(data)
    monkeypatch.setattr(zlib_streams, "_libdeflate", lambda: None)
    out, _ = marked(data)
    assert (pixels(out) == pixels(expected)).all()


def test_bytes_behind_the_pixels_in_the_stream_are_passed_over() -> None:
    rows = bytes(1 + 3 * SIZE[0]) * SIZE[1]
    out, _ = marked(png_of(SIZE, 8, 2, zlib.compress(rows + bytes(99))))
    assert pixels(out).shape == (SIZE[1], SIZE[0], 4)


def test_a_stream_that_ends_early_is_malformed() -> None:
    with pytest.raises(MalformedFile):
        marked(png_of(SIZE, 8, 2, zlib.compress(bytes(1000))))


def test_an_unknown_row_filter_is_malformed() -> None:
    rows = (b"\x09" + bytes(3 * SIZE[0])) * SIZE[1]
    with pytest.raises(MalformedFile):
        marked(png_of(SIZE, 8, 2, zlib.compress(rows)))


def test_a_bomb_is_refused_before_anything_is_inflated() -> None:
    with pytest.raises(LimitExceeded) as caught:
        marked(png_of((65535, 65535), 8, 2, b"x"))
    assert caught.value.limit == "pixels"


def test_the_pixel_limit_is_the_callers() -> None:
    source = BytesSource(saved(painting()), limits=Limits(pixels=SIZE[0] * SIZE[1] - 1))
    with pytest.raises(LimitExceeded):
        render(source, Mark())


def test_apples_variant_is_refused_by_name() -> None:
    data = saved(painting())
    with pytest.raises(UnsupportedFormat, match="CgBI"):
        marked(data[:8] + chunk(b"CgBI", bytes(4)) + data[8:])


def test_damage_anywhere_raises_only_our_errors() -> None:
    data = saved(painting("P", (80, 64)))
    for at in range(8, len(data), 3):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]):
            try:
                marked(broken)
            except AigcLabelError:
                continue
