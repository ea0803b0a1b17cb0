"""Reads marks that others drew, in any typeface, by text recognition, and measures them in the picture's own pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label import ocr
from aigc_label.detectors.ink import Ink, measured
from aigc_label.detectors.statements import is_foreign_statement
from aigc_label.detectors.windows import windows
from aigc_label.evidence import Box, Sighting, SightingKind
from aigc_label.marking import AI_ELEMENT, GENERATION_ELEMENT, complies, has_ai_element, has_generation_element

NAME: Final = "ocr"
LARGEST: Final = 4_000_000  # pixels that are looked at: a picture a hundred times as long as wide is seen less closely
LARGER: Final = 2.0  # by which a small picture is made larger at most
MOST: Final = 40  # lines of a picture that are read: a page full of words is no mark
LINE: Final = 64  # pixels of a line's height when it is read: the network takes 48
PADDING: Final = 0.08  # of a line's height that is read around it
SURE: Final = 0.6  # score from which a line counts as read
SAME: Final = 1.6  # by which lines of one mark differ in height
NEAR: Final = 1.6  # line heights between two parts of one mark
GUESS: Final = 0.004  # of the shortest side: by how much a height measured in unknown type may err (docs/detector.md)
LOGO: Final = re.compile(r"^[OoC0○●]+(?=AI(?![A-Za-z]))")  # a round logo before the words looks like a letter
MISREAD: Final = re.compile(r"(?<![A-Za-z0-9])A[l|丨1](?![A-Za-z0-9])")  # I and l are one shape in most typefaces
ELEMENTS: Final = frozenset("".join((*AI_ELEMENT, *GENERATION_ELEMENT)))

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Eyesight:
    """How closely a picture is looked at: pixels of its shortest side, and the least height of a line over that side."""

    side: int
    least: float


PICTURE: Final = Eyesight(560, 0.022)  # letters of 3 % are 17 pixels
PAGE: Final = Eyesight(1120, 0.008)  # where a label may be as small as the text


@dataclass(frozen=True, slots=True)
class Part:
    """Words on one line, as read and letter by letter, and where they stand in the picture."""

    text: str
    letters: ocr.Line
    box: Box

    @property
    def score(self) -> float:
        """How sure the least sure letter of the elements is."""
        counted = _counted(self.text)
        return min(letter.score for letter in self.letters if letter.char in counted)


def recognised(pixels: Pixels, sight: Eyesight = PICTURE) -> Iterator[Sighting]:
    """Give marks as they are read in a picture (height, width, 3), those along the upper and lower edge first.

    Words that lack an element are given only where they state the same in English. Raises `MissingTool` without the
    package, `ToolFailed` as it does.
    """
    seen: list[Part] = []
    for fresh in _parts(pixels, sight):
        seen.append(fresh)
        mark = _joined(fresh, seen[:-1])
        if mark is not None:
            yield _sighting(pixels, mark)


def _parts(pixels: Pixels, sight: Eyesight) -> Iterator[Part]:
    """Read the picture window by window, each line once."""
    picture = Image.fromarray(pixels)
    scale = min(LARGER, sight.side / min(picture.size), (LARGEST / (picture.width * picture.height)) ** 0.5)
    small = np.asarray(picture.resize([max(32, round(side * scale)) for side in picture.size], reducing_gap=3.0))
    least = sight.least * min(small.shape[:2])
    done: list[Box] = []
    for window in windows(small.shape[1], small.shape[0]):
        for line in ocr.lines(small[window.top : window.bottom, window.left : window.right]):
            box = _moved(line, window)
            if line.height < least or line.width < line.height or any(_covers(one, box) for one in done):
                continue
            if len(done) >= MOST:
                return
            done.append(box)
            place = _padded(box, scale, picture.size)
            letters = _mended(ocr.read(_strip(picture, place)))
            part = Part("".join(letter.char for letter in letters), letters, place)
            if letters and part.score >= SURE:
                yield part


def _mended(letters: ocr.Line) -> ocr.Line:
    """Give the letters with AI where it was read as Al, and without what a logo was read as."""
    text = MISREAD.sub("AI", "".join(letter.char for letter in letters))
    text = LOGO.sub(lambda found: "○" * len(found[0]), text)
    return tuple(replace(letter, char=char) for letter, char in zip(letters, text, strict=True))


def _moved(line: Box, window: Box) -> Box:
    x, y = window.left, window.top
    return Box(left=line.left + x, top=line.top + y, right=line.right + x, bottom=line.bottom + y)


def _covers(one: Box, other: Box) -> bool:
    """Tell whether most of the other box lies within the first, alike in height: the same line, seen in two windows."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    alike = one.height <= SAME * other.height
    return alike and wide > 0 and high > 0 and wide * high >= 0.7 * other.width * other.height


def _padded(box: Box, scale: float, size: tuple[int, int]) -> Box:
    """Give a box of the small picture in pixels of the large one, with a little of what is around it."""
    more = PADDING * box.height
    return Box(
        left=max(0, int((box.left - more) / scale)),
        top=max(0, int((box.top - more) / scale)),
        right=min(size[0], int((box.right + more) / scale) + 1),
        bottom=min(size[1], int((box.bottom + more) / scale) + 1),
    )


def _strip(picture: Image.Image, box: Box) -> Pixels:
    high = min(LINE, box.height)
    wide = max(1, round(box.width * high / box.height))
    corners = (box.left, box.top, box.right, box.bottom)
    return np.asarray(picture.resize((wide, high), Image.Resampling.BILINEAR, corners, reducing_gap=3.0))


def _joined(fresh: Part, before: Sequence[Part]) -> tuple[Part, ...] | None:
    """Give the parts that make a mark with what was read last: it alone, or with a neighbour that has the other element."""
    if complies(fresh.text) or is_foreign_statement(fresh.text):
        return (fresh,)
    if not (has_ai_element(fresh.text) or has_generation_element(fresh.text)):
        return None
    for other in before:
        pair = sorted((fresh, other), key=lambda part: (part.box.top > _middle(fresh.box), part.box.left))
        words = " ".join(part.text for part in pair)
        if complies(words) and not any(complies(part.text) for part in pair) and _beside(fresh.box, other.box):
            return tuple(pair)
    return None


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _beside(one: Box, other: Box) -> bool:
    """Tell whether two lines stand beside or above each other, near and alike in height."""
    small, large = sorted((one.height, other.height))
    apart = max(
        max(one.left, other.left) - min(one.right, other.right), max(one.top, other.top) - min(one.bottom, other.bottom)
    )
    return large <= SAME * small and apart <= NEAR * small


def _sighting(pixels: Pixels, parts: Sequence[Part]) -> Sighting:
    """Give a mark with its measures; those that could not be taken are None, and nothing passes without them."""
    shortest = min(pixels.shape[:2])
    inks = [measured(pixels, part.box, part.letters, _counted(part.text)) for part in parts]
    box = _around([ink.box if ink else part.box for ink, part in zip(inks, parts, strict=True)])
    edge = min(box.left, box.top, pixels.shape[1] - box.right, pixels.shape[0] - box.bottom)
    known = [ink for ink in inks if ink is not None]
    whole = len(known) == len(parts)
    return Sighting(
        kind=SightingKind.WORDS,
        text=" ".join(part.text for part in parts),
        detector=NAME,
        confidence=round(min(part.score for part in parts), 3),
        box=box,
        height_share=min(ink.height for ink in known) / shortest if whole else None,
        height_error=_error(known) / shortest + GUESS if whole else 0.0,
        contrast=min(ink.contrast for ink in known) if whole else None,
        edge_share=max(0, edge) / shortest,
        across=(box.left + box.right) / 2 / pixels.shape[1],
        down=(box.top + box.bottom) / 2 / pixels.shape[0],
    )


def _error(inks: Sequence[Ink]) -> float:
    return max(ink.error for ink in inks)


def _counted(text: str) -> str:
    """Give the letters of a line whose height counts: those of the elements, all where there are none."""
    return "".join(char for char in text if char in ELEMENTS) or text


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )
