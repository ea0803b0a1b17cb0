"""Draws marks on every frame of a GIF; frames that neither show nor clear a part of the mark stay byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.markers import Rendering
from aigc_label.markers.gif_frames import CLEAR, RESTORE, Drawn, Frame, Indices, decoded, frames_of, rewritten
from aigc_label.markers.inks import Colours, of_table
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import replaced

Mask = NDArray[np.bool_]
FULL_TABLE: Final = 256  # entries


def render(source: Source, mark: Mark) -> Rendering:
    """Give the picture or animation with the mark on every frame, timing, loops and all other blocks as they were.

    A frame is drawn with colours of its own table where two of them can be read, else with entries that it does not use,
    in a table of its own. Where a frame leaves a part of the mark's place undrawn or cleared, its rectangle grows over
    it, transparent elsewhere. Raises `UnsupportedFormat` for a frame that cannot grow without clearing more of the
    picture than it did, `MalformedFile`, `LimitExceeded`, `InvalidMark`.
    """
    size, frames = frames_of(source)
    drawn = badge.design(mark, *size)
    edits: list[tuple[int, int, bytes]] = []
    screen = Screen(source, size, frames)
    showing = np.zeros((drawn.box.height, drawn.box.width), bool)  # where the screen shows the mark already
    for index, frame in enumerate(frames):
        before = showing.copy()
        inside = _within(frame.place, drawn.box)
        showing[inside] = True
        place = frame.place
        if not showing.all():
            place = _grown(place, drawn.box, ~showing)
            screen.check_growth(index, place, drawn.box)
            inside = _within(place, drawn.box)
            showing[inside] = True
        if before[inside].size:
            edits += rewritten(source, frame, _marked(source, frame, place, drawn))
        if frame.disposal == CLEAR:
            showing[inside] = False
        elif frame.disposal == RESTORE:
            showing = before
    if source.at(3, 3) == b"87a" and any(start == end for start, end, _ in edits):
        edits.append((3, 6, b"89a"))  # a control extension was added, which the older version does not know
    return Rendering(
        plan=replaced(source.size, edits),
        box=drawn.box,
        words=drawn.words,
        way=Bilingual(
            f"the mark is on all {len(frames)} frames, every other pixel and all timing is as it was",
            f"全部 {len(frames)} 帧均带有标识，其余像素与时序保持不变",
        ),
    )


def _marked(source: Source, frame: Frame, place: Box, drawn: badge.Badge) -> Drawn:
    """Draw the part of the mark that lies in `place`, which may be larger than the frame's own."""
    indices = decoded(source, frame)
    unused = [index for index in range(FULL_TABLE) if index != frame.transparent]
    seen = np.zeros(FULL_TABLE, bool)
    seen[indices] = True
    usable = [index for index in range(len(frame.table)) if index != frame.transparent]
    free = [index for index in unused if index >= len(frame.table)] + [index for index in usable if not seen[index]]
    inks = of_table(frame.table, usable, lambda: free, drawn.plate, drawn.ink)
    transparent = frame.transparent
    if place != frame.place:
        if transparent is None:
            transparent = _transparent_index(free, {*inks.added, *inks.values.tolist()})
        indices = _on_clear(indices, frame.place, place, transparent)
    box = drawn.box
    left, top = max(place.left, box.left), max(place.top, box.top)
    right, bottom = min(place.right, box.right), min(place.bottom, box.bottom)
    mine = drawn.levels()[top - box.top : bottom - box.top, left - box.left : right - box.left]
    indices[top - place.top : bottom - place.top, left - place.left : right - place.left] = inks.values[mine]
    table = None
    if inks.added or (transparent is not None and transparent >= len(frame.table)):
        table = _with(frame.table, inks.added, transparent)
    return Drawn(place, indices, table, transparent)


def _transparent_index(free: Sequence[int], taken: set[int]) -> int:
    for index in free:
        if index not in taken:
            return index
    raise _refused(Bilingual("a frame has no colour to spare for transparency", "某帧没有可用于透明的空闲颜色"))


def _with(table: Colours, added: dict[int, int], transparent: int | None) -> Colours:
    wider = np.zeros((max(len(table), *(index + 1 for index in added), (transparent or 0) + 1), 3), np.uint8)
    wider[: len(table)] = table
    for index, level in added.items():
        wider[index] = level
    return wider


def _on_clear(indices: Indices, old: Box, new: Box, transparent: int) -> Indices:
    out = np.full((new.height, new.width), transparent, np.uint8)
    out[old.top - new.top : old.bottom - new.top, old.left - new.left : old.right - new.left] = indices
    return out


def _within(place: Box, box: Box) -> tuple[slice, slice]:
    """Give the part of the box that a rectangle meets."""
    return (
        slice(max(0, place.top - box.top), max(0, place.bottom - box.top)),
        slice(max(0, place.left - box.left), max(0, place.right - box.left)),
    )


def _grown(place: Box, box: Box, missing: Mask) -> Box:
    """Give the rectangle around a frame's place and the missing pixels of the box."""
    rows, columns = np.flatnonzero(missing.any(axis=1)), np.flatnonzero(missing.any(axis=0))
    return Box(
        left=min(place.left, box.left + int(columns[0])),
        top=min(place.top, box.top + int(rows[0])),
        right=max(place.right, box.left + int(columns[-1]) + 1),
        bottom=max(place.bottom, box.top + int(rows[-1]) + 1),
    )


class Screen:
    """Which pixels of the screen the file had filled before each frame; frames are decoded only if someone asks."""

    def __init__(self, source: Source, size: tuple[int, int], frames: Sequence[Frame]) -> None:
        self.source = source
        self.frames = frames
        self.filled = np.zeros(size[::-1], bool)
        self.next = 0

    def check_growth(self, index: int, place: Box, box: Box) -> None:
        """Raise `UnsupportedFormat` where a larger frame would, on its disposal, clear pixels that the file keeps."""
        frame = self.frames[index]
        if frame.disposal != CLEAR or index == len(self.frames) - 1:  # the screen is cleared before a new round anyway
            return
        while self.next < index:
            self._show(self.frames[self.next])
            self.next += 1
        kept = self.filled.copy()
        for own in (frame.place, box):
            kept[own.top : own.bottom, own.left : own.right] = False
        if kept[place.top : place.bottom, place.left : place.right].any():
            raise _refused(
                Bilingual(
                    f"frame {index + 1} clears a part of the mark's place, and cannot draw it again without clearing more",
                    f"第 {index + 1} 帧会清除标识所在区域，且无法在不多清除画面的情况下重绘",
                )
            )

    def _show(self, frame: Frame) -> None:
        """Where players differ, pixels count as filled: some keep a first frame that asks to be restored, and some clear
        an opaque frame to the background colour."""
        before = self.filled.copy()
        place = frame.place
        part = self.filled[place.top : place.bottom, place.left : place.right]
        drawn = decoded(self.source, frame)[: part.shape[0], : part.shape[1]]
        part |= drawn != (-1 if frame.transparent is None else frame.transparent)
        if frame.disposal == CLEAR and frame.transparent is not None:
            part[:] = False
        elif frame.disposal == RESTORE and frame is not self.frames[0]:
            self.filled = before


def _refused(what: Bilingual) -> UnsupportedFormat:
    return UnsupportedFormat(
        what,
        remedy=Bilingual(
            "Save the animation with frames that fill the screen (for instance `gifsicle --unoptimize`), then mark it.",
            "请将动画另存为每帧铺满画面（例如 `gifsicle --unoptimize`），再添加显式标识。",
        ),
    )
