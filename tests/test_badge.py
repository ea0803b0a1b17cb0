"""The badge: where it stands, how large its letters are, what it does where room is short."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from aigc_label.badge import Badge, broken, design
from aigc_label.errors import InvalidMark
from aigc_label.marking import Mark, Place, complies

SIZES = [
    (64, 64),
    (48, 32),
    (32, 32),
    (65, 63),
    (301, 199),
    (1024, 768),
    (768, 1024),
    (2000, 100),
    (100, 2000),
    (4001, 2999),
]
EVERY_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def ink_rows(badge: Badge) -> int:
    return int((badge.coverage >= 128).any(axis=1).sum())


def contrast(badge: Badge) -> float:
    def luminance(level: int) -> float:
        value = level / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    light, dark = sorted((luminance(badge.plate), luminance(badge.ink)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@EVERY_SIZE
@pytest.mark.parametrize("place", list(Place))
def test_the_plate_lies_wholly_inside_and_its_ink_wholly_inside_the_plate(size: tuple[int, int], place: Place) -> None:
    badge = design(Mark(place=place), *size)
    assert 0 <= badge.box.left < badge.box.right <= size[0]
    assert 0 <= badge.box.top < badge.box.bottom <= size[1]
    assert badge.coverage.shape == (badge.box.height, badge.box.width)
    rim = np.concatenate([badge.coverage[[0, -1]].ravel(), badge.coverage[:, [0, -1]].ravel()])
    assert not rim.any()


@EVERY_SIZE
@pytest.mark.parametrize("share", [0.05, 0.055, 0.08])
def test_the_smallest_letter_is_never_below_the_share_asked_for(size: tuple[int, int], share: float) -> None:
    badge = design(Mark(height_share=share), *size)
    assert badge.height_share >= share
    assert ink_rows(badge) >= share * min(size)
    assert complies(badge.words.replace("\n", " "))


def test_a_share_that_is_a_whole_number_of_pixels_is_not_rounded_up() -> None:
    assert design(Mark(height_share=0.05), 1400, 1400).height_share == 70 / 1400


@pytest.mark.parametrize("backdrop", [None, 0.0, 100.0, 140.0, 255.0])
def test_contrast_never_depends_on_the_picture(backdrop: float | None) -> None:
    assert contrast(design(Mark(), 640, 480, backdrop=backdrop)) > 10


def test_the_backdrop_changes_colours_only() -> None:
    dark, bright = design(Mark(), 640, 480, backdrop=10), design(Mark(), 640, 480, backdrop=250)
    assert dark.box == bright.box
    assert dark.plate < dark.ink
    assert bright.plate > bright.ink


def test_levels_hold_nothing_but_plate_ink_and_what_lies_between() -> None:
    badge = design(Mark(), 640, 480)
    assert badge.levels().min() == badge.plate
    assert badge.levels().max() == badge.ink


def test_default_words_shorten_before_they_wrap() -> None:
    assert design(Mark(), 1024, 768).words == "人工智能生成"
    assert design(Mark(), 64, 64).words == "AI生成"
    assert design(Mark(), 32, 32).words == "AI\n生成"


def test_words_of_ones_own_are_never_shortened_but_wrapped() -> None:
    badge = design(Mark(text="本图片由人工智能生成合成"), 120, 400)
    assert badge.words.replace("\n", "") == "本图片由人工智能生成合成"
    assert "\n" in badge.words


@pytest.mark.parametrize("count", [2, 3])
def test_a_line_never_splits_an_element_nor_begins_with_a_stop(count: int) -> None:
    lines = broken("本图片由人工智能生成，GPT4参与合成。", count)
    assert lines is not None
    joined = "|".join(lines)
    for whole in ("人工智能", "生成，", "合成。", "GPT4"):
        assert whole in joined


@pytest.mark.parametrize("size", [(16, 16), (40, 12), (1, 1), (3000, 9)])
def test_where_nothing_fits_the_error_says_what_would(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidMark) as refusal:
        design(Mark(), *size)
    assert f"{size[0]} x {size[1]}" in refusal.value.what.en
    assert "AI生成" in refusal.value.remedy.zh


@pytest.mark.parametrize("grid", [(8, 8), (16, 8), (16, 16)])
@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("size", [(640, 480), (203, 151), (1000, 999)])
def test_the_box_keeps_to_the_grid_or_touches_the_far_edge(
    grid: tuple[int, int], place: Place, size: tuple[int, int]
) -> None:
    box = design(Mark(place=place), *size, grid=grid).box
    assert box.left % grid[0] == 0
    assert box.top % grid[1] == 0
    assert box.right % grid[0] == 0 or box.right == size[0]
    assert box.bottom % grid[1] == 0 or box.bottom == size[1]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("place", [Place.BOTTOM_RIGHT, Place.TOP_LEFT])
def test_under_an_orientation_the_stored_box_keeps_to_the_grid(orientation: int, place: Place) -> None:
    stored = (203, 151)
    shown = stored[::-1] if orientation >= 5 else stored
    badge = design(Mark(place=place), *shown, grid=(16, 8), orientation=orientation)
    box, levels = badge.stored(orientation)
    assert box.left % 16 == 0
    assert box.top % 8 == 0
    assert box.right % 16 == 0 or box.right == stored[0]
    assert box.bottom % 8 == 0 or box.bottom == stored[1]
    assert levels.shape == (box.height, box.width)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pillow_shows_the_stored_levels_where_the_box_says(orientation: int) -> None:
    badge = design(Mark(place=Place.BOTTOM_LEFT), 200, 120)
    box, levels = badge.stored(orientation)
    high, wide = (200, 120) if orientation >= 5 else (120, 200)
    canvas = np.full((high, wide), 77, np.uint8)
    canvas[box.top : box.bottom, box.left : box.right] = levels
    picture = Image.fromarray(canvas)
    picture.getexif()[0x0112] = orientation
    shown = np.asarray(ImageOps.exif_transpose(picture))
    inside = shown[badge.box.top : badge.box.bottom, badge.box.left : badge.box.right]
    assert (inside == badge.levels()).all()
    assert (shown == 77).sum() >= shown.size - inside.size
