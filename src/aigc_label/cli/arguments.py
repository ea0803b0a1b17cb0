"""Reads a command's arguments: its options come from the table of settings, its messages in both languages."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.console import width_of
from aigc_label.errors import WrongUse
from aigc_label.settings import Group, Kind, Setting, in_groups

GROUP_TITLES: Final = {
    Group.LABEL: Bilingual("the label", "隐式标识"),
    Group.PROPAGATION: Bilingual("the propagator's half", "传播者部分"),
    Group.MARK: Bilingual("the mark", "显式标识"),
    Group.VERIFY: Bilingual("what is asked", "核验要求"),
    Group.INTAKE: Bilingual("intake", "内容接收"),
    Group.FILES: Bilingual("files", "文件"),
    Group.WRITE: Bilingual("writing", "写入"),
    Group.LEDGER: Bilingual("the ledger", "台账"),
    Group.REPORT: Bilingual("reports", "报告"),
    Group.OUTPUT: Bilingual("messages", "消息"),
    Group.SERVE: Bilingual("the service", "服务"),
    Group.KEYS: Bilingual("keys", "密钥"),
}
SHORT: Final = {"quiet": "-q", "verbose": "-v"}

# argparse says these in English only
_SENTENCES: Final = (
    (r"the following arguments are required: (.*)", "缺少参数：{0}"),
    (r"unrecognized arguments: (.*)", "无法识别的参数：{0}"),
    (r"argument (.*?): expected one argument", "{0} 需要一个值"),
    (r"argument (.*?): expected at least one argument", "{0} 至少需要一个值"),
    (r"argument (.*?): ignored explicit argument (.*)", "{0} 不接受值 {1}"),
    (r"argument (.*?): not allowed with argument (.*)", "{0} 不能与 {1} 同时使用"),
)


class Parser(argparse.ArgumentParser):
    """One command's parser. All values stay text: the table of settings checks them, wherever they come from."""

    def __init__(
        self, command: str, lang: Lang, summary: Bilingual, examples: Iterable[str] = (), takes: str = ""
    ) -> None:
        shown = "\n".join(f"  {example}" for example in examples)
        super().__init__(
            prog=f"aigc-label {command}",
            usage=f"aigc-label {command} {'[选项]' if lang is Lang.ZH else '[options]'} {takes}".rstrip(),
            description=summary.said(lang) + (f"\n\n{shown}" if shown else ""),
            formatter_class=_Help,
            add_help=False,
            allow_abbrev=False,
        )
        self.command = command
        self.lang = lang
        self._usage_word = "用法：" if lang is Lang.ZH else "usage: "
        self._positionals.title = "参数" if lang is Lang.ZH else "arguments"
        self._optionals.title = "选项" if lang is Lang.ZH else "options"

    def positional(self, name: str, help_text: Bilingual, nargs: str | None = None) -> None:
        self.add_argument(name, metavar=name.upper(), nargs=nargs, help=help_text.said(self.lang))

    def option(self, *flags: str, help_text: Bilingual, shown: str = "") -> None:
        """Add an option of this command alone: with a value where `shown` names it, else a switch."""
        kind: dict[str, Any] = {"metavar": shown} if shown else {"action": "store_true"}
        self.add_argument(*flags, help=help_text.said(self.lang), **kind)

    def settings(self, groups: Iterable[Group]) -> None:
        """Add every setting of these groups, and what belongs to settings as such."""
        named = tuple(groups)
        rows = in_groups(named)
        for group in named:
            section = self.add_argument_group(GROUP_TITLES[group].said(self.lang))
            for row in rows:
                if row.group is group:
                    _add(section, row, self.lang)
        section = self.add_argument_group("设置" if self.lang is Lang.ZH else "settings")
        for flag, shown, help_text in _ABOUT_SETTINGS:
            kind: dict[str, Any] = {"metavar": shown} if shown else {"action": "store_true"}
            section.add_argument(flag, help=help_text.said(self.lang), **kind)
        section.add_argument(
            "-h", "--help", action="help", help="显示本帮助" if self.lang is Lang.ZH else "show this help"
        )

    def format_usage(self) -> str:
        return self._translated(super().format_usage())

    def format_help(self) -> str:
        return self._translated(super().format_help())

    def _translated(self, text: str) -> str:
        text = text.replace("usage: ", self._usage_word, 1)
        return re.sub(r"^(\S+):$", r"\1：", text, flags=re.MULTILINE) if self.lang is Lang.ZH else text

    def error(self, message: str) -> NoReturn:
        raise WrongUse(
            Bilingual(message, _in_chinese(message)),
            remedy=Bilingual(f"`{self.prog} --help` shows the use.", f"用法见 `{self.prog} --help`。"),
        )


_ABOUT_SETTINGS: Final = (
    ("--config", "FILE", Bilingual("take settings from this file", "从此文件读取设置")),
    ("--isolated", "", Bilingual("look for no configuration file", "不查找配置文件")),
    ("--show-settings", "", Bilingual("print every setting and where it comes from", "列出各项设置及其来源")),
)


def _add(section: Any, row: Setting, lang: Lang) -> None:
    flags = [f"--{row.name}"] + ([SHORT[row.name]] if row.name in SHORT else [])
    text = row.help.said(lang)
    if row.default not in (None, "", (), False) and row.kind is not Kind.SWITCH:
        text += f"（默认 {row.default}）" if lang is Lang.ZH else f" (default: {row.default})"
    text = text.replace("%", "%%")
    if row.kind is Kind.SWITCH:
        section.add_argument(*flags, dest=row.name, action="store_const", const=True, help=text)
        # undoes a variable or a configuration; what the help says about the one says enough about the other
        section.add_argument(
            f"--no-{row.name}", dest=row.name, action="store_const", const=False, help=argparse.SUPPRESS
        )
    elif row.kind is Kind.LIST:
        section.add_argument(*flags, dest=row.name, action="append", metavar=row.shown, help=text)
    else:
        metavar = row.shown or "|".join(row.choices) or "N"
        section.add_argument(*flags, dest=row.name, metavar=metavar, help=text)


def _in_chinese(message: str) -> str:
    for pattern, chinese in _SENTENCES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return chinese.format(*found.groups())
    return message


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns - 2
    except (OSError, ValueError):
        return 78


class _Help(argparse.RawDescriptionHelpFormatter):
    """Breaks lines by columns, of which a Chinese character takes two, and after any character of Chinese.

    No line begins with a mark that closes something, and none ends with one that opens.
    """

    def __init__(self, prog: str) -> None:
        # told the width, argparse need not load `shutil` and three compressors to find it
        super().__init__(prog, max_help_position=28, width=_columns())

    def _split_lines(self, text: str, width: int) -> list[str]:
        lines, line = [], ""
        for piece in re.findall(r"[（《]*(?:[\x21-\u2e7f]+\s*|.)[，。：；、？）》]*", text):
            if line and width_of(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
        return [*lines, line.rstrip()]
