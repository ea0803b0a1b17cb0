"""Measures what a batch costs as it grows: synced and recorded, shared between processes and engines, file by file."""

from __future__ import annotations

from pathlib import Path

from bench.contenders import COPY, LABEL, OURS, Contender
from bench.jobs import Result, Stage
from bench.workload import Scale, jpegs

EMBED = (OURS, "embed", "{in}", "-o", "{out}", *LABEL)
TWO = (*EMBED, "--jobs", "2")
TINY = Path(__file__).parents[1] / "fixtures/jpeg/baseline.jpg"
DURABLE = (
    COPY,
    Contender(name="ours, not synced", argv=(*TWO, "--sync", "none")),
    Contender(name="ours", argv=TWO),
    Contender(name="ours, ledger", argv=(*TWO, "--ledger", "{out}.ledger")),
)
ENGINES = (
    Contender(name="ours, 1 process", argv=(*EMBED, "--jobs", "1")),
    Contender(name="ours, 2 processes", argv=TWO),
    Contender(name="Dask, 2 workers", argv=(*TWO, "--engine", "dask"), needs="import distributed"),
    Contender(name="Ray, 2 workers", argv=(*TWO, "--engine", "ray"), needs="import ray"),
)
ALONE = (Contender(name="ours", argv=(*TWO, "--sync", "none")),)


def durable(_stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """Batches that survive a power cut, and with a record of each file: on the disk, in two processes."""
    stage = Stage(files / "work")
    try:
        return stage.run("durable", jpegs(files, scale.jpegs), DURABLE, scale.rounds)
    finally:
        stage.close()


def engines(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """One batch in one process, in two, and handed out by Dask and by Ray on this machine."""
    return stage.run("engines", _tiny(files, 10 * scale.jpegs), ENGINES, 1)


def flat(stage: Stage, files: Path, scale: Scale) -> dict[str, Result]:
    """A file's cost in batches of ten times as many files, each run once."""
    results: dict[str, Result] = {}
    for count in (scale.jpegs, scale.jpegs * 10, scale.jpegs * 100):
        result = stage.run("flat", _tiny(files, count), ALONE, 0)["ours"]
        result.name = f"ours, {count:,} files"
        results[str(count)] = result
    return results


def _tiny(files: Path, count: int) -> Path:
    """Give a tree of small pictures, 500 to a folder."""
    tree = files / f"tiny-{count}"
    if not tree.exists():
        data = TINY.read_bytes()
        for number in range(count):
            path = tree / f"{number // 500:04}/{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return tree
