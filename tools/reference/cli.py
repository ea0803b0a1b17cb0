"""Writes the page on the command: what a person wrote, then every setting and every command's help."""

from __future__ import annotations

import os
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.starting import COMMANDS, command_named
from aigc_label.settings import SETTINGS, Found, Kind, Setting
from tools.reference.layout import table, written_above

FOUND: Final = {
    Found.FREE: Bilingual("set it", "设定"),
    Found.TIGHTEN: Bilingual("tighten it", "收紧"),
    Found.NEVER: Bilingual("not touch it", "不得改动"),
}
HEADS: Final = (
    Bilingual("Option", "选项"),
    Bilingual("Is", "含义"),
    Bilingual("Default", "默认值"),
    Bilingual("Variable", "环境变量"),
    Bilingual("Found may", "自动找到的配置可以"),
)
SETTINGS_HEAD: Final = Bilingual("## Every setting", "## 全部设置")
SETTINGS_NOTE: Final = Bilingual(
    "The configuration's key is the option's name without the dashes. *Found may*: what a configuration that was\n"
    "found, not named, may do with it.",
    "配置文件中的键是去掉前导连字符的选项名。“自动找到的配置可以”一栏，指未经指名、自动找到的配置文件可以对该设置做什么。",
)
COMMANDS_HEAD: Final = Bilingual("## Every command", "## 全部命令")


def cli_page(lang: Lang) -> str:
    """Give the page; the help is laid out for a hundred columns."""
    os.environ["COLUMNS"] = "100"
    heads = tuple(head.said(lang) for head in HEADS)
    parts = [written_above("cli", lang), SETTINGS_HEAD.said(lang), ""]
    parts += [table(heads, (_row(row, lang) for row in SETTINGS.values())), "", SETTINGS_NOTE.said(lang), ""]
    parts.append(COMMANDS_HEAD.said(lang))
    for name in COMMANDS:
        parts += ["", f"### {name}", "", "```text", command_named(name).parser(lang).format_help().rstrip(), "```"]
    return "\n".join(parts) + "\n"


def _row(row: Setting, lang: Lang) -> tuple[str, ...]:
    shown = row.shown or {Kind.COUNT: "N"}.get(row.kind, "")
    words = " ".join(f"`{word}`" for word in row.choices if not row.shown)
    option = f"`--{row.name} {shown}`" if shown else f"`--{row.name}` {words}".rstrip()
    default = "" if row.default in (None, "", (), False) else f"`{row.default}`"
    return option, row.help.said(lang), default, f"`{row.variable}`", FOUND[row.found].said(lang)
