"""Holds the goals and says which of them a run has met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from bench.jobs import Result

Measured: TypeAlias = dict[str, dict[str, Result]]
AT_MOST, AT_LEAST, TOLD = "<=", ">=", ""  # the last is measured, and nothing was asked of it


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure to reach: the ratio of `what` between two contenders of a job, ours first or the other way round."""

    number: int
    says: str
    job: str
    reached: Callable[[dict[str, Result]], float]
    way: str
    asked: float = 0.0


def _cpu(above: str, below: str) -> Callable[[dict[str, Result]], float]:
    return lambda r: r[above].figure.cpu / r[below].figure.cpu


def _wall(above: str, below: str) -> Callable[[dict[str, Result]], float]:
    return lambda r: r[above].figure.wall / r[below].figure.wall


BATCH, EACH = "exiftool, one batch", "exiftool, a process a file"
BOTH, BOTH_2 = "ours, both labels", "ours, both labels, 2 processes"
PILLOW, FAST = "Pillow, decode–draw–encode", "Pillow, fastest compression"
BARE = "python -c pass"


def _growth(results: dict[str, Result], figure: str) -> float:
    """What a file costs in the largest batch against the middle one: start-up weighs on the smallest."""
    _, middle, largest = results.values()
    return float(getattr(largest.figure, figure) / getattr(middle.figure, figure))


def _slope(results: dict[str, Result]) -> float:
    smallest, *_, largest = results.values()
    return max(0.0, (largest.figure.peak - smallest.figure.peak) / (largest.files - smallest.files) * 10_000)


GOALS: Final = (
    Goal(1, "JPEG copies: CPU, ours : cp -r", "jpeg", _cpu("ours", "cp -r"), AT_MOST, 1.5),
    Goal(1, "JPEG copies: CPU, ours : bare splice", "jpeg", _cpu("ours", "bare splice"), AT_MOST, 1.6),
    Goal(1, "JPEG copies: CPU, exiftool batch : ours", "jpeg", _cpu(BATCH, "ours"), AT_LEAST, 4),
    Goal(1, "JPEG copies: CPU, exiftool a file : ours", "jpeg", _cpu(EACH, "ours"), AT_LEAST, 600),
    Goal(1, "JPEG copies, 2 processes: wall, ours : cp -r", "jpeg", _wall("ours, 2 processes", "cp -r"), AT_MOST, 1.0),
    Goal(
        1,
        "JPEG copies, 2 processes: wall, exiftool batch : ours",
        "jpeg",
        _wall(BATCH, "ours, 2 processes"),
        AT_LEAST,
        6.5,
    ),
    Goal(
        2,
        "label changed in place: CPU, exiftool : ours",
        "changed",
        _cpu("exiftool, in place", "ours, in place"),
        AT_LEAST,
        18,
    ),
    Goal(2, "label changed in place: CPU, ours : cp -r", "changed", _cpu("ours, in place", "cp -r"), AT_MOST, 0.35),
    Goal(
        2,
        "label changed in place: KB written a file",
        "changed",
        lambda r: r["ours, in place"].figure.written / 1e3,
        AT_MOST,
        2,
    ),
    Goal(3, "PNG copies: CPU, ours : cp -r", "png", _cpu("ours", "cp -r"), AT_MOST, 1.4),
    Goal(3, "PNG copies: CPU, exiftool batch : ours", "png", _cpu(BATCH, "ours"), AT_LEAST, 140),
    Goal(3, "PNG copies: CPU, Pillow saved again : ours", "png", _cpu("Pillow, saved again", "ours"), AT_LEAST, 300),
    Goal(8, "one JPEG as a process: wall, ours : bare Python", "one", _wall("ours", BARE), AT_MOST, 5),
    Goal(8, "one JPEG as a process: wall, exiftool : ours", "one", _wall("exiftool", "ours"), AT_LEAST, 3),
    Goal(8, "--version: wall, ours : bare Python", "one", _wall("ours --version", BARE), AT_MOST, 3),
    Goal(9, "verify labels: CPU, ours : cat", "read", _cpu("ours", "cat"), AT_MOST, 0.4),
    Goal(9, "verify labels: CPU, exiftool -j : ours", "read", _cpu("exiftool -j", "ours"), AT_LEAST, 40),
    Goal(9, "verify labels: CPU, Pillow open : ours", "read", _cpu("Pillow, open", "ours"), AT_LEAST, 3),
    Goal(10, "large TIFF, copy: peak MiB", "large", lambda r: r["ours, copy"].figure.peak, AT_MOST, 24),
    Goal(10, "large TIFF, in place: peak MiB", "large", lambda r: r["ours, in place"].figure.peak, AT_MOST, 24),
    Goal(10, "large TIFF, verify: peak MiB", "large", lambda r: r["ours, verify"].figure.peak, AT_MOST, 24),
    Goal(11, "JPEG, both labels: CPU, ours : Pillow", "draw-jpeg", _cpu(BOTH, PILLOW), AT_MOST, 0.87),
    Goal(11, "JPEG, both labels: CPU, ours : ImageMagick", "draw-jpeg", _cpu(BOTH, "ImageMagick"), AT_MOST, 0.42),
    Goal(11, "JPEG, both labels: wall, 1 process : 2", "draw-jpeg", _wall(BOTH, BOTH_2), AT_LEAST, 1.7),
    Goal(11, "24-megapixel JPEG, both labels: CPU, ours : Pillow", "big-jpeg", _cpu(BOTH, PILLOW), AT_MOST, 0.87),
    Goal(12, "PNG, both labels: CPU, Pillow : ours", "draw-png", _cpu(PILLOW, BOTH), AT_LEAST, 4),
    Goal(
        12, "PNG, both labels: size, ours : Pillow", "draw-png", lambda r: r[BOTH].size / r[PILLOW].size, AT_MOST, 1.05
    ),
    Goal(12, "PNG, both labels: CPU, Pillow's fastest : ours", "draw-png", _cpu(FAST, BOTH), AT_LEAST, 1),
    Goal(15, "bytes to bytes: ours : memory copy", "memory", _cpu("ours", "copy"), AT_MOST, 4),
    Goal(15, "bytes to bytes: Pillow : ours", "memory", _cpu("Pillow", "ours"), AT_LEAST, 400),
    Goal(
        16,
        "Content Credentials: CPU, ours : c2pa-python alone",
        "signed",
        _cpu("ours, with C2PA", "c2pa-python alone"),
        AT_MOST,
        1.1,
    ),
    Goal(20, "SM2-signed JPEG labels a CPU second", "signed", lambda r: 1 / r["ours, SM2"].figure.cpu, AT_LEAST, 200),
    Goal(
        20,
        "bytes that a signature adds",
        "signed",
        lambda r: r["ours, SM2"].size - r["ours, unsigned"].size,
        AT_MOST,
        1024,
    ),
    Goal(20, "binding 4 GiB: CPU, ours : SM3 alone", "bound", _cpu("binding, sm3", "digest alone, sm3"), AT_MOST, 1.1),
    Goal(
        20,
        "binding 4 GiB: CPU, ours : SHA-256 alone",
        "bound",
        _cpu("binding, sha256", "digest alone, sha256"),
        AT_MOST,
        1.1,
    ),
    Goal(
        17,
        "block-cloning file system: wall, copy : in place",
        "cloning",
        _wall("ours, copy", "ours, in place"),
        AT_MOST,
        3,
    ),
    Goal(
        18,
        "labelled, read back and synced copies a second",
        "durable",
        lambda r: 1 / r["ours"].figure.wall,
        AT_LEAST,
        1000,
    ),
    Goal(18, "synced : not synced, wall", "durable", _wall("ours", "ours, not synced"), TOLD),
    Goal(18, "synced : cp -r (not synced), wall", "durable", _wall("ours", "cp -r"), TOLD),
    Goal(18, "with a ledger : without, CPU", "durable", _cpu("ours, ledger", "ours"), TOLD),
    Goal(1, "JPEG copies: wall, 1 process : 2", "jpeg", _wall("ours", "ours, 2 processes"), TOLD),
    Goal(19, "wall, 1 process : 2", "engines", _wall("ours, 1 process", "ours, 2 processes"), TOLD),
    Goal(19, "wall, Dask : 2 processes here", "engines", _wall("Dask, 2 workers", "ours, 2 processes"), TOLD),
    Goal(19, "wall, Ray : 2 processes here", "engines", _wall("Ray, 2 workers", "ours, 2 processes"), TOLD),
    Goal(19, "CPU a file, 100 times as many files", "flat", lambda r: _growth(r, "cpu"), AT_MOST, 1.1),
    Goal(19, "memory, MiB for 10,000 more files", "flat", _slope, AT_MOST, 1),
    Goal(
        19,
        "large object labelled in its bucket: MiB moved",  # 1 % of 1 GiB
        "objects",
        lambda r: r["embed, one large object"].figure.written / 2**20,
        AT_MOST,
        10.24,
    ),
)


def table(goals: Sequence[Goal], measured: Measured) -> str:
    """Give the goals of the jobs that ran as a Markdown table."""
    lines = ["### goals\n", "| goal | what | asked | reached | |", "|--:|---|--:|--:|---|"]
    for goal in goals:
        if goal.job in measured:
            asked = f"{goal.way} {goal.asked:g}" if goal.way else ""
            lines.append(f"| {goal.number} | {goal.says} | {asked} | {_outcome(goal, measured[goal.job])} |")
    return "\n".join(lines)


def _outcome(goal: Goal, results: dict[str, Result]) -> str:
    try:
        reached = goal.reached(results)
    except (KeyError, ZeroDivisionError, IndexError, ValueError):
        notes = {result.note for result in results.values() if result.note}
        return f"– | not measured{': ' + '; '.join(sorted(notes))[:200] if notes else ''}"
    if goal.way == TOLD:
        return f"{reached:.3g} | "
    met = reached <= goal.asked if goal.way == AT_MOST else reached >= goal.asked
    return f"{reached:.3g} | {'met' if met else 'missed'}"
