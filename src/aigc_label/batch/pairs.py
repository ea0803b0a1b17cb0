"""Finds for each file of a folder its counterpart in another: by its place, or by its stem where a transcode renamed it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from aigc_label.batch.walk import Filter, Passed, walk


class Pair(NamedTuple):
    """Two files that should hold the same content; "" where one of the two is missing."""

    before: str
    after: str


def pairs_of(before: str, after: str, chosen: Filter) -> Iterator[Pair]:
    """Give the pairs of two files, or of two folders in the order of the first, then what only the second has."""
    if not os.path.isdir(before) or not os.path.isdir(after):
        yield Pair(before, after)
        return
    there = {found.relative: found.path for found in walk(after, chosen, Passed())}
    by_stem: dict[str, list[str]] = defaultdict(list)
    for relative in there:
        by_stem[os.path.splitext(relative)[0]].append(relative)
    for found in walk(before, chosen, Passed()):
        alike = by_stem[os.path.splitext(found.relative)[0]]
        match = found.relative if found.relative in there else alike[0] if len(alike) == 1 else ""
        yield Pair(found.path, there.pop(match, ""))
    for path in there.values():
        yield Pair("", path)
