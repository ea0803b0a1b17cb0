"""The rhythm is heard at any tempo and pitch, beside anything; melodies and voices are not taken for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sounds import Wave, music, noise, pattern, silence, speech, tone, transcoded

from aigc_label.audible import rhythm
from aigc_label.detectors import beeps
from aigc_label.detectors.rhythm import rhythms

SHAPES = {  # seconds of the tones, of the gaps between them, hertz
    "ours": ((0.1, 0.3, 0.1, 0.1), (0.1, 0.3, 0.1), (900.0,)),
    "in the wild, all gaps alike": ((0.12, 0.36, 0.12, 0.12), (0.12, 0.12, 0.12), (1046.5,)),
    "in the wild, two pitches at once": ((0.09, 0.26, 0.09, 0.09), (0.07, 0.18, 0.07), (660.0, 880.0)),
    "in the wild, 800 Hz": ((0.12, 0.36, 0.12, 0.12), (0.12, 0.12, 0.12), (800.0,)),
    "fast": ((0.06, 0.18, 0.06, 0.06), (0.06, 0.18, 0.06), (500.0,)),
    "slow": ((0.25, 0.75, 0.25, 0.25), (0.25, 0.75, 0.25), (2500.0,)),
    "short gaps": ((0.2, 0.4, 0.2, 0.2), (0.1, 0.2, 0.1), (400.0,)),
    "long gaps": ((0.08, 0.32, 0.08, 0.08), (0.16, 0.32, 0.16), (1500.0,)),
}
CONTENTS = {"music": music(8, 1), "other music": music(8, 2), "noise": noise(8, 3), "silence": silence(8)}
of_shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
of_contents = pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)


def before(mark: Wave, content: Wave) -> Wave:
    return np.concatenate([silence(0.1), mark, silence(0.2), content])


@of_shapes
@of_contents
def test_it_is_heard_before_a_content(
    shape: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]], content: Wave
) -> None:
    first, *others = rhythms(before(pattern(*shape), content))
    assert first.start == pytest.approx(0.1, abs=0.03)
    assert first.tones == pytest.approx(shape[0], abs=0.03)
    assert first.gaps == pytest.approx(shape[1], abs=0.03)
    assert not others


@pytest.mark.parametrize("shape", [SHAPES[name] for name in SHAPES if "wild" in name])
@of_contents
def test_it_is_heard_where_others_set_it_right_against_the_content(
    shape: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]], content: Wave
) -> None:
    mark = pattern(*shape)
    assert rhythms(np.concatenate([mark, content]))[0].start == pytest.approx(0, abs=0.03)
    assert rhythms(np.concatenate([content, mark]))[0].start == pytest.approx(len(content) / 8000, abs=0.03)


@of_contents
def test_it_is_heard_behind_a_content(content: Wave) -> None:
    wave = np.concatenate([content, silence(0.2), pattern(*SHAPES["ours"]), silence(0.1)])
    assert rhythms(wave)[0].start == pytest.approx(len(content) / 8000 + 0.2, abs=0.03)


@pytest.mark.oracle("espeak-ng")
@pytest.mark.parametrize("number", range(4))
def test_it_is_heard_beside_speech(number: int) -> None:
    assert rhythms(before(pattern(*SHAPES["ours"]), speech(number)))[0].start == pytest.approx(0.1, abs=0.03)


@of_contents
def test_it_is_heard_over_a_content_that_is_softer(content: Wave) -> None:
    wave = content.copy()
    mark = 2 * pattern(*SHAPES["ours"])
    wave[800 : 800 + len(mark)] += mark
    first = rhythms(wave)[0]
    assert first.start == pytest.approx(0.1, abs=0.03)


def test_the_clearance_tells_a_mark_apart_that_is_laid_over_the_content() -> None:
    content = noise(8, 5)
    mark = 2 * pattern(*SHAPES["ours"])
    over = content.copy()
    over[800 : 800 + len(mark)] += mark
    assert rhythms(over)[0].clearance < 15 < rhythms(before(mark, content))[0].clearance


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize(
    ("suffix", "options"),
    [("mp3", ("-ar", "24000", "-b:a", "32k")), ("opus", ("-b:a", "16k")), ("wav", ("-af", "atempo=1.1"))],
)
def test_it_survives_a_poor_transcode(suffix: str, options: tuple[str, ...], tmp_path: Path) -> None:
    wave = before(0.2 * rhythm(8000), music(6, 7))
    assert rhythms(transcoded(wave, tmp_path, suffix, *options))[0].score > 0.8


@pytest.mark.parametrize("seed", range(20))
def test_music_and_noise_are_no_rhythm(seed: int) -> None:
    assert rhythms(music(12, 100 + seed)) == ()
    assert rhythms(noise(4, 100 + seed)) == ()


@pytest.mark.oracle("espeak-ng")
@pytest.mark.parametrize("number", range(12))
def test_speech_is_no_rhythm(number: int) -> None:
    assert rhythms(speech(number, speed=110 + 6 * number)) == ()


@pytest.mark.parametrize(
    ("tones", "gaps"),
    [
        ((0.1, 0.1, 0.1, 0.1), (0.1, 0.1, 0.1)),
        ((0.3, 0.1, 0.1, 0.1), (0.1, 0.3, 0.1)),
        ((0.1, 0.3, 0.1), (0.1, 0.3)),
        ((0.1, 0.3, 0.1, 0.1, 0.1), (0.1, 0.3, 0.1, 0.1)),
        ((0.1, 0.3, 0.3, 0.1), (0.1, 0.3, 0.1)),
    ],
    ids=["four dots", "long first", "three tones", "five tones", "two dashes"],
)
def test_another_order_is_no_rhythm(tones: tuple[float, ...], gaps: tuple[float, ...]) -> None:
    assert rhythms(before(pattern(tones, gaps), music(6, 4))) == ()


def test_tones_that_run_into_each_other_are_reported_as_what_they_are() -> None:
    """As a public implementation does it: 150 and 300 ms without gaps, so the two shorts at the end are one."""
    merged = 0.2 * np.concatenate([tone([800], 0.15), tone([600], 0.3), tone([800], 0.3)])
    wave = before(merged, music(6, 4))
    assert rhythms(wave) == ()
    found = beeps.apart(wave)
    assert found is not None
    assert [round(one.seconds, 1) for one in found.tones] == [0.2, 0.3, 0.3]
    assert beeps.told(found.tones).startswith("3 tones: ")


@of_contents
def test_contents_do_not_begin_with_beeps(content: Wave) -> None:
    assert beeps.apart(content) is None


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.05, 0.2])
def test_too_little_sound_holds_nothing(seconds: float) -> None:
    assert rhythms(noise(seconds, 1) if seconds else silence(0)) == ()
    assert beeps.apart(silence(seconds)) is None
