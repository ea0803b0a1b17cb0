"""Measures on a file system that clones blocks: an XFS image mounted in a loop, where this machine allows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import contenders, workload
from bench.jobs import Result, Stage


def cloning(_stage: Stage, files: Path, scale: workload.Scale) -> dict[str, Result]:
    """Give the figures of one large TIFF on XFS, or one result whose note says why there are none."""
    why = _impossible()
    if why:
        return {"ours, copy": Result("ours, copy", 1, note=why)}
    source = workload.large_tiff(files, scale.large_mib)
    with _mounted(files, 6 * scale.large_mib) as folder:
        stage = Stage(folder / "work")
        try:
            return stage.run("cloning", source, contenders.LARGE[:4], scale.rounds)
        finally:
            stage.close()


def _impossible() -> str:
    if os.geteuid() != 0:
        return "missing: root, to mount an XFS image"
    return "" if shutil.which("mkfs.xfs") else "missing: mkfs.xfs"


@contextmanager
def _mounted(files: Path, mebibytes: int) -> Iterator[Path]:
    """Give an empty XFS file system with shared blocks; it is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=files) as folder:
        image, point = Path(folder, "xfs.img"), Path(folder, "mnt")
        with image.open("wb") as file:
            file.truncate(max(512, mebibytes) * 2**20)
        point.mkdir()
        subprocess.run(["mkfs.xfs", "-q", "-m", "reflink=1", str(image)], check=True)
        subprocess.run(["mount", "-o", "loop", str(image), str(point)], check=True)
        try:
            yield point
        finally:
            subprocess.run(["umount", str(point)], check=True)
