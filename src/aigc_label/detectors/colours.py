"""Measures how far colours that a document names stand apart, and says which letters are too small to be read."""

from __future__ import annotations

import re
from typing import Final

MIN_POINTS: Final = 5.0  # 八号, the smallest size that Chinese printing names; ours: 5.1 gives no size for text
BLACK: Final = "000000"
WHITE: Final = "FFFFFF"
SPELT: Final = re.compile(r"#?([0-9A-Fa-f]{6})")
SHORT: Final = re.compile(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])")
NAMED: Final = {"black": BLACK, "white": WHITE}


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours `RRGGBB`, 1 to 21 (WCAG 2.2, 1.4.3); 1 where one of them cannot be read."""
    first, second = _luminance(one), _luminance(other)
    if first is None or second is None:
        return 1.0
    return round((max(first, second) + 0.05) / (min(first, second) + 0.05), 2)


def contrast_of_automatic(behind: str) -> float:
    """Give the contrast of letters that are black or white, whichever stands out more."""
    return max(contrast(BLACK, behind), contrast(WHITE, behind))


def _luminance(colour: str) -> float | None:
    short = SHORT.fullmatch(colour)
    found = SPELT.fullmatch("".join(one * 2 for one in short.groups()) if short else NAMED.get(colour.lower(), colour))
    if found is None:
        return None
    shares = [int(found[1][at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
