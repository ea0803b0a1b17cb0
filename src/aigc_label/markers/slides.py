"""Puts the words onto slides: a text box at an edge or in a corner, in front of everything else on the slide."""

from __future__ import annotations

from math import ceil
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.grammars import slides, xml
from aigc_label.grammars.opc import Package
from aigc_label.grammars.slides import DRAWING, Deck
from aigc_label.grammars.xml import Element
from aigc_label.markers import Rendering
from aigc_label.markers.boxes import Plate, laid_out
from aigc_label.markers.ends import pages_of, way_of
from aigc_label.marking import Mark, Position

NAME: Final = "AIGC_mark"
POINT: Final = 12_700  # EMU
SLIDE: Final = Bilingual("slide", "张幻灯片")


def render(package: Package, deck: Deck, mark: Mark) -> Rendering:
    """Give the presentation with the words on its first shown slide, its last, both or every one; all else stays.

    The letters are as tall as on a picture of the slide (`mark.height_share`): our choice, 5.1 gives no size for text.
    Raises `InvalidMark` where the words do not fit onto a slide, `UnsupportedFormat` where none is shown.
    """
    if not deck.slides:
        raise UnsupportedFormat(
            Bilingual("the presentation shows no slide", "演示文稿没有可放映的幻灯片"),
            remedy=Bilingual("Add a slide, or show one that is hidden.", "请添加幻灯片，或取消隐藏。"),
        )
    plate = laid_out(mark, deck.width, deck.height)
    for part in [deck.slides[at] for at in pages_of(mark, len(deck.slides))]:
        document = package.part(part)
        root = xml.parse(document, package.source.limits)
        tree = slides.child(root, "cSld", "spTree")
        if tree is None or root.namespace not in DRAWING:
            raise UnsupportedFormat(Bilingual(f"{part} is no slide", f"{part} 不是幻灯片"))
        if mark.position is Position.EVERY and _has_it(tree, plate.words):
            continue
        package.change(part, [_edit(document, tree, _shape(root, plate))])
    return Rendering(plan=package.plan(), words=plate.words, way=way_of(mark, SLIDE))


def _has_it(tree: Element, words: str) -> bool:
    named = (slides.child(shape, "nvSpPr", "cNvPr") for shape in tree.children)
    return any(
        one.attributes.get(("", "name")) == NAME and one.attributes.get(("", "descr")) == words.replace("\n", " ")
        for one in named
        if one is not None
    )


def _edit(document: bytes, tree: Element, markup: str) -> tuple[int, int, bytes]:
    extensions = next((one for one in tree.children if one.name == "extLst"), None)
    if extensions is not None:
        return extensions.start, extensions.start, markup.encode()
    return xml.appended(document, tree, markup.encode())


def _shape(root: Element, plate: Plate) -> str:
    numbers = (slides.number(one, "id") for one in root.walk() if one.name == "cNvPr")
    left, top, width, height = (round(one) for one in (plate.left, plate.top, plate.width, plate.height))
    body = text_body(plate.words, ceil(plate.size / POINT * 100), plate.ink, "p")
    words = xml.escaped(plate.words.replace("\n", " ")).replace('"', "&quot;")
    return (
        f'<p:sp xmlns:p="{root.namespace}" xmlns:a="{DRAWING[root.namespace]}"><p:nvSpPr>'
        f'<p:cNvPr id="{max(numbers, default=0) + 1}" name="{NAME}" descr="{words}"/><p:cNvSpPr txBox="1"/>'
        "<p:nvPr/></p:nvSpPr>"
        f'<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{filled(plate.plate)}<a:ln><a:noFill/></a:ln></p:spPr>{body}</p:sp>'
    )


def filled(level: int) -> str:
    """Give a solid grey."""
    return f'<a:solidFill><a:srgbClr val="{level:02X}{level:02X}{level:02X}"/></a:solidFill>'


def text_body(words: str, hundredths: int, ink: int, prefix: str) -> str:
    """Give the text of a shape: a grey `ink`, `hundredths` of a point large, in the middle of it."""
    fonts = '<a:latin typeface="Arial"/><a:ea typeface="Microsoft YaHei"/>'
    look = f'lang="zh-CN" altLang="en-US" sz="{hundredths}" b="1" i="0" u="none" strike="noStrike" baseline="0"'
    paragraphs = "".join(
        '<a:p><a:pPr marL="0" indent="0" algn="ctr"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        '<a:spcBef><a:spcPts val="0"/></a:spcBef><a:spcAft><a:spcPts val="0"/></a:spcAft><a:buNone/></a:pPr>'
        f"<a:r><a:rPr {look}>{filled(ink)}{fonts}</a:rPr><a:t>{xml.escaped(line)}</a:t></a:r></a:p>"
        for line in words.split("\n")
    )
    return (
        f'<{prefix}:txBody><a:bodyPr vert="horz" wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="ctr">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle/>{paragraphs}</{prefix}:txBody>"
    )
