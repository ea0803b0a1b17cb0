"""Says how a new file is made of ranges of the old one and new bytes, and carries it out."""

from __future__ import annotations

import errno
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TypeAlias

from aigc_label.progress import Stage
from aigc_label.source import BytesSource, FileSource, Source

CHUNK = 1 << 20  # bytes moved at once where the kernel cannot move them for us
MOVED = 1 << 28  # bytes that the kernel is asked to move at once
PAGE = 4096  # a change inside one page reaches the file in one piece, whatever kills the process


@dataclass(frozen=True, slots=True)
class Keep:
    """A range of the source that appears unchanged in the target. Offset and length in bytes."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Held:
    """New bytes of the target that another source holds, because they are too many for memory. Used as bytes are."""

    source: Source
    offset: int
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, part: slice) -> Held:
        start, end, _ = part.indices(self.length)
        return Held(self.source, self.offset + start, max(0, end - start))


Piece: TypeAlias = Keep | bytes | Held
Plan: TypeAlias = tuple[Piece, ...]


def tidied(pieces: Iterable[Piece]) -> Plan:
    """Give the same plan without empty pieces, neighbours joined."""
    out: list[Piece] = []
    for piece in pieces:
        last = out[-1] if out else None
        if isinstance(piece, Keep):
            if piece.length <= 0:
                continue
            if isinstance(last, Keep) and last.end == piece.offset:
                out[-1] = Keep(last.offset, last.length + piece.length)
                continue
        elif not piece:
            continue
        elif isinstance(last, bytes) and isinstance(piece, bytes):
            out[-1] = last + piece
            continue
        out.append(piece)
    return tuple(out)


def replaced(size: int, edits: Iterable[tuple[int, int, bytes | Held]]) -> Plan:
    """Give the plan that replaces `(start, end, new)` ranges of a source of `size` bytes; ranges must not overlap."""
    pieces: list[Piece] = []
    done = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < done or end < start or end > size:
            raise ValueError(f"edits overlap or leave the source at {start}..{end}")
        pieces += (Keep(done, start - done), new)
        done = end
    pieces.append(Keep(done, size - done))
    return tidied(pieces)


def length_of(piece: Piece) -> int:
    return piece.length if isinstance(piece, Keep) else len(piece)


def size_of(plan: Plan) -> int:
    """Give the target's size in bytes."""
    return sum(map(length_of, plan))


def same(source: Source, plan: Plan) -> bool:
    """Tell whether the target equals the source, without reading what is kept at its place."""
    at = 0
    for piece in plan:
        if isinstance(piece, Keep):
            if piece.offset != at:
                return False
        elif isinstance(piece, Held) or source.upto(at, len(piece)) != piece:
            return False
        at += length_of(piece)
    return at == source.size


def new_bytes_of(plan: Plan) -> int:
    """Give how many bytes of the target do not come from the source."""
    return sum(len(piece) for piece in plan if not isinstance(piece, Keep))


def keeps(plan: Plan, ranges: Iterable[Keep]) -> bool:
    """Tell whether the plan keeps every byte of `ranges`, in their order: the lossless promise, checked before writing.

    A range may be split over several pieces (a container that interleaves headers with media does that); what counts
    is that the kept bytes, read in the target's order, contain each range's bytes in the range's own order.
    """
    kept = sorted((piece for piece in plan if isinstance(piece, Keep)), key=lambda piece: piece.offset)
    ends = [piece.end for piece in kept]
    order = [piece.offset for piece in plan if isinstance(piece, Keep)]
    if order != sorted(order):
        return False
    for wanted in ranges:
        at = wanted.offset
        index = bisect_right(ends, at)
        while at < wanted.end:
            if index >= len(kept) or kept[index].offset > at:
                return False
            at = kept[index].end
            index += 1
    return True


class PlanSource(Source):
    """The target of a plan, readable before anything is written: dry runs and first read-backs look at this."""

    def __init__(self, source: Source, plan: Plan) -> None:
        self.source = source
        self.plan = plan
        self.name = source.name
        self.limits = source.limits
        self._ends = list(accumulate(map(length_of, plan)))
        self.size = self._ends[-1] if self._ends else 0

    def upto(self, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        index = bisect_right(self._ends, offset)
        while length > 0 and index < len(self.plan):
            piece = self.plan[index]
            inside = offset - (self._ends[index] - length_of(piece))
            take = min(length, length_of(piece) - inside)
            if isinstance(piece, bytes):
                parts.append(piece[inside : inside + take])
            else:
                below = self.source if isinstance(piece, Keep) else piece.source
                parts.append(below.upto(piece.offset + inside, take))
            offset, length, index = offset + take, length - take, index + 1
        return parts[0] if len(parts) == 1 else b"".join(parts)


def composed(outer: Plan, inner: Plan) -> Plan:
    """Give one plan for two steps: `inner` over the source, then `outer` over what `inner` made."""
    ends = list(accumulate(map(length_of, inner)))
    out: list[Piece] = []
    for piece in outer:
        if not isinstance(piece, Keep):
            out.append(piece)
            continue
        at, left = piece.offset, piece.length
        index = bisect_right(ends, at)
        while left > 0:
            below = inner[index]
            inside = at - (ends[index] - length_of(below))
            take = min(left, length_of(below) - inside)
            out.append(Keep(below.offset + inside, take) if isinstance(below, Keep) else below[inside : inside + take])
            at, left, index = at + take, left - take, index + 1
    return tidied(out)


def in_memory(source: Source, plan: Plan) -> bytes:
    """Give the target's bytes. What a source in memory keeps is copied once."""
    if not isinstance(source, BytesSource):
        return b"".join(chunks(source, plan))
    whole = memoryview(source.data)
    parts = ((whole[p.offset : p.end],) if isinstance(p, Keep) else chunks(source, (p,)) for p in plan)
    return b"".join(chain.from_iterable(parts))


def chunks(source: Source, plan: Plan) -> Iterator[bytes]:
    """Give the target's bytes in order, in pieces of bounded size: for pipes and uploads."""
    for piece in plan:
        if isinstance(piece, bytes):
            yield piece
            continue
        below, end = source if isinstance(piece, Keep) else piece.source, piece.offset + piece.length
        if isinstance(below, BytesSource):
            yield below.data[piece.offset : end]
        else:
            for at in range(piece.offset, end, CHUNK):
                yield below.at(at, min(CHUNK, end - at))


def write(source: Source, plan: Plan, descriptor: int) -> None:
    """Write the target to an empty open file; kept ranges of files are moved by the kernel."""
    stage = Stage(size_of(plan))
    for piece in plan:
        if isinstance(piece, Keep) and isinstance(source, FileSource):
            for moved in _moved(source, piece, descriptor):
                stage.advance(moved)
        else:
            for part in chunks(source, (piece,)):
                stage.advance(_written(descriptor, part))


def _written(descriptor: int, data: bytes) -> int:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    return len(data)


def _moved(source: FileSource, piece: Keep, descriptor: int) -> Iterator[int]:
    """Move a range with `copy_file_range` (which may clone blocks), else `sendfile`, else through memory; give how
    many bytes were moved, each time."""
    at, left = piece.offset, piece.length
    if left <= PAGE:
        yield _written(descriptor, source.at(at, left))
        return
    if left > CHUNK and at % PAGE:  # blocks can be shared only from one border of a block to another
        head = PAGE - at % PAGE
        yield _written(descriptor, source.at(at, head))
        at, left = at + head, left - head
    for mover in (_copy_range, _sendfile):
        try:
            while left:
                moved = mover(source.descriptor, descriptor, at, min(left, MOVED))
                if not moved:
                    break
                at, left = at + moved, left - moved
                yield moved
        except OSError as problem:
            if problem.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF):
                raise
        except AttributeError:  # not Linux
            continue
        if not left:
            return
    for start in range(at, piece.end, CHUNK):
        yield _written(descriptor, source.at(start, min(CHUNK, piece.end - start)))


def _copy_range(source: int, target: int, offset: int, length: int) -> int:
    return os.copy_file_range(source, target, length, offset)


def _sendfile(source: int, target: int, offset: int, length: int) -> int:
    return os.sendfile(target, source, offset, length)
