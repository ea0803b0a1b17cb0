"""Turns what a user names (files, folders, lists) into jobs: one source each, with its target."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from aigc_label.batch.walk import Filter, Passed, walk
from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.output import sweep


class Came(StrEnum):
    """How a file came into a run: files that a walk met may be left out, named ones never are."""

    NAMED = "named"
    WALKED = "walked"


class Job(NamedTuple):
    """One file's work. `target` is "" where there is none, or where the file itself is meant; `ordinal` counts from 1.

    `obstacle` is "" for what can be opened. Else it says why not: "link", "special", "folder" (cannot be listed),
    "outside" (the target would lie outside the output folder), "target" (its folder cannot be made); `errno` is the
    system's error number that goes with it.
    """

    ordinal: int
    source: str
    target: str = ""
    came: str = Came.NAMED
    obstacle: str = ""
    errno: int = 0


class Root(NamedTuple):
    """Something that the user named, with its place below the output folder ("": the output itself)."""

    path: str
    relative: str = ""


def roots_of(paths: Iterable[str]) -> list[Root]:
    """Give arguments with their places below an output folder: one folder alone is mirrored into the output itself.

    Raises `WrongUse` where two of them would share a place.
    """
    listed = list(paths)
    if len(listed) == 1 and os.path.isdir(listed[0]):
        return [Root(listed[0])]
    seen: dict[str, str] = {}
    for path in listed:
        name = os.path.basename(os.path.abspath(path))
        if name in seen:
            raise WrongUse(
                Bilingual(
                    f"{seen[name]!r} and {path!r} would have the same name in the output",
                    f"{seen[name]!r} 与 {path!r} 在输出中会重名",
                ),
                remedy=Bilingual(
                    "Use two runs, or name their common folder.", "请分两次运行，或指定共同的上级文件夹。"
                ),
            )
        seen[name] = path
    return [Root(path, name) for name, path in seen.items()]


def listed_roots(paths: Iterable[str]) -> Iterator[Root]:
    """Give the paths of a list, each mirrored as it is written: `a/b.png` goes to `OUT/a/b.png`."""
    for path in paths:
        yield Root(path, os.path.normpath(path))


def jobs_of(
    roots: Iterable[Root], out: str | None, chosen: Filter, passed: Passed, links: str = "refuse"
) -> Iterator[Job]:
    """Give a job for every file of the roots, folders walked as a stream; targets lie below `out` (None: no target)."""
    index = 0
    for root in roots:
        outside = out is not None and (os.path.isabs(root.relative) or root.relative.split("/")[0] == "..")
        if outside or not os.path.isdir(root.path):
            index += 1
            target = "" if outside else _joined(out, root.relative)
            yield Job(index, root.path, target, obstacle="outside" if outside else "")
            continue
        for found in walk(root.path, chosen, passed):
            if found.obstacle == "link" and links == "skip":
                passed.links += 1
                continue
            index += 1
            target = _joined(out, root.relative, found.relative)
            yield Job(index, found.path, target, Came.WALKED, found.obstacle, found.number)


def _joined(out: str | None, *parts: str) -> str:
    return "" if out is None else os.path.join(out, *filter(None, parts))


def with_folders(jobs: Iterable[Job]) -> Iterator[Job]:
    """Give the same jobs once the folders of their targets exist and are swept of drafts that dead runs left there."""
    done = None
    for job in jobs:
        folder = os.path.dirname(job.target or job.source)
        if not job.obstacle and folder != done:
            try:
                _ready(folder or ".", os.path.dirname(job.source))
                done = folder
            except OSError as problem:
                yield job._replace(obstacle="target", errno=problem.errno or 0)
                continue
        yield job


def _ready(folder: str, model: str) -> None:
    if os.path.isdir(folder):
        with suppress(OSError):  # a folder that cannot be listed may still take files
            sweep(Path(folder))
        return
    # no more open than the folder it mirrors, and open enough for us to write into
    mode = stat.S_IMODE(os.stat(model or ".").st_mode) | stat.S_IRWXU
    os.makedirs(os.path.dirname(os.path.abspath(folder)), exist_ok=True)
    with suppress(FileExistsError):
        os.mkdir(folder, mode & 0o777)
