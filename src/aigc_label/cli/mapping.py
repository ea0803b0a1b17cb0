"""Lays out the map of a file's bytes for people: offset, length, what lies there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.byte_map import Content, Stretch
from aigc_label.cli.console import Console, Style
from aigc_label.evidence import Standing
from aigc_label.telling.names import STANDINGS

MOST: Final = 60  # lines of text; the JSON has them all
NAMES: Final = {
    Content.MEDIA: Bilingual("media", "媒体数据"),
    Content.REST: Bilingual("structure and metadata", "结构与元数据"),
    Content.LABEL: Bilingual("label text", "标识文本"),
    Content.TRACE: Bilingual("raw trace", "原始痕迹"),
    Content.NOTICE: Bilingual("note", "情况"),
}
STYLES: Final = {Content.MEDIA: Style.FAINT, Content.REST: Style.FAINT, Content.LABEL: Style.GOOD}


def map_lines(stretches: Sequence[Stretch], console: Console) -> Iterator[str]:
    """Give the map line by line; candidates stand indented in the stretch that they lie in."""
    yield console.out_paint(console.say(Bilingual("map of the bytes", "字节分布")), Style.NAME)
    for stretch in stretches[:MOST]:
        yield _line(stretch, console)
    if len(stretches) > MOST:
        rest = len(stretches) - MOST
        yield "  " + console.say(
            Bilingual(f"... and {rest} more (`--format json`)", f"……另有 {rest} 项（`--format json`）")
        )


def _line(stretch: Stretch, console: Console) -> str:
    inside = stretch.content not in (Content.MEDIA, Content.REST)
    length = "?" if stretch.length is None else f"{stretch.length:,}"
    number = f" {stretch.number}" if stretch.number is not None else ""
    what = console.say(NAMES[stretch.content]) + number
    standing = console.say(STANDINGS[Standing(stretch.standing)]) if stretch.standing else ""
    more = "  ".join(filter(None, (stretch.name, standing)))
    text = f"{'  ' if inside else ''}@{stretch.start}  {length} B  {what}{f'  {more}' if more else ''}"
    return "  " + console.out_paint(text, STYLES.get(stretch.content, Style.UNSURE))
