"""Marks in M4A: access units kept, tables and times follow, whatever the order of the boxes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markers.test_sound_lossless import decoded, holds, made, marked
from media import decodes_cleanly, run

from aigc_label.errors import UnsupportedFormat
from aigc_label.marking import Mark, Position

SIDES = (Position.START, Position.END, Position.BOTH)
of_sides = pytest.mark.parametrize("side", SIDES)
WAYS = [(), ("-movflags", "+faststart"), ("-ac", "1", "-ar", "24000", "-b:a", "40k"), ("-ar", "48000", "-b:a", "192k")]
of_ways = pytest.mark.parametrize("options", WAYS, ids=lambda options: " ".join(options) or "plain")


def probed(path: Path) -> dict[str, float]:
    asked = ("-show_entries", "format=duration,start_time:stream=duration,start_time,nb_frames", "-of", "json")
    found = json.loads(run("ffprobe", "-v", "error", *asked, path))
    return {key: float(value) for key, value in (found["format"] | found["streams"][0]).items()}


@pytest.mark.oracle("ffmpeg")
@of_sides
@of_ways
def test_the_content_decodes_to_the_same_numbers(options: tuple[str, ...], side: Position, tmp_path: Path) -> None:
    path = made(tmp_path, "m4a", "-aac_pns", "0", *options)
    after = marked(path, Mark(position=side))
    # the first frame, which players leave out, takes the shape of its window from the frame before it
    content = decoded(path)[0 if side is Position.END else 2048 :]
    assert holds(decoded(after), content, side)
    assert decodes_cleanly(after)


@pytest.mark.oracle("ffprobe")
@of_sides
@of_ways
def test_the_stated_times_are_those_of_the_sound(options: tuple[str, ...], side: Position, tmp_path: Path) -> None:
    path = made(tmp_path, "m4a", *options)
    before, after = probed(path), probed(marked(path, Mark(position=side)))
    marks = 2 if side is Position.BOTH else 1
    assert after["start_time"] == before["start_time"]
    assert before["duration"] + 1.4 * marks < after["duration"] < before["duration"] + 1.55 * marks


@pytest.mark.oracle("mediainfo")
@of_sides
def test_mediainfo_counts_the_same_frames(side: Position, tmp_path: Path) -> None:
    after = marked(made(tmp_path, "m4a"), Mark(position=side))
    said = json.loads(run("mediainfo", "--Output=JSON", after))["media"]["track"]
    sound = next(track for track in said if track["@type"] == "Audio")
    assert int(sound["FrameCount"]) == pytest.approx(probed(after)["nb_frames"], abs=2)


@pytest.mark.oracle("ffmpeg")
def test_fast_start_stays_fast_start(tmp_path: Path) -> None:
    data = marked(made(tmp_path, "m4a", "-movflags", "+faststart"), Mark()).read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize(
    ("suffix", "options"),
    [("m4a", ("-movflags", "frag_keyframe+empty_moov")), ("m4a", ("-c:a", "ac3"))],
    ids=["fragments", "ac-3"],
)
def test_other_sound_is_refused_by_name(suffix: str, options: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat) as refused:
        marked(made(tmp_path, suffix, *options), Mark())
    assert refused.value.remedy.en


@pytest.mark.oracle("ffmpeg")
def test_chapters_let_a_mark_stand_only_at_the_end(tmp_path: Path) -> None:
    texts = tmp_path / "chapters.txt"
    texts.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=2000\ntitle=second\n")
    path = made(tmp_path, "m4a", "-i", str(texts), "-map", "0:a", "-map_chapters", "1")
    with pytest.raises(UnsupportedFormat, match="chapters"):
        marked(path, Mark())
    asked = ("-v", "error", "-show_chapters", "-of", "json")
    after = marked(path, Mark(position=Position.END))
    assert json.loads(run("ffprobe", *asked, after)) == json.loads(run("ffprobe", *asked, path))


DEPTHS = [
    ("-sample_fmt", "s16p"),
    ("-sample_fmt", "s32p", "-bits_per_raw_sample", "24"),
    ("-sample_fmt", "s16p", "-ac", "1"),
]


@pytest.mark.oracle("ffmpeg")
@of_sides
@pytest.mark.parametrize("depth", DEPTHS, ids=["16 bits", "24 bits", "mono"])
def test_every_sample_of_alac_is_kept(depth: tuple[str, ...], side: Position, tmp_path: Path) -> None:
    path = made(tmp_path, "m4a", "-c:a", "alac", *depth)
    after = marked(path, Mark(position=side))
    assert holds(decoded(after), decoded(path), side)
    assert decodes_cleanly(after)
    before, now = probed(path), probed(after)
    assert now["duration"] > before["duration"] + 1.4
    assert now["nb_frames"] > before["nb_frames"]


@pytest.mark.oracle("ffmpeg")
@of_sides
def test_the_mark_in_alac_is_heard(side: Position, tmp_path: Path) -> None:
    from aigc_label.api import verify
    from aigc_label.policy import Policy
    from aigc_label.report import Scope, Verdict

    after = marked(made(tmp_path, "m4a", "-c:a", "alac"), Mark(position=side))
    assert verify(after, Policy(scope=Scope.MARK)).verdict is Verdict.COMPLIANT
