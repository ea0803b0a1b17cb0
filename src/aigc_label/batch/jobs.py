"""Turns what a user names (files, folders, lists) into jobs: one source each, with its target."""

from __future__ import annotations

import os
from binascii import crc32
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aigc_label.batch.job import Came, Job
from aigc_label.batch.walk import Filter, Passed, walk
from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.storage.addresses import below, is_address, is_folder, is_tree


class Root(NamedTuple):
    """Something that the user named, with its place below the output folder ("": the output itself)."""

    path: str
    relative: str = ""


def roots_of(paths: Iterable[str]) -> list[Root]:
    """Give arguments with their places below an output folder: one folder alone is mirrored into the output itself.

    Raises `WrongUse` where two of them would share a place.
    """
    listed = list(paths)
    if len(listed) == 1 and is_tree(listed[0]):
        return [Root(listed[0])]
    seen: dict[str, str] = {}
    for path in listed:
        name = os.path.basename(path.rstrip("/") if is_address(path) else os.path.abspath(path))
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


def sharded(jobs: Iterator[Job], shard: tuple[int, int]) -> Iterator[Job]:
    """Give the jobs of one shard (its number from 1, of how many). A path's shard is the same on every machine."""
    number, count = shard
    if count == 1:
        return jobs
    return (job for job in jobs if crc32(os.fsencode(job.source)) % count == number - 1)


def listed_roots(paths: Iterable[str]) -> Iterator[Root]:
    """Give the paths of a list, each mirrored as it is written: `a/b.png` goes to `OUT/a/b.png`."""
    for path in paths:
        yield Root(path, path.partition("://")[2] if is_address(path) else os.path.normpath(path))


def jobs_of(
    roots: Iterable[Root], out: str | None, chosen: Filter, passed: Passed, links: str = "refuse"
) -> Iterator[Job]:
    """Give a job for every file of the roots, folders walked as a stream; targets lie below `out` (None: no target)."""
    index = 0
    for root in roots:
        if is_address(root.path) and is_folder(root.path):
            for job in _objects(root, out, chosen, passed):
                index += 1
                yield job._replace(ordinal=index)
            continue
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


def _objects(root: Root, out: str | None, chosen: Filter, passed: Passed) -> Iterator[Job]:
    """Give the objects below an address. A key may hold anything: one that would lead out of a folder is an obstacle."""
    for address, relative in below(root.path):
        if chosen.leaves_out(relative) or not chosen.takes(relative):
            passed.excluded += 1
            continue
        outside = out is not None and any(part in ("", ".", "..") for part in relative.split("/"))
        target = "" if outside else _joined(out, root.relative, relative)
        yield Job(0, address, target, Came.WALKED.value, "outside" if outside else "")
