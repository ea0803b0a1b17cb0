"""Declares what a command works on, checks that it was said, and the bounds that hold for hostile files."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import Invocation
from aigc_label.errors import WrongUse
from aigc_label.limits import DEFAULT_LIMITS, Limits

STREAM: Final = "-"  # standard input or output


def options(parser: Parser) -> None:
    """Add what every command takes that works on many files."""
    parser.positional(
        "source", Bilingual("files or folders; - for standard input", "文件或文件夹；- 表示标准输入"), "*"
    )
    parser.option(
        "--files-from",
        shown="FILE",
        help_text=Bilingual(
            "take paths from a list, one a line; - for standard input", "从列表读取路径，每行一个；- 表示标准输入"
        ),
    )
    parser.option("-0", "--null", help_text=Bilingual("paths in the list end with NUL", "列表中的路径以 NUL 分隔"))


def check(invocation: Invocation) -> None:
    """Raise `WrongUse` where nothing was named, or a list and arguments together."""
    sources, listed = invocation.arguments.source, invocation.arguments.files_from
    if bool(sources) == bool(listed):
        raise WrongUse(
            Bilingual("name files, or a list with --files-from", "请指定文件，或用 --files-from 指定列表")
            if not sources
            else Bilingual("name files or a list, not both", "文件与列表只能指定其一"),
            remedy=Bilingual("For instance: aigc-label verify pictures/", "例如：aigc-label verify 图片文件夹/"),
        )
    if STREAM in sources and len(sources) > 1:
        raise WrongUse(
            Bilingual("standard input can only stand alone", "标准输入只能单独使用"),
            remedy=Bilingual("A file called - is ./-.", "名为 - 的文件请写作 ./-。"),
        )


def limits_of(invocation: Invocation) -> Limits:
    """Give the bounds with what --limit raised. Raises `WrongUse` for a name or number that cannot be."""
    given: dict[str, Any] = {}
    known = {field.name: type(getattr(DEFAULT_LIMITS, field.name)) for field in fields(Limits)}
    for text in invocation.texts("limit"):
        name, _, value = text.partition("=")
        try:
            given[name] = known[name](value)
        except (KeyError, ValueError) as problem:
            names = " ".join(known)
            raise WrongUse(
                Bilingual(f"--limit {text!r} is not NAME=VALUE", f"--limit {text!r} 不是 名称=值"),
                remedy=Bilingual(f"The names: {names}.", f"可用的名称：{names}。"),
            ) from problem
    return Limits(**given) if given else DEFAULT_LIMITS
