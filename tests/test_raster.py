"""Decoding: what a person is shown, within bounds, and our own errors where there is nothing to show."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from PIL import Image

from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, ToolFailed, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.limits import Limits
from aigc_label.raster import frames, sampled
from aigc_label.source import BytesSource

CORNER = np.zeros((40, 60, 3), np.uint8)  # white at the top left, so that every turn shows
CORNER[:10, :20] = 255
STORED_FROM = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # orientation -> Pillow's transposition of the shown


def saved(picture: Image.Image, code: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, code, **options)
    return out.getvalue()


def shown(data: bytes, name: str, limits: Limits | None = None) -> list[np.ndarray]:
    return list(frames(BytesSource(data, limits=limits or Limits()), BY_NAME[name]))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff", "avif"])
def test_orientation_is_applied_once(name: str, orientation: int) -> None:
    how = STORED_FROM[orientation]
    picture = Image.fromarray(CORNER)
    stored = picture if how is None else picture.transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"tiffinfo": {0x0112: orientation}} if name == "tiff" else {"exif": exif}
    (pixels,) = shown(saved(stored, name.upper(), **options), name)
    assert pixels.shape == CORNER.shape
    assert np.abs(pixels.astype(int) - CORNER).mean() < 8


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "I;16", "I", "F", "RGBA", "CMYK", "YCbCr", "LAB"])
def test_every_mode_is_reduced_to_eight_bits_of_srgb(mode: str) -> None:
    if mode == "I;16":
        picture = Image.fromarray(CORNER[:, :, 0].astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(CORNER).convert("L" if mode in ("I", "F") else "RGB").convert(mode)
    (pixels,) = shown(saved(picture, "TIFF"), "tiff")
    assert pixels.shape == CORNER.shape
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - CORNER).max() <= 8


def test_transparency_stands_on_white() -> None:
    (pixels,) = shown(saved(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"), "png")
    assert (pixels == 255).all()


@pytest.mark.parametrize(("name", "code"), [("gif", "GIF"), ("png", "PNG"), ("webp", "WEBP"), ("tiff", "TIFF")])
def test_every_frame_is_given_in_order(name: str, code: str) -> None:
    pictures = [Image.new("RGB", (20, 20), (level, level, level)) for level in (0, 120, 250)]
    data = saved(pictures[0], code, save_all=True, append_images=pictures[1:])
    assert [round(int(pixels.mean()), -1) for pixels in shown(data, name)] == [0, 120, 250]


def test_long_animations_are_sampled_at_both_ends_and_the_middle() -> None:
    chosen = sampled(1001)
    assert chosen[0] == 0
    assert chosen[-1] == 1000
    assert 500 in chosen
    assert len(chosen) <= 13
    assert sampled(3) == (0, 1, 2)


def test_a_picture_over_the_limit_is_not_decoded() -> None:
    data = saved(Image.new("L", (2000, 2000)), "PNG")
    with pytest.raises(LimitExceeded) as refusal:
        shown(data, "png", Limits(pixels=1_000_000))
    assert refusal.value.limit == "pixels"


def test_more_frames_than_the_limit_are_not_decoded() -> None:
    pictures = [Image.new("L", (8, 8), level) for level in range(9)]
    data = saved(pictures[0], "GIF", save_all=True, append_images=pictures[1:])
    with pytest.raises(LimitExceeded) as refusal:
        shown(data, "gif", Limits(frames=8))
    assert refusal.value.limit == "frames"


def test_only_the_decoder_of_the_format_is_tried() -> None:
    with pytest.raises(MalformedFile):
        shown(saved(Image.new("L", (8, 8)), "PNG"), "gif")


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "gif", "tiff", "avif", "bmp", "heic"])
def test_a_truncated_picture_raises_only_our_errors(name: str) -> None:
    code = {"heic": "HEIF"}.get(name, name.upper())
    if name == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    data = saved(Image.fromarray(CORNER), code)
    for length in range(0, len(data), max(1, len(data) // 40)):
        try:
            shown(data[:length], name)
        except AigcLabelError:
            continue


def test_decoding_leaves_the_warning_filters_alone() -> None:
    data = saved(Image.new("L", (8, 8)), "GIF", save_all=True, append_images=[Image.new("L", (8, 8), 9)])
    before = list(warnings.filters)
    source = frames(BytesSource(data), BY_NAME["gif"])
    next(source)
    assert list(warnings.filters) == before


def test_a_format_without_a_decoder_says_what_to_do() -> None:
    with pytest.raises(UnsupportedFormat) as refusal:
        shown(b"8BPS", "psd")
    assert refusal.value.remedy.en


def test_an_svg_is_rendered_without_the_files_it_names(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret.png"
    Image.new("RGB", (20, 20), "red").save(secret)
    text = f"""<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">
        <image href="{secret}" width="20" height="20"/><image href='file://{secret}' y="20" width="20" height="20"/>
        <rect x="40" width="20" height="40" fill="#00f"/></svg>"""
    (pixels,) = shown(text.encode(), "svg")
    assert (pixels[:, :30] == 255).all()
    assert (pixels[:, 45:] == (0, 0, 255)).all()


@pytest.mark.parametrize(
    "text", [b"<svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='0'/>", b"\xff\xfe<"]
)
def test_a_drawing_that_cannot_be_rendered_is_an_error_of_ours(text: bytes) -> None:
    with pytest.raises((MalformedFile, ToolFailed)):
        shown(text, "svg")


def test_an_svg_that_declares_entities_is_refused() -> None:
    text = b"""<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"""
    with pytest.raises(MalformedFile):
        shown(text, "svg")


@pytest.mark.parametrize(
    "size",
    ['width="200000" height="200000"', 'width="1e30" height="2"', 'width="30000" height="30000"'],
)
def test_a_drawing_too_large_to_render_ends_in_our_error_not_in_our_process(size: str) -> None:
    with pytest.raises(AigcLabelError):
        shown(f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>'.encode(), "svg", Limits(seconds=5))


def test_a_drawing_that_takes_for_ever_is_ended() -> None:
    doubled = "".join(f'<g id="g{i}"><use href="#g{i + 1}"/><use href="#g{i + 1}"/></g>' for i in range(30))
    last = '<rect id="g30" width="3" height="3"/>'
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{doubled}{last}</svg>'
    with pytest.raises(AigcLabelError):
        shown(text.encode(), "svg", Limits(seconds=2))
