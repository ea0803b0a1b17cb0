"""Changes a file in place where that needs one small overwrite and a tail: whole at every moment, whatever kills it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.errors import NotConfirmed
from aigc_label.source import Source
from aigc_label.splice import PAGE, Held, Keep, Plan, PlanSource, composed, length_of

SMALLEST = 16  # bytes that the header of any container's structure fits into


@dataclass(frozen=True, slots=True)
class Patch:
    """What turns a file into its target without moving a byte: a tail to append, then one small overwrite."""

    tail_offset: int
    tail: bytes
    offset: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Stages:
    """Steps that change a file in place, each a plan over what the one before it left, and each leaving a whole file.

    `says` is what the user must know about the result, if it is not all that a new file would be.
    """

    plans: tuple[Plan, ...]
    says: Bilingual = NOTHING

    def composed(self) -> Plan:
        """Give all steps as one plan."""
        return reduce(lambda inner, outer: composed(outer, inner), self.plans)


def patches_of(source: Source, plans: Iterable[Plan]) -> tuple[Patch, ...]:
    """Give the in-place form of each step; none at all where one of them has none."""
    patches: list[Patch] = []
    for plan in plans:
        patch = patch_of(source, plan)
        if patch is None:
            return ()
        patches.append(patch)
        source = PlanSource(source, plan)
    return tuple(patches)


def patch_of(source: Source, plan: Plan) -> Patch | None:
    """Give the in-place form of a plan, or None where a crash in the middle could leave neither old nor new.

    It exists where every kept range stays at its offset, what differs from the old bytes lies in one page (so that
    the overwrite happens in one piece), and the rest is behind the old end (which the old file's readers ignore).
    """
    at = 0
    changes: list[tuple[int, bytes]] = []
    tail: list[bytes] = []
    for piece in plan:
        if isinstance(piece, Held):
            return None
        if isinstance(piece, Keep):
            if piece.offset != at or tail:
                return None
        else:
            inside = max(0, min(len(piece), source.size - at))
            if inside:
                old = source.at(at, inside)
                changes += _differences(at, old, piece[:inside])
            if inside < len(piece):
                tail.append(piece[inside:])
        at += length_of(piece)
    if at < source.size:
        return None
    if not changes:
        return Patch(source.size, b"".join(tail), source.size, b"")
    start, end = changes[0][0], changes[-1][0] + len(changes[-1][1])
    if start // PAGE != (end - 1) // PAGE:
        return None
    return Patch(source.size, b"".join(tail), start, PlanSource(source, plan).at(start, end - start))


def _differences(at: int, old: bytes, new: bytes) -> list[tuple[int, bytes]]:
    odds = int.from_bytes(old, "big") ^ int.from_bytes(new, "big")
    if not odds:
        return []
    first = len(old) - (odds.bit_length() + 7) // 8
    end = len(old) - ((odds & -odds).bit_length() - 1) // 8
    return [(at + first, new[first:end])]


def apply(patch: Patch, descriptor: int, sync: Callable[[int], None]) -> None:
    """Change an open file in place: the tail first, then, once it is safe on disk, the overwrite that makes it count.

    Where the tail cannot be written the file is cut back to its old size, and the error passes through.
    """
    if patch.tail:
        try:
            _append(patch, descriptor)
            sync(descriptor)
        except OSError:
            os.ftruncate(descriptor, patch.tail_offset)
            raise
    if patch.new:
        done = os.pwrite(descriptor, patch.new, patch.offset)
        if done != len(patch.new):
            raise NotConfirmed(
                Bilingual("the overwrite stopped half-way", "原地改写中途停止"),
                remedy=Bilingual("Run the command again.", "请重新运行命令。"),
                offset=patch.offset,
            )
    sync(descriptor)


def _append(patch: Patch, descriptor: int) -> None:
    """Write the tail, its first bytes last: what a kill leaves unfinished begins with zeros and is no structure yet."""
    for start, end in ((SMALLEST, len(patch.tail)), (0, SMALLEST)):
        view = memoryview(patch.tail)[start:end]
        at = patch.tail_offset + start
        while view:
            done = os.pwrite(descriptor, view, at)
            at, view = at + done, view[done:]
