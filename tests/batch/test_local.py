"""Every job gets an outcome, and an outcome says "done" only once its file is in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aigc_label.batch.folders import with_folders
from aigc_label.batch.job import Job
from aigc_label.batch.jobs import Root, jobs_of, listed_roots, roots_of
from aigc_label.batch.local import Line
from aigc_label.batch.walk import EVERYTHING, Passed
from aigc_label.errors import Defect, Refused, WrongUse
from aigc_label.label import Label
from aigc_label.order import Action, Existing, Order
from aigc_label.output import GROUP, Sync

PICTURE = (Path(__file__).parents[2] / "fixtures/jpeg/baseline.jpg").read_bytes()
ORDER = Order(label=Label.generated(producer="P", produce_id="1"))


def pictures(folder: Path, count: int) -> list[Job]:
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    for index in range(count):
        (folder / f"in/{index}.jpg").write_bytes(PICTURE)
    return [Job(i + 1, str(folder / f"in/{i}.jpg"), str(folder / f"out/{i}.jpg")) for i in range(count)]


def line(sync: Sync = Sync.GROUP, existing: Existing = Existing.REFUSE) -> Line:
    return Line(order_of=lambda _: ORDER, sync=sync, existing=existing)


@pytest.mark.parametrize("sync", list(Sync))
def test_an_outcome_comes_only_when_its_file_is_in_place(tmp_path: Path, sync: Sync) -> None:
    jobs = pictures(tmp_path, GROUP + 10)
    count = 0
    for job, outcome in line(sync).outcomes(jobs):
        assert outcome.action is Action.WRITTEN
        assert Path(job.target).exists()
        count += 1
    assert count == len(jobs)
    assert not list(tmp_path.rglob(".aigc-label-*"))


def test_a_failure_in_the_middle_stops_nothing(tmp_path: Path) -> None:
    jobs = pictures(tmp_path, 5)
    Path(jobs[2].source).write_bytes(PICTURE[:100])
    Path(jobs[3].source).unlink()
    actions = [outcome.action for _, outcome in line().outcomes(jobs)]
    assert actions == [Action.WRITTEN, Action.WRITTEN, Action.FAILED, Action.FAILED, Action.WRITTEN]


def test_an_exception_that_nobody_foresaw_is_an_outcome_too(tmp_path: Path) -> None:
    def order_of(job: Job) -> Order:
        if job.ordinal == 2:
            raise ZeroDivisionError("boom")
        return ORDER

    outcomes = [outcome for _, outcome in Line(order_of=order_of).outcomes(pictures(tmp_path, 3))]
    assert [outcome.action for outcome in outcomes] == [Action.WRITTEN, Action.FAILED, Action.WRITTEN]
    assert isinstance(outcomes[1].error, Defect)
    assert isinstance(outcomes[1].error.__cause__, ZeroDivisionError)


def test_a_target_that_cannot_be_reached_costs_its_group_nothing(tmp_path: Path) -> None:
    """Between the writing of drafts and their renaming, a folder appears where a file should go."""
    jobs = pictures(tmp_path, 4)

    def with_folder_in_the_way() -> Iterator[Job]:
        yield from jobs
        (tmp_path / "out/1.jpg/full").mkdir(parents=True)

    outcomes = [outcome for _, outcome in line().outcomes(with_folder_in_the_way())]
    assert [outcome.action for outcome in outcomes] == [Action.WRITTEN, Action.FAILED, Action.WRITTEN, Action.WRITTEN]
    assert isinstance(outcomes[1].error, OSError)
    assert not list(tmp_path.rglob(".aigc-label-*"))


def test_a_caller_that_stops_leaves_no_draft(tmp_path: Path) -> None:
    running = line(Sync.GROUP).outcomes(pictures(tmp_path, GROUP * 2))
    next(running)
    running.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.rglob(".aigc-label-*"))


def test_a_target_that_holds_the_result_is_left_alone(tmp_path: Path) -> None:
    jobs = pictures(tmp_path, 2)
    list(line().outcomes(jobs))
    times = [Path(job.target).stat().st_mtime_ns for job in jobs]
    for existing in Existing:
        actions = {outcome.action for _, outcome in line(existing=existing).outcomes(jobs)}
        assert actions == {Action.UNCHANGED}
    assert [Path(job.target).stat().st_mtime_ns for job in jobs] == times


def test_a_target_that_holds_something_else_is_refused_or_overwritten(tmp_path: Path) -> None:
    (job,) = pictures(tmp_path, 1)
    Path(job.target).write_bytes(b"other")
    ((_, outcome),) = line().outcomes([job])
    assert isinstance(outcome.error, Refused)
    assert Path(job.target).read_bytes() == b"other"
    ((_, outcome),) = line(existing=Existing.OVERWRITE).outcomes([job])
    assert outcome.action is Action.WRITTEN


@pytest.mark.parametrize("obstacle", ["link", "special", "outside"])
def test_an_obstacle_is_a_refusal(obstacle: str) -> None:
    ((_, outcome),) = line().outcomes([Job(1, "x", obstacle=obstacle)])
    assert isinstance(outcome.error, Refused)


def test_an_obstacle_of_the_system_is_its_error() -> None:
    ((_, outcome),) = line().outcomes([Job(1, "x", obstacle="folder", errno=13)])
    assert isinstance(outcome.error, PermissionError)


def test_one_folder_is_mirrored_itself_and_several_side_by_side(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    assert roots_of([a]) == [Root(a)]
    assert roots_of([a, b]) == [Root(a, "a"), Root(b, "b")]
    assert roots_of([f"{a}/.", f"{b}/"]) == [Root(f"{a}/.", "a"), Root(f"{b}/", "b")]
    with pytest.raises(WrongUse):
        roots_of([a, f"{b}/../a"])


def test_lists_are_mirrored_as_they_are_written() -> None:
    jobs = list(jobs_of(listed_roots(["a/b.png", "./c.png", "d//e.png"]), "out", EVERYTHING, Passed()))
    assert [job.target for job in jobs] == ["out/a/b.png", "out/c.png", "out/d/e.png"]
    assert [job.ordinal for job in jobs] == [1, 2, 3]


@pytest.mark.parametrize("path", ["/x.png", "../x.png", "a/../../x.png", ".."])
def test_lists_cannot_lead_outside(path: str) -> None:
    (job,) = jobs_of(listed_roots([path]), "out", EVERYTHING, Passed())
    assert job.obstacle == "outside"
    assert job.target == ""


def test_a_folder_that_cannot_be_made_is_the_jobs_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    jobs = [
        Job(1, str(tmp_path / "a"), str(tmp_path / "file/x/a")),
        Job(2, str(tmp_path / "b"), str(tmp_path / "ok/b")),
    ]
    first, second = with_folders(jobs)
    assert first.obstacle == "target"
    assert second.obstacle == ""
    assert (tmp_path / "ok").is_dir()
