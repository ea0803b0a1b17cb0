"""Reads a line of words whose size and place are known, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aigc_label.detectors.glyphs import EM, ROWS, Glyphs, Samples, alphabet

LEAST: Final = 0.5  # correlation under which a place holds no letter that we know
SURE: Final = 0.75  # correlation of a letter outside the elements that may begin or end a reading
FAINT: Final = 0.12  # standard deviation of ink 0..1: what varies less is plate, not ink
MEANINGLESS: Final = 0.2  # mean squared ink that costs nothing to leave unread: else noise would be read as dense Han
OVERLAP: Final = 1  # columns that neighbours may share: places are whole columns, letters stand between them
EXPECTED: Final = frozenset("人工智能AI生成合")  # letters of the elements: of two that fit alike, this is the one
PREFERENCE: Final = 1.05
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


def letters(line: Line, ink: Samples) -> list[Letter]:
    """Give the letters on a line from left to right, none overlapping.

    `ink` (`ROWS`, columns) is 0 where the plate is and 1 where ink is. Among all ways to lay letters along the line,
    this one leaves the least squared difference between ink and letters; each explains its place better than LEAST.
    """
    columns = ink.shape[1]
    best = np.zeros(columns + 1)
    came: list[Letter | None] = [None] * (columns + 1)
    by_end: dict[int, list[tuple[float, Letter]]] = {}
    for group in alphabet(line.em):
        for worth, letter in _fitting(group, ink):
            by_end.setdefault(letter.right, []).append((worth, letter))
    for end in range(1, columns + 1):
        best[end] = best[end - 1]
        for worth, letter in by_end.get(end, ()):
            if best[letter.left + OVERLAP] + worth > best[end]:
                best[end], came[end] = best[letter.left + OVERLAP] + worth, letter
    return _traced(best, came)


def _fitting(group: Glyphs, ink: Samples) -> Iterator[tuple[float, Letter]]:
    """Give for each column the letter of this width that explains most, with the squared difference that it saves."""
    size = ROWS * group.width
    windows = sliding_window_view(ink, (ROWS, group.width))[0].reshape(-1, size)
    means, energy = windows.mean(axis=1), (windows * windows).sum(axis=1)
    deviations = np.sqrt(np.maximum(energy - size * means * means, 0))
    deviations[deviations < FAINT * np.sqrt(size)] = np.inf
    shared = windows @ group.patterns.T
    score = (shared - size * np.outer(means, group.means)) / np.outer(deviations, group.deviations)
    left_over = energy[:, None] - 2 * shared + (group.patterns * group.patterns).sum(axis=1)
    unread = np.minimum((ink * ink).sum(axis=0), MEANINGLESS * ROWS)  # what each column costs without a letter
    saved = sliding_window_view(unread, group.width).sum(axis=1)[:, None] - left_over
    saved[:, [char in EXPECTED for char in group.letters]] *= PREFERENCE
    saved[score < LEAST] = 0
    chosen = saved.argmax(axis=1)
    for left in np.flatnonzero(saved.max(axis=1) > 0).tolist():
        number = int(chosen[left])
        letter = Letter(group.letters[number], left, left + group.width, float(score[left, number]))
        yield float(saved[left, number]), letter


def _traced(best: np.ndarray, came: list[Letter | None]) -> list[Letter]:
    out: list[Letter] = []
    end = len(best) - 1
    while end > 0:
        letter = came[end]
        if letter is None:
            end -= 1
        else:
            out.append(letter)
            end = letter.left + OVERLAP
    return out[::-1]


def run_around(line: list[Letter], centre: float) -> list[Letter]:
    """Give the letters that belong together around a column: no gap of `GAP` ems, none doubtful at the ends."""
    runs: list[list[Letter]] = []
    for letter in line:
        if runs and letter.left - runs[-1][-1].right <= GAP * EM:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    for run in runs:
        if run[0].left <= centre <= run[-1].right:
            while run and _doubtful(run[0]):
                run.pop(0)
            while run and _doubtful(run[-1]):
                run.pop()
            return run
    return []


def _doubtful(letter: Letter) -> bool:
    """Tell whether an outer letter may be the picture's own pattern rather than part of the words."""
    return letter.char not in EXPECTED and letter.score < SURE


def spelt(run: Sequence[Letter]) -> str:
    """Give the words of a run; `…` stands for what lies between letters and could not be read."""
    out = ""
    for at, letter in enumerate(run):
        if at and letter.left - run[at - 1].right > 0.6 * EM:
            out += "…"
        out += letter.char
    return out
