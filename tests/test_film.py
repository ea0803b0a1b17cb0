"""FFmpeg's libraries get our bytes and a named demuxer, and nothing else of this machine."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from films import AAC, X264, made

from aigc_label import film
from aigc_label.errors import AigcLabelError, LimitExceeded, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.film import HLG, PQ, Screen
from aigc_label.formats import BY_NAME
from aigc_label.limits import DEFAULT_LIMITS
from aigc_label.source import BytesSource

ROW = BY_NAME["mp4"]
SHORT = (*X264, *AAC)


def first_picture(source: BytesSource) -> object:
    with film.opened(source, ROW) as container:
        return next(iter(container.decode(film.pictures_of(container, source.limits))))


@pytest.mark.parametrize(
    "disguised",
    [
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"",
    ],
)
def test_playlists_and_scripts_in_disguise_open_nothing(disguised: bytes) -> None:
    for name in ("mp4", "matroska", "avi"):
        with pytest.raises(AigcLabelError), film.opened(BytesSource(disguised), BY_NAME[name]):
            pass


@pytest.mark.oracle("ffmpeg")
def test_the_time_for_a_film_is_bounded() -> None:
    source = BytesSource(made(*SHORT, seconds=1), limits=replace(DEFAULT_LIMITS, seconds=0.0))
    with pytest.raises(LimitExceeded) as problem:
        first_picture(source)
    assert problem.value.limit == "seconds"


@pytest.mark.oracle("ffmpeg")
def test_pictures_over_the_limit_are_not_decoded() -> None:
    source = BytesSource(made(*SHORT, seconds=1), limits=replace(DEFAULT_LIMITS, pixels=1_000))
    with pytest.raises(LimitExceeded) as problem:
        first_picture(source)
    assert problem.value.limit == "pixels"


def test_formats_without_a_demuxer_of_ours_are_refused() -> None:
    with pytest.raises(UnsupportedFormat), film.opened(BytesSource(b"ID3"), BY_NAME["mp3"]):
        pass


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_box_of_the_displayed_picture_finds_its_stored_samples(orientation: int) -> None:
    """Turned upright and then as displayed, the samples under the stored box are those under the displayed one."""
    screen = Screen(width=8, height=6, orientation=orientation)
    stored = np.arange(48, dtype=np.uint8).reshape(6, 8)
    from PIL import Image

    image = Image.fromarray(stored)
    shown = np.asarray(image.transpose(film.TRANSPOSES[orientation]) if orientation > 1 else image)
    box = Box(left=1, top=2, right=4, bottom=5)
    place = screen.stored(screen.unturned(box))
    here = stored[place.top : place.bottom, place.left : place.right]
    assert sorted(here.ravel()) == sorted(shown[box.top : box.bottom, box.left : box.right].ravel())


def test_pixels_that_are_not_square_lose_no_sample_when_shown() -> None:
    assert Screen(width=720, height=576, aspect=Fraction(64, 45)).displayed == (1024, 576)
    assert Screen(width=720, height=480, aspect=Fraction(8, 9)).displayed == (720, 540)
    assert Screen(width=720, height=576, aspect=Fraction(64, 45), orientation=6).displayed == (576, 1024)


@pytest.mark.parametrize(("transfer", "code", "light"), [(PQ, 0.58, 203), (PQ, 0.508, 100), (HLG, 0.75, 203)])
def test_light_of_hdr_levels_is_that_of_the_recommendation(transfer: int, code: float, light: float) -> None:
    """ITU-R BT.2408: graphics white, 203 cd/m2, is 58 % PQ and 75 % HLG."""
    assert film.nits(np.array([code]), transfer)[0] == pytest.approx(light, rel=0.02)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's encoder can make threads real-time")
def test_an_encoder_does_not_make_the_process_real_time() -> None:
    def schedules() -> set[int]:
        return {os.sched_getscheduler(int(task)) for task in os.listdir(film.TASKS)}

    def opened_encoder() -> object:
        encoder = film.libraries().CodecContext.create("libsvtav1", "w")
        encoder.width, encoder.height, encoder.pix_fmt = 64, 64, "yuv420p"
        encoder.framerate, encoder.time_base = Fraction(25), Fraction(1, 25)
        encoder.open()
        return encoder

    before = schedules()
    with film.same_scheduling():
        held = opened_encoder()
    assert schedules() == before
    del held
