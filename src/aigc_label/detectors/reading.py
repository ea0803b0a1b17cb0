"""Reads a line of words whose size and place are known, letter by letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aigc_label.detectors.glyphs import EM, ROWS, Samples, alphabet

LEAST: Final = 0.5  # correlation under which a place holds no letter that we know
SURE: Final = 0.62  # correlation of a letter that may lengthen a reading
FAINT: Final = 0.3  # of the line's own contrast: what varies less is plate, not ink
GAP: Final = 1.1  # ems without a letter that end the words


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter read, from column `left` to `right` of the line, with its correlation 0..1."""

    char: str
    left: int
    right: int
    score: float


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line of words stands: left end and baseline in pixels of the picture, size of an em, ink light or dark."""

    left: float
    baseline: float
    em: float
    light: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Letters read on one line, with the line: enough to find each letter's box in the picture."""

    line: Line
    run: tuple[Letter, ...]

    @property
    def text(self) -> str:
        return spelt(self.run)


def letters(line: Samples, contrast: float) -> list[Letter]:
    """Give the letters on a line of `ROWS` rows, whose ink is the brighter, from left to right, none overlapping.

    `contrast` is the standard deviation of grey levels where a letter is known to stand. Among all ways to lay letters
    along the line, this one has the greatest sum of (correlation - LEAST) x width.
    """
    columns = line.shape[1]
    best = np.zeros(columns + 1)
    came: list[Letter | None] = [None] * (columns + 1)
    by_end: dict[int, list[Letter]] = {}
    for group in alphabet():
        if group.width > columns:
            continue
        windows = sliding_window_view(line, (ROWS, group.width))[0].reshape(-1, ROWS * group.width)
        centred = windows - windows.mean(axis=1, keepdims=True)
        length = np.sqrt((centred * centred).sum(axis=1))
        length[length < FAINT * contrast * np.sqrt(ROWS * group.width)] = np.inf
        score = (centred @ group.patterns.T) / length[:, None]
        chosen = score.argmax(axis=1)
        for left, number in enumerate(chosen.tolist()):
            if (value := float(score[left, number])) > LEAST:
                end = left + group.width
                by_end.setdefault(end, []).append(Letter(group.letters[number], left, end, value))
    for end in range(1, columns + 1):
        best[end] = best[end - 1]
        for letter in by_end.get(end, ()):
            worth = best[letter.left] + (letter.score - LEAST) * (letter.right - letter.left)
            if worth > best[end]:
                best[end], came[end] = worth, letter
    return _traced(best, came)


def _traced(best: np.ndarray, came: list[Letter | None]) -> list[Letter]:
    out: list[Letter] = []
    end = len(best) - 1
    while end > 0:
        letter = came[end]
        if letter is None:
            end -= 1
        else:
            out.append(letter)
            end = letter.left
    return out[::-1]


def run_around(line: list[Letter], centre: float) -> list[Letter]:
    """Give the letters that belong together around a column: no gap of `GAP` ems, none unsure at the ends."""
    runs: list[list[Letter]] = []
    for letter in line:
        if runs and letter.left - runs[-1][-1].right <= GAP * EM:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    for run in runs:
        if run[0].left <= centre <= run[-1].right:
            while run and run[0].score < SURE and run[0].right < centre:
                run.pop(0)
            while run and run[-1].score < SURE and run[-1].left > centre:
                run.pop()
            return run
    return []


def spelt(run: Sequence[Letter]) -> str:
    """Give the words of a run; `…` stands for what lies between letters and could not be read."""
    out = ""
    for at, letter in enumerate(run):
        if at and letter.left - run[at - 1].right > 0.6 * EM:
            out += "…"
        out += letter.char
    return out
