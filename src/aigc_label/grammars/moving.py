"""Tells where the bytes of a file stand once it has been edited."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile
from aigc_label.grammars.bmff import Edit


class Moved:
    """A function from old to new offsets. What begins where an edit begins stands where its new bytes begin.

    Raises `MalformedFile` for an offset inside what an edit takes away: something else points there too.
    """

    def __init__(self, edits: Iterable[Edit]) -> None:
        self.edits = sorted(edits, key=lambda edit: edit[:2])
        self.ends = [edit[1] for edit in self.edits]
        self.growth = [0, *accumulate(len(edit[2]) - (edit[1] - edit[0]) for edit in self.edits)]

    def __call__(self, at: int) -> int:
        index = bisect_right(self.ends, at)
        if index < len(self.edits) and self.edits[index][0] < at:
            raise MalformedFile(Bilingual("two structures share their bytes", "两个结构共用同一数据"), offset=at)
        return at + self.growth[index]
