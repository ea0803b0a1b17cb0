"""Lists the formats: what can be labelled, what can be marked, where the label goes."""

from __future__ import annotations

from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.console import Console, Style, padded
from aigc_label.cli.starting import COMMANDS, DONE, Invocation
from aigc_label.formats import FORMATS, Format
from aigc_label.inert import json_text
from aigc_label.settings import Group

GROUPS: Final = (Group.OUTPUT,)
YES: Final = Bilingual("yes", "是")
NO: Final = Bilingual("-", "-")


def parser(lang: Lang) -> Parser:
    made = Parser("formats", lang, COMMANDS["formats"], ("aigc-label formats", "aigc-label formats --format json"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    console = invocation.console
    if invocation.text("format") != "text":
        console.out(json_text([_row(row, console.lang) for row in FORMATS]))
        return DONE
    head = [
        console.say(text)
        for text in (
            Bilingual("format", "格式"),
            Bilingual("label", "隐式"),
            Bilingual("mark", "显式"),
            Bilingual("where the label goes", "隐式标识的位置"),
        )
    ]
    console.out(console.out_paint(_columns(*head), Style.NAME))
    for row in FORMATS:
        console.out(_line(row, console))
    return DONE


def _columns(*cells: str) -> str:
    widths = (40, 7, 6, 0)
    return "".join(padded(cell, width) for cell, width in zip(cells, widths, strict=True))


def _line(row: Format, console: Console) -> str:
    name = f"{console.say(Bilingual(row.title, row.title_zh))} ({' '.join(row.suffixes[:3])})"
    yes, no = console.say(YES), console.say(NO)
    lines = [_columns(name, yes if row.adapter else no, yes if row.marker else no, console.say(row.place))]
    if row.remedy.en:
        lines.append(console.out_paint(f"  → {console.say(row.remedy)}", Style.FAINT))
    return "\n".join(line.rstrip() for line in lines)


def _row(row: Format, lang: Lang) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "medium": str(row.medium),
        "suffixes": list(row.suffixes),
        "mime": row.mime,
        "label": bool(row.adapter),
        "mark": bool(row.marker),
        "place": row.place.said(lang),
        "standing": str(row.standing),
        "remedy": row.remedy.said(lang),
    }
