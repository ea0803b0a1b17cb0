"""Known voices are heard through codecs, under music and at another tempo; other words and other voices are not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from sounds import Wave, music, noise, silence, speech, transcoded

from aigc_label.detectors import prompts
from aigc_label.detectors.prompts import heard, shipped
from aigc_label.detectors.speech import is_speech_like
from aigc_label.errors import InvalidMark

CHINESE, ENGLISH = shipped()
of_prompts = pytest.mark.parametrize("prompt", shipped(), ids=["zh", "en"])


def before(wave: Wave, content: Wave) -> Wave:
    return np.concatenate([silence(0.1), wave / np.std(wave) * 0.1, silence(0.2), content]).astype(np.float32)


@of_prompts
@pytest.mark.parametrize("seed", range(3))
def test_a_prompt_is_heard_before_a_content(prompt: prompts.Prompt, seed: int) -> None:
    (found,) = heard(before(prompt.wave, music(8, seed)), shipped())
    assert found.prompt is prompt
    assert found.start == pytest.approx(0.1, abs=0.01)
    assert found.score > 0.95


@of_prompts
def test_it_is_heard_under_music_that_is_as_loud(prompt: prompts.Prompt) -> None:
    voice = prompt.wave / np.std(prompt.wave) * 0.1
    wave = music(12, 3)
    wave[4000 : 4000 + len(voice)] += voice
    (found,) = heard(wave, shipped())
    assert found.prompt is prompt


@of_prompts
@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("mp3", ("-ar", "24000", "-b:a", "32k")),
        ("opus", ("-b:a", "16k")),
        ("wav", ("-af", "atempo=1.03")),
        ("wav", ("-af", "atempo=0.97")),
        ("wav", ("-af", "asetrate=7920,aresample=8000")),
        ("wav", ("-af", "aecho=0.8:0.7:40|90:0.4|0.25")),
        ("wav", ("-c:a", "pcm_mulaw")),
    ],
)
def test_it_is_heard_after_what_happens_to_files(
    prompt: prompts.Prompt, suffix: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    wave = transcoded(before(prompt.wave, music(6, 9)), tmp_path, suffix, *options)
    assert [found.prompt for found in heard(wave, shipped())] == [prompt]


@pytest.mark.oracle("espeak-ng")
@pytest.mark.parametrize("number", range(8))
def test_ordinary_speech_holds_no_prompt(number: int) -> None:
    assert heard(np.concatenate([speech(number), speech(number + 1)]), shipped()) == ()


@pytest.mark.oracle("espeak-ng")
def test_another_voice_with_the_same_words_is_not_taken_for_ours() -> None:
    words = ["espeak-ng", "-v", "cmn", "-s", "150", "--stdout", CHINESE.text]
    wav = subprocess.run(words, capture_output=True, check=True).stdout
    samples = np.frombuffer(wav[44:], "<i2").astype(np.float64)
    size = len(samples) * 8000 // 22050
    assert heard(np.fft.irfft(np.fft.rfft(samples)[: size // 2 + 1], size).astype(np.float32), shipped()) == ()


def test_a_sentence_that_only_begins_alike_is_another_one() -> None:
    half = CHINESE.wave[: len(CHINESE.wave) // 2]
    assert heard(before(half, music(6, 1)), shipped()) == ()


@pytest.mark.parametrize("seed", range(6))
def test_music_and_noise_hold_no_prompt(seed: int) -> None:
    assert heard(music(10, 50 + seed), shipped()) == ()
    assert heard(noise(5, 50 + seed), shipped()) == ()


def test_a_prompt_that_is_spoken_twice_is_heard_twice() -> None:
    once = before(CHINESE.wave, music(2, 1))
    assert len(heard(np.concatenate([once, once]), shipped())) == 2


def test_the_shipped_prompts_are_spoken_at_a_normal_rate() -> None:
    assert CHINESE.rate is not None
    assert 120 <= CHINESE.rate <= 160
    assert ENGLISH.rate is None  # the note in the standard is on Chinese


def test_a_silent_recording_cannot_serve(tmp_path: Path) -> None:
    path = tmp_path / "silent.wav"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=2", str(path)]
    subprocess.run(command, check=True)
    with pytest.raises(InvalidMark):
        prompts.own(path, "AI生成")


@pytest.mark.oracle("espeak-ng")
@pytest.mark.parametrize("number", range(4))
def test_speech_is_told_from_music(number: int) -> None:
    assert is_speech_like(speech(number))
    assert is_speech_like(CHINESE.wave)
    assert not is_speech_like(music(12, number))
    assert not is_speech_like(noise(6, number))
