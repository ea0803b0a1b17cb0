"""The detector of words: it sees what is there, measures what it sees, and takes nothing else for a mark.

Figures over some 700 pictures stand in docs/detector.md; here are the promises that others rest on.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from aigc_label.badge import Badge, design
from aigc_label.detectors.words import sightings
from aigc_label.errors import LimitExceeded
from aigc_label.lettering import set_lines, shipped_font
from aigc_label.marking import Mark, Place, complies

SERIF = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")


def backdrop(wide: int, high: int) -> np.ndarray:
    """Give 1/f noise: it looks like a photograph to whoever seeks letters in it."""
    rng = np.random.default_rng(7)
    near = np.fft.rfftfreq(wide)[None] ** 2 + np.fft.fftfreq(high)[:, None] ** 2
    near[0, 0] = 1
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((high, wide))) / near**0.6, (high, wide))
    grey = np.clip((field - field.mean()) / field.std() * 50 + 120, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def marked(mark: Mark, wide: int, high: int) -> tuple[np.ndarray, Badge]:
    pixels = backdrop(wide, high)
    badge = design(mark, wide, high)
    box = badge.box
    pixels[box.top : box.bottom, box.left : box.right] = badge.levels()[:, :, None]
    return pixels, badge


def written(words: str, height: int, *, plate: int = 20, ink: int = 240) -> np.ndarray:
    """Give a picture of 1000 by 800 with words of an exact ink height on a plate, not drawn by the badge."""
    pixels = backdrop(1000, 800)
    size = 10.0
    while (lettering := set_lines((words,), None, size)).smallest < height:
        size += 0.5
    high, wide = lettering.coverage.shape
    pixels[700 - high - 15 : 715, 40 : 70 + wide] = plate
    cover = lettering.coverage[:, :, None] / 255
    pixels[700 - high : 700, 55 : 55 + wide] = np.rint(plate + (ink - plate) * cover)
    return pixels


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("size", [(64, 64), (200, 150), (301, 199), (800, 600), (600, 1200), (1600, 80)])
def test_a_mark_is_seen_wherever_it_stands_and_measured_to_the_pixel(place: Place, size: tuple[int, int]) -> None:
    pixels, badge = marked(Mark(place=place), *size)
    seen = sightings(pixels)[0]
    assert seen.text.replace(" ", "") == badge.words.replace("\n", "")
    assert seen.height_share == pytest.approx(badge.height_share)
    assert seen.contrast is not None
    assert seen.contrast > 10
    assert seen.box is not None
    assert badge.box.left < seen.box.left < seen.box.right < badge.box.right
    assert badge.box.top < seen.box.top < seen.box.bottom < badge.box.bottom


@pytest.mark.parametrize(
    "words", ["AI生成", "由AI合成", "本图片由人工智能生成合成", "AI\n生成", "人工智能\n生成", "疑似AI生成，仅供参考"]
)
def test_words_are_read_as_they_are_written(words: str) -> None:
    pixels, _ = marked(Mark(text=words), 1024, 768)
    assert sightings(pixels)[0].text == words.replace("\n", " ")


@pytest.mark.parametrize("quality", [50, 70, 90])
def test_lossy_coding_does_not_hide_a_mark(quality: int) -> None:
    pixels, badge = marked(Mark(), 800, 600)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    seen = sightings(np.asarray(Image.open(out)))[0]
    assert complies(seen.text)
    assert seen.height_share == pytest.approx(badge.height_share, abs=1.5 / 600)


@pytest.mark.parametrize("height", [28, 32, 37, 39])
def test_letters_under_five_percent_are_reported_as_measured(height: int) -> None:
    seen = sightings(written("人工智能生成", height))[0]
    assert complies(seen.text)
    assert seen.height_share == height / 800


def test_ink_hardly_darker_than_its_plate_is_reported_with_its_contrast() -> None:
    seen = sightings(written("人工智能生成", 44, plate=150, ink=110))[0]
    assert complies(seen.text)
    assert seen.contrast is not None
    assert 1.3 < seen.contrast < 2.0


def test_a_mark_far_from_every_edge_is_reported_with_its_distance() -> None:
    pixels, badge = marked(Mark(), 800, 800)
    box = badge.box
    moved = backdrop(800, 800)
    moved[360 : 360 + box.height, 200 : 200 + box.width] = pixels[box.top : box.bottom, box.left : box.right]
    edge_share = sightings(moved)[0].edge_share
    assert edge_share is not None
    assert edge_share > 0.2


@pytest.mark.parametrize(
    "words",
    ["AI助手", "生成", "人工智能", "AI", "用户协议", "合成材料", "内容由用户上传生成", "MAIL生成", "人工智能助手"],
)
def test_words_that_lack_an_element_never_comply(words: str) -> None:
    assert not any(complies(seen.text) for seen in sightings(written(words, 44)))


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (20, 20), (64, 64), (640, 480), (1500, 60)])
def test_nothing_is_seen_in_noise_and_on_blank_sheets(size: tuple[int, int]) -> None:
    wide, high = size
    noise = np.random.default_rng(3).integers(0, 256, (high, wide, 3), dtype=np.uint8)
    for pixels in (noise, np.zeros_like(noise), np.full_like(noise, 255)):
        assert sightings(pixels) == ()


def test_a_picture_too_long_to_search_is_not_said_to_be_without_marks() -> None:
    with pytest.raises(LimitExceeded):
        sightings(np.zeros((14, 1_500_000, 3), np.uint8))


def test_of_two_marks_the_one_that_is_large_enough_is_found_too() -> None:
    pixels = written("人工智能生成", 30)
    badge = design(Mark(place=Place.TOP_RIGHT), 1000, 800)
    box = badge.box
    pixels[box.top : box.bottom, box.left : box.right] = badge.levels()[:, :, None]
    assert max(seen.height_share or 0 for seen in sightings(pixels) if complies(seen.text)) >= 0.05


@pytest.mark.oracle
def test_a_mark_in_a_typeface_of_ones_own_is_seen_without_naming_it() -> None:
    pixels, _ = marked(Mark(font=SERIF), 800, 600)
    assert complies(sightings(pixels)[0].text)


@pytest.mark.oracle
def test_naming_the_typeface_makes_the_detector_surer() -> None:
    pixels, _ = marked(Mark(font=SERIF), 800, 600)
    assert sightings(pixels, (None, SERIF))[0].confidence > sightings(pixels)[0].confidence


def test_words_drawn_by_pillow_alone_are_seen_too() -> None:
    picture = Image.fromarray(backdrop(800, 600))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((30, 30, 300, 90), fill="white")
    draw.text((45, 40), "AI合成", font=ImageFont.truetype(str(shipped_font()), 45), fill=(120, 0, 0))
    seen = sightings(np.asarray(picture))[0]
    assert seen.text == "AI合成"
    assert seen.height_share == pytest.approx(0.73 * 45 / 600, abs=1.5 / 600)
