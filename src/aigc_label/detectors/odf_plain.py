"""Says whether the styles of an OpenDocument file show words plainly: what is not known may hide them."""

from __future__ import annotations

import re
from typing import Final

from aigc_label.grammars.opendocument import DRAW, FO, PRESENTATION, STYLE, SVG, TEXT, Styles, length
from aigc_label.grammars.xml import Element

HARMLESS: Final = re.compile(  # properties that hide nothing, or whose values are looked at elsewhere
    "language.*|country.*|script.*|rfc-language-tag.*|font-(?:name|family|style|pitch|charset|weight|variant).*|hyphen.*|"
    "text-(?:underline|autospace|transform|align|emphasize|indent|align-last).*|letter-kerning|color.*|background-color|"
    "use-window-font-color|line-break|writing-mode.*|font-independent-line-spacing|punctuation-wrap|tab-stop-distance|"
    "contextual-spacing|justify-single-word|orphans|widows|keep-.*|auto-text-indent|number-lines|line-number|border.*|"
    "font-size|text-scale|register-true|snap-to-layout-grid|vertical-align|break-.*|page-number|shadow.*|stroke.*|"
    "marker-.*|fill|fill-color|fill-gradient-name|wrap-option|textarea-.*|auto-grow-.*|show-unit|flow-with-text|protect|"
    "min-(?:height|width)|width|rel-width|align|start-line-spacing.*|end-line-spacing.*|may-break-between-rows|"
    "master-page-name|paper-tray-name|join-border|fill-use-slide-background|column-width|dont-balance-text-columns"
)
PLAIN: Final = {  # which values of others hide nothing
    "opacity": "100%", "fit-to-size": "false", "shrink-to-fit": "false|true", "text-shadow": "none",
    "text-position": "0% 100%", "display": "true|none|condition",
    "font-relief": "none", "text-outline": "false", "text-line-through-.*": "none|auto|font-color", "text-overline-.*":
    "none|auto|font-color", "letter-spacing": r"normal|0\.\d+(?:cm|in|pt)|0(?:cm|in|pt)", "text-rotation-angle": "0",
    "line-height": r"normal|[1-9]\d\d%|[89]\d%", "line-height-at-least": ".*", "text-combine": "none",
    "text-blinking": "false",
    "(?:char-)?color-lum-.*": ".*", "font-size-(?:asian|complex)": r"\d{2,3}(?:\.\d+)?(?:pt|%)|[5-9](?:\.\d+)?pt",
}  # fmt: skip
SPACED: Final = re.compile("(?:margin|padding)(?:-.*)?")
SPACE: Final = 3.0  # centimetres of a margin or padding, beyond which words may leave their page or box
ELEMENTS: Final = frozenset({"tab-stops", "tab-stop", "background-image", "drop-cap", "columns"})


def is_plain(styles: Styles, family: str, name: str | None) -> bool:
    """Tell whether neither a style nor those that it is based on hold anything that may hide words."""
    return all(_holds_nothing(one) for one in styles.based(family, name))


def _holds_nothing(style: Element) -> bool:
    for group in style.children:
        if not group.name.endswith("-properties"):
            return False  # a map to another style, on a condition
        if any(one.name not in ELEMENTS or (one.name == "drop-cap" and one.attributes) for one in group.children):
            return False
        automatic = group.attributes.get((STYLE, "use-window-font-color")) == "true"
        for (_, name), value in group.attributes.items():
            if not (
                _is_harmless(name, value) or (name == "opacity" and automatic and (FO, "color") not in group.attributes)
            ):
                return False
    return True


def _is_harmless(name: str, value: str) -> bool:
    if HARMLESS.fullmatch(name):
        return True
    if SPACED.fullmatch(name):
        return abs(found) <= SPACE if (found := length(value)) is not None else value == "0%"
    return any(re.fullmatch(key, name) and re.fullmatch(allowed, value) for key, allowed in PLAIN.items())


def is_plain_around(paragraph: Element, styles: Styles) -> bool:
    """Tell whether a paragraph, what stands in it and what it stands in show its words plainly."""
    if not all(_is_plain_part(one, styles) for one in paragraph.walk()):
        return False
    above = paragraph.parent
    while above is not None:
        family = {"table": "table", "table-row": "table-row", "table-cell": "table-cell", "section": "section"}.get(
            above.name
        )
        named = next((value for (_, key), value in above.attributes.items() if key == "style-name"), None)
        if family is not None and any(
            (FO, "background-color") in one.attributes or not _holds_nothing(style)
            for style in styles.based(family, named)
            for one in style.children
        ):
            return False
        if any(key == "visibility" for _, key in above.attributes) or above.name == "covered-table-cell":
            return False
        if above.name == "list" and named is not None:
            return False  # its indents are not followed
        above = above.parent
    return True


def _is_plain_part(element: Element, styles: Styles) -> bool:
    if element.name in ("hidden-paragraph", "ruby-text") or element.namespace == DRAW:
        return False
    if element.attributes.get((TEXT, "display")) == "none":
        return False
    family = "text" if element.name in ("span", "a") else "paragraph" if element.name in ("p", "h") else None
    if family is None:
        return True
    classes = (TEXT, "class-names") in element.attributes or (
        element.name == "a" and (TEXT, "style-name") in element.attributes
    )
    return not classes and is_plain(styles, family, element.attributes.get((TEXT, "style-name")))


def is_plain_frame(frame: Element, styles: Styles) -> bool:
    """Tell whether a frame is a box of text of a plain look, on a layer that is shown, that nothing reaches into."""
    style = frame.attributes.get((DRAW, "style-name"))
    held = [one.name for one in frame.children if one.name not in ("title", "desc", "glue-point")]
    paragraphs = {one.attributes.get((TEXT, "style-name")) for one in frame.walk() if one.name in ("p", "h")}
    named = frame.attributes.get((DRAW, "text-style-name"))
    if frame.name != "frame" or held != ["text-box"] or (PRESENTATION, "style-name") in frame.attributes:
        return False
    if not is_plain(styles, "graphic", style) or (named is not None and paragraphs != {named}):
        return False
    if frame.attributes.get((DRAW, "layer"), "") in styles.unseen_layers or any(
        one.name == "tab" for one in frame.walk()
    ):
        return False
    first = next((one for one in frame.walk() if one.name in ("p", "h")), None)
    place = place_of(frame)
    told = first is not None and any(one.strip() for one in first.flow() if isinstance(one, str))
    return told and place is not None and not any(_covers(one, place) for one in _behind(frame))


def place_of(frame: Element) -> tuple[float, float, float, float] | None:
    """Give left, top, width and height of a shape in centimetres; None where it does not say them, or is transformed."""
    left, top, wide, high = (length(frame.attributes.get((SVG, key))) for key in ("x", "y", "width", "height"))
    if left is None or top is None or not wide or not high or (DRAW, "transform") in frame.attributes:
        return None
    return left, top, wide, high


def _behind(frame: Element) -> list[Element]:
    """Give what stands after a frame and is drawn over it."""
    held = frame.parent.children if frame.parent is not None else []
    return [one for one in held[held.index(frame) + 1 :] if one.namespace == DRAW]


def _covers(shape: Element, place: tuple[float, float, float, float]) -> bool:
    """Tell whether a shape reaches into a place, or does not say where it stands."""
    other = place_of(shape)
    if other is None:
        return True
    across = min(place[0] + place[2], other[0] + other[2]) - max(place[0], other[0])
    down = min(place[1] + place[3], other[1] + other[3]) - max(place[1], other[1])
    return across > 0 and down > 0
