"""From a sound to its two labels and back: own recordings, without PyAV, at the command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sounds import music, speech

import aigc_label
from aigc_label.evidence import Moment, Reach
from aigc_label.label import Label
from aigc_label.marking import Mark, Position, SoundForm
from aigc_label.order import Order
from aigc_label.pcm import Layout, bytes_of
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict

LABEL = Label.generated(producer="Example Ltd", produce_id="line-1")
PLAIN = Layout(coding="s16", order="little", channels=1, rate=8_000, valid=16)


def wav(samples: np.ndarray) -> bytes:
    data = bytes_of(samples[:, None], PLAIN)
    form = b"\1\0\1\0" + (8_000).to_bytes(4, "little") + (16_000).to_bytes(4, "little") + b"\2\0\x10\0"
    body = b"WAVEfmt " + (16).to_bytes(4, "little") + form + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def added(content: bytes, mark: Mark) -> bytes:
    return aigc_label.carry_out(content, None, Order(label=LABEL, mark=mark)).data or b""


@pytest.mark.parametrize("position", [Position.START, Position.END, Position.BOTH])
def test_what_was_added_complies_and_is_heard_at_its_place(position: Position) -> None:
    report = aigc_label.verify(added(wav(music(5, 1)), Mark(position=position)))
    assert report.verdict is Verdict.COMPLIANT
    moments = {sighting.moment for sighting in report.evidence.sightings}
    wanted = {Position.START: {Moment.START}, Position.END: {Moment.END}, Position.BOTH: {Moment.START, Moment.END}}
    assert moments == wanted[position]


def test_an_outcome_says_when_the_mark_sounds() -> None:
    outcome = aigc_label.mark(wav(music(5, 1)))
    mark = outcome.to_dict()["mark"]
    assert mark["box"] is None
    assert mark["spans"] == [[0.1, 1.1]]
    assert mark["words"] == "·– ··"


@pytest.mark.oracle("espeak-ng")
def test_a_recording_of_ones_own_is_used_and_found_where_it_is_named(tmp_path: Path) -> None:
    recording = tmp_path / "ident.wav"
    words = ["espeak-ng", "-v", "cmn", "-s", "150", "-w", str(recording), "本节目由人工智能生成"]
    subprocess.run(words, check=True)
    mark = Mark(sound=SoundForm.VOICE, voice=recording, text="本节目由人工智能生成")
    data = added(wav(speech(0)), mark)
    named = Policy(voices=((recording, mark.text),))
    assert aigc_label.verify(data, named).verdict is Verdict.COMPLIANT
    unnamed = aigc_label.verify(data)
    assert "AUD-006" in {finding.rule.id for finding in unnamed.findings}
    assert unnamed.verdict is Verdict.UNDECIDABLE


@pytest.mark.oracle("espeak-ng")
def test_a_recording_without_the_words_is_found_wanting(tmp_path: Path) -> None:
    recording = tmp_path / "ident.wav"
    subprocess.run(["espeak-ng", "-v", "cmn", "-w", str(recording), "欢迎收听"], check=True)
    report = aigc_label.verify(
        added(wav(music(4, 2)), Mark(sound=SoundForm.VOICE, voice=recording, text="AI生成")),
        Policy(scope=Scope.MARK, voices=((recording, "欢迎收听"),)),
    )
    assert "AUD-002" in {finding.rule.id for finding in report.findings}


def test_a_mark_in_the_middle_is_heard_only_where_all_is_listened_to() -> None:
    start = added(wav(music(2, 3)), Mark())
    samples = np.frombuffer(start[44 : start.find(b"AIGC")], "<i2")[:28_000].astype(np.float32) / 32768
    long = np.concatenate([music(40, 4), samples, music(40, 5)])
    marks = Policy(scope=Scope.MARK)
    assert not aigc_label.verify(wav(long), marks).evidence.sightings
    (seen,) = aigc_label.verify(wav(long), Policy(scope=Scope.MARK, reach=Reach.WHOLE)).evidence.sightings
    assert seen.moment is Moment.MIDDLE
    assert seen.start == pytest.approx(40.1, abs=0.05)


WITHOUT = """
import sys
sys.modules["av"] = None
import aigc_label
from aigc_label.errors import MissingTool
from aigc_label.marking import Mark, SoundForm
from aigc_label.report import Scope
data = sys.stdin.buffer.read()
marked = aigc_label.mark(data).data
print(aigc_label.verify(marked, aigc_label.Policy(scope=Scope.MARK)).verdict)
try:
    aigc_label.mark(data, mark=Mark(sound=SoundForm.VOICE))
except MissingTool as missing:
    print(missing.remedy.en)
"""


def test_plain_samples_need_no_pyav() -> None:
    command = [sys.executable, "-c", WITHOUT]
    out = subprocess.run(command, input=wav(music(4, 1)), capture_output=True, check=True).stdout.decode()
    assert out.splitlines() == ["compliant", "pip install 'aigc-label[media]'"]


def test_the_command_takes_form_and_position(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "b.wav"
    source.write_bytes(wav(music(4, 1)))
    run = [sys.executable, "-m", "aigc_label.cli"]
    made = [*run, "mark", str(source), "-o", str(target), "--sound", "voice", "--position", "end", "--isolated"]
    subprocess.run(made, check=True, capture_output=True)
    looked = [*run, "verify", str(target), "--only", "mark", "--format", "json", "--isolated"]
    said = subprocess.run(looked, check=True, capture_output=True).stdout.decode()
    assert '"moment": "end"' in said
    assert "本音频由人工智能生成" in said


def test_a_wrong_expectation_is_wrong_use(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(wav(music(1, 1)))
    run = [sys.executable, "-m", "aigc_label.cli", "verify", str(source), "--expect-voice", "nothing", "--isolated"]
    assert subprocess.run(run, check=False, capture_output=True).returncode == 2
