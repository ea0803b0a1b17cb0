"""Marks within a sound: before each turn of a dialogue, or in the quietest moment about the middle; nothing else changes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sounds import music, silence

from aigc_label.cli import main
from aigc_label.detectors import Asked
from aigc_label.detectors.sounds import listen
from aigc_label.errors import InvalidMark
from aigc_label.evidence import Reach
from aigc_label.markers import Rendering, marker_of
from aigc_label.marking import Mark, Position
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

RATE = 16_000
TURNS = (0.0, 4.0, 9.5)
PLAIN = (".wav", ".aiff", ".flac")


def dialogue() -> np.ndarray:
    parts = [music(3.8, 1, RATE), silence(0.2, RATE), music(5, 2, RATE), silence(0.5, RATE), music(4, 3, RATE)]
    return np.concatenate(parts)


def made(tmp_path: Path, suffix: str) -> Path:
    path = tmp_path / f"in{suffix}"
    soundfile.write(path, dialogue(), RATE, subtype="PCM_16")
    return path


def marked(path: Path, mark: Mark) -> tuple[Path, Rendering]:
    source = BytesSource(path.read_bytes())
    rendering = marker_of(sniff(source)).render(source, mark)
    target = path.with_name(f"out{path.suffix}")
    target.write_bytes(in_memory(source, rendering.plan))
    return target, rendering


def integers(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="int16")[0]


@pytest.mark.parametrize("suffix", PLAIN)
def test_a_mark_is_heard_before_each_turn(suffix: str, tmp_path: Path) -> None:
    target, rendering = marked(made(tmp_path, suffix), Mark(turns=TURNS))
    source = BytesSource(target.read_bytes())
    heard = sorted(one.start or 0.0 for one in listen(source, sniff(source), Asked(reach=Reach.WHOLE)).sightings)
    assert heard == pytest.approx([span.start for span in rendering.spans], abs=0.02)
    assert len(heard) == len(TURNS)


@pytest.mark.parametrize("suffix", PLAIN)
def test_every_sample_of_the_content_is_there_in_its_order(suffix: str, tmp_path: Path) -> None:
    path = made(tmp_path, suffix)
    target, rendering = marked(path, Mark(turns=TURNS))
    old, new = integers(path), integers(target)
    size = (len(new) - len(old)) // len(TURNS)
    rest, at = new, 0
    for turn, after in zip(TURNS, (*TURNS[1:], len(old) / RATE), strict=True):
        first, behind = round(turn * RATE), round(after * RATE)
        start = next(n for n in range(size - 4000, size + 4000) if np.array_equal(rest[n : n + 400], old[first:][:400]))
        assert np.array_equal(rest[start : start + behind - first], old[first:behind])
        rest, at = rest[start + behind - first :], at + start
    assert len(rest) == 0
    assert at == len(new) - len(old)
    assert len(rendering.spans) == len(TURNS)


@pytest.mark.parametrize("suffix", PLAIN)
def test_in_the_middle_a_pause_is_taken(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"in{suffix}"
    parts = [music(5, 2, RATE), silence(0.5, RATE), music(6, 3, RATE)]
    soundfile.write(path, np.concatenate(parts), RATE, subtype="PCM_16")
    target, rendering = marked(path, Mark(position=Position.MIDDLE))
    (span,) = rendering.spans
    assert 5.0 <= span.start - 0.2 <= 5.5  # 200 ms of silence stand before it
    source = BytesSource(target.read_bytes())
    (one,) = listen(source, sniff(source), Asked(reach=Reach.WHOLE)).sightings
    assert one.start == pytest.approx(span.start, abs=0.02)


def test_cue_points_follow_each_mark_before_them(tmp_path: Path) -> None:
    """A cue at a turn stands behind its mark: it names the content."""
    path = made(tmp_path, ".wav")
    data = path.read_bytes()
    points = b"".join(
        number.to_bytes(4, "little")
        + (at * RATE).to_bytes(4, "little")
        + b"data"
        + bytes(8)
        + (at * RATE).to_bytes(4, "little")
        for number, at in enumerate((0, 4, 6), 1)
    )
    chunk = b"cue " + (4 + len(points)).to_bytes(4, "little") + (3).to_bytes(4, "little") + points
    path.write_bytes(data[:4] + (len(data) - 8 + len(chunk)).to_bytes(4, "little") + data[8:] + chunk)
    target, rendering = marked(path, Mark(turns=(0.0, 4.0)))
    new = target.read_bytes()
    at = new.index(b"cue ") + 12
    places = [int.from_bytes(new[at + 24 * n + 20 : at + 24 * n + 24], "little") / RATE for n in range(3)]
    step = places[0]
    assert places == pytest.approx([step, 4 + places[1] - 4, 6 + places[2] - 6])
    assert places[2] - places[1] == pytest.approx(2)
    assert places[1] - 4 > 1.9 * step - 0.3
    assert rendering.spans[1].start < places[1]


@pytest.mark.parametrize("mark", [Mark(turns=(1.0,)), Mark(position=Position.MIDDLE)], ids=["turn", "middle"])
def test_frames_that_overlap_are_not_parted_and_it_is_said(mark: Mark, tmp_path: Path) -> None:
    path = made(tmp_path, ".wav")
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, tmp_path / "in.mp3"], check=True)
    with pytest.raises(InvalidMark, match="overlap") as refusal:
        marked(tmp_path / "in.mp3", mark)
    assert "FLAC" in refusal.value.remedy.en


def test_a_turn_behind_the_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMark, match=r"60 s is behind the end"):
        marked(made(tmp_path, ".wav"), Mark(turns=(0.0, 60.0)))


@pytest.mark.parametrize("turns", [(-1.0,), (1.0, 1.0), (float("nan"),)])
def test_turns_that_cannot_be_are_refused(turns: tuple[float, ...]) -> None:
    with pytest.raises(InvalidMark):
        Mark(turns=turns)


def test_the_command_takes_turns_and_verifies_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = made(tmp_path, ".wav"), tmp_path / "out.wav"
    assert main(["mark", str(path), "-o", str(target), "--turns", "0,4,9.5"]) == 0
    assert main(["verify", "--only", "mark", str(target)]) == 0
    assert main(["mark", str(path), "-o", str(target), "--turns", "zero"]) == 2
    capsys.readouterr()


@pytest.mark.oracle("espeak-ng")
def test_an_engine_of_ones_own_speaks_the_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = made(tmp_path, ".wav"), tmp_path / "out.wav"
    words = ["--text", "本节目由人工智能生成", "--voice-command", "espeak-ng -v cmn -s 150 -w {out} {text}"]
    assert main(["mark", str(path), "-o", str(target), *words]) == 0
    own = tmp_path / "own.wav"
    subprocess.run(["espeak-ng", "-v", "cmn", "-s", "150", "-w", own, "本节目由人工智能生成"], check=True)
    assert main(["verify", "--only", "mark", "--expect-voice", f"本节目由人工智能生成={own}", str(target)]) == 0
    capsys.readouterr()


def test_a_voice_command_without_a_place_for_its_file_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(tmp_path, ".wav")
    assert main(["mark", str(path), "-o", str(tmp_path / "o.wav"), "--voice-command", "say {text}"]) == 2
    assert "{out}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["true {out}", "false {out}", "no-such-engine {out}"])
def test_an_engine_that_fails_leaves_no_file(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "o.wav"
    status = main(["mark", str(made(tmp_path, ".wav")), "-o", str(target), "--voice-command", command])
    assert status in (2, 3)
    assert not target.exists()
    capsys.readouterr()
