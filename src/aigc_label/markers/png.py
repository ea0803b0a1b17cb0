"""Draws marks on PNG and APNG pictures: only the rows under the mark are filtered anew, other chunks stay as they are."""

from __future__ import annotations

from typing import Final

import numpy as np

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars import exif, png
from aigc_label.markers import Rendering, apng
from aigc_label.markers.inks import Colours, Inks, direct, grey_steps, of_table
from aigc_label.markers.png_canvas import PALETTE, Canvas, canvas_of
from aigc_label.markers.png_frames import Edit, Frame, frames_of, rewritten, stream_of
from aigc_label.markers.png_transparency import Transparency, transparency_of
from aigc_label.markers.samples import Samples
from aigc_label.marking import Mark
from aigc_label.source import Source
from aigc_label.splice import replaced

STILL: Final = Bilingual(
    "the rows under the mark were filtered anew, every other pixel and chunk is as it was",
    "仅重新编码了标识所在的行，其余像素与数据块保持不变",
)
ANIMATED: Final = Bilingual(
    "the mark was drawn on all {count} frames, every other pixel, timing and chunk is as it was",
    "已在全部 {count} 帧上绘制标识，其余像素、时序与数据块保持不变",
)


def render(source: Source, mark: Mark) -> Rendering:
    """Give the picture with the mark in it; on every frame of an animation, and on a default image that is not one.

    Every pixel outside the mark is bit-identical; depth, colour type, interlacing, timing and all other chunks stay.
    PLTE gets new entries only where none of its own can be read. Raises `UnsupportedFormat` for Apple's CgBI files and
    for animations whose cleared areas their colour type cannot express, `MalformedFile`, `LimitExceeded`, `InvalidMark`.
    """
    parts = list(png.chunks(source))
    if parts[0].kind != b"IHDR":
        raise UnsupportedFormat(
            Bilingual("Apple's CgBI variant is not PNG", "Apple 的 CgBI 变体并非 PNG"),
            remedy=Bilingual("Convert it with `pngcrush -revert-iphone-optimizations`.", "请先将其还原为标准 PNG。"),
        )
    canvas = canvas_of(source, parts[0])
    frames = frames_of(source, parts, canvas)
    turned = _orientation(source, parts)
    drawn = badge.design(mark, *exif.shown_size(canvas.width, canvas.height, turned))
    box, levels = drawn.stored(turned)
    transparency = transparency_of(source, parts, canvas)
    inks, edits = _inks(source, parts, transparency, frames, drawn)
    samples = _samples(canvas, inks, levels)
    animated = [frame for frame in frames if frame.control]
    if apng.shows_throughout(animated, box):
        for frame in frames:
            edits += _frame_edits(source, canvas, frame, box, samples)
    else:
        for frame in frames:
            if not frame.control:
                edits += _frame_edits(source, canvas, frame, box, samples)
        edits += apng.flattened(source, animated, transparency, box, samples)
    return Rendering(
        plan=replaced(source.size, edits),
        box=drawn.box,
        words=drawn.words,
        way=ANIMATED.filled(count=len(animated)) if animated else STILL,
    )


def _frame_edits(source: Source, canvas: Canvas, frame: Frame, box: Box, samples: Samples) -> list[Edit]:
    """Draw the part of the mark that lies in a frame's rectangle."""
    left, top = max(box.left, frame.left), max(box.top, frame.top)
    right, bottom = min(box.right, frame.right), min(box.bottom, frame.bottom)
    if left >= right or top >= bottom:
        return []
    stream = stream_of(source, canvas, frame)
    mine = samples[top - box.top : bottom - box.top, left - box.left : right - box.left]
    canvas.draw(stream, (frame.width, frame.height), (left - frame.left, top - frame.top), mine)
    return rewritten(source, frame, stream)


def _orientation(source: Source, parts: list[png.Chunk]) -> int:
    part = _find(parts, b"eXIf")
    return exif.UPRIGHT if part is None else exif.orientation_of(part.data(source), source.limits)


def _find(parts: list[png.Chunk], kind: bytes) -> png.Chunk | None:
    return next((part for part in parts if part.kind == kind), None)


def _samples(canvas: Canvas, inks: Inks, levels: Samples) -> Samples:
    """Give the badge as (rows, columns, channels) samples, opaque."""
    samples = np.repeat(inks.values[levels][:, :, None], canvas.channels, axis=2)
    if canvas.has_alpha:
        samples[:, :, -1] = canvas.maximum
    return samples


def _inks(
    source: Source, parts: list[png.Chunk], transparency: Transparency, frames: list[Frame], drawn: badge.Badge
) -> tuple[Inks, list[Edit]]:
    """Give the samples for the badge's greys and, for a palette, the edit that adds them to PLTE."""
    canvas, key = transparency.canvas, transparency.key
    if canvas.colour == PALETTE:
        return _palette_inks(source, parts, transparency, frames, drawn)
    if canvas.depth >= 8:
        return direct(canvas.depth, {key[0]} if key and len(set(key)) == 1 else ()), []
    usable = [step for step in range(1 << canvas.depth) if (step,) != key]
    return of_table(grey_steps(canvas.depth), usable, list, drawn.plate, drawn.ink), []


def _palette_inks(
    source: Source, parts: list[png.Chunk], transparency: Transparency, frames: list[Frame], drawn: badge.Badge
) -> tuple[Inks, list[Edit]]:
    canvas, alpha = transparency.canvas, transparency.entries
    plte = _find(parts, b"PLTE")
    if plte is None or plte.length % 3 or not 0 < plte.length <= 3 << canvas.depth:
        raise MalformedFile(
            Bilingual("the palette is missing or has a wrong size", "调色板缺失或大小有误"),
            offset=plte.offset if plte else None,
        )
    table: Colours = np.frombuffer(plte.data(source), np.uint8).reshape(-1, 3)
    opaque = [index for index in range(len(table)) if alpha[index : index + 1] in (b"", b"\xff")]

    def spare() -> list[int]:
        room = [] if _find(parts, b"hIST") else list(range(len(table), 1 << canvas.depth))
        if len(room) >= 2:
            return room
        seen = np.zeros(256, bool)
        for frame in frames:
            seen[canvas.decoded(stream_of(source, canvas, frame), (frame.width, frame.height))] = True
        return room + [index for index in opaque if not seen[index]]

    inks = of_table(table, opaque, spare, drawn.plate, drawn.ink)
    if not inks.added:
        return inks, []
    wider = np.zeros((max(len(table), max(inks.added) + 1), 3), np.uint8)
    wider[: len(table)] = table
    for index, level in inks.added.items():
        wider[index] = level
    return inks, [(plte.offset, plte.end, png.chunk(b"PLTE", wider.tobytes()))]
