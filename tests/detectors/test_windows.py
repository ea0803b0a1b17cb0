"""Windows cover a picture, however long it is, and stay small."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_label.detectors.windows import AREA, windows

SIZES = [(840, 560), (560, 840), (560, 560), (1120, 1584), (40, 30), (20_000, 200), (200, 20_000), (560, 7_000)]


@pytest.mark.parametrize("size", SIZES)
def test_every_line_of_usual_length_lies_whole_in_a_window(size: tuple[int, int]) -> None:
    wide, high = size
    tall, long = max(1, min(size) // 10), max(1, min(size) // 2)
    boxes = list(windows(wide, high))
    for left in np.linspace(0, wide - long, 7).astype(int):
        for top in np.linspace(0, high - tall, 23).astype(int):
            assert any(
                box.left <= left and left + long <= box.right and box.top <= top and top + tall <= box.bottom
                for box in boxes
            ), (left, top)


@pytest.mark.parametrize("size", SIZES)
def test_a_window_is_no_larger_than_memory_allows_and_lies_in_the_picture(size: tuple[int, int]) -> None:
    for box in windows(*size):
        assert 0 <= box.left < box.right <= size[0]
        assert 0 <= box.top < box.bottom <= size[1]
        assert box.width * box.height <= 1.7 * AREA


def test_the_lower_and_the_upper_edge_come_first() -> None:
    first, second, *_ = windows(700, 2000)
    assert (first.bottom, second.top) == (2000, 0)
