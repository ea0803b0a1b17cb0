"""Looks at the first and last page of a PDF document, as they are shown, and says which marks a person would see.

Only pixels count. Words of the text layer are seen where taking them away changes the picture enough; words that are drawn
are found as in pictures.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.detectors import NOTHING_MORE, Asked
from aigc_label.detectors.measuring import luminance
from aigc_label.detectors.recognised import PAGE
from aigc_label.detectors.seeing import marks
from aigc_label.detectors.statements import has_subject, is_foreign_statement, is_statement, unwrapped
from aigc_label.errors import MalformedFile, MissingTool, ToolFailed
from aigc_label.evidence import Box, Moment, Sighting, SightingKind
from aigc_label.grammars.pdf_pages import MOST_PIXELS, SHORTEST
from aigc_label.limits import MIB
from aigc_label.marking import LEGIBLE_CONTRAST, complies
from aigc_label.source import Source
from aigc_label.splice import Keep, write
from aigc_label.transcoder import run, workplace

SECONDS: Final = 30.0
MEMORY: Final = 1024 * MIB
MOST_OUTPUT: Final = 8 * 3 * MOST_PIXELS
VIEWS: Final = Path(__file__).with_name("pdf_views.py")
DAMAGED: Final = 65  # how that program ends where the file is at fault
DETECTOR: Final = "pdf"
CHANGED: Final = 24  # grey levels between with and without from which a pixel is ink
LEGIBLE: Final = 0.008  # ink height over the shortest side: some 5 points on A4, below which nobody reads Han
VISIBLE: Final = 0.9  # share of the letters that must leave ink: fewer are cut off or covered

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text layer: its words, each letter's box on the page in pixels, and the page without them."""

    text: str
    boxes: NDArray[np.int64]
    crop: tuple[int, int, int, int]
    without: Pixels
    at_end: bool  # it is the page's first line or its last

    def is_label(self) -> bool:
        """Tell whether the words state it: alone at one of the ends; in between with brackets or a subject."""
        words, bracketed = unwrapped(self.text)
        return is_statement(words) and (bracketed or has_subject(words) or self.at_end)


@dataclass(frozen=True, slots=True)
class View:
    """A page as shown, and its lines that may be a mark."""

    moment: Moment
    pixels: Pixels
    lines: tuple[Line, ...]


def look(source: Source, asked: Asked = NOTHING_MORE) -> tuple[Sighting, ...]:
    """Give the marks seen on the first and last page, complying ones first; empty where there are none.

    Raises `MissingTool` without pypdfium2, `ToolFailed` where it cannot draw the pages: not being able to look is never
    "nothing seen".
    """
    found: list[Sighting] = []
    for view in _views(source):
        found += _of_text(view)
        if not any(complies(one.text) for one in found):
            found += _of_pixels(view, asked)
        if any(complies(one.text) for one in found):
            break
    return tuple(sorted(found, key=lambda one: (not complies(one.text), -one.confidence)))


def _views(source: Source) -> Iterator[View]:
    if find_spec("pypdfium2") is None:
        raise MissingTool(
            Bilingual("looking at PDF pages needs the package pypdfium2", "查看 PDF 页面需要 pypdfium2 包"),
            remedy=Bilingual("pip install aigc-label[documents]", "pip install aigc-label[documents]"),
        )
    limits = replace(source.limits, seconds=min(source.limits.seconds, SECONDS))
    with workplace() as folder:
        target = os.open(folder / "document.pdf", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write(source, (Keep(0, source.size),), target)
        finally:
            os.close(target)
        most = min(MOST_PIXELS, limits.pixels)
        given = ["-I", str(VIEWS), "document.pdf", str(MEMORY + 16 * most), str(most), str(SHORTEST)]
        try:
            ran = run(sys.executable, given, limits=limits, folder=folder, most=MOST_OUTPUT, accepted=(0, DAMAGED))
        except ToolFailed as problem:
            raise ToolFailed(Bilingual("the pages could not be drawn", "无法绘制页面")) from problem
    if ran.status == DAMAGED:
        raise MalformedFile(Bilingual("the pages cannot be read", "无法读取页面"))
    yield from _read(ran.output)


def _read(data: bytes) -> Iterator[View]:
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        told = json.loads(data[at:end])
        pixels, at = _pixels(data, end + 1, *told["size"])
        lines = []
        for line in told["lines"]:
            left, top, right, bottom = line["crop"]
            without, at = _pixels(data, at, right - left, bottom - top)
            lines.append(_line(line, without))
        yield View(Moment.START if told["first"] else Moment.END, pixels, tuple(lines))


def _line(told: dict[str, Any], without: Pixels) -> Line:
    left, top, right, bottom = told["crop"]
    boxes = np.array(told["boxes"], np.int64)
    return Line(told["text"], boxes, (left, top, right, bottom), without, told["at_start"] or told["at_end"])


def _pixels(data: bytes, at: int, wide: int, high: int) -> tuple[Pixels, int]:
    end = at + wide * high * 3
    return np.frombuffer(data[at:end], np.uint8).reshape(high, wide, 3), end


def _of_text(view: View) -> Iterator[Sighting]:
    for line in view.lines:
        words, _ = unwrapped(line.text)
        confidence = 1.0 if line.is_label() else 0.5
        if confidence == 1.0 or (line.at_end and is_foreign_statement(words)):
            seen = measured(view.pixels, line)
            if seen is not None:
                yield replace(seen, text=words, confidence=confidence, moment=view.moment)


def measured(pixels: Pixels, line: Line) -> Sighting | None:
    """Give what a person sees of a line of text: what changes in the picture where its words are taken away.

    None where too few letters leave ink, or too low ones.
    """
    left, top, right, bottom = line.crop
    shown = pixels[top:bottom, left:right].astype(np.int16)
    change = np.abs(shown - line.without).max(axis=2)
    ink = change >= CHANGED
    inside = np.zeros_like(ink)
    visible = 0
    heights = []
    for x0, y0, x1, y1 in line.boxes - (left, top, left, top):
        cell = slice(max(0, y0 - 1), max(0, y1 + 1)), slice(max(0, x0 - 1), max(0, x1 + 1))
        inside[cell] = True
        rows = np.flatnonzero(ink[cell].any(axis=1))
        visible += bool(rows.size)
        if rows.size:
            heights.append(int(rows[-1] - rows[0] + 1))
    rows, columns = np.nonzero(ink & inside)
    if not rows.size or visible < VISIBLE * len(line.boxes):
        return None
    shortest = min(pixels.shape[:2])
    height = float(np.median(heights)) / shortest
    if height < LEGIBLE:
        return None
    box = Box(
        left=left + int(columns.min()),
        top=top + int(rows.min()),
        right=left + int(columns.max()) + 1,
        bottom=top + int(rows.max()) + 1,
    )
    edge = min(box.left, box.top, pixels.shape[1] - box.right, pixels.shape[0] - box.bottom)
    return Sighting(
        kind=SightingKind.TEXT,
        text=line.text,
        detector=DETECTOR,
        confidence=1.0,
        box=box,
        height_share=height,
        contrast=_contrast(shown, line.without, np.where(inside, change, 0)),
        edge_share=edge / shortest,
    )


def _contrast(shown: NDArray[np.int16], without: Pixels, change: NDArray[np.int16]) -> float:
    """Give the WCAG ratio between the ink and what lies behind it, where the ink covers its pixels most."""
    core = change >= 0.8 * change.max()
    ink, behind = (luminance(each[core]) for each in (shown, without))
    ratios = (np.maximum(ink, behind) + 0.05) / (np.minimum(ink, behind) + 0.05)
    return round(float(np.median(ratios)), 2)


def _of_pixels(view: View, asked: Asked) -> Iterator[Sighting]:
    """Give drawn words that state it; what else a page shows in large letters is its own business."""
    for seen in marks(view.pixels, asked, PAGE):
        if is_statement(unwrapped(seen.text)[0]) and _is_legible(seen):
            yield replace(seen, kind=SightingKind.TEXT, moment=view.moment)


def _is_legible(seen: Sighting) -> bool:
    """Tell whether a person can read drawn words, as far as that could be measured."""
    return (seen.height_share or 0.0) >= LEGIBLE and (seen.contrast or 0.0) >= LEGIBLE_CONTRAST
