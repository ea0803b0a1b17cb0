"""Correlation: exact places and scores, the same in one piece and in tiles."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_label.detectors import correlation
from aigc_label.detectors.correlation import matches, peak, scores

RNG = np.random.default_rng(11)
PATTERN = RNG.random((14, 28)).astype(np.float32)


def hidden(left: int, top: int, shape: tuple[int, int], sign: float = 1.0) -> np.ndarray:
    picture = RNG.normal(128, 30, shape).astype(np.float32)
    picture[top : top + 14, left : left + 28] = 120 + sign * 100 * PATTERN
    return picture


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_pattern_is_found_where_it_is_with_its_sign(sign: float) -> None:
    (found,) = matches(hidden(61, 17, (90, 130), sign), (PATTERN,), 0.8, 3)
    assert (found.left, found.top) == (61, 17)
    assert found.score == pytest.approx(sign, abs=1e-3)


def test_tiles_find_what_lies_across_their_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlation, "TILE", 64)
    picture = hidden(50, 58, (200, 300))
    (found,) = matches(picture, (PATTERN,), 0.8, 3)
    assert (found.left, found.top) == (50, 58)


def test_scores_are_correlation_coefficients() -> None:
    picture = hidden(5, 3, (40, 60))
    (score,) = scores(picture, (PATTERN,))
    for top, left in ((3, 5), (10, 20), (26, 32)):
        window = picture[top : top + 14, left : left + 28].ravel()
        assert score[top, left] == pytest.approx(np.corrcoef(window, PATTERN.ravel())[0, 1], abs=1e-3)


def test_flat_places_and_pictures_smaller_than_the_pattern_score_nothing() -> None:
    assert not scores(np.full((40, 60), 200, np.float32), (PATTERN,))[0].any()
    assert matches(np.zeros((5, 5), np.float32), (PATTERN,), 0.5, 3) == []
    assert peak(np.zeros((5, 5), np.float32), PATTERN) == (0.0, 0.0, 0.0)
