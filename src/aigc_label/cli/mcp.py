"""Serves agents over standard input and output (Model Context Protocol), read-only unless told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.secrets import signed
from aigc_label.cli.starting import COMMANDS, DONE, Invocation
from aigc_label.errors import MissingTool
from aigc_label.ordering import Doing, order_of
from aigc_label.settings import Group

GROUPS: Final = (Group.LABEL, Group.PROPAGATION, Group.MARK, Group.KEYS, Group.WRITE, Group.OUTPUT)
EXAMPLES: Final = ("aigc-label mcp --root pictures/", "aigc-label mcp --root pictures/ --write --producer CODE")


def parser(lang: Lang) -> Parser:
    made = Parser("mcp", lang, COMMANDS["mcp"], EXAMPLES)
    root = Bilingual("the folder whose files may be named (default: this one)", "允许访问的文件夹（默认当前文件夹）")
    made.option("--root", shown="DIR", help_text=root)
    made.option("--write", help_text=Bilingual("allow to write labelled copies", "允许写入已标识的副本"))
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    """Give 0 once the client has gone."""
    try:
        from aigc_label.integrations.mcp import server
    except ImportError as problem:
        raise MissingTool(
            Bilingual("the package mcp is not installed", "未安装软件包 mcp"),
            remedy=Bilingual("Run `pip install 'aigc-label[mcp]'`.", "请运行 `pip install 'aigc-label[mcp]'`。"),
        ) from problem
    order = signed(order_of(Doing.ADD, invocation.settings), invocation)(1) if invocation.arguments.write else None
    server([Path(invocation.arguments.root or ".")], invocation.console.lang, order).run("stdio")
    return DONE
