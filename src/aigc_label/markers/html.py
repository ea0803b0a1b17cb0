"""Puts the words into a page: a bar at its top or bottom that needs no style sheet and that screen readers read."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from aigc_label.grammars.html import document_of
from aigc_label.grammars.html_body import Places, places_of
from aigc_label.markers import Rendering
from aigc_label.markers.paragraphs import PLACES, asked, nearest
from aigc_label.marking import Mark, Position
from aigc_label.source import Source
from aigc_label.splice import replaced
from aigc_label.wording import words_of

# `all:initial` shuts the page's own style out, `!important` what its sheets say with weight
LOOK: Final = {
    "all": "initial",
    "display": "block",
    "visibility": "visible",
    "opacity": "1",
    "box-sizing": "border-box",
    "flex": "none",
    "grid-column": "1/-1",
    "width": "100%",
    "padding": "8px 16px",
    "background": "#fff",
    "color": "#111",
    "font": "600 16px/1.5 system-ui,-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif",
    "text-align": "center",
}
TOP: Final = {**LOOK, "border-bottom": "1px solid #111", "position": "sticky", "top": "0", "z-index": "2147483647"}
BELOW: Final = {**LOOK, "border-top": "1px solid #111", "position": "relative"}


def render(source: Source, mark: Mark) -> Rendering:
    """Give the page with the bar first or last in its body, or between two paragraphs; every byte that was there stays.

    Raises `UnsupportedFormat` for a page of frames or in an encoding that is not edited, `LimitExceeded`, `MalformedFile`
    and `InvalidMark` as the markers of other texts do.
    """
    document = document_of(source)
    added = list(_additions(places_of(document), mark))
    places = document.places(at for at, _ in added)
    plan = replaced(source.size, [(places[at], places[at], document.written(new)) for at, new in added])
    return Rendering(plan=plan, words=words_of(mark), way=PLACES[mark.position])


def _additions(places: Places, mark: Mark) -> Iterator[tuple[int, str]]:
    if asked(mark, Position.START):
        yield places.first, _bar(mark, TOP)
    if asked(mark, Position.MIDDLE):
        yield nearest(places.between, places.first, places.last), _bar(mark, BELOW)
    if asked(mark, Position.END):
        yield places.last, _bar(mark, BELOW)


def _bar(mark: Mark, look: dict[str, str]) -> str:
    style = ";".join(f"{name}:{value}!important" for name, value in look.items())
    return f'<div role="note" lang="zh-CN" style="{style}">{escape(words_of(mark), quote=False)}</div>'
