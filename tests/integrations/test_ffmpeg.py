"""The real ffmpeg behind our wrapper: the label that it drops is back on its output, or there is no output."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import COMMAND, environment
from media import exiftool, ffprobe_texts, packets

import aigc_label
from aigc_label.errors import WrongUse
from aigc_label.integrations.ffmpeg import call_of

pytestmark = pytest.mark.oracle("ffmpeg", "ffprobe", "exiftool")
Wrapped = Callable[..., "subprocess.CompletedProcess[str]"]
OWN = aigc_label.Label.generated(producer="Example-Ltd", produce_id="1")


@pytest.fixture
def wrapped(tmp_path: Path) -> Wrapped:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(COMMAND), "ffmpeg", "--lang", "en", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A labelled film of a second."""
    made = tmp_path / "film.mp4"
    source = ["-f", "lavfi", "-i", "testsrc=duration=1:size=160x120:rate=10"]
    subprocess.run(["ffmpeg", "-v", "error", *source, "-c:v", "libx264", made], check=True)
    aigc_label.embed(made, label=OWN)
    return made


@pytest.mark.parametrize("options", [("-c", "copy"), ("-c:v", "libx265"), ("-map_metadata", "-1", "-c", "copy")])
@pytest.mark.host("ffmpeg", shows="labels")
def test_the_label_of_the_input_is_on_the_output(wrapped: Wrapped, film: Path, options: tuple[str, ...]) -> None:
    done = wrapped("--", "-v", "error", "-i", "film.mp4", *options, "out.mkv")
    assert done.returncode == 0, done.stderr
    assert aigc_label.read(film.with_name("out.mkv")) == OWN
    assert OWN.to_json() in ffprobe_texts(film.with_name("out.mkv")).values()


@pytest.mark.host("ffmpeg", shows="equal")
def test_everything_else_is_ffmpeg_s_own(wrapped: Wrapped, film: Path) -> None:
    wrapped("--", "-v", "error", "-i", "film.mp4", "-c", "copy", "out.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-i", film, "-c", "copy", film.with_name("bare.mp4")], check=True)
    assert packets(film.with_name("out.mp4")) == packets(film.with_name("bare.mp4"))


def test_a_bare_input_needs_a_producer(wrapped: Wrapped, film: Path) -> None:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", film, "-map_metadata", "-1", "-c", "copy", film.with_name("bare.mp4")],
        check=True,
    )
    refused = wrapped("--", "-v", "error", "-i", "bare.mp4", "out.mp4")
    assert refused.returncode == 3
    assert "--producer" in refused.stderr
    assert not film.with_name("out.mp4").exists()
    assert wrapped("--producer", "X", "--", "-v", "error", "-i", "bare.mp4", "out.mp4").returncode == 0


def test_a_failing_ffmpeg_leaves_nothing(wrapped: Wrapped, film: Path) -> None:
    before = sorted(path.name for path in film.parent.iterdir())
    assert wrapped("--", "-v", "error", "-i", "film.mp4", "-c:v", "no-such-coder", "out.mp4").returncode == 3
    assert sorted(path.name for path in film.parent.iterdir()) == before


@pytest.mark.host("ffmpeg", shows="closed")
def test_an_output_that_cannot_be_labelled_is_not_written(wrapped: Wrapped, film: Path) -> None:
    done = wrapped("--", "-v", "error", "-i", "film.mp4", "-c", "copy", "out.ts")
    assert done.returncode == 3
    assert not film.with_name("out.ts").exists()


def test_an_existing_output_stays_unless_ffmpeg_was_told(wrapped: Wrapped, film: Path) -> None:
    out = film.with_name("out.mp4")
    out.write_bytes(b"old")
    assert wrapped("--", "-v", "error", "-i", "film.mp4", "-c", "copy", "out.mp4").returncode == 2
    assert out.read_bytes() == b"old"
    assert wrapped("--", "-y", "-v", "error", "-i", "film.mp4", "-c", "copy", "out.mp4").returncode == 0
    assert aigc_label.read(out) == OWN


def test_a_film_that_came_marked_is_judged_for_its_mark_as_well(wrapped: Wrapped, film: Path) -> None:
    assert wrapped("--draw", "--", "-v", "error", "-i", "film.mp4", "-c", "copy", "marked.mp4").returncode == 0
    done = wrapped("--", "-v", "error", "-i", "marked.mp4", "-vf", "crop=60:40:0:0", "cut.mp4")
    assert done.returncode == 1
    assert "VID-" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("-i", "a.mp4", "b.mp4", "c.mp4"),
        ("-i", "a.mp4"),
        ("-i", "a.mp4", "-"),
        ("-i", "a.mp4", "rtmp://host/x"),
        ("-i", "a.mp4", "b%03d.png"),
    ],
)
def test_what_is_not_one_file_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(WrongUse):
        call_of(words)


def test_the_output_is_found_among_options() -> None:
    call = call_of(
        ["-y", "-ss", "1", "-i", "a.mp4", "-i", "b.wav", "-shortest", "-c:v", "copy", "file:o.mp4", "-nostdin"]
    )
    assert (call.inputs, call.output, call.overwrites) == (("a.mp4", "b.wav"), "o.mp4", True)


@pytest.mark.host("ffmpeg", shows="again")
def test_a_second_pass_gives_the_same_packets_and_the_one_label(wrapped: Wrapped, film: Path) -> None:
    for source, target in (("film.mp4", "once.mp4"), ("once.mp4", "twice.mp4")):
        assert wrapped("--", "-v", "error", "-i", source, "-c", "copy", target).returncode == 0
    once, twice = film.with_name("once.mp4"), film.with_name("twice.mp4")
    assert packets(once) == packets(twice)
    assert exiftool(once, "-AIGC") == exiftool(twice, "-AIGC")
    assert once.stat().st_size == twice.stat().st_size


@pytest.mark.host("ffmpeg", shows="caught")
def test_a_film_that_ffmpeg_stripped_is_caught_and_not_passed_on(wrapped: Wrapped, film: Path) -> None:
    stripped = film.with_name("stripped.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-i", film, "-map_metadata", "-1", "-c", "copy", stripped], check=True)
    verified = subprocess.run(
        [COMMAND, "verify", "--only", "label", stripped], env=environment(), capture_output=True, check=False
    )
    assert verified.returncode == 1
    assert wrapped("--", "-v", "error", "-i", "stripped.mp4", "-c", "copy", "out.mp4").returncode == 3
    assert not film.with_name("out.mp4").exists()
