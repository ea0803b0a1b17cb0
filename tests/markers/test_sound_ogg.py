"""Marks in Vorbis and Speex: the content's packets are copied, the joint is clean, other readers agree on the times."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen.oggvorbis import OggVorbis
from numpy.typing import NDArray

from aigc_label.detectors.sounds import listen
from aigc_label.errors import MalformedFile
from aigc_label.evidence import Moment
from aigc_label.formats import BY_NAME
from aigc_label.grammars import ogg, vorbis
from aigc_label.markers.ogg import WAY, render
from aigc_label.markers.ogg_codecs import _all
from aigc_label.marking import Mark, Position
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

pytestmark = pytest.mark.oracle("ffmpeg")
TUNE = "sine=f=330:d=4:r={rate},tremolo=f=3,volume=-6dB"
SIDES = (Position.START, Position.END, Position.BOTH)


def made(tmp_path: Path, *options: str, rate: int = 44_100) -> BytesSource:
    target = tmp_path / "in.ogg"
    tune = ("-f", "lavfi", "-i", TUNE.format(rate=rate), "-metadata", "title=月光")
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *tune, *options, "-f", "ogg", target], check=True)
    return BytesSource(target.read_bytes())


def marked(source: BytesSource, side: Position = Position.START) -> BytesSource:
    rendering = render(source, Mark(position=side))
    assert rendering.way == WAY
    return BytesSource(in_memory(source, rendering.plan))


def whole(source: BytesSource) -> bytes:
    return source.at(0, source.size)


def heard(data: bytes) -> tuple[NDArray[np.float64], int]:
    """Give the samples as libsndfile decodes them."""
    return soundfile.read(io.BytesIO(data), always_2d=True)


QUALITIES = (["-q:a", "0"], ["-q:a", "3"], ["-q:a", "4.4"], ["-q:a", "9"], ["-b:a", "96k"])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("quality", QUALITIES, ids=" ".join)
def test_every_packet_of_vorbis_is_in_the_marked_file(quality: list[str], side: Position, tmp_path: Path) -> None:
    source = made(tmp_path, "-ac", "2", "-c:a", "libvorbis", *quality)
    before, after = _all(source), _all(marked(source, side))
    assert after[:3] == before[:3]
    at = after.index(before[3], 3)
    assert after[at : at + len(before) - 3] == before[3:]
    assert len(after) > len(before) + 20


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 1), (44_100, 2), (22_050, 1), (16_000, 1), (48_000, 6)])
def test_the_content_of_vorbis_decodes_to_the_same_samples(rate: int, channels: int, tmp_path: Path) -> None:
    source = made(tmp_path, "-ac", str(channels), "-c:a", "libvorbis", "-q:a", "3", rate=rate)
    (old, _), (new, now) = heard(whole(source)), heard(whole(marked(source)))
    assert now == rate
    settled = 4096  # samples in which the first block of the content meets the mark's silence instead of nothing
    kept = old[settled:]
    assert np.array_equal(new[-len(kept) :], kept)


def test_nothing_clicks_where_the_mark_meets_the_content(tmp_path: Path) -> None:
    source = made(tmp_path, "-ac", "2", "-c:a", "libvorbis", "-q:a", "5")
    rendering = render(source, Mark())
    samples, rate = heard(in_memory(source, rendering.plan))
    span = rendering.spans[0]
    joint = samples[
        round((span.start + span.seconds + 0.05) * rate) : round((span.start + span.seconds + 0.5) * rate), 0
    ]
    steepest = np.abs(np.diff(samples[2 * rate :, 0])).max()
    assert np.abs(np.diff(joint)).max() <= 1.2 * steepest


@pytest.mark.parametrize("side", SIDES)
def test_mutagen_and_ffprobe_agree_on_length_and_texts(side: Position, tmp_path: Path) -> None:
    source = made(tmp_path, "-ac", "2", "-c:a", "libvorbis", "-q:a", "3")
    target = tmp_path / "out.ogg"
    target.write_bytes(whole(marked(source, side)))
    held = OggVorbis(target)
    samples, rate = heard(target.read_bytes())
    assert held["title"] == ["月光"]
    assert held.info.length == pytest.approx(len(samples) / rate, abs=0.001)
    asked = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", target]
    told = float(subprocess.run(asked, check=True, capture_output=True).stdout)
    assert told == pytest.approx(len(samples) / rate, abs=0.001)


def test_codebooks_that_nobody_writes_any_more_are_encoded_anew_and_it_is_said(tmp_path: Path) -> None:
    source = made(tmp_path, "-ac", "2", "-c:a", "vorbis", "-strict", "-2", "-b:a", "128k")
    rendering = render(source, Mark(position=Position.BOTH))
    assert "encoded again" in rendering.way.en
    new = BytesSource(in_memory(source, rendering.plan))
    assert {one.moment for one in listen(new, BY_NAME["ogg"]).sightings} == {Moment.START, Moment.END}
    old_samples, new_samples = heard(whole(source))[0], heard(whole(new))[0]
    assert len(new_samples) > len(old_samples) + 2 * 44_100
    target = tmp_path / "out.ogg"
    target.write_bytes(whole(new))
    assert OggVorbis(target)["title"] == ["月光"]
    assert all(ogg.is_intact(new, page) for page in ogg.pages(new))


@pytest.mark.parametrize("frames", [1, 4])
@pytest.mark.parametrize("rate", [8_000, 16_000, 32_000])
def test_speex_takes_packets_of_its_own_kind(rate: int, frames: int, tmp_path: Path) -> None:
    source = made(tmp_path, "-c:a", "libspeex", "-frames_per_packet", str(frames), rate=rate)
    new = marked(source, Position.BOTH)
    before, after = _all(source), _all(new)
    at = after.index(before[2], 2)
    assert after[at : at + len(before) - 2] == before[2:]
    assert {one.moment for one in listen(new, BY_NAME["ogg"]).sightings} == {Moment.START, Moment.END}


def test_a_setup_header_without_modes_is_damage() -> None:
    with pytest.raises(MalformedFile):
        vorbis.long_modes(vorbis.SETUP + b"\xff" * 200, 0)
