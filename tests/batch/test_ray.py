"""Rows of Ray Data are labelled and keep their names; Ray itself, a quarter of a gigabyte, is asked in the long run."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

import numpy
import pytest

from aigc_label.api import read
from aigc_label.batch.engines.engine import Chunk, answers_of
from aigc_label.batch.job import Job
from aigc_label.batch.ray import Labeller, Writer
from aigc_label.batch.shares import Answer
from aigc_label.label import Label

PICTURE = (Path(__file__).parents[2] / "fixtures/jpeg/baseline.jpg").read_bytes()
LABEL = Label.generated(producer="P", produce_id="1")


def rows(root: Path, count: int = 3) -> dict[str, Any]:
    data = [PICTURE] * count + [PICTURE[:90]]
    paths = [str(root / f"in/{number % 2}/{number}.jpg") for number in range(count + 1)]
    return {"bytes": numpy.array(data, dtype=object), "path": numpy.array(paths, dtype=object)}


def test_rows_are_labelled_and_a_broken_one_goes_on_without_bytes(tmp_path: Path) -> None:
    told = Labeller(label=LABEL)(rows(tmp_path))
    assert [str(one) for one in told["action"]] == ["written"] * 3 + ["failed"]
    assert [read(bytes(data)) if data else None for data in told["bytes"]] == [LABEL] * 3 + [None]
    assert "damaged" in told["error"][3]


def test_the_writer_keeps_names_and_writes_nothing_unlabelled(tmp_path: Path) -> None:
    told = Writer(str(tmp_path / "in"), str(tmp_path / "out"))(Labeller(label=LABEL)(rows(tmp_path)))
    written = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.jpg"))
    assert written == ["0/0.jpg", "0/2.jpg", "1/1.jpg"]
    assert "bytes" not in told
    with pytest.raises(ValueError, match="does not lie below"):
        Writer(str(tmp_path / "other"), str(tmp_path / "out"))(Labeller(label=LABEL)(rows(tmp_path)))


def fatal(mark: str, chunk: Chunk) -> list[Answer]:
    if any(job[0] == 5 for job in chunk) and not os.path.exists(mark):
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return [(job[0], "done") for job in chunk]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_ray_survives_a_worker_that_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    from aigc_label.batch.engines.ray import Ray

    engine = Ray(partial(fatal, str(tmp_path / "died")), "", 2)
    jobs = [Job(number, str(number)) for number in range(1, 13)]
    answers = list(answers_of(engine, jobs, 4, lambda job, _: (job.ordinal, "lost")))
    assert answers == [(number, "done") for number in range(1, 13)]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_ray_data_labels_a_folder(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    for number in range(2_000):
        path = tmp_path / f"in/{number % 7}/{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PICTURE)
    ray.init(num_cpus=2, include_dashboard=False, object_store_memory=200 << 20)
    try:
        found = ray.data.read_binary_files(str(tmp_path / "in"), include_paths=True)
        made = found.map_batches(Labeller(label=LABEL)).map_batches(Writer(str(tmp_path / "in"), str(tmp_path / "out")))
        assert {row["error"] for row in made.take_all()} == {""}
    finally:
        ray.shutdown()
    names = [
        {str(path.relative_to(root)) for path in root.rglob("*.jpg")} for root in (tmp_path / "in", tmp_path / "out")
    ]
    assert names[0] == names[1]
    assert read(tmp_path / "out/3/3.jpg") == LABEL
