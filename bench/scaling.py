"""Measures what a batch costs as it grows: a file's share at 10^3, 10^4 and 10^5 files, with a ledger, on an engine."""

from __future__ import annotations

from pathlib import Path

from bench.contenders import COPY, LABEL, OURS, Contender
from bench.jobs import Result, Stage
from bench.workload import Scale, jpegs

EMBED = (OURS, "embed", "{in}", "-o", "{out}", *LABEL)
TINY = Path(__file__).parents[1] / "fixtures/jpeg/baseline.jpg"
RECORDED = (
    COPY,
    Contender(name="ours, 2 processes", argv=(*EMBED, "--jobs", "2")),
    Contender(name="ours, 2 processes, ledger", argv=(*EMBED, "--jobs", "2", "--ledger", "{out}.ledger")),
    Contender(
        name="ours, Dask, 2 workers",
        argv=(*EMBED, "--jobs", "2", "--engine", "dask"),
        needs="import distributed",
    ),
    Contender(name="ours, Ray, 2 workers", argv=(*EMBED, "--jobs", "2", "--engine", "ray"), needs="import ray"),
)
ALONE = (Contender(name="ours", argv=(*EMBED, "--jobs", "2", "--sync", "none")),)


def recorded(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """The same batch bare, with a ledger, and handed out by Dask and Ray."""
    return stage.run("recorded", jpegs(files, scale.jpegs), RECORDED, scale.rounds)


def flat(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """A file's cost in batches of ten times as many files, small ones in folders of 500."""
    results: dict[str, Result] = {}
    for count in (scale.jpegs, scale.jpegs * 10, scale.jpegs * 100):
        folder = files / f"tiny-{count}"
        if not folder.exists():
            _made(folder, count)
        result = stage.run("flat", folder, ALONE, 0)["ours"]
        result.files, result.name = count, f"ours, {count:,} files"
        results[str(count)] = result
    return results


def _made(folder: Path, count: int) -> None:
    data = TINY.read_bytes()
    for number in range(count):
        path = folder / f"{number // 500:04}/{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
