"""Walks folders as a stream, without following links, in an order that stays the same from run to run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from aigc_label.bilingual import Bilingual
from aigc_label.errors import WrongUse
from aigc_label.output import PREFIX, SUFFIX
from aigc_label.sidecar import SUFFIX as SIDECAR

SORTED: Final = 10_000  # names of one folder that are sorted together: memory stays flat in a folder of a million
VERSION_CONTROL: Final = (".git", ".hg", ".svn")  # holds a program's own files, none of them content


class Found(NamedTuple):
    """One entry that counts: `path` to open, `relative` to the folder that was asked for.

    `obstacle` is "" for a regular file, "link" or "special" for what is not one, "folder" for a folder that could not
    be listed (`number` is then the system's error number).
    """

    path: str
    relative: str
    obstacle: str = ""
    number: int = 0


@dataclass(slots=True)
class Passed:
    """What a walk left out, for the summary: nothing disappears without being counted."""

    excluded: int = 0
    version_control: int = 0
    links: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries of a folder count. A pattern without `/` is compared with the name, one with `/` with the path below
    the folder; `**` stands for any number of folders."""

    include: re.Pattern[str] | None = None
    exclude: re.Pattern[str] | None = None

    @classmethod
    def of(cls, include: Iterable[str], exclude: Iterable[str]) -> Filter:
        return cls(_compiled(include), _compiled(exclude))

    def takes(self, relative: str) -> bool:
        """Tell whether a file counts."""
        return self.include is None or self.include.fullmatch(relative) is not None

    def leaves_out(self, relative: str) -> bool:
        """Tell whether a file, or a folder with all below it, is excluded."""
        return self.exclude is not None and self.exclude.fullmatch(relative) is not None


EVERYTHING: Final = Filter()


def _compiled(patterns: Iterable[str]) -> re.Pattern[str] | None:
    parts = []
    for pattern in patterns:
        try:
            parts.append(re.compile(_regex(pattern.rstrip("/")), re.DOTALL).pattern)
        except re.error as problem:
            raise WrongUse(
                Bilingual(
                    f"the pattern {pattern!r} cannot be used: {problem}", f"模式 {pattern!r} 无法使用：{problem}"
                ),
                remedy=Bilingual(
                    "Use *, ?, [abc] and ** as in a shell.", "可使用 *、?、[abc] 和 **，含义与 shell 相同。"
                ),
            ) from problem
    return re.compile("|".join(parts), re.DOTALL) if parts else None


def _regex(pattern: str) -> str:
    if "/" not in pattern:
        return "(?:.*/)?" + _piece(pattern)
    pieces = pattern.lstrip("/").split("/")
    out = []
    for piece in pieces[:-1]:
        out.append("(?:.*/)?" if piece == "**" else _piece(piece) + "/")
    out.append(".*" if pieces[-1] == "**" else _piece(pieces[-1]))
    return "".join(out)


def _piece(glob: str) -> str:
    """One name of a pattern: `*`, `?` and `[...]` as in a shell, never across a `/`."""
    out = ""
    for part in re.split(r"(\*+|\?|\[[!^]?\]?[^\]/]*\])", glob):
        if part.startswith("*"):
            out += "[^/]*"
        elif part == "?":
            out += "[^/]"
        elif part.startswith("[") and part.endswith("]") and len(part) > 2:
            inside = part[1:-1].replace("\\", "\\\\")
            out += "[^/" + inside[1:] + "]" if inside[0] in "!^" else "[" + inside + "]"
        else:
            out += re.escape(part)
    return out


def walk(folder: str, chosen: Filter = EVERYTHING, passed: Passed | None = None) -> Iterator[Found]:
    """Give every entry below `folder` that counts: its files by name, then its folders by name.

    Drafts of this program are not content, and sidecars are looked at with the file they lie beside. Links are given as
    obstacles and never followed. A folder that cannot be listed is an obstacle too, and the walk goes on.
    """
    passed = passed if passed is not None else Passed()
    waiting = [("", folder)]
    while waiting:
        relative, path = waiting.pop()
        below: list[tuple[str, str]] = []
        try:
            yield from _listed(path, relative, chosen, passed, below)
        except OSError as problem:
            yield Found(path, relative, "folder", problem.errno or 0)
        below.sort(reverse=True)
        waiting += below


def _listed(path: str, relative: str, chosen: Filter, passed: Passed, below: list[tuple[str, str]]) -> Iterator[Found]:
    """Give one folder's files in sorted blocks; its folders are put into `below`."""
    block: list[Found] = []
    follow = 0 if relative == "" else os.O_NOFOLLOW  # a folder swapped for a link in the meantime is not entered
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | follow)
    prefix = f"{relative}/" if relative else ""
    base = path if path.endswith("/") else f"{path}/"
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = entry.name
                inside = prefix + name
                if entry.is_dir(follow_symlinks=False):
                    if name in VERSION_CONTROL:
                        passed.version_control += 1
                    elif chosen.leaves_out(inside):
                        passed.excluded += 1
                    else:
                        below.append((inside, base + name))
                    continue
                if (name.startswith(PREFIX) and name.endswith(SUFFIX)) or name.endswith(SIDECAR):
                    continue
                if chosen.leaves_out(inside) or not chosen.takes(inside):
                    passed.excluded += 1
                    continue
                block.append(Found(base + name, inside, _obstacle(entry)))
                if len(block) >= SORTED:
                    yield from sorted(block)
                    block.clear()
    finally:
        os.close(descriptor)
    yield from sorted(block)


def _obstacle(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    return "" if entry.is_file(follow_symlinks=False) else "special"
