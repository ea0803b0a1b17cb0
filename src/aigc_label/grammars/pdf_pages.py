"""Finds pages of a PDF file (ISO 32000-2, 7.7.3) and says what of them a viewer shows, and which way up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars.pdf import Document
from aigc_label.grammars.pdf_objects import Dictionary, Name, Ref, Value
from aigc_label.grammars.pdf_xref import Indirect

SHORTEST: Final = 1000  # pixels of the shorter side that a page is looked at with: small print can just be read
MOST_PIXELS: Final = 16_000_000  # of one page; a long strip is shown smaller
LETTER: Final = (0.0, 0.0, 612.0, 792.0)  # what viewers show of a page without any box
INHERITED: Final = (b"MediaBox", b"CropBox", b"Rotate")

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the object that it is, the box that is shown of it in its own units, its turn in degrees clockwise."""

    held: Indirect
    box: Box
    turn: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown, in units."""
        left, bottom, right, top = self.box
        wide, high = right - left, top - bottom
        return (high, wide) if self.turn % 180 else (wide, high)

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels when the page is looked at."""
        wide, high = self.size
        return ceil(wide * self.scale - 1e-6), ceil(high * self.scale - 1e-6)

    @property
    def scale(self) -> float:
        """Pixels for one unit."""
        return scale_of(*self.size)

    def placed(self, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        """Give points of the page as shown (pixels, right and down) in the page's own units."""
        left, bottom, right, top = self.box
        scale = self.scale
        moved = ((x / scale, y / scale) for x, y in points)
        if self.turn == 90:
            return [(left + y, bottom + x) for x, y in moved]
        if self.turn == 180:
            return [(right - x, bottom + y) for x, y in moved]
        if self.turn == 270:
            return [(right - y, top - x) for x, y in moved]
        return [(left + x, top - y) for x, y in moved]


def scale_of(wide: float, high: float) -> float:
    """Give the pixels for one unit of a page of this size."""
    return min(SHORTEST / min(wide, high), sqrt(MOST_PIXELS / (wide * high)))


def first_page(document: Document) -> Page:
    """Give the first page. Raises `MalformedFile` where there is none, and as `pages` does."""
    found = next(pages(document), None)
    if found is None:
        raise MalformedFile(Bilingual("the document has no page", "文档没有页面"))
    return found


def pages(document: Document) -> Iterator[Page]:
    """Give the pages in order. Raises `LimitExceeded` for more of them than `limits.items`, or a tree that is a trap."""
    waiting: list[tuple[Value, dict[bytes, Value]]] = [(document.root.dictionary.get(b"Pages"), {})]
    seen: set[Ref] = set()
    while waiting:
        ref, above = waiting.pop()
        held = document.object(ref)
        if not isinstance(ref, Ref) or held is None or ref in seen:
            continue
        seen.add(ref)
        if len(seen) > document.source.limits.items:
            raise LimitExceeded(Bilingual("the document has too many pages", "文档页数过多"), limit="items")
        node = held.dictionary
        below = above | {key: node.values[key] for key in INHERITED if key in node.values}
        if node.get(b"Type") == Name(b"Pages") or b"Kids" in node.values:
            waiting += ((kid, below) for kid in reversed(document.list(node.get(b"Kids"))))
        else:
            yield _page(document, held, below)


def _page(document: Document, held: Indirect, inherited: dict[bytes, Value]) -> Page:
    media = _box(document, inherited.get(b"MediaBox")) or LETTER
    crop = _box(document, inherited.get(b"CropBox")) or media
    shown = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    if shown[0] >= shown[2] or shown[1] >= shown[3]:
        shown = media  # a crop box that shows nothing is ignored by viewers
    turn = document.resolve(inherited.get(b"Rotate"))
    return Page(held, shown, turn % 360 if isinstance(turn, int) and turn % 90 == 0 else 0)


def _box(document: Document, value: Value) -> Box | None:
    numbers = [document.resolve(each) for each in document.list(value)[:4]]
    a, b, c, d = (
        float(n) if isinstance(n, int | float) and not isinstance(n, bool) else 0.0 for n in (*numbers, 0, 0, 0, 0)[:4]
    )
    box = min(a, c), min(b, d), max(a, c), max(b, d)
    if not all(isfinite(each) and abs(each) < 1e7 for each in box) or box[2] - box[0] < 0.01 or box[3] - box[1] < 0.01:
        return None
    return box


def contents_of(document: Document, page: Dictionary) -> list[Ref]:
    """Give the content streams of a page in order. Raises `MalformedFile` where one is not an object of its own."""
    given = page.get(b"Contents")
    held = document.object(given)
    if isinstance(given, Ref) and held is not None and held.body:
        return [given]
    found = [ref for ref in document.list(given) if ref is not None]
    if not all(isinstance(ref, Ref) for ref in found):
        raise MalformedFile(Bilingual("a page's contents are not streams", "页面内容不是流对象"))
    return [ref for ref in found if isinstance(ref, Ref)]
