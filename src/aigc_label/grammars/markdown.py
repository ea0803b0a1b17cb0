"""Knows what in a Markdown file is front matter, what is code or comment, and what is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aigc_label.grammars import yaml
from aigc_label.grammars.text import LINE, lines
from aigc_label.grammars.yaml import Entry

OPENING: Final = re.compile(r"---[ \t]*")
CLOSING: Final = re.compile(r"(?:---|\.\.\.)[ \t]*")
PREFIX: Final = re.compile(
    r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*"
)  # quotes and list items that a fence may stand in
FENCE: Final = re.compile(r"`{3,}|~{3,}")
RAW: Final = re.compile(r"<(script|pre|style|textarea)(?=[\s>]|\Z)", re.IGNORECASE)
SPECIAL: Final = (*" \t>-+*0123456789`~<", "")  # what a line begins with that may be more than text
ITEM: Final = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]|\Z)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The lines between `---` and `---`. `start..end` takes both of them in, `inner..close` is between them."""

    start: int
    inner: int
    close: int
    end: int
    entries: tuple[Entry, ...]


def front_matter_at(characters: str, at: int) -> FrontMatter | None:
    """Give the front matter that begins at the line of `at`; None where there is none: a rule is written `---` too."""
    first = LINE.match(characters, at)
    if first is None or not OPENING.fullmatch(first[0].rstrip("\r\n")):
        return None
    for start, words, end in lines(characters, first.end()):
        if CLOSING.fullmatch(characters[start:words]):
            found = yaml.entries(characters, first.end(), start)
            return None if found is None else FrontMatter(at, first.end(), start, end, found)
    return None


class Kind(StrEnum):
    """What a line of the body is."""

    TEXT = "text"
    BLANK = "blank"
    CODE = "code"  # within a fence, the fence's own lines included
    RAW = "raw"  # within HTML whose content is no Markdown
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body: `start..words` without its line ending, `end` behind it."""

    kind: Kind
    start: int
    words: int
    end: int


def _prefix(line: str) -> str:
    found = PREFIX.match(line)
    return found[0] if found else ""


@dataclass(slots=True)
class _Open:
    """What the lines so far have opened and not closed: a fence with the container it stands in, raw HTML, a comment."""

    fence: str = ""
    container: str = ""
    raw: str = ""
    comment: str = ""  # "block" ends with `-->` only, "inline" with its paragraph too

    def kind_of(self, line: str) -> Kind:
        if not (self.fence or self.comment or self.raw or line[:1] in SPECIAL or "<!--" in line):
            return Kind.TEXT
        prefix = _prefix(line)
        inner = line[len(prefix) :]
        if self.fence and not self._left(line, prefix):
            run = FENCE.match(inner)
            if run and run[0].startswith(self.fence) and not inner[run.end() :].strip():
                self.fence = ""
            return Kind.CODE
        if self.comment and (line.strip() or self.comment == "block"):
            self.comment = "" if "-->" in line else self.comment
            return Kind.COMMENT
        if self.raw:
            self.raw = "" if f"</{self.raw}" in line.lower() else self.raw
            return Kind.RAW
        self.comment = ""
        return self._begun(line, prefix, inner)

    def _left(self, line: str, prefix: str) -> bool:
        """Tell whether the line stands outside the quote or list item that the fence began in, which ends it."""
        indent = len(line) - len(line.lstrip(" "))
        outside_quote = ">" in self.container and ">" not in prefix
        outside_item = ITEM.search(self.container) and line.strip() and indent < len(self.container)
        if outside_quote or (outside_item and ">" not in self.container):
            self.fence = ""
            return True
        return False

    def _begun(self, line: str, prefix: str, inner: str) -> Kind:
        run = FENCE.match(inner)
        if run and not (run[0][0] == "`" and "`" in inner[run.end() :]):
            self.fence, self.container = run[0], prefix
            return Kind.CODE
        if inner.startswith("<!--"):
            self.comment = "" if "-->" in inner[4:] else "block"
            return Kind.COMMENT
        if found := RAW.match(inner):
            self.raw = "" if f"</{found[1].lower()}" in inner.lower() else found[1].lower()
            return Kind.RAW
        if "<!--" in line and "-->" not in line[line.rindex("<!--") :]:
            self.comment = "inline"
        return Kind.TEXT if line.strip() else Kind.BLANK


def body_lines(characters: str, at: int) -> Iterator[Line]:
    """Give the lines from `at` on. Fences are those of CommonMark, wherever they stand in quotes and lists."""
    state = _Open()
    for start, words, end in lines(characters, at):
        yield Line(state.kind_of(characters[start:words]), start, words, end)


def ends_open(characters: str, at: int) -> bool:
    """Tell whether the file ends within a fence, a comment or raw HTML, so that what follows would be part of it."""
    state = _Open()
    for start, words, _ in lines(characters, at):
        state.kind_of(characters[start:words])
    return state.kind_of("") is not Kind.BLANK
