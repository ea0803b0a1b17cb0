"""Gives the roots of a batch: what was named, or the paths of a list as they come."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Final

from aigc_label.batch.jobs import Root, listed_roots
from aigc_label.batch.walk import Filter
from aigc_label.bilingual import Bilingual
from aigc_label.cli.sources import STREAM
from aigc_label.cli.starting import Invocation
from aigc_label.errors import WrongUse

BLOCK: Final = 1 << 16


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


def each(paths: Iterable[str]) -> list[Root]:
    return [Root(path) for path in paths]


def shard_of(invocation: Invocation) -> tuple[int, int]:
    """Give (number, of how many) of --shard, (1, 1) without it. Raises `WrongUse`."""
    given = invocation.text("shard")
    if not given:
        return 1, 1
    found = re.fullmatch(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", given)
    if found is None or int(found[1]) > int(found[2]):
        raise WrongUse(
            Bilingual(
                f"--shard takes I/N with I from 1 to N, not {given!r}",
                f"--shard 的形式为 I/N（I 为 1 到 N），而非 {given!r}",
            ),
            remedy=Bilingual("The first of four: --shard 1/4.", "例如四份中的第一份：--shard 1/4。"),
        )
    return int(found[1]), int(found[2])
