"""Says which declarations and selectors of a style sheet may keep text from being seen; what is unsure counts as hiding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

WIDE: Final = r"inherit|initial|unset|revert(?:-layer)?"
PLAIN: Final = r"none|auto|normal|1|100%|currentcolor"
SIZE: Final = (
    r"(?:[6-9]|\d{2,})(?:\.\d+)?p[xt]|(?:0?\.[5-9]\d*|[1-9]\d*(?:\.\d+)?)r?em|(?:[5-9]\d|\d{3,})(?:\.\d+)?%|"
    r"(?:x{1,3}-|)(?:small|large)|smaller|larger|medium"
)
LENGTH: Final = (
    r"auto|-?\d{0,2}(?:\.\d+)?(?:px|pt|%)?|\d{3}(?:\.\d+)?(?:px|pt)|100%|-?\d?(?:\.\d+)?(?:r?em|ch|ex)|"
    r"\d{1,2}(?:\.\d+)?(?:r?em|ch|ex|[ds]?v[wh])"
)
TINY: Final = r"(?!(?:[01](?:\.\d*)?|\.\d+)(?:[a-z]+|%)?$)(?!.*\(\s*[-.0]).+"
SEEN: Final = {  # what the value of a property has to be for text to be surely seen
    "display": r"block|inline.*|flex|grid|table.*|list-item|flow-root|contents|ruby.*",
    "visibility": "visible",
    "content-visibility": "visible|auto",
    "opacity": r"0?\.[3-9]\d*|1(?:\.0*)?|[3-9]\d(?:\.\d+)?%|100%",
    "font-size": SIZE,
    "font": rf"(?:.* )?(?:{SIZE})(?: ?/ ?\S+)? .+|caption|menu|message-box",
    "z-index": r"auto|\d+",
    "transform": rf"{PLAIN}|translatez\(0(?:px)?\)|translate3d\(0, ?0, ?0\)",
    "text-indent": r"-?\d{0,2}(?:\.\d+)?(?:px|pt|%)?|-?\d?(?:\.\d+)?r?em",
    **dict.fromkeys(
        ("translate", "rotate", "scale", "zoom", "filter", "clip", "clip-path", "mask", "mask-image"), PLAIN
    ),
    **dict.fromkeys(("animation", "animation-name", "offset-path", "text-fill-color"), PLAIN),
    **dict.fromkeys(("left", "right", "top", "bottom", "inset", "margin"), rf"(?:{LENGTH})(?: (?:{LENGTH}))*"),
    **dict.fromkeys(("width", "height", "block-size", "inline-size"), TINY),
}
RELATED: Final = re.compile(r"^-(?:webkit|moz|ms|o)-|^max-|(?<=^margin)-.*|(?<=^inset)-.*")
REMARK: Final = re.compile(r"/\*(?:.*?\*/|.*\Z)", re.DOTALL)  # one that never ends reaches to the end
COLOURS: Final = {"white": "ffffff", "black": "000000"}
PALE: Final = 0xB0  # each part of a colour as light as that has too little contrast on white
LAST_PART: Final = re.compile(r"((?:[.#]|(?<![\w:-]))[\w-]+)(?:::?[\w-]+(?:\([^)]*\))?|\[[^\]]*\])*$")
BY_ATTRIBUTE: Final = re.compile(r"(?:^|[\s>+~])(\[[\w-]+)[^\]]*\](?:\[[^\]]*\])*$")
ELSEWHERE: Final = re.compile(  # parts that are no text of the page, or states that it is not in by itself
    r"::[\w-]+$|:(?:before|after|first-l\w+|hover|focus[\w-]*|active|disabled|empty|target|checked|root|host)\b|^(?:from|to|[\d.]+%)$"
)
ANY: Final = "*"


def compact(style: str) -> str:
    """Give declarations in lower case, without white space and remarks."""
    return re.sub(r"\s+", "", REMARK.sub("", style.lower())) if style else ""


def declarations(style: str) -> Iterator[tuple[str, str]]:
    """Give the names and values in lower case, white space as one space, without remarks and `!important`."""
    for one in REMARK.sub("", style.lower()).split(";"):
        name, colon, value = one.partition(":")
        if colon:
            yield name.strip(), " ".join(value.partition("!")[0].split())


def hides(style: str) -> bool:
    """Tell whether declarations may keep an element's text from being seen."""
    if not style:
        return False
    found = dict(declarations(style))
    if "\\" in style and any("\\" in name + (value if name != "content" else "") for name, value in found.items()):
        return True
    if any(_unsure(name, value) for name, value in found.items()):
        return True
    behind = found.get("background-color", found.get("background", ""))
    colour = found.get("color", "")
    return bool(colour) and (
        colour == behind or _is_clear(colour) or (is_pale(colour) and (not behind or is_pale(behind)))
    )


@cache
def _pattern(name: str) -> re.Pattern[str] | None:
    known = SEEN.get(RELATED.sub("", name))
    return re.compile(rf"(?:{known}|{WIDE})\Z") if known else None


def _unsure(name: str, value: str) -> bool:
    pattern = _pattern(name) if len(name) < 40 else None
    return pattern is not None and pattern.match(value[:200]) is None


def _is_clear(colour: str) -> bool:
    """Tell whether a colour lets all through, or how much it lets through is not plain."""
    if colour.startswith("#"):
        return len(colour) in (5, 9) and int(colour[-1:], 16) < 8 if re.fullmatch("#[0-9a-f]+", colour) else False
    alpha = re.search(r"(?:/|,[^,]*,[^,]*,) ?([\d.]+)(%?)\)$", colour)
    return "transparent" in colour or (
        alpha is not None and float("0" + alpha[1].strip(".")) < (50 if alpha[2] else 0.5)
    )


def is_pale(colour: str) -> bool:
    """Tell whether a colour is too light for a white page, or is not told."""
    named = COLOURS.get(colour, colour.removeprefix("#"))
    if re.fullmatch(r"[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8}", named):
        parts = [int(part * (3 - len(part)), 16) for part in re.findall("." if len(named) < 6 else "..", named)[:3]]
        return min(parts) >= PALE
    numbers = re.match(r"rgba?\( ?(\d+)[ ,]+(\d+)[ ,]+(\d+)", colour)
    if numbers:
        return min(map(int, numbers.groups())) >= PALE
    light = re.match(r"hsla?\([^,/ ]+[ ,]+[^,/ ]+[ ,]+([\d.]+)%", colour)
    if light:
        return float("0" + light[1].strip(".")) >= 70
    return (
        "(" in colour
        or re.search(r"white|snow|ivory|azure|linen|seashell|mintcream|lace|lavender|light", colour) is not None
    )


def key_of(selector: str) -> str:
    """Give what an element has to be for a rule to be of it (`p`, `.class`, `#id`, `[name`), "" where it is of no text in the
    page, "*" where it may be of any element."""
    plain = selector.strip()
    if "\\" in plain:
        return ANY
    last = LAST_PART.search(plain[-200:])
    if ELSEWHERE.search(plain) and (last is None or "::" in plain or ":before" in plain or ":after" in plain):
        return ""
    if last is not None and last[1] not in ("from", "to"):
        return last[1]
    named = BY_ATTRIBUTE.search(plain[-200:])
    return named[1] if named else "" if last or not plain or plain.startswith("@") or ELSEWHERE.search(plain) else ANY
