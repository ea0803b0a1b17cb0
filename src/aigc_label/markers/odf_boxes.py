"""Writes text boxes as OpenDocument has them: a frame with its styles."""

from __future__ import annotations

from typing import Final

from aigc_label.grammars import xml
from aigc_label.grammars.opendocument import DRAW, FO, STYLE, SVG, TEXT

NAME: Final = "AIGC_mark"  # of styles and frames, so that a mark in any wording is known again

Rectangle = tuple[float, float, float, float]  # left, top, width, height in centimetres


def box(name: str, words: str, where: Rectangle) -> str:
    """Give a text box with the words, set in the styles that `box_styles` gives for the same name."""
    left, top, width, height = (f"{one:.3f}cm" for one in where)
    lines = "".join(f'<text:p text:style-name="{name}p">{xml.escaped(line)}</text:p>' for line in words.split("\n"))
    return (
        f'<draw:frame xmlns:draw="{DRAW}" xmlns:svg="{SVG}" xmlns:text="{TEXT}" draw:name="{NAME}" draw:style-name="{name}" '
        f'draw:text-style-name="{name}p" draw:layer="layout" svg:x="{left}" svg:y="{top}" svg:width="{width}" '
        f'svg:height="{height}"><draw:text-box>{lines}</draw:text-box></draw:frame>'
    )


def box_styles(name: str, points: float, plate: int, ink: int) -> str:
    """Give the automatic styles of a text box: letters of a grey `ink` on a `plate`, as large as the box was made for."""
    behind, letters = f"#{plate:02x}{plate:02x}{plate:02x}", f"#{ink:02x}{ink:02x}{ink:02x}"
    size = f"{points:.1f}pt"
    return (
        f'<style:style xmlns:style="{STYLE}" xmlns:draw="{DRAW}" xmlns:fo="{FO}" style:name="{name}" style:family="graphic">'
        f'<style:graphic-properties draw:stroke="none" draw:fill="solid" draw:fill-color="{behind}" draw:opacity="100%" '
        'draw:shadow="hidden" draw:textarea-horizontal-align="center" draw:textarea-vertical-align="middle" '
        'draw:auto-grow-height="false" draw:auto-grow-width="false" draw:fit-to-size="false" fo:wrap-option="no-wrap" '
        'fo:padding-top="0cm" fo:padding-bottom="0cm" fo:padding-left="0cm" fo:padding-right="0cm" '
        'fo:min-height="0cm" fo:min-width="0cm"/></style:style>'
        f'<style:style xmlns:style="{STYLE}" xmlns:fo="{FO}" xmlns:text="{TEXT}" style:name="{name}p" '
        'style:family="paragraph"><style:paragraph-properties fo:text-align="center" fo:margin-left="0cm" '
        'fo:margin-right="0cm" fo:margin-top="0cm" fo:margin-bottom="0cm" fo:text-indent="0cm" fo:line-height="100%"/>'
        f'<style:text-properties fo:color="{letters}" style:use-window-font-color="false" fo:font-family="Arial" '
        "style:font-family-asian=\"'Microsoft YaHei'\" "
        f'fo:font-size="{size}" style:font-size-asian="{size}" fo:font-weight="bold" style:font-weight-asian="bold" '
        'text:display="true"/></style:style>'
    )
