"""Reads what a command works on: files, folders, lists of paths, and the bounds that hold for them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import IO, Any, Final

from aigc_label.batch.jobs import Root, listed_roots
from aigc_label.batch.walk import Filter
from aigc_label.bilingual import Bilingual
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import Invocation
from aigc_label.errors import WrongUse
from aigc_label.limits import DEFAULT_LIMITS, Limits

STREAM: Final = "-"  # standard input or output
BLOCK: Final = 1 << 16


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


def listed(invocation: Invocation) -> Iterator[Root]:
    """Give the paths of --files-from as they come."""
    name, end = invocation.arguments.files_from, b"\0" if invocation.arguments.null else b"\n"
    if name == STREAM:
        yield from listed_roots(_paths(sys.stdin.buffer, end))
        return
    with open(name, "rb") as file:
        yield from listed_roots(_paths(file, end))


def _paths(file: IO[bytes], end: bytes) -> Iterator[str]:
    rest = b""
    while block := file.read1(BLOCK) if hasattr(file, "read1") else file.read(BLOCK):
        *whole, rest = (rest + block).split(end)
        yield from map(os.fsdecode, filter(None, whole))
        if len(rest) > BLOCK:
            raise WrongUse(
                Bilingual("the list holds a path over 64 KiB", "列表中有超过 64 KiB 的路径"),
                remedy=Bilingual(
                    "Is it a list of paths? With NUL ends give -0.", "请确认这是路径列表；以 NUL 分隔时请加 -0。"
                ),
            )
    if rest:
        yield os.fsdecode(rest)


def filter_of(invocation: Invocation) -> Filter:
    return Filter.of(invocation.texts("include"), invocation.texts("exclude"))


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


def each(paths: Iterable[str]) -> list[Root]:
    return [Root(path) for path in paths]
