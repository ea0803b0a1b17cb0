"""Writes for people: results to stdout, everything else to stderr, nothing that a file's name could do to a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.inert import shown

if TYPE_CHECKING:
    from aigc_label.cli.progress import Progress


class Style(StrEnum):
    """What a piece of text means; the numbers are those of ECMA-48 (SGR)."""

    GOOD = "32"
    BAD = "31;1"
    UNSURE = "33"
    NAME = "1"
    FAINT = "2"


def width_of(text: str) -> int:
    """Give the columns that text takes on a terminal: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def clipped(text: str, columns: int) -> str:
    """Give the end of text that fits into `columns`, an ellipsis in front where something is missing."""
    if width_of(text) <= columns:
        return text
    while text and width_of(text) > columns - 1:
        text = text[1:]
    return f"…{text}" if columns > 0 else ""


def cut(text: str, columns: int) -> str:
    """Give the beginning of text that fits into `columns`."""
    while width_of(text) > columns:
        text = text[:-1]
    return text


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width_of(text))


class Paint:
    """Colours text, or does not; makes it safe to show either way."""

    __slots__ = ("on",)

    def __init__(self, *, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, style: Style | None = None) -> str:
        safe = shown(text)
        return f"\x1b[{style.value}m{safe}\x1b[0m" if self.on and style is not None else safe


def wants_colour(stream: IO[str], choice: str, environment: Mapping[str, str]) -> bool:
    """Obey --color, then NO_COLOR, then FORCE_COLOR, then TERM=dumb, then whether it is a terminal."""
    if choice in ("always", "never"):
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environment.get("TERM") != "dumb" and stream.isatty()


class Console:
    """The two streams of one run, in one language."""

    def __init__(self, lang: Lang, colour: str = "auto", environment: Mapping[str, str] = os.environ) -> None:
        self.lang = lang
        self.out_paint = Paint(on=wants_colour(sys.stdout, colour, environment))
        self.err_paint = Paint(on=wants_colour(sys.stderr, colour, environment))
        self.quiet = False
        self.verbose = False
        self.overlay: Progress | None = None  # has to make room for a line of text
        self.stream: IO[str] = sys.stdout  # stderr where stdout carries a file

    def say(self, text: Bilingual) -> str:
        return text.said(self.lang)

    def out(self, text: str) -> None:
        """Print a result, already safe to show."""
        if text:
            self._write(self.stream, text)

    def err(self, text: str) -> None:
        """Print anything else, already safe to show."""
        if text:
            self._write(sys.stderr, text)

    def note(self, text: Bilingual) -> None:
        """Print a remark, unless the user wants quiet."""
        if not self.quiet:
            self.err(shown(self.say(text)))

    def _write(self, stream: IO[str], text: str) -> None:
        if self.overlay is not None:
            self.overlay.clear()
        stream.write(text + "\n")
