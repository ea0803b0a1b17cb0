"""Says whether a text box of DrawingML shows its words as plainly as they are written: what is not known may hide them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aigc_label.grammars.slides import child, number
from aigc_label.grammars.xml import Element

ANY: Final = re.compile(r".*", re.DOTALL)
ZERO: Final = re.compile(r"0|0%")
NEAR: Final = re.compile(r"-?\d{1,6}")  # EMU: less than 2.8 cm
SMALL: Final = re.compile(r"-?\d{1,2}|\d{3}")  # hundredths of a point between letters
SYMBOLS: Final = re.compile(
    r"(?!.*(?:dings|symbol|marlett|icon)).*", re.IGNORECASE | re.DOTALL
)  # typefaces without these
UNREAD: Final = frozenset({  # elements whose content hides no words, or is looked at elsewhere
    "extLst", "endParaRPr", "solidFill", "noFill", "gradFill", "blipFill", "pattFill", "cNvSpPr", "nvPr", "style", "avLst",
    "lstStyle", "uLn", "uFill", "uLnTx", "uFillTx", "buFont", "buChar", "buAutoNum", "buNone", "buClr", "buClrTx",
})  # fmt: skip
KNOWN: Final = {  # elements, and which values of which attributes leave the words as they are
    "sp": {"macro": re.compile(""), "textlink": re.compile("")},
    "nvSpPr": {}, "spPr": {"bwMode": ANY}, "txBody": {}, "p": {}, "r": {}, "t": {"space": ANY}, "effectLst": {},
    "cNvPr": {"id": ANY, "name": ANY, "descr": ANY, "title": ANY, "hidden": ANY},
    "xfrm": {"rot": ZERO}, "off": {"x": ANY, "y": ANY}, "ext": {"cx": ANY, "cy": ANY},
    "prstGeom": {"prst": re.compile("rect|roundRect")},
    "bodyPr": {
        "wrap": ANY, "anchor": ANY, "anchorCtr": ANY, "rtlCol": ANY, "rot": ZERO, "vert": re.compile("horz"),
        "numCol": re.compile("1"), "spcCol": ANY, "vertOverflow": re.compile("overflow"), "compatLnSpc": ANY,
        "horzOverflow": re.compile("overflow"), "fromWordArt": ZERO, "forceAA": ANY, "spcFirstLastPara": ZERO,
        "lIns": NEAR, "tIns": NEAR, "rIns": NEAR, "bIns": NEAR,
    },
    "normAutofit": {"fontScale": ANY, "lnSpcReduction": ANY}, "noAutofit": {}, "spAutoFit": {},
    "prstTxWarp": {"prst": re.compile("textNoShape")},
    "pPr": {
        "algn": ANY, "marL": NEAR, "marR": NEAR, "indent": NEAR, "lvl": ZERO, "fontAlgn": ANY, "rtl": ANY, "eaLnBrk": ANY,
        "latinLnBrk": ANY, "hangingPunct": ANY, "defTabSz": ANY,
    },
    "lnSpc": {}, "spcBef": {}, "spcAft": {}, "spcPct": {"val": re.compile(r"\d{1,6}")},
    "spcPts": {"val": re.compile(r"\d{1,4}")},
    "rPr": {
        "lang": ANY, "altLang": ANY, "sz": ANY, "b": ANY, "i": ANY, "u": ANY, "kern": ANY, "dirty": ANY, "err": ANY,
        "smtClean": ANY, "smtId": ANY, "bmk": ANY, "noProof": ANY, "normalizeH": ANY, "kumimoji": ANY, "baseline": ZERO,
        "strike": re.compile("noStrike"), "spc": SMALL,
    },
    **{
        name: {"typeface": SYMBOLS, "panose": ANY, "pitchFamily": ANY, "charset": ANY}
        for name in ("latin", "ea", "cs", "sym")
    },
}  # fmt: skip
OUTLINE: Final = 127_000  # EMU: a line that is wider is an area


def is_plain(shape: Element) -> bool:
    """Tell whether nothing on a shape turns, moves, covers or changes its words but what is known to leave them readable."""
    for one in _read(shape):
        known = KNOWN.get(one.name)
        if known is None:
            return False
        if any(name not in known or not known[name].fullmatch(value) for (_, name), value in one.attributes.items()):
            return False
    text = child(shape, "txBody")
    written = (
        ["".join(one.text for one in part.walk() if one.name == "t") for part in text.children if part.name == "p"]
        if text
        else []
    )
    spaces = "".join(written)
    return bool(written) and bool(written[0].strip()) and len(spaces) - len("".join(spaces.split())) <= 20


def _read(element: Element) -> Iterator[Element]:
    yield element
    for one in element.children:
        if one.name not in UNREAD and not (one.name == "ln" and element.name == "spPr"):
            yield from _read(one)


def is_filled(shape: Element) -> bool:
    """Tell whether a shape may hide what lies under it: any but one without a fill and without a broad line."""
    own, outlined = child(shape, "spPr"), is_outlined(shape)
    if shape.name == "cxnSp":
        return outlined
    reference = child(shape, "style", "fillRef")
    themed = reference is not None and reference.attributes.get(("", "idx"), "0") not in ("0", "1000")
    clear = child(own, "noFill") is not None or not themed
    stated = own is not None and any(one.name.endswith("Fill") and one.name != "noFill" for one in own.children)
    painted = any(key == "useBgFill" and value not in ("0", "false") for (_, key), value in shape.attributes.items())
    return shape.name != "sp" or stated or not clear or outlined or painted


def is_outlined(shape: Element) -> bool:
    """Tell whether a shape's line is so broad that it reaches beyond the shape."""
    line = child(shape, "spPr", "ln")
    return number(line, "w") > OUTLINE and child(line, "noFill") is None
