"""Holds one file's work: where it comes from, where it goes, what stands in the way."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import NamedTuple

from aigc_label.storage.addresses import info_of, is_address, place_of


class Came(StrEnum):
    """How a file came into a run: files that a walk met may be left out, named ones never are."""

    NAMED = "named"
    WALKED = "walked"


class Job(NamedTuple):
    """One file's work. `target` is "" where there is none, or where the file itself is meant; `ordinal` counts from 1.

    `obstacle` is "" for what can be opened. Else it says why not: "link", "special", "folder" (cannot be listed),
    "outside" (the target would lie outside the output folder), "target" (its folder cannot be made); `errno` is the
    system's error number that goes with it. `before` is the state of the target when its run, or one that died,
    began on the job (None: nobody looked): what has changed since is that run's work, whoever looks at it next.
    """

    ordinal: int
    source: str
    target: str = ""
    came: str = Came.NAMED.value
    obstacle: str = ""
    errno: int = 0
    before: str | None = None


def state_of(path: str) -> str:
    """Give what tells whether a file is still the one that was seen: size, time of change, inode. "" where none is."""
    if is_address(path):
        return _object_state(path)
    try:
        info = os.stat(path, follow_symlinks=False)
    except OSError:
        return ""
    return f"{info.st_size}:{info.st_mtime_ns}:{info.st_ino}"


def _object_state(address: str) -> str:
    info = info_of(place_of(address))
    return f"{info.size}:{info.version}" if info is not None else ""
