"""Work tells how far it is to whoever asked for it, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import aigc_label
from aigc_label.progress import Stage, heard

FLAC = Path(__file__).parents[1] / "fixtures/flac/padded.flac"
LABEL = aigc_label.Label.generated(producer="Example-Ltd", produce_id="1")


def test_percents_only_rise_and_leave_room_for_what_comes() -> None:
    told: list[int] = []
    with heard(told.append):
        for _ in range(20):  # an attempt that failed is followed by another
            stage = Stage(300)
            for _ in range(400):
                stage.advance()
    assert told == sorted(set(told))
    assert told[:3] == [1, 2, 3]
    assert told[-1] == 99


def test_nobody_hears_of_work_after_theirs_or_of_unknown_length() -> None:
    told: list[int] = []
    with heard(told.append):
        Stage(0).advance()
    Stage(1).advance()
    assert told == []


def test_one_listener_within_another_hears_its_own_work_alone() -> None:
    outer: list[int] = []
    inner: list[int] = []
    with heard(outer.append):
        with heard(inner.append):
            Stage(2).advance()
        Stage(1).advance()
    assert (inner, outer) == ([33], [66])


def test_a_sound_that_is_encoded_whole_and_a_file_that_is_written_tell_it(tmp_path: Path) -> None:
    for name, work in (("add", aigc_label.add), ("embed", aigc_label.embed)):
        told: list[int] = []
        with heard(told.append):
            work(FLAC, tmp_path / f"{name}.flac", label=LABEL)
        assert told[-1] == (88 if name == "add" else 66)  # it is encoded, then written
