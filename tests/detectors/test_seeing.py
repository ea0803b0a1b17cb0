"""Marks that others drew are read by text recognition, measured, and never judged in their favour."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace

import numpy as np
import pytest
from breaking import badge_of, centred
from others import squeezed, waves, with_badge

from aigc_label import ocr
from aigc_label.badge import Badge, design
from aigc_label.detectors import Asked
from aigc_label.detectors.seeing import is_whole, marks
from aigc_label.detectors.words import sightings, sightings_near
from aigc_label.evidence import Box, Eyes, Sighting
from aigc_label.marking import Mark, Place, complies

SIZE = (1000, 800)
OWN = Asked(eyes=Eyes.OWN)
pytest.importorskip("rapidocr")


def others(badge: Badge) -> np.ndarray:
    return with_badge(waves(*SIZE), badge, squeezed(badge.levels(), badge.plate))


def only(pixels: np.ndarray) -> Sighting:
    (seen,) = marks(pixels)
    return seen


def test_letters_that_our_own_detector_does_not_know_are_read_and_measured() -> None:
    badge = badge_of(height_share=0.07, size=SIZE)
    pixels = others(badge)
    assert marks(pixels, OWN) == ()
    seen = only(pixels)
    assert (seen.text, seen.detector) == ("人工智能生成", "ocr")
    assert seen.confidence > 0.9
    assert seen.height_share == pytest.approx(badge.height_share, abs=0.003)
    assert (seen.contrast or 0) > 10
    assert is_whole(seen)


def test_the_box_is_that_of_the_ink() -> None:
    badge = badge_of(height_share=0.07, size=SIZE)
    box = only(others(badge)).box
    assert box is not None
    ink = squeezed(badge.levels(), badge.plate) > 140
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    drawn = (
        badge.box.left + columns[0],
        badge.box.top + rows[0],
        badge.box.left + columns[-1] + 1,
        badge.box.top + rows[-1] + 1,
    )
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx(drawn, abs=6)


@pytest.mark.parametrize("share", [0.03, 0.04, 0.046, 0.05, 0.054, 0.06, 0.08])
def test_what_is_too_low_is_never_called_high_enough(share: float) -> None:
    badge = badge_of(height_share=share, size=SIZE)
    seen = only(others(badge))
    assert abs((seen.height_share or 0) - badge.height_share) <= seen.height_error
    if badge.height_share < 0.05:
        assert not is_whole(seen)


def test_a_mark_in_the_middle_is_found_and_said_to_be_there() -> None:
    badge = centred(badge_of(height_share=0.07, size=SIZE))
    seen = only(others(badge))
    assert seen.edge_share is not None
    assert seen.edge_share > 0.3
    assert not is_whole(seen)


@pytest.mark.parametrize("place", [Place.TOP_LEFT, Place.LEFT, Place.RIGHT, Place.BOTTOM])
def test_every_edge_is_looked_at(place: Place) -> None:
    badge = design(Mark(text="AI生成", height_share=0.07, place=place), *SIZE)
    assert is_whole(only(others(badge)))


@pytest.mark.parametrize("words", ["智能手机", "AI助手", "人工智能", "合成内容", "MAIL生成"])
def test_other_words_are_no_mark(words: str) -> None:
    found = marks(others(badge_of(words, 0.08, SIZE)))
    assert not any(complies(seen.text) for seen in found)


@pytest.mark.parametrize("words", ["非AI生成", "勿用AI生成", "不是AI生成", "是否AI生成？"])
def test_words_that_deny_or_ask_are_no_mark(words: str) -> None:
    badge = badge_of(words, 0.07, SIZE)
    assert marks(with_badge(waves(*SIZE), badge, badge.levels())) == ()
    assert marks(others(badge)) == ()


def test_words_in_english_alone_are_reported_as_they_read() -> None:
    seen = only(others(badge_of("AI-generated", 0.08, SIZE)))
    assert "generated" in seen.text
    assert not complies(seen.text)


def test_faint_words_do_not_pass_because_a_network_reads_them() -> None:
    badge = replace(badge_of(height_share=0.08, size=SIZE), plate=120, ink=150)
    found = marks(others(badge))
    assert all((seen.contrast or 0) < 2 and not is_whole(seen) for seen in found)


def test_two_lines_are_one_mark() -> None:
    badge = badge_of("人工智能\n生成", 0.08, SIZE)
    seen = only(others(badge))
    assert complies(seen.text)
    assert is_whole(seen)


def test_what_our_own_detector_measured_is_not_read_again() -> None:
    badge = badge_of(height_share=0.045, size=SIZE)
    seen = only(with_badge(waves(*SIZE), badge, badge.levels()))
    assert (seen.detector, seen.height_error) == ("words", 0.0)


def test_a_small_picture_and_a_long_one_are_read() -> None:
    for wide, high in ((160, 120), (3000, 300)):
        badge = design(Mark(text="AI生成", height_share=0.12), wide, high)
        pixels = with_badge(waves(wide, high), badge, squeezed(badge.levels(), badge.plate))
        assert any(complies(seen.text) for seen in marks(pixels)), (wide, high)


def test_a_known_place_is_looked_at_alone_and_measured_as_the_whole() -> None:
    badge = badge_of(size=SIZE)
    pixels = with_badge(waves(*SIZE), badge, badge.levels())
    (near,) = sightings_near(pixels, badge.box)
    (whole,) = sightings(pixels)
    assert near.text == whole.text
    assert near.box == whole.box
    assert near.height_share == whole.height_share
    assert near.edge_share == whole.edge_share


def test_a_mark_elsewhere_than_where_it_was_drawn_is_still_found() -> None:
    badge = badge_of(size=SIZE)
    pixels = with_badge(waves(*SIZE), badge, badge.levels())
    asked = Asked(eyes=Eyes.OWN, near=Box(left=0, top=0, right=60, bottom=30))
    assert len(marks(pixels, asked)) == 1


def test_the_networks_come_from_the_package_and_are_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "socket", refused)
    ocr._engine.cache_clear()
    badge = badge_of(size=SIZE)
    assert "".join(letter.char for letter in ocr.read(np.stack([badge.levels()] * 3, axis=2))) == "人工智能生成"
    assert ocr._engine() is ocr._engine()


def test_networks_that_are_not_installed_are_a_missing_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    from aigc_label.errors import MissingTool

    ocr._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(MissingTool):
        ocr.read(np.zeros((40, 200, 3), np.uint8))
