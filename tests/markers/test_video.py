"""A marked film shows the mark from its first picture on, and everything the mark does not touch is what it was."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from films import AAC, X264, decodes_cleanly, made, packets, pictures, probed

from aigc_label.detectors import video as detector
from aigc_label.evidence import Sighting
from aigc_label.markers import Rendering
from aigc_label.markers.video import render
from aigc_label.marking import MIN_CONTRAST, MIN_HEIGHT_SHARE, Mark
from aigc_label.sniff import sniff
from aigc_label.source import BytesSource
from aigc_label.splice import in_memory

pytestmark = pytest.mark.oracle("ffmpeg", "ffprobe")


@dataclass(frozen=True, slots=True)
class Film:
    """A film, how many of its pictures are encoded again, and how many it has."""

    name: str
    make: Callable[[], bytes]
    again: int
    all: int
    suffix: str = ".mp4"


FILMS = (
    Film("H.264 with B-frames, moov last", lambda: made(*X264, "-g", "25", "-bf", "3", *AAC), 75, 100),
    Film("moov first", lambda: made(*X264, "-g", "25", *AAC, "-movflags", "+faststart"), 75, 100),
    Film("no B-frames", lambda: made(*X264, "-g", "25", "-bf", "0", *AAC), 75, 100),
    Film("one group of pictures", lambda: made(*X264, "-g", "500", *AAC), 100, 100),
    Film("QuickTime", lambda: made(*X264, "-g", "25", *AAC, suffix=".mov"), 75, 100, ".mov"),
    Film("shorter than two seconds", lambda: made(*X264, *AAC, seconds=1), 25, 25),
)
EACH = pytest.mark.parametrize("film", FILMS, ids=lambda film: film.name)


@cache
def marked(film: Film) -> tuple[bytes, Rendering]:
    source = BytesSource(film.make())
    rendering = render(source, Mark())
    return in_memory(source, rendering.plan), rendering


@pytest.fixture
def files(film: Film, tmp_path: Path) -> tuple[Path, Path]:
    """Give the film before and after as files."""
    before, after = tmp_path / f"before{film.suffix}", tmp_path / f"after{film.suffix}"
    before.write_bytes(film.make())
    after.write_bytes(marked(film)[0])
    return before, after


def seen(data: bytes) -> tuple[Sighting, ...]:
    source = BytesSource(data)
    return detector.look(source, sniff(source))


@EACH
def test_the_mark_is_seen_from_the_first_picture_on_for_its_time(film: Film) -> None:
    first, *_ = seen(marked(film)[0])
    assert first.text == "人工智能生成"
    assert first.start == 0
    assert first.seconds == pytest.approx(min(2.52, film.all / 25), abs=0.021)
    assert (first.height_share or 0) >= MIN_HEIGHT_SHARE
    assert (first.contrast or 0) >= MIN_CONTRAST


@EACH
def test_nothing_is_seen_before(film: Film) -> None:
    assert seen(film.make()) == ()


@EACH
def test_ffmpeg_decodes_the_whole_film_without_a_word(film: Film, files: tuple[Path, Path]) -> None:
    assert decodes_cleanly(files[1])


@EACH
def test_every_other_stream_is_the_same_packet_for_packet(film: Film, files: tuple[Path, Path]) -> None:
    before, after = files
    assert packets(before, "a") == packets(after, "a")
    assert packets(before, "s") == packets(after, "s")


@EACH
def test_pictures_behind_the_joint_are_the_same_packets_at_the_same_times(film: Film, files: tuple[Path, Path]) -> None:
    old, new = (packets(path, "V:0") for path in files)
    assert old[film.again :] == new[film.again :]
    assert [row[-1] for row in old[: film.again]] != [row[-1] for row in new[: film.again]]
    assert len(old) == len(new) == film.all


@EACH
def test_the_same_pictures_are_shown_at_the_same_times(film: Film, files: tuple[Path, Path]) -> None:
    old, new = (pictures(path) for path in files)
    assert [time for time, _ in old] == [time for time, _ in new]
    assert old[film.again :] == new[film.again :]


@EACH
def test_decoding_times_rise_and_never_pass_the_time_of_display(film: Film, files: tuple[Path, Path]) -> None:
    times = [(int(row[1]), int(row[2])) for row in packets(files[1], "V:0")]
    assert all(before < after for (_, before), (_, after) in itertools.pairwise(times))
    assert all(shown >= decoded for shown, decoded in times)


@EACH
def test_ffprobe_sees_the_same_streams_and_metadata(film: Film, files: tuple[Path, Path]) -> None:
    assert probed(files[0]) == probed(files[1])


@EACH
def test_no_byte_of_the_old_opening_is_left(film: Film) -> None:
    """The first keyframe is the largest picture: no 64 bytes of its slices may be found in the new file."""
    from aigc_label.grammars.movie_pictures import footage_of

    before, after = film.make(), marked(film)[0]
    first = next(footage_of(BytesSource(before)).samples())
    piece = before[first.offset + first.size // 2 :][:64]
    assert piece in before
    assert piece not in after


@EACH
def test_the_outcome_says_how_many_pictures_were_encoded(film: Film) -> None:
    assert marked(film)[1].way.en.startswith(f"{film.again} of {film.all} pictures")
