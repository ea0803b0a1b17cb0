"""Writes elements of HTML and XML so that no text from outside can become markup: what is not `Markup` is escaped."""

from __future__ import annotations

from html import escape
from typing import Final, NewType

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.inert import shown

Markup = NewType("Markup", str)
NOTHING: Final = Markup("")


def text(plain: str) -> Markup:
    """Give text as it reads, controls and characters that turn the direction of reading written as escapes."""
    return Markup(escape(shown(plain)))


def element(tag: str, /, *children: Markup, **attributes: str | int | float | None) -> Markup:
    """Give an element; of a keyword, `_` stands for `-` and one at its end is dropped (`class_`). None: no attribute."""
    return Markup(f"<{tag}{_attributes(attributes)}>{''.join(children)}</{tag}>")


def empty(tag: str, /, **attributes: str | int | float | None) -> Markup:
    """Give an element without an end tag; in XML and SVG, one that closes itself."""
    return Markup(f"<{tag}{_attributes(attributes)}/>")


def _attributes(attributes: dict[str, str | int | float | None]) -> str:
    return "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(shown(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )


def joined(*parts: Markup) -> Markup:
    return Markup("".join(parts))


def said(sentence: Bilingual, lang: Lang, tag: str = "span", /, **attributes: str | None) -> Markup:
    """Give a sentence in one language that carries the other, for the page's switch."""
    other = Lang.EN if lang is Lang.ZH else Lang.ZH
    twin = None if sentence.en == sentence.zh else sentence.said(other)
    return element(tag, text(sentence.said(lang)), data_twin=twin, **attributes)
