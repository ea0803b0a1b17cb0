"""Turns what a user names (files, folders, lists) into jobs: one source each, with its target."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aigc_label.batch.job import Came, Job
from aigc_label.batch.walk import Filter, Passed, walk
from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse


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
            yield Job(index, found.path, target, Came.WALKED.value, found.obstacle, found.number)


def _joined(out: str | None, *parts: str) -> str:
    return "" if out is None else os.path.join(out, *filter(None, parts))
