"""Says how far the letters of a Word document stand out from what lies behind them: paper, shading, the cells of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.detectors.colours import WHITE, contrast, contrast_of_automatic
from aigc_label.grammars import word
from aigc_label.grammars.word import Run, Styles
from aigc_label.grammars.xml import Element

THEME: Final = {
    "text1": "dk1", "dark1": "dk1", "text2": "dk2", "dark2": "dk2", "background1": "lt1", "light1": "lt1",
    "background2": "lt2", "light2": "lt2", "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip
OFFICE: Final = {"dk1": "000000", "lt1": WHITE, "lt2": WHITE}  # where a document has no theme
HIGHLIGHTS: Final = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip


def contrast_of(paragraph: Element, run: Run, styles: Styles, paper: str) -> float:
    """Give the contrast of a run to what lies behind it; automatic letters are black or white, whichever is seen."""
    behind = _behind(paragraph, run, styles) or {WHITE, paper}  # a page's colour is shown or not, as a program likes
    letters = _colours(styles.of_run(paragraph, run, "color"), ("val", "theme"), styles)
    if not letters:
        return min(contrast_of_automatic(one) for one in behind)
    return min(contrast(letter, one) for letter in letters for one in behind)


def _colours(element: Element | None, names: tuple[str, str], styles: Styles) -> set[str]:
    """Give the colours that an element may show: the one it states, and the theme's that programs prefer to it."""
    plain, themed = names
    stated = word.value(element, plain)
    found = {stated} if stated and stated != "auto" else set()
    name = word.value(element, f"{themed}Color" if themed == "theme" else themed)
    if name and name != "none":
        key = THEME.get(name, name)
        base = styles.theme.get(key) or OFFICE.get(key)
        changed = [word.value(element, f"{themed}{change}") for change in ("Tint", "Shade")]
        found |= {_mixed(base, *changed)} if base else set()
    return found


def _mixed(colour: str, tint: str | None, shade: str | None) -> str:
    """Give a colour made lighter or darker by shares of 255 (ECMA-376-1, 17.3.2.6); as it is where one cannot be read."""
    try:
        light, dark, levels = int(tint or "FF", 16), int(shade or "FF", 16), bytes.fromhex(colour)
    except ValueError:
        return colour
    return bytes(min(255, (255 - (255 - level) * light // 255) * dark // 255) for level in levels).hex()


def _behind(paragraph: Element, run: Run, styles: Styles) -> set[str]:
    """Give the colours of the highlight or shading behind a run, none where it stands on the paper."""
    highlight = word.value(styles.of_run(paragraph, run, "highlight"))
    if highlight in HIGHLIGHTS:
        return {HIGHLIGHTS[highlight]}
    for shading in (styles.of_run(paragraph, run, "shd"), styles.of_paragraph(paragraph, "shd"), *_cells(paragraph)):
        found = _colours(shading, ("fill", "themeFill"), styles)
        if word.value(shading) not in (None, "clear", "nil"):
            found |= _colours(shading, ("color", "theme"), styles)
        if found:
            return found
    return set()


def _cells(paragraph: Element) -> Iterator[Element | None]:
    """Give the shading of the cells and tables around a paragraph, the innermost first."""
    around = paragraph.parent
    while around is not None:
        for group in ("tcPr", "tblPr"):
            yield word.child(word.child(around, group), "shd")
        around = around.parent
