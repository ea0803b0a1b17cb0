"""Draws marks on SVG drawings: one group of two paths in front of the root's end tag, the author's text untouched.

The words are outlines, so they look the same without our font, and stand where a viewer shows the drawing's edge, whatever
`viewBox` and `preserveAspectRatio` say. Nothing the group needs can be restyled by the drawing's own style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, log10
from typing import Final

from aigc_label import badge
from aigc_label.badge import Badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box
from aigc_label.grammars.svg import SVG, Drawing, drawing_of
from aigc_label.grammars.xml import Element, escaped
from aigc_label.markers import Rendering
from aigc_label.marking import Mark, Place
from aigc_label.source import Source
from aigc_label.splice import replaced
from aigc_label.tracing import outlines_of

NAME: Final = "aigc-label-mark"
NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
LENGTH: Final = re.compile(rf"\s*({NUMBER})\s*([a-zA-Z]*)\s*")
UNITS: Final = {  # CSS pixels in one (CSS Values 4, 6.2); em and its like at the initial font size of 16 px
    "": 1.0,
    "px": 1.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "pt": 96 / 72,
    "pc": 16.0,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
}
ALTERING: Final = re.compile(
    r"(?:^|;)\s*(transform|rotate|scale|translate|opacity|filter|mask|clip-path|clip|display)\s*:"
)
ALTERING_ATTRIBUTES: Final = ("transform", "opacity", "filter", "mask", "clip-path", "display")
ALIGNED: Final = re.compile(r"\s*(?:defer\s+)?(none|x(Min|Mid|Max)Y(Min|Mid|Max))(?:\s+(meet|slice))?\s*")
SHARES: Final = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
LARGEST: Final = 2000  # pixels of the shorter side at which a drawing is laid out: larger letters need no more detail
SQUARE: Final = 1000  # units along the side of the square in which a drawing without any size is marked
UNSIZED: Final = (300, 150)  # CSS pixels in which browsers show such a drawing (CSS 2.2, 10.3.2)
FIRM: Final = (  # declared on the element itself and important, so that no style sheet of the drawing has a say
    "display:inline visibility:visible opacity:1 fill-opacity:1 stroke:none transform:none filter:none clip-path:none "
    "mask:none mix-blend-mode:normal animation:none transition:none pointer-events:none"
)
WAY: Final = Bilingual(
    "a group with the words as outlines was put in front of the root's end tag; the author's text is unchanged",
    "在根元素结束标签之前插入了一组文字轮廓路径，原有内容未作改动",
)


@dataclass(frozen=True, slots=True)
class View:
    """What a viewer shows: `width` by `height` pixels, pixel (x, y) at the drawing's (left + x / across, top + y / down).

    `fluid` where the drawing has no size at all: it then fills whatever it is shown in.
    """

    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    across: float = 1.0
    down: float = 1.0
    fluid: bool = False


def render(source: Source, mark: Mark) -> Rendering:
    """Give the drawing with the mark in front of everything else; a mark that we drew before is replaced.

    Raises `MalformedFile` for what is no drawing or declares a document type, `UnsupportedFormat` where the root is
    turned, faded or clipped as a whole, `InvalidMark` where the words cannot fit into the nominal size.
    """
    drawing = drawing_of(source)
    root = drawing.root
    _check(root)
    view = view_of(root)
    shrunk = min(1.0, LARGEST / min(view.width, view.height))
    size = max(1, round(view.width * shrunk)), max(1, round(view.height * shrunk))
    drawn = badge.design(mark, *((SQUARE, SQUARE) if view.fluid else size))
    group = _group(drawn, mark, view, _free_name(drawing))
    return Rendering(
        plan=replaced(source.size, [_edit(drawing, group)]),
        box=_in_corner(drawn, mark.place) if view.fluid else _scaled(drawn.box, 1 / shrunk),
        words=drawn.words,
        way=WAY,
    )


def _check(root: Element) -> None:
    if root.namespace != SVG:
        raise MalformedFile(
            Bilingual(
                "the root element is not in the SVG namespace: no viewer draws it",
                "根元素不在 SVG 命名空间内，无法显示",
            ),
            remedy=Bilingual(f'Add xmlns="{SVG}" to the root element.', f'请为根元素添加 xmlns="{SVG}"。'),
            offset=root.start,
        )
    named = next((name for name in ALTERING_ATTRIBUTES if ("", name) in root.attributes), None)
    styled = ALTERING.search(root.attributes.get(("", "style"), ""))
    if named or styled:
        what = named or (styled[1] if styled else "")
        raise UnsupportedFormat(
            Bilingual(
                f"the root element has {what!r}, which would alter the mark",
                f"根元素带有 {what!r}，会改变标识的显示效果",
            ),
            remedy=Bilingual(
                "Move it to a group (<g>) around the drawing's content.", "请将其移至包裹图形内容的 <g> 分组上。"
            ),
            offset=root.start,
        )


def view_of(root: Element) -> View:
    """Give what a viewer shows of a drawing (SVG 2, 8.2 and 8.6)."""
    wide, high = (_pixels(root.attributes.get(("", side), "")) for side in ("width", "height"))
    shown = _view_box(root)
    if shown is None:
        return View(wide, high) if wide and high else View(*UNSIZED, fluid=True)
    left, top, inner_wide, inner_high = shown
    wide, high = (
        wide or (high * inner_wide / inner_high if high else inner_wide),
        high or (wide * inner_high / inner_wide if wide else inner_high),
    )
    across, down = wide / inner_wide, high / inner_high
    found = ALIGNED.fullmatch(root.attributes.get(("", "preserveAspectRatio"), ""))
    if found and found[1] == "none":
        return View(wide, high, left, top, across, down)
    x, y, slice_ = (SHARES[found[2]], SHARES[found[3]], found[4] == "slice") if found else (0.5, 0.5, False)
    scale = max(across, down) if slice_ else min(across, down)
    return View(wide, high, left - x * (wide / scale - inner_wide), top - y * (high / scale - inner_high), scale, scale)


def _pixels(text: str) -> float | None:
    """Give a length in CSS pixels; None for shares of the surroundings, and for what is no length."""
    found = LENGTH.fullmatch(text)
    unit = UNITS.get(found[2].lower()) if found else None
    value = float(found[1]) * unit if found and unit else 0.0
    return value if 0 < value < 1e9 else None


def _view_box(root: Element) -> tuple[float, float, float, float] | None:
    text = root.attributes.get(("", "viewBox"), "")
    numbers = re.findall(NUMBER, text)
    if len(numbers) != 4 or re.sub(rf"{NUMBER}|[\s,]", "", text):
        return None
    left, top, wide, high = map(float, numbers)
    if not (1e-9 < wide < 1e9 and 1e-9 < high < 1e9 and abs(left) < 1e9 and abs(top) < 1e9):
        raise UnsupportedFormat(
            Bilingual("the drawing's viewBox has no area: nothing is shown", "viewBox 面积为零，图形不会显示"),
            remedy=Bilingual("Give it a positive width and height.", "请将其宽度和高度设为正数。"),
            offset=root.start,
        )
    return left, top, wide, high


def _group(drawn: Badge, mark: Mark, view: View, name: str) -> str:
    """Give the markup: a group of two paths, in a nested `svg` only where the drawing has no size of its own."""
    if view.fluid:
        place = View(SQUARE, SQUARE)
    else:
        place = View(
            drawn.width, drawn.height, view.left, view.top,
            view.across * drawn.width / view.width, view.down * drawn.height / view.height,
        )  # fmt: skip
    box = drawn.box
    corners = ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
    group = (
        f'<g xmlns="{SVG}" id="{name}" role="img" style="{_firm("")}"><title>{escaped(drawn.words)}</title>'
        f"{_path(_data([corners], place), drawn.plate)}{_path(_data(_letters(drawn, mark), place), drawn.ink)}</g>"
    )
    if not view.fluid:
        return group
    inside = group.replace(f' id="{name}"', "", 1)
    align = _alignment(mark.place)
    sides = "width:100%!important;height:100%!important;x:0!important;y:0!important;overflow:visible!important"
    return (
        f'<svg xmlns="{SVG}" id="{name}" width="100%" height="100%" viewBox="0 0 {SQUARE} {SQUARE}" '
        f'preserveAspectRatio="{align} meet" style="{sides};{_firm("")}">{inside}</svg>'
    )


def _firm(fill: str) -> str:
    declared = [f"fill:{fill}"] if fill else []
    return ";".join(f"{declaration}!important" for declaration in [*declared, *FIRM.split()])


def _path(data: str, level: int) -> str:
    grey = f"#{level:02x}{level:02x}{level:02x}"
    return f'<path d="{data}" fill="{grey}" fill-rule="evenodd" style="{_firm(grey)};fill-rule:evenodd!important"/>'


def _letters(drawn: Badge, mark: Mark) -> list[list[tuple[float, float]]]:
    """Give the outlines of the words in the badge's pixels, as large and where its rasterised letters are."""
    outlines, smallest, (wide, high) = outlines_of(tuple(drawn.words.split("\n")), mark.font)
    scale = drawn.height_share * min(drawn.width, drawn.height) / smallest
    left = (drawn.box.left + drawn.box.right - wide * scale) / 2
    top = (drawn.box.top + drawn.box.bottom - high * scale) / 2
    return [[(left + x * scale, top + y * scale) for x, y in outline] for outline in outlines]


def _data(shapes: Iterable[Iterable[tuple[float, float]]], view: View) -> str:
    """Give path data for shapes in pixels, with as many decimals as a hundredth of a pixel takes."""
    decimals = max(0, ceil(log10(max(view.across, view.down))) + 2)
    parts = []
    for shape in shapes:
        points = (
            f"{_short(view.left + x / view.across, decimals)} {_short(view.top + y / view.down, decimals)}"
            for x, y in shape
        )
        parts.append(f"M{'L'.join(points)}Z")
    return "".join(parts)


def _short(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _alignment(place: Place) -> str:
    x, y = badge.ALONG[place]
    names = {share: name for name, share in SHARES.items()}
    return f"x{names[x]}Y{names[y]}"


def _free_name(drawing: Drawing) -> str:
    """Give an id that nothing but our own earlier mark has."""
    ours = _ours(drawing)
    taken = {
        value
        for element in drawing.root.walk()
        for (_, name), value in element.attributes.items()
        if name == "id" and element is not ours
    }
    return next(
        name for name in (NAME, *(f"{NAME}-{count}" for count in range(2, len(taken) + 3))) if name not in taken
    )


def _ours(drawing: Drawing) -> Element | None:
    last = drawing.root.children[-1] if drawing.root.children else None
    if last is None or last.namespace != SVG or last.name not in ("g", "svg"):
        return None
    return last if last.attributes.get(("", "id"), "").startswith(NAME) else None


def _edit(drawing: Drawing, group: str) -> tuple[int, int, bytes]:
    root, ours = drawing.root, _ours(drawing)
    if ours is not None:
        return drawing.place(ours.start), drawing.place(ours.end), drawing.written(group)
    if not root.is_empty_tag:
        at = drawing.place(root.close)
        return at, at, drawing.written(group)
    start = drawing.document.rindex(b"/", root.start, root.end)
    name = f"{root.prefix}:svg" if root.prefix else "svg"
    return drawing.place(start), drawing.place(root.end), drawing.written(f">{group}</{name}>")


def _scaled(box: Box, scale: float) -> Box:
    return Box(
        left=int(box.left * scale),
        top=int(box.top * scale),
        right=ceil(box.right * scale),
        bottom=ceil(box.bottom * scale),
    )


def _in_corner(drawn: Badge, place: Place) -> Box:
    """Give the box in the size that browsers fall back to: the square lies at the place's end of the longer side."""
    wide, high = UNSIZED
    side = min(wide, high)
    box = _scaled(drawn.box, side / SQUARE)
    x = round(badge.ALONG[place][0] * (wide - side))
    return Box(left=box.left + x, top=box.top, right=box.right + x, bottom=box.bottom)
