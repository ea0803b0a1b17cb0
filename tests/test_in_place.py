"""Large movies change in place: every step leaves a movie that plays, and a kill at any moment leaves one of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from media import ffprobe_texts, packets
from mutagen.mp4 import MP4

import aigc_label
from aigc_label.adapters import mp4
from aigc_label.label import Label
from aigc_label.order import Action, Order
from aigc_label.output import opened
from aigc_label.patching import patches_of
from aigc_label.placing import LARGE
from aigc_label.source import BytesSource, Source
from aigc_label.splice import PlanSource, in_memory, keeps
from fixtures.build._movie import box, boxes, joined

ROOT = Path(__file__).parents[1] / "fixtures"
LABEL = Label.generated(producer="001191110108335469089C10100", produce_id="in-place")
TEXT = LABEL.to_json()
FILES = [
    pytest.param(path, id=path.name)
    for name in ("mp4", "mov", "3gp", "m4a")
    for path in sorted((ROOT / name).glob("*"))
]
NOT_SAFE = {"endless.mp4", "labelled-twice.mp4", "fragmented.mp4", "fragments-absolute.mp4", "indexed.mp4"}


@pytest.mark.oracle("ffmpeg")
@pytest.mark.parametrize("path", FILES)
def test_after_every_step_the_movie_plays_as_before(path: Path, tmp_path: Path) -> None:
    source: Source = BytesSource(path.read_bytes(), path.name)
    stages = mp4.plan_in_place(source, TEXT)
    assert (stages is None) == (path.name in NOT_SAFE)
    before = packets(path)
    now = source
    for plan in stages.plans if stages else ():
        now = PlanSource(now, plan)
        step = tmp_path / path.name
        step.write_bytes(now.at(0, now.size))
        assert packets(step) == before
        mp4.read(now)


@pytest.mark.parametrize("path", FILES)
def test_the_last_step_leaves_one_label_and_every_sample(path: Path) -> None:
    source = BytesSource(path.read_bytes(), path.name)
    stages = mp4.plan_in_place(source, TEXT)
    if stages is None:
        return
    whole = stages.composed()
    after = BytesSource(in_memory(source, whole))
    assert [reading.text for reading in mp4.read(after).readings] == [TEXT]
    assert keeps(whole, mp4.payload(source))
    assert patches_of(source, stages.plans)
    assert in_memory(after, mp4.plan(after, TEXT)) == after.data


@pytest.mark.oracle("ffprobe")
@pytest.mark.parametrize("path", [param for param in FILES if "labelled" not in param.values[0].name])
def test_every_text_is_there_after_the_last_step(path: Path, tmp_path: Path) -> None:
    source = BytesSource(path.read_bytes(), path.name)
    stages = mp4.plan_in_place(source, TEXT)
    if stages is None:
        return
    target = tmp_path / path.name
    target.write_bytes(in_memory(source, stages.composed()))
    texts = ffprobe_texts(target)
    assert texts.pop("aigc") == TEXT
    assert texts == ffprobe_texts(path)


def test_itunes_metadata_stay_visible(tmp_path: Path) -> None:
    path = ROOT / "mp4/itunes.mp4"
    source = BytesSource(path.read_bytes())
    stages = mp4.plan_in_place(source, TEXT)
    assert stages is not None
    (tmp_path / "a.mp4").write_bytes(in_memory(source, stages.composed()))
    assert MP4(tmp_path / "a.mp4").tags == MP4(path).tags


def large(path: Path, layout: str) -> Path:
    """Write a movie just over the size from which files change in place; most of it is a hole."""
    parts = boxes((ROOT / f"mp4/{layout}.mp4").read_bytes())
    index = next(n for n, (kind, _) in enumerate(parts) if kind == b"mdat")
    hole = LARGE
    front = joined(parts[:index]) + (8 + len(parts[index][1]) + hole).to_bytes(4, "big") + b"mdat" + parts[index][1]
    with path.open("wb") as file:
        file.write(front)
        file.seek(len(front) + hole)
        file.write(joined(parts[index + 1 :]))
        file.truncate()
    if path.stat().st_size < LARGE + len(front):
        os.truncate(path, len(front) + hole)
    return path


@pytest.mark.parametrize(
    ("layout", "most"), [("tail", 4096), ("itunes", 12_000), ("reserved", 8192), ("fast-start", 12_000)]
)
def test_a_large_movie_is_not_copied(layout: str, most: int, tmp_path: Path) -> None:
    path = large(tmp_path / "large.mp4", layout)
    before = path.stat()
    outcome = aigc_label.embed(path, label=LABEL)
    assert outcome.action is Action.PATCHED
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_size - before.st_size <= most
    assert outcome.new_bytes <= most
    assert aigc_label.read(path) == LABEL


@pytest.mark.parametrize("layout", ["tail", "fast-start", "reserved"])
def test_a_later_change_is_one_small_write(layout: str, tmp_path: Path) -> None:
    path = large(tmp_path / "large.mp4", layout)
    aigc_label.embed(path, label=LABEL)
    size = path.stat().st_size
    other = Label.generated(producer=LABEL.producer, produce_id="a longer number than before")
    with opened(path) as source:
        (patch,) = patches_of(source, (mp4.plan(source, other.to_json()),))
        assert len(patch.new) <= 4096
    assert aigc_label.embed(path, label=other).action is Action.PATCHED
    assert (path.stat().st_size, aigc_label.read(path)) == (size, other)


def test_a_copy_of_a_large_movie_can_be_changed_in_place(tmp_path: Path) -> None:
    """The label and its room lie within one page, whatever stands before them."""
    for pad in range(0, 4096, 512):
        source = BytesSource(joined(boxes((ROOT / "mp4/tail.mp4").read_bytes())[:1]) + box(b"free", bytes(pad)))
        rest = joined(boxes((ROOT / "mp4/tail.mp4").read_bytes())[1:-1]) + box(b"free", bytes(5 << 20))
        movie = joined(boxes((ROOT / "mp4/tail.mp4").read_bytes())[-1:])
        once = PlanSource(whole := BytesSource(source.data + rest + movie), mp4.plan(whole, TEXT))
        assert patches_of(once, (mp4.plan(once, TEXT.replace("in-place", "another, longer number")),))


def test_the_user_is_told_when_the_index_goes_to_the_end(tmp_path: Path) -> None:
    moved = aigc_label.embed(large(tmp_path / "a.mp4", "fast-start"), label=LABEL)
    kept = aigc_label.embed(large(tmp_path / "b.mp4", "reserved"), label=LABEL)
    assert any("index" in warning.en for warning in moved.warnings)
    assert kept.warnings == ()


def test_a_copy_keeps_fast_start_whatever_its_size(tmp_path: Path) -> None:
    path = large(tmp_path / "a.mp4", "fast-start")
    outcome = aigc_label.embed(path, tmp_path / "b.mp4", label=LABEL)
    assert outcome.warnings == ()
    with opened(tmp_path / "b.mp4") as source:
        assert source.at(36, 4) == b"moov"


def test_an_order_to_replace_another_label_leaves_none_of_it(tmp_path: Path) -> None:
    path = large(tmp_path / "a.mp4", "labelled-elsewhere")
    aigc_label.carry_out(path, None, Order(label=LABEL, replace="test"))
    with opened(path) as source:
        assert [reading.text for reading in mp4.read(source).readings] == [TEXT]


JOB = (
    "import sys, aigc_label, aigc_label.api, aigc_label.adapters.mp4\n"
    "label = aigc_label.Label.generated(producer='001191110108335469089C10100', produce_id='in-place')\n"
    "open('/dev/null').close()\n"
    "aigc_label.embed(sys.argv[1], label=label)\n"
)
WRITES = "pwrite64|fsync|ftruncate|close"


def strace(arguments: list[str], path: Path, log: Path) -> subprocess.CompletedProcess[bytes]:
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed; `.ci/run` installs it")
    command = ["strace", "-o", str(log), *arguments, sys.executable, "-S", "-c", JOB, str(path)]
    environment = {"PYTHONPATH": str(ROOT.parent / "src"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False)


def calls_of(layout: str, folder: Path) -> list[tuple[str, int]]:
    """Give every system call of the write path as (name, occurrence since the program's start)."""
    log = folder / "log"
    assert strace([], large(folder / "movie.mp4", layout), log).returncode == 0
    seen: dict[str, int] = {}
    found, on = [], False
    for line in log.read_text(errors="replace").splitlines():
        name = line.split("(", 1)[0]
        seen[name] = seen.get(name, 0) + 1
        on = on or '"/dev/null"' in line
        if on and re.fullmatch(WRITES, name):
            found.append((name, seen[name]))
    return found


@pytest.mark.oracle("strace")
@pytest.mark.parametrize("layout", ["itunes", "keys"])
def test_killed_before_any_call_there_is_a_whole_movie(layout: str, tmp_path: Path) -> None:
    whole = packets(large(tmp_path / "movie.mp4", layout))
    calls = calls_of(layout, tmp_path)
    assert len([name for name, _ in calls if name == "pwrite64"]) >= 3
    for name, occurrence in calls:
        path = large(tmp_path / "movie.mp4", layout)
        strace([f"-einject={name}:signal=KILL:when={occurrence}"], path, tmp_path / "log")
        assert aigc_label.read(path) in (None, LABEL), (name, occurrence)
        assert packets(path) == whole, (name, occurrence)
        aigc_label.embed(path, label=LABEL)
        assert aigc_label.read(path) == LABEL


@pytest.mark.oracle("strace")
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_a_tail_that_cannot_be_written_is_cut_off_again(error: str, tmp_path: Path) -> None:
    path = large(tmp_path / "movie.mp4", "keys")
    before = path.read_bytes()
    for occurrence in (1, 2):
        ended = strace([f"-einject=pwrite64:error={error}:when={occurrence}"], path, tmp_path / "log")
        assert ended.returncode != 0
        assert path.read_bytes() == before
