"""Reads the cues of SubRip and WebVTT files: when each is shown, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.grammars.text import lines

STAMP: Final = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[,.](\d{3})"
TIMING: Final = re.compile(rf"[ \t]*{STAMP}[ \t]*-->[ \t]*{STAMP}(?:[ \t]|\Z)")
STYLED: Final = re.compile(r"<(?:font|c\.)|\{\\(?!an\d\})", re.IGNORECASE)  # colours, sizes and places of a cue's own
BRIEFEST: Final = 1_000  # milliseconds below which nobody reads a sentence
MARKUP: Final = re.compile(r"<[^<>]{0,100}>|\{[^{}]{0,100}\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: it takes the characters from `at` (its number or name included) to `stop`; times in milliseconds.

    `plain`: it stands for a second and more, where and as its player shows every cue.
    """

    at: int
    stop: int
    start: int
    end: int
    text: str
    plain: bool


def is_webvtt(characters: str) -> bool:
    return re.match(r"WEBVTT(?:[ \t\r\n]|\Z)", characters) is not None


def cues(characters: str) -> Iterator[Cue]:
    """Give every cue in the file's order; blocks without a timing line (notes, styles) are none."""
    block: list[tuple[int, int, int]] = []
    for line in (*lines(characters), (len(characters),) * 3):
        if line[1] > line[0] and characters[line[0] : line[1]].strip():
            block.append(line)
            continue
        found = _cue(characters, block)
        if found is not None:
            yield found
        block = []


def _cue(characters: str, block: list[tuple[int, int, int]]) -> Cue | None:
    for number, (start, words, _) in enumerate(block[:2]):
        timing = TIMING.match(characters, start, words)
        if timing is not None:
            text = " ".join(characters[a:b] for a, b, _ in block[number + 1 :])
            since, until = _milliseconds(timing, 1), _milliseconds(timing, 5)
            placed = characters[timing.end() : words].strip() or STYLED.search(text)
            plain = not placed and until - since >= BRIEFEST
            return Cue(block[0][0], block[-1][2], since, until, MARKUP.sub("", text), plain)
    return None


def _milliseconds(found: re.Match[str], group: int) -> int:
    hours, minutes, seconds, rest = (int(found[group + n] or 0) for n in range(4))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def stamped(milliseconds: int, separator: str) -> str:
    """Give a time as these files write it; `separator` is `,` in SubRip and `.` in WebVTT."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{separator}{rest:03}"
