"""AVI beyond 2 GiB: OpenDML files of several RIFF forms take the label before their pictures and move nothing."""

from __future__ import annotations

import subprocess
import tracemalloc
from pathlib import Path

import pytest

from aigc_label.adapters import avi
from aigc_label.label import Label
from aigc_label.limits import Limits
from aigc_label.output import opened
from aigc_label.splice import Keep, PlanSource, keeps, size_of

PLAIN = (Path(__file__).parents[2] / "fixtures/avi/plain.avi").read_bytes()
TEXT = Label.generated(producer="001191110108335469089C10100", produce_id="opendml-1").to_json()
GIB = 1 << 30


def size(value: int) -> bytes:
    return value.to_bytes(4, "little")


def large(path: Path) -> Path:
    """Write a film of 2.3 GiB: the first form's pictures with a hole behind them, then two forms AVIX, mostly holes."""
    movi = PLAIN.index(b"movi") - 8
    end = movi + 8 + int.from_bytes(PLAIN[movi + 4 : movi + 8], "little")
    hole = GIB - 4096
    head = PLAIN[:4] + size(len(PLAIN) - 8 + 8 + hole) + PLAIN[8 : movi + 4] + size(end - movi + hole)
    with path.open("wb") as file:
        file.write(head + PLAIN[movi + 8 : end] + b"JUNK" + size(hole))
        file.seek(hole, 1)
        file.write(PLAIN[end:])
        for _ in range(2):
            file.write(b"RIFF" + size(4 + 12 + 8 + 2 * GIB // 3) + b"AVIX")
            file.write(b"LIST" + size(4 + 8 + 2 * GIB // 3) + b"movi" + b"JUNK" + size(2 * GIB // 3))
            file.seek(2 * GIB // 3 - 1, 1)
            file.write(b"\0")
    return path


def test_a_film_of_more_than_two_gibibytes_is_labelled_by_one_small_change(tmp_path: Path) -> None:
    with opened(large(tmp_path / "large.avi"), Limits()) as source:
        assert source.size > 2 * GIB
        tracemalloc.start()
        plan = avi.plan(source, TEXT)
        labelled = PlanSource(source, plan)
        assert [reading.text for reading in avi.read(labelled).readings] == [TEXT]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert keeps(plan, avi.payload(source))
        assert size_of(plan) == source.size
        assert sum(len(piece) for piece in plan if not isinstance(piece, Keep)) < 4096
    assert peak < 4 << 20


@pytest.mark.oracle("ffprobe")
def test_ffprobe_reads_the_label_of_a_large_film_and_the_same_packets(tmp_path: Path) -> None:
    from aigc_label.cli import main

    path = large(tmp_path / "large.avi")
    packets = ["ffprobe", "-v", "error", "-show_entries", "packet=stream_index,pts,size", "-show_data_hash", "md5"]
    command = [*packets, "-of", "csv", path]
    before = subprocess.run(command, check=True, capture_output=True).stdout
    status = main(
        ["embed", str(path), "--in-place", "--producer", "001191110108335469089C10100", "--produce-id", "big"]
    )
    assert status == 0
    assert subprocess.run(command, check=True, capture_output=True).stdout == before
    asked = ["ffprobe", "-v", "error", "-show_entries", "format_tags", "-of", "json", path]
    assert b"big" in subprocess.run(asked, check=True, capture_output=True).stdout
