"""Measures the goals as ratios in one run: `python -m bench --scale small|full`, or `make bench`.

Every contender of a job runs in turn on the same files, medians over the rounds; a file's absolute times mean little on
a shared machine, its ratios more. Prints Markdown for docs/performance.md.
"""

from __future__ import annotations

import argparse
import compileall
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from ast import literal_eval
from pathlib import Path

import aigc_label
from bench import contenders, media, media_goals, papers, signing, workload
from bench.cloning import cloning
from bench.goals import GOALS, Measured, table
from bench.jobs import Result, Stage
from bench.objects import objects
from bench.scaling import durable, engines, flat

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", choices=workload.SCALES, default="small")
    parser.add_argument("--only", default="", metavar="JOB,...", help="run only these jobs: " + ", ".join(JOBS))
    parser.add_argument("--files", type=Path, default=Path("bench-output"), help="where the workload is made and kept")
    parser.add_argument("--work", type=Path, help="scratch folder (default: in memory, /dev/shm, where there is room)")
    chosen = parser.parse_args()
    _compile()
    scale = workload.SCALES[chosen.scale]
    chosen.files.mkdir(parents=True, exist_ok=True)
    stage = Stage(Path(tempfile.mkdtemp(prefix="aigc-bench-", dir=chosen.work or _roomy(scale))))
    measured: Measured = {}
    print(_machine(chosen.scale, stage.root), flush=True)
    try:
        for name in chosen.only.split(",") if chosen.only else JOBS:
            measured[name] = JOBS[name](stage, chosen.files, scale)
            print(_rows(name, measured[name]), flush=True)
    finally:
        stage.close()
    print(table((*GOALS, *media_goals.GOALS, *papers.GOALS), measured))


def _compile() -> None:
    """Compile the package as an installer does: a start that compiles anew each time measures the compiler."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(str(Path(aigc_label.__file__).parent), quiet=2)


def _roomy(scale: workload.Scale) -> str | None:
    memory = Path("/dev/shm")
    needed = max(scale.jpegs * 2**20, scale.large_mib * 5 * 2**20)
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2 * needed else None


def _jpeg(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return stage.run("jpeg", workload.jpegs(files, scale.jpegs), contenders.embedding(), scale.rounds)


def _changed(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return stage.run("changed", workload.jpegs(files, scale.jpegs), contenders.CHANGING, scale.rounds)


def _png(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return stage.run("png", workload.pngs(files, scale.pngs), contenders.embedding(), scale.rounds)


def _one(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    one = sorted(workload.jpegs(files, scale.jpegs).iterdir())[0]
    return stage.run("one", one, contenders.ONE_FILE, 4 * scale.rounds)


def _read(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return stage.run("read", workload.jpegs(files, scale.jpegs), contenders.READING, scale.rounds)


def _large(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return stage.run("large", workload.large_tiff(files, scale.large_mib), contenders.LARGE, scale.rounds)


def _big_jpeg(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    folder = files / "24-megapixels"
    folder.mkdir(parents=True, exist_ok=True)
    workload.large_jpeg(folder)
    return stage.run("big-jpeg", folder, (*contenders.embedding(), *contenders.DRAWING[1:]), scale.rounds)


def _draw_jpeg(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    drawing = [one for one in contenders.DRAWING if "compression" not in one.name]
    return stage.run("draw-jpeg", workload.jpegs(files, scale.marked_jpegs), drawing, scale.rounds)


def _draw_png(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    return stage.run("draw-png", workload.pngs(files, scale.marked_pngs), contenders.DRAWING, scale.rounds)


def _memory(stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    """Bytes to bytes, inside one process; microseconds as if they were runs."""
    one = sorted(workload.jpegs(files, scale.jpegs).iterdir())[0]
    command = [sys.executable, str(HERE / "peers.py"), "in-memory", str(one), "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        return {"ours": Result("ours", 1, note=said.stderr.strip().splitlines()[-1])}
    return {name: Result.of_seconds(name, micros / 1e6) for name, micros in literal_eval(said.stdout).items()}


JOBS = {
    "jpeg": _jpeg,
    "changed": _changed,
    "png": _png,
    "one": _one,
    "read": _read,
    "large": _large,
    "big-jpeg": _big_jpeg,
    "draw-jpeg": _draw_jpeg,
    "draw-png": _draw_png,
    "memory": _memory,
    "cloning": cloning,
    "durable": durable,
    "engines": engines,
    "flat": flat,
    "objects": objects,
    **media.JOBS,
    **signing.JOBS,
    **papers.JOBS,
}

NOTES = {
    "objects": (
        "\n`written` is all that passed between the command and the store; the last column is its share of the object.",
    )
}


def _machine(scale: str, work: Path) -> str:
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    tools = [_version(*command) for command in (("exiftool", "-ver"), ("mogrify", "-version"))]
    return (
        f"Measured {datetime.date.today().isoformat()}, scale {scale}: {cpu}, {contenders.cores()} cores, load "
        f"{os.getloadavg()[0]:.1f}, Linux {platform.release()}, Python {platform.python_version()}, "
        f"{', '.join(tools)}; scratch folder {'in memory' if work.is_relative_to('/dev/shm') else 'on disk'}.\n"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def _version(program: str, option: str) -> str:
    if shutil.which(program) is None:
        return f"no {program}"
    first = subprocess.run([program, option], capture_output=True, text=True, check=False).stdout.splitlines()[0]
    return f"exiftool {first}" if program == "exiftool" else " ".join(first.split()[1:3])


def _rows(job: str, results: dict[str, Result]) -> str:
    lines = [
        f"### {job}: {max(result.files for result in results.values())} file(s)\n",
        "| | wall ms | CPU ms | peak MiB | written KB | output : input |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for result in results.values():
        if not result.runs:
            lines.append(f"| {result.name} | {result.note or 'not run'} | | | | |")
            continue
        at = result.figure
        size = f"{result.size:.3f}" if result.size else ""
        lines.append(
            f"| {result.name} | {at.wall * 1e3:.2f} | {at.cpu * 1e3:.2f} | {at.peak:.0f} | {at.written / 1e3:.1f} | {size} |"
        )
    return "\n".join((*lines, *NOTES.get(job, ()))) + "\n"


if __name__ == "__main__":
    main()
