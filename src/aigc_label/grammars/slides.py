"""Knows the slides of a presentation: their order and size, the shapes on them and the colours that a theme names."""

from __future__ import annotations

from collections.abc import Iterator
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from typing import Final

from aigc_label.grammars import xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.xml import Element

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/presentationml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/presentationml/main"
DRAWING: Final = {  # DrawingML as the two variants name it
    TRANSITIONAL: "http://schemas.openxmlformats.org/drawingml/2006/main",
    STRICT: "http://purl.oclc.org/ooxml/drawingml/main",
}
USUAL: Final = (9_144_000, 6_858_000)  # EMU: the size where a presentation states none (ECMA-376-1, 19.2.1.39)
SHAPES: Final = frozenset({"sp", "pic", "graphicFrame", "grpSp", "cxnSp"})
ANYTHING: Final = SHAPES | {"AlternateContent", "contentPart"}  # what may be drawn as well, as a program likes
OWN_MAP: Final = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}


@dataclass(frozen=True, slots=True)
class Deck:
    """A presentation: the size of its slides in EMU and the parts of those that are shown, in order."""

    width: int
    height: int
    slides: tuple[str, ...]
    main: Element


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    def covers(self, other: Frame) -> bool:
        """Tell whether more than half of another rectangle lies in this one."""
        return self.share(other) > 0.5

    def share(self, other: Frame) -> float:
        """Give how much of another rectangle lies in this one, 0 to 1."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return max(0, wide) * max(0, high) / (other.width * other.height) if other.width * other.height else 0.0


def deck_of(package: Package) -> Deck | None:
    """Give the slides of a presentation; None where the main part is another kind of document."""
    part = package.main()
    root = xml.parse(package.part(part), package.source.limits)
    if root.namespace not in DRAWING:
        return None
    size = child(root, "sldSz")
    width, height = (number(size, key, usual) for key, usual in zip(("cx", "cy"), USUAL, strict=True))
    names = {one.id: one.target for one in package.relations(part) if one.kind == "slide"}
    listed = child(root, "sldIdLst")
    slides = _in_range(
        package, part, [names[one] for one in map(_relation, listed.children if listed else []) if one in names]
    )
    return Deck(max(1, width), max(1, height), tuple(one for one in slides if _is_shown(package, one)), root)


def _in_range(package: Package, part: str, held: list[str]) -> list[str]:
    """Give the slides that the settings of the show name; none where they name a show of its own."""
    name = package.related(part, "presProps")
    show = child(xml.parse(package.part(name), package.source.limits), "showPr") if name and package.has(name) else None
    stated = child(show, "sldRg")
    if stated is not None:
        return held[max(0, number(stated, "st", 1) - 1) : number(stated, "end", len(held))]
    return [] if child(show, "custShow") is not None else held


def _relation(element: Element) -> str:
    return next((value for (space, name), value in element.attributes.items() if name == "id" and space), "")


def _is_shown(package: Package, part: str) -> bool:
    root = xml.parse(package.part(part), package.source.limits, depth=1)
    return root.attributes.get(("", "show")) not in ("0", "false")


def child(element: Element | None, *path: str) -> Element | None:
    """Give the first descendant along a path of local names, None where a step is missing."""
    for name in path:
        element = next((one for one in element.children if one.name == name), None) if element is not None else None
    return element


def number(element: Element | None, name: str, otherwise: int = 0) -> int:
    """Give a whole number from an attribute."""
    text = element.attributes.get(("", name), "") if element is not None else ""
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 13 else otherwise


def shapes_of(slide: Element, kinds: frozenset[str] = SHAPES) -> list[Element]:
    """Give the shapes of a slide, layout or master from the lowest to the topmost; those in groups are left out."""
    tree = child(slide, "cSld", "spTree")
    return [one for one in tree.children if one.name in kinds] if tree else []


def ungrouped(shapes: list[Element]) -> Iterator[Element]:
    """Give shapes with those in groups in the place of their group, where it neither moves nor resizes nor turns them."""
    for shape in shapes:
        place = child(shape, "grpSpPr", "xfrm")
        pairs = ("off", "chOff"), ("ext", "chExt")
        held = [[child(place, name) for name in pair] for pair in pairs]
        if (
            place is not None
            and not place.attributes
            and all(a and b and a.attributes == b.attributes for a, b in held)
        ):
            yield from ungrouped([one for one in shape.children if one.name in ANYTHING])
        else:
            yield shape


def beneath(colours: Colours) -> list[Element]:
    """Give what layout and master draw under a slide, the topmost first: their placeholders are not shown."""
    found: list[Element] = []
    for at, root in enumerate(colours.roots[1:]):
        if colours.roots[at].attributes.get(("", "showMasterSp")) in ("0", "false"):
            break
        found += [
            one
            for one in reversed(list(ungrouped(shapes_of(root, ANYTHING))))
            if not any(part.name == "ph" for part in one.walk())
        ]
    return found


def own_frame(shape: Element) -> Frame | None:
    """Give where a shape says it stands; None where it leaves that to its layout."""
    own = child(shape, "spPr", "xfrm") or child(shape, "grpSpPr", "xfrm") or child(shape, "xfrm")
    corner, size = child(own, "off"), child(own, "ext")
    if corner is None or size is None:
        return None
    return Frame(number(corner, "x"), number(corner, "y"), number(size, "cx"), number(size, "cy"))


def lines(shape: Element) -> Iterator[list[Element]]:
    """Give the runs of each paragraph of a shape's text."""
    for paragraph in (child(shape, "txBody") or shape).children:
        if paragraph.name == "p":
            yield [one for one in paragraph.children if one.name in ("r", "fld")]


class Colours:
    """What a slide's colours look like: names are looked up in its master's map and theme."""

    def __init__(self, package: Package, slide: str) -> None:
        self.parts = [slide]
        for kind in ("slideLayout", "slideMaster"):
            following = package.related(self.parts[-1], kind)
            if following is not None:
                self.parts.append(following)
        self.roots = [xml.parse(package.part(name), package.source.limits) for name in self.parts]
        over = (child(root, "clrMapOvr", "overrideClrMapping") for root in self.roots[:-1])
        written = next((one for one in over if one is not None), child(self.roots[-1], "clrMap"))
        self.map = {name: value for (_, name), value in written.attributes.items()} if written else dict(OWN_MAP)
        theme = package.related(self.parts[-1], "theme")
        root = xml.parse(package.part(theme), package.source.limits) if theme else None
        scheme = child(root, "themeElements", "clrScheme")
        fills = child(root, "themeElements", "fmtScheme", "bgFillStyleLst")
        self.grounds = fills.children if fills is not None else []
        main = xml.parse(package.part(package.main()), package.source.limits)
        self.usual = child(main, "defaultTextStyle")
        self.theme = {one.name: one.children[0] for one in scheme.children if one.children} if scheme else {}

    def of_fill(self, holder: Element | None) -> str | None:
        """Give the colour of an element's solid fill; "" where it states that there is none, None where it is no one colour
        or nothing is stated."""
        if child(holder, "noFill") is not None:
            return ""
        solid = child(holder, "solidFill")
        return self._named(solid.children[0]) if solid is not None and solid.children else None

    def is_stated(self, holder: Element | None) -> bool:
        return any(
            child(holder, name) is not None for name in ("noFill", "solidFill", "gradFill", "blipFill", "pattFill")
        )

    def background(self) -> str | None:
        """Give the colour of the slide's background, None where it is not one plain colour."""
        for root in self.roots:
            stated = child(root, "cSld", "bg")
            if stated is None:
                continue
            reference = child(stated, "bgRef")
            if reference is not None:
                if not self._is_one_colour(number(reference, "idx") - 1001):
                    return None
                return self._named(reference.children[0]) if reference.children else None
            return self.of_fill(child(stated, "bgPr")) or None
        return self.of_name("bg1")

    def _is_one_colour(self, place: int) -> bool:
        """Tell whether a theme's background is the colour that is asked of it; the first is, where a theme has none."""
        if not self.grounds:
            return place == 0
        fill = self.grounds[place] if 0 <= place < len(self.grounds) else None
        colour = fill.children[0] if fill is not None and fill.name == "solidFill" and fill.children else None
        return colour is not None and colour.attributes.get(("", "val")) == "phClr" and not colour.children

    def of_name(self, name: str) -> str | None:
        found = self.theme.get(self.map.get(name, name))
        return self._named(found) if found is not None and found.name != "schemeClr" else None

    def _named(self, colour: Element) -> str | None:
        name = colour.attributes.get(("", "val"), "")
        if colour.name == "srgbClr":
            base: str | None = name
        elif colour.name == "sysClr":
            base = colour.attributes.get(("", "lastClr"))
        else:
            base = self.of_name(name) if colour.name == "schemeClr" else None
        return _changed(base, colour.children) if base else None


def _changed(colour: str, changes: list[Element]) -> str | None:
    """Give a colour made lighter or darker as a theme's variants are; None for changes that we cannot follow."""
    if len(colour) != 6 or any(one not in "0123456789abcdefABCDEF" for one in colour):
        return None
    if any(one.name not in ("lumMod", "lumOff") for one in changes):
        return None
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, saturation = rgb_to_hls(red, green, blue)
    for one in changes:
        share = number(one, "val") / 100_000
        light = light * share if one.name == "lumMod" else light + share
    shares = hls_to_rgb(hue, min(1.0, max(0.0, light)), saturation)
    return "".join(f"{round(share * 255):02X}" for share in shares)
