"""Holds one file's work: where it comes from, where it goes, what stands in the way."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


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
    came: str = Came.NAMED.value
    obstacle: str = ""
    errno: int = 0
