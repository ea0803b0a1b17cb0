"""A film is watched as a person would: what counts is how long a mark really stays, by the pictures' own times."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from breaking import badge_of, in_another_typeface
from films import remade

from aigc_label.api import verify
from aigc_label.badge import Badge, design
from aigc_label.detectors import video
from aigc_label.detectors.video import watch
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Sighting
from aigc_label.formats import BY_NAME
from aigc_label.lettering import shipped_font
from aigc_label.marking import Mark, Place
from aigc_label.policy import Policy
from aigc_label.report import Scope, Verdict
from aigc_label.source import BytesSource

pytestmark = pytest.mark.oracle("ffmpeg")
WIDE, HIGH, RATE = 320, 240, 25
BADGE = design(Mark(height_share=0.06), WIDE, HIGH)
Strength = Callable[[float], float]  # how strongly the mark is drawn at a time: 0 not at all, 1 fully


def scene(number: int) -> np.ndarray:
    """Give one picture of a moving scene, (height, width, 3)."""
    y, x = np.mgrid[:HIGH, :WIDE]
    waves = 90 + 50 * np.sin((x + 3 * number) / 23) + 40 * np.cos((y - 2 * number) / 17)
    return np.stack([waves, np.roll(waves, number, 1), 180 - waves / 2], axis=2)


def pictures(strength: Strength, seconds: float, badge: Badge) -> Iterator[bytes]:
    box = badge.box
    for number in range(round(seconds * RATE)):
        picture = scene(number)
        part = picture[box.top : box.bottom, box.left : box.right]
        share = strength(number / RATE)
        part[:] = share * badge.levels()[..., None] + (1 - share) * part
        yield np.clip(picture, 0, 255).astype(np.uint8).tobytes()


@cache
def film(strength: Strength, seconds: float = 4) -> bytes:
    """Give an MP4 of the scene with a mark as strong as `strength` says."""
    return filmed(strength, seconds, BADGE)


def filmed(strength: Strength, seconds: float, badge: Badge, *options: str) -> bytes:
    raw = b"".join(pictures(strength, seconds, badge))
    with TemporaryDirectory() as folder:
        out = Path(folder) / "film.mp4"
        given = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDE}x{HIGH}", "-r", str(RATE), "-i", "-")
        coded = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-threads", "1", *options)
        command = ["ffmpeg", "-v", "error", *given, *coded, str(out)]
        subprocess.run(command, input=raw, check=True)
        return out.read_bytes()


def between(start: float, end: float) -> Strength:
    return lambda time: float(start <= time < end)


THROUGHOUT = between(0, 99)
NEVER = between(0, 0)
SHORT = between(0, 1.52)
LATE = between(1, 99)


def flashing(time: float) -> float:
    return float(round(time * RATE) != 30)  # gone on one picture, at 1.2 s


def fading(time: float) -> float:
    return min(1.0, max(0.0, 2 - time))  # from 1 s to 2 s


def seen(data: bytes) -> Sighting:
    first, *_ = watch(BytesSource(data), BY_NAME["mp4"]).sightings
    return first


def findings(data: bytes) -> set[str]:
    return {finding.rule.id for finding in verify(data, Policy(scope=Scope.MARK)).findings}


def test_without_a_mark_nothing_is_seen() -> None:
    assert watch(BytesSource(film(NEVER)), BY_NAME["mp4"]).sightings == ()
    assert findings(film(NEVER)) == {"VID-001"}


def test_a_mark_that_stays_complies() -> None:
    sighting = seen(film(THROUGHOUT))
    assert sighting.text == "人工智能生成"
    assert (sighting.start, sighting.seconds) == (0, video.WINDOW)
    assert verify(film(THROUGHOUT), Policy(scope=Scope.MARK)).verdict is Verdict.COMPLIANT


def test_a_mark_is_timed_by_the_pictures_that_show_it() -> None:
    assert seen(film(SHORT)).seconds == pytest.approx(1.52)
    assert findings(film(SHORT)) == {"VID-007"}


def test_a_slower_film_shows_the_same_mark_for_longer() -> None:
    slowed = ("-vf", "setpts=2*PTS", "-r", "12.5")
    assert seen(filmed(between(0, 1.2), 4, BADGE, *slowed)).seconds == pytest.approx(2.4)


def test_a_mark_that_appears_late_is_not_on_the_opening_picture() -> None:
    assert seen(film(LATE)).start == pytest.approx(1)
    assert findings(film(LATE)) == {"VID-003"}


def test_a_mark_that_comes_up_between_two_searches_is_timed_to_the_picture() -> None:
    assert seen(film(between(0.12, 99))).start == pytest.approx(0.12)


def test_a_mark_that_flashes_counts_for_its_longest_stay() -> None:
    sighting = seen(film(flashing))
    assert sighting.start == pytest.approx(31 / RATE)
    assert sighting.seconds == pytest.approx(video.WINDOW - 31 / RATE)
    assert findings(film(flashing)) == {"VID-003", "VID-007"}


def test_a_mark_that_fades_stays_as_long_as_it_can_be_read() -> None:
    seconds = seen(film(fading)).seconds
    assert seconds is not None
    assert 1.2 < seconds < 2
    assert "VID-007" in findings(film(fading))


def test_a_mark_on_all_of_a_short_film_is_enough() -> None:
    assert findings(film(THROUGHOUT, 1)) == set()


def test_a_mark_on_a_part_of_a_short_film_is_not() -> None:
    assert findings(film(between(0, 0.6), 1)) == {"VID-007"}


def test_words_that_lack_an_element_are_said_as_they_read() -> None:
    half = Mark()
    object.__setattr__(half, "text", "内容生成")  # no mark of ours can say so little
    data = filmed(THROUGHOUT, 3, design(half, WIDE, HIGH))
    assert seen(data).text == "内容生成"
    assert "VID-002" in findings(data)


def test_letters_below_the_floor_are_measured() -> None:
    large = design(Mark(), 640, 480)
    small = Mark()
    object.__setattr__(small, "height_share", 0.04)
    badge = design(small, WIDE, HIGH)
    assert badge.box.height < large.box.height
    assert "VID-006" in findings(filmed(THROUGHOUT, 3, badge))


def test_a_mark_in_the_middle_is_not_at_an_edge() -> None:
    box = BADGE.box
    middle = replace(box, left=90, right=90 + box.width, top=105, bottom=105 + box.height)
    assert findings(filmed(THROUGHOUT, 3, replace(BADGE, box=middle))) == {"VID-004"}


@pytest.mark.parametrize("place", list(Place))
def test_a_mark_is_found_at_every_edge_and_corner(place: Place) -> None:
    assert findings(filmed(THROUGHOUT, 3, design(Mark(place=place), WIDE, HIGH))) <= {"VID-009"}


OTHERS = in_another_typeface(design(Mark(height_share=0.08), WIDE, HIGH))  # in letters that only text recognition knows
TOO_SMALL = in_another_typeface(badge_of(height_share=0.035, size=(WIDE, HIGH)))


def test_a_mark_that_others_drew_is_read_and_timed_to_the_picture() -> None:
    data = filmed(between(0, 2.52), 4, OTHERS)
    found = seen(data)
    assert (found.detector, found.start, found.seconds) == ("ocr", 0, pytest.approx(2.52, abs=0.05))
    assert findings(data) == set()


@pytest.mark.parametrize(
    ("strength", "broken"),
    [(SHORT, {"VID-007"}), (LATE, {"VID-003"}), (flashing, {"VID-007"}), (fading, {"VID-007"})],
    ids=["short", "late", "flashing", "fading"],
)
def test_a_mark_that_others_drew_must_stay_as_ours_must(strength: Strength, broken: set[str]) -> None:
    assert broken <= findings(filmed(strength, 4, OTHERS))


def test_a_mark_of_others_that_is_too_small_does_not_pass() -> None:
    assert "VID-006" in findings(filmed(THROUGHOUT, 3, TOO_SMALL))


def test_bars_around_a_film_count_as_picture() -> None:
    """Put into a larger frame, a mark is smaller than it was and stands no longer at the edge of what is shown."""
    data = filmed(THROUGHOUT, 3, OTHERS, "-vf", f"pad={2 * WIDE}:{2 * HIGH}:{WIDE // 2}:{HIGH // 2}:black")
    assert findings(data) >= {"VID-004", "VID-006"}


def test_a_mark_covered_by_bars_is_not_seen() -> None:
    covered = f"drawbox=0:{HIGH - 60}:{WIDE}:60:black:fill"
    assert findings(filmed(THROUGHOUT, 3, OTHERS, "-vf", covered)) == {"VID-001"}


def test_words_that_ffmpeg_draws_are_seen_for_as_long_as_it_draws_them() -> None:
    words = f"drawtext=fontfile={shipped_font()}:text=AI生成:fontsize=30:x=12:y=12:fontcolor=white:box=1:boxcolor=black"
    data = filmed(NEVER, 4, BADGE, "-vf", f"{words}:enable='lt(t,2.2)'")
    assert seen(data).seconds == pytest.approx(2.2, abs=0.05)
    assert findings(data) <= {"VID-009"}


def test_only_the_opening_is_read() -> None:
    """A long film costs what its opening costs: what lies behind is never asked for."""
    data = filmed(THROUGHOUT, 40, BADGE, "-movflags", "+faststart", "-g", "25", "-crf", "1")

    class Counting(BytesSource):
        asked = 0

        def upto(self, offset: int, length: int) -> bytes:
            part = super().upto(offset, length)
            self.asked = max(self.asked, offset + len(part))
            return part

    source = Counting(data)
    watch(source, BY_NAME["mp4"])
    assert source.asked < len(data) / 4


def test_what_cannot_be_looked_at_is_undecided() -> None:
    report = verify(_without_pictures(), Policy(scope=Scope.MARK))
    assert report.verdict is Verdict.UNDECIDABLE


def _without_pictures() -> bytes:
    with TemporaryDirectory() as folder:
        out = Path(folder) / "sound.mp4"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", str(out)], check=True)
        return out.read_bytes()


def with_aperture(data: bytes, wide: int, high: int) -> bytes:
    """Give an MP4 whose movie box stands last with a clean aperture in its first sample description."""
    box = struct.pack(">I4s8I", 40, b"clap", wide, 1, high, 1, 0, 1, 0, 1)
    whole, at = bytearray(data), 0
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"):
        at = whole.index(kind, at)
        size = struct.unpack(">I", whole[at - 4 : at])[0]
        whole[at - 4 : at] = struct.pack(">I", size + len(box))
    assert whole.index(b"mdat") < whole.index(b"moov")
    whole[at + 82 : at + 82] = box
    return bytes(whole)


@pytest.mark.oracle("ffprobe")
def test_a_mark_where_players_cut_is_not_certain() -> None:
    marked = film(THROUGHOUT)
    probed = subprocess.run(["ffprobe", "-v", "error", "-"], input=with_aperture(marked, WIDE, 200), check=False)
    assert probed.returncode == 0
    assert watch(BytesSource(with_aperture(marked, WIDE - 2, HIGH - 2)), BY_NAME["mp4"]).sightings
    with pytest.raises(UnsupportedFormat, match="83% of the width or height"):
        watch(BytesSource(with_aperture(marked, WIDE, 200)), BY_NAME["mp4"])


@pytest.mark.oracle("mkvpropedit")
def test_a_mark_where_matroska_cuts_is_not_certain(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(remade(film(THROUGHOUT), ".mkv"))
    cut = ("--edit", "track:v1", "--set", "pixel-crop-bottom=24", "--set", "pixel-crop-top=24")
    assert watch(BytesSource(path.read_bytes()), BY_NAME["matroska"]).sightings
    subprocess.run(["mkvpropedit", "-q", path, *cut], check=True)
    with pytest.raises(UnsupportedFormat, match="80% of the width or height"):
        watch(BytesSource(path.read_bytes()), BY_NAME["matroska"])


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_which_of_two_tracks_of_pictures_is_shown_is_not_certain(suffix: str) -> None:
    two = remade(film(THROUGHOUT), suffix, "-map", "0:v", "-map", "0:v")
    with pytest.raises(UnsupportedFormat, match="2 tracks of pictures"):
        watch(BytesSource(two), BY_NAME["mp4" if suffix == ".mp4" else "matroska"])
    assert verify(two, Policy(scope=Scope.MARK)).verdict is Verdict.UNDECIDABLE
