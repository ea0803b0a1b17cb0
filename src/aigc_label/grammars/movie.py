"""Reads the structure of movie files: MP4, QuickTime and 3GP, whole or in fragments (ISO/IEC 14496-12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.grammars import bmff
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.source import Source

FRAGMENT: Final = (b"styp", b"moof", b"sidx")  # what a media segment of HLS or DASH begins with or consists of

CONTAINERS: Final = {**bmff.MOVIE, b"dinf": 0, b"dref": 8, b"meco": 0}  # kind -> bytes of its own before the first box


@dataclass(frozen=True, slots=True)
class Layout:
    """The file's own boxes, where they end, and the `moov` box that readers take: the first one."""

    boxes: tuple[Box, ...]
    end: int
    movie: Box

    @property
    def spare_movies(self) -> tuple[Box, ...]:
        """Give the `moov` boxes behind the first one, which no reader looks at."""
        return tuple(box for box in self.boxes if box.kind == b"moov" and box is not self.movie)

    @property
    def behind(self) -> tuple[Box, ...]:
        """Give the boxes behind the movie box, in order."""
        return self.boxes[self.boxes.index(self.movie) + 1 :]

    def of(self, *kinds: bytes) -> tuple[Box, ...]:
        """Give the file's own boxes of these kinds."""
        return tuple(box for box in self.boxes if box.kind in kinds)


def layout_of(source: Source) -> Layout:
    """Give the file's layout.

    Raises `UnsupportedFormat` for a media segment, whose `moov` box is in another file; `MalformedFile` where there is
    none for another reason; `LimitExceeded` where it is larger than `limits.block`.
    """
    boxes, end = bmff.top(source)
    movie = next((box for box in boxes if box.kind == b"moov"), None)
    if movie is None:
        raise _without_movie(boxes)
    if movie.size > source.limits.block:
        raise LimitExceeded(
            Bilingual(f"the moov box has {movie.size} bytes", f"moov 盒长达 {movie.size} 字节"),
            limit="block",
            offset=movie.offset,
        )
    return Layout(boxes, end, movie)


def _without_movie(boxes: tuple[Box, ...]) -> UnsupportedFormat | MalformedFile:
    if any(box.kind in FRAGMENT for box in boxes):
        return UnsupportedFormat(
            Bilingual(
                "this is a media segment; its movie box is in the initialisation segment",
                "这是媒体分段，其 moov 盒位于初始化分段中",
            ),
            remedy=Bilingual(
                "Label the initialisation segment (init.mp4): players read its metadata for the whole stream.",
                "请为初始化分段（init.mp4）添加标识：播放器从中读取整个流的元数据。",
            ),
            offset=0,
        )
    return MalformedFile(Bilingual("there is no moov box", "缺少 moov 盒"), offset=0)


def children(source: Source, box: Box) -> tuple[Box, ...]:
    """Give the boxes inside a container box."""
    return tuple(bmff.boxes(source, bmff.content_of(source, box, CONTAINERS[box.kind]), box.end))


def nested(source: Source, box: Box) -> Iterator[tuple[tuple[Box, ...], Box]]:
    """Give every box inside `box` with the boxes that hold it, the outermost first, in document order.

    Raises `LimitExceeded` for nesting over `limits.depth` and for more than `limits.items` boxes in all.
    """
    waiting: list[tuple[tuple[Box, ...], Iterator[Box]]] = [((box,), iter(children(source, box)))]
    count = 0
    while waiting:
        chain, siblings = waiting[-1]
        inner = next(siblings, None)
        if inner is None:
            waiting.pop()
            continue
        count += 1
        if count > source.limits.items:
            raise LimitExceeded(Bilingual("too many boxes", "盒过多"), limit="items", offset=inner.offset)
        yield chain, inner
        if inner.kind in CONTAINERS:
            if len(waiting) >= source.limits.depth:
                raise LimitExceeded(
                    Bilingual("boxes are nested too deep", "盒嵌套过深"), limit="depth", offset=inner.offset
                )
            waiting.append(((*chain, inner), iter(children(source, inner))))


def is_compressed(source: Source, movie: Box) -> bool:
    """Tell whether QuickTime stored the movie box deflated: nothing in it can be found or changed."""
    return any(box.kind == b"cmov" for box in children(source, movie))


@dataclass(frozen=True, slots=True)
class Change:
    """An edit inside a chain of boxes, the outermost first, whose sizes follow."""

    edit: Edit
    within: tuple[Box, ...]

    @property
    def growth(self) -> int:
        start, end, new = self.edit
        return len(new) - (end - start)


def growth_of(changes: Iterable[Change]) -> int:
    return sum(change.growth for change in changes)


def settled(changes: Iterable[Change]) -> list[Edit]:
    """Give the edits with those of the size fields above them.

    Raises `UnsupportedFormat` where a 32-bit size field is too small.
    """
    edits: list[Edit] = []
    growth: dict[Box, int] = {}
    for change in changes:
        edits.append(change.edit)
        for box in change.within:
            growth[box] = growth.get(box, 0) + change.growth
    for box, more in growth.items():
        edits += bmff.with_size(box, box.size + more)
    return edits


def holding(layout: Layout, edit: Edit) -> tuple[Box, ...]:
    """Give the media box that an edit of samples lies in."""
    box = next((box for box in layout.of(b"mdat") if box.body <= edit[0] and edit[1] <= box.end), None)
    if box is None:
        raise MalformedFile(Bilingual("samples lie outside the media box", "样本位于 mdat 盒之外"), offset=edit[0])
    return (box,)


def freed(box: Box) -> Edit:
    """Give the edit that turns a box into a `free` one full of zeros, of the same size."""
    return (box.offset + 4, box.end, b"free" + bytes(box.end - box.offset - 8))
