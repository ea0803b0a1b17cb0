"""Looking at a whole file: every sampled frame has to show the mark."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from aigc_label.badge import design
from aigc_label.detectors.pictures import look
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.formats import BY_NAME
from aigc_label.limits import Limits
from aigc_label.marking import Mark, complies
from aigc_label.source import BytesSource


def animated(shares: list[float | None]) -> bytes:
    """Give a GIF of one frame for each share, with a mark of that height, or none."""
    frames = []
    for number, share in enumerate(shares):
        pixels = np.full((240, 320), 60 + 10 * number, np.uint8)
        if share is not None:
            badge = design(Mark(height_share=share), 320, 240)
            box = badge.box
            pixels[box.top : box.bottom, box.left : box.right] = badge.levels()
        frames.append(Image.fromarray(pixels))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def test_a_mark_on_every_frame_is_reported_once() -> None:
    (seen,) = look(BytesSource(animated([0.06, 0.06, 0.06])), BY_NAME["gif"])
    assert complies(seen.text)
    assert seen.confidence > 0.8


def test_a_mark_that_is_missing_on_some_frames_is_reported_with_less_confidence() -> None:
    whole, *_ = look(BytesSource(animated([0.06, 0.06, 0.06, 0.06])), BY_NAME["gif"])
    part, *_ = look(BytesSource(animated([0.06, 0.06, None, None])), BY_NAME["gif"])
    assert part.confidence == pytest.approx(whole.confidence / 2, abs=0.02)


def test_the_smallest_of_all_frames_counts() -> None:
    large, *_ = look(BytesSource(animated([0.08, 0.08])), BY_NAME["gif"])
    mixed, *_ = look(BytesSource(animated([0.08, 0.06])), BY_NAME["gif"])
    assert (mixed.height_share or 0) < (large.height_share or 0)


def test_nothing_seen_is_empty_and_not_being_able_to_look_is_an_error() -> None:
    assert look(BytesSource(animated([None])), BY_NAME["gif"]) == ()
    with pytest.raises(MalformedFile):
        look(BytesSource(b"GIF89a"), BY_NAME["gif"])
    with pytest.raises(LimitExceeded):
        look(BytesSource(animated([None]), limits=Limits(pixels=100)), BY_NAME["gif"])
