"""Looks for the words of a mark on the first and last slide of a presentation: in a text box that a viewer sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.detectors.colours import MIN_POINTS, contrast
from aigc_label.detectors.drawing import is_filled, is_outlined, is_plain
from aigc_label.detectors.statements import LONGEST, is_statement, unwrapped
from aigc_label.evidence import Moment, Sighting, SightingKind
from aigc_label.grammars import slides, xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.slides import Colours, Deck, Frame, child, number
from aigc_label.grammars.xml import Element
from aigc_label.marking import complies

NAME: Final = "AIGC_mark"
POINT: Final = 12_700  # EMU
USUAL_SIZE: Final = 1_800  # hundredths of a point: where nothing states a size
LATIN, HAN = 0.7, 0.75  # ink of the smallest letter over the font size, in the fonts of office programs
SPILL: Final = 0.01  # of the shortest side by which a box may stand out of the slide


def look(package: Package, deck: Deck) -> tuple[Sighting, ...]:
    """Give the marks on the first and the last slide that is shown; empty where there are none.

    Shapes in groups are not looked at, nor are those that an animation brings in later.
    """
    found: list[Sighting] = []
    for moment, part in ((Moment.START, deck.slides[:1]), (Moment.END, deck.slides[-1:])):
        for name in part:
            found += _on_slide(package, deck, name, moment)
    return tuple(found)


def _on_slide(package: Package, deck: Deck, part: str, moment: Moment) -> Iterator[Sighting]:
    root = xml.parse(package.part(part), package.source.limits)
    shapes = slides.shapes_of(root, slides.ANYTHING)
    candidates = [(at, shape) for at, shape in enumerate(shapes) if shape.name == "sp" and _is_mark(shape)]
    if not candidates:
        return
    animated = {one.attributes.get(("", "spid")) for one in root.walk() if one.name == "spTgt"}
    colours = Colours(package, part)
    for at, shape in candidates:
        frame = _frame(shape, colours)
        identity = child(shape, "nvSpPr", "cNvPr")
        if frame is None or identity is None or not _is_inside(frame, deck):
            continue
        hidden = identity.attributes.get(("", "hidden")) in ("1", "true")
        if hidden or identity.attributes.get(("", "id")) in animated or _is_covered(frame, shapes[at + 1 :], colours):
            continue
        points = min(_sizes(shape, colours))
        if points >= MIN_POINTS:
            yield _sighting(shape, frame, moment, deck, points, _contrast(shape, frame, shapes[:at], colours))


def _text(shape: Element) -> str:
    return "\n".join(
        "".join(text.text for run in line for text in run.children if text.name == "t") for line in slides.lines(shape)
    ).strip()


def _is_mark(shape: Element) -> bool:
    text = _text(shape)
    named = child(shape, "nvSpPr", "cNvPr")
    ours = named is not None and named.attributes.get(("", "name"), "").startswith(NAME)
    return is_statement(unwrapped(text)[0]) or (ours and complies(text) and len(text) <= LONGEST)


def _twins(shape: Element, colours: Colours) -> Iterator[Element]:
    """Give the placeholders of layout and master that a shape takes after."""
    own = child(shape, "nvSpPr", "nvPr", "ph")
    if own is None:
        return
    key = own.attributes.get(("", "idx")), own.attributes.get(("", "type"), "")
    for root in colours.roots[1:]:
        for other in slides.shapes_of(root):
            found = child(other, "nvSpPr", "nvPr", "ph")
            if found is not None and (
                (key[0] and found.attributes.get(("", "idx")) == key[0])
                or found.attributes.get(("", "type"), "").replace("ctrTitle", "title")
                == key[1].replace("ctrTitle", "title")
            ):
                yield other
                break


def _frame(shape: Element, colours: Colours) -> Frame | None:
    frames = (slides.own_frame(one) for one in (shape, *_twins(shape, colours)))
    return next((one for one in frames if one is not None), None)


def _is_inside(frame: Frame, deck: Deck) -> bool:
    spill = SPILL * min(deck.width, deck.height)
    across = -spill <= frame.left and frame.left + frame.width <= deck.width + spill
    down = -spill <= frame.top and frame.top + frame.height <= deck.height + spill
    return across and down and frame.width > 0 and frame.height > 0


def _is_covered(frame: Frame, above: list[Element], colours: Colours) -> bool:
    """Tell whether shapes in front of it hide half of a rectangle, or may."""
    hidden = 0.0
    for shape in slides.ungrouped(above):
        if shape.name != "grpSp" and shape.name in slides.SHAPES and not is_filled(shape):
            continue
        other = _frame(shape, colours)
        if other is None or _is_moved(shape) or is_outlined(shape):
            return True
        hidden += other.share(frame)
    return hidden > 0.5


def _is_moved(shape: Element) -> bool:
    """Tell whether a shape is turned, or is a group that draws what it holds at another size."""
    return shape.name == "grpSp" or any(number(child(shape, *way, "xfrm"), "rot") for way in (("spPr",), ()))


def _inherited(shape: Element, colours: Colours) -> list[Element | None]:
    """Give what sets the letters of a shape where its runs do not, the nearest first."""
    kind = child(shape, "nvSpPr", "nvPr", "ph")
    title = kind is not None and kind.attributes.get(("", "type"), "") in ("title", "ctrTitle")
    group = "otherStyle" if kind is None else "titleStyle" if title else "bodyStyle"
    listed = [child(one, "txBody", "lstStyle") for one in (shape, *_twins(shape, colours))]
    return [
        child(one, "lvl1pPr", "defRPr") for one in (*listed, child(colours.roots[-1], "txStyles", group), colours.usual)
    ]


def _sizes(shape: Element, colours: Colours) -> Iterator[float]:
    scale = number(child(shape, "txBody", "bodyPr", "normAutofit"), "fontScale", 100_000) / 100_000
    inherited = _inherited(shape, colours)
    for line in slides.lines(shape):
        for run in line:
            stated = (number(one, "sz") for one in (child(run, "rPr"), *inherited))
            yield next((one for one in stated if one), USUAL_SIZE) / 100 * scale


def _contrast(shape: Element, frame: Frame, below: list[Element], colours: Colours) -> float | None:
    """Give the contrast of the words to what lies behind them; None where that cannot be told."""
    if not is_plain(shape):
        return None
    styled = child(shape, "style", "fontRef", "schemeClr") is not None
    behind = _behind(shape, frame, below, colours)
    inherited = _inherited(shape, colours)
    found = []
    for line in slides.lines(shape):
        for run in line:
            looks = (child(run, "rPr"), *inherited)
            look = next((one for one in looks if colours.is_stated(one)), None)
            ink = colours.of_fill(look) if look is not None else colours.of_name("tx1")
            if ink == "":
                return 1.0
            if ink is None or behind is None or (look is None and styled):
                return None
            found.append(contrast(ink, behind))
    return min(found, default=None)


def _behind(shape: Element, frame: Frame, below: list[Element], colours: Colours) -> str | None:
    partly = 0.0
    for other in (shape, *reversed(list(slides.ungrouped(below))), *slides.beneath(colours)):
        if other.name != "grpSp" and other.name in slides.SHAPES and not is_filled(other):
            continue
        place = frame if other is shape else _frame(other, colours)
        share = 1.0 if place is None or _is_moved(other) or is_outlined(other) else place.share(frame)
        partly += share
        if share > 0.5:
            return (
                None
                if other.name != "sp" or not colours.is_stated(child(other, "spPr"))
                else colours.of_fill(child(other, "spPr"))
            )
    return colours.background() if partly < 0.25 else None


def _sighting(
    shape: Element, frame: Frame, moment: Moment, deck: Deck, points: float, seen: float | None
) -> Sighting:  # fmt: skip
    text = _text(shape)
    shortest = min(deck.width, deck.height)
    share = HAN if not any(one.isascii() and one.isalnum() for one in text) else LATIN
    edges = (frame.left, frame.top, deck.width - frame.left - frame.width, deck.height - frame.top - frame.height)
    return Sighting(
        kind=SightingKind.TEXT,
        text=text,
        detector="slides",
        confidence=1.0,
        height_share=round(points * POINT * share / shortest, 4),
        edge_share=round(max(0, min(edges)) / shortest, 4),
        contrast=seen,
        moment=moment,
    )
