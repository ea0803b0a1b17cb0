"""Reads a line of words whose size and place are known, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aigc_label.detectors.glyphs import EM, ROWS, STOPS, Glyphs, Samples, alphabet
from aigc_label.marking import AI_ELEMENT, GENERATION_ELEMENT

LEAST: Final = 0.5  # correlation under which a place holds no letter that we know
WHOLE: Final = 0.62  # the same for a whole element, which may stand in another typeface
RIVAL: Final = 0.05  # of correlation: how much better another letter may fit in an element's place
ALIKE: Final = 0.85  # of the elements' correlation: what the letters before and behind them need, being drawn alike
FAINT: Final = 0.12  # standard deviation of ink 0..1: what varies less is plate, not ink
MEANINGLESS: Final = 0.2  # mean squared ink that costs nothing to leave unread: else noise would be read as dense Han
OVERLAP: Final = 1  # columns that neighbours may share: places are whole columns, letters stand between them
PREFERENCE: Final = 1.05  # of two readings that fit alike, the one with an element is taken
GAP: Final = 1.1  # ems without a letter that end the words
UNREAD: Final = 0.6  # ems without a letter that are worth telling
ELEMENTS: Final = (*AI_ELEMENT, *GENERATION_ELEMENT)
EXPECTED: Final = frozenset("".join(ELEMENTS))


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter read, from column `left` to `right` of the line, with its correlation 0..1."""

    char: str
    left: int
    right: int
    score: float


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line of words stands: left end and baseline in pixels of the picture, size of an em, ink light or dark.

    `face` is the font file whose letters it resembles, None for the shipped one.
    """

    left: float
    baseline: float
    em: float
    light: bool
    face: Path | None


@dataclass(frozen=True, slots=True)
class Words:
    """Letters read on one line, with the line: enough to find each letter's box in the picture."""

    line: Line
    run: tuple[Letter, ...]

    @property
    def text(self) -> str:
        """The words; `…` stands for what lies between letters and could not be read."""
        out = ""
        for at, letter in enumerate(self.run):
            if at and letter.left - self.run[at - 1].right > UNREAD * EM:
                out += "…"
            out += letter.char
        return out


def letters(line: Line, ink: Samples) -> list[Letter]:
    """Give the letters on a line from left to right, none overlapping.

    `ink` (`ROWS`, columns) is 0 where the plate is and 1 where ink is. Among all ways to lay letters along the line,
    this one leaves the least squared difference between ink and letters.
    """
    columns = ink.shape[1]
    best = np.zeros(columns + 1)
    came: list[Letter | None] = [None] * (columns + 1)
    by_end: dict[int, list[tuple[float, Letter]]] = {}
    fits = [_fit(group, ink) for group in alphabet(line.em, line.face) if group.width <= columns]
    for fit in fits:
        for worth, word in _best(fit, fits):
            by_end.setdefault(word.right, []).append((worth, word))
    for end in range(1, columns + 1):
        best[end] = best[end - 1]
        for worth, word in by_end.get(end, ()):
            if best[word.left + OVERLAP] + worth > best[end]:
                best[end], came[end] = best[word.left + OVERLAP] + worth, word
    return _traced(came)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well each word of one width fits at each column: correlation, squared difference saved, and at most saved."""

    group: Glyphs
    score: Samples
    saved: Samples
    unread: Samples


def _fit(group: Glyphs, ink: Samples) -> Fit:
    size = ROWS * group.width
    windows = sliding_window_view(ink, (ROWS, group.width))[0].reshape(-1, size)
    means, energy = windows.mean(axis=1), (windows * windows).sum(axis=1)
    deviations = np.sqrt(np.maximum(energy - size * means * means, 0))
    deviations[deviations < FAINT * np.sqrt(size)] = np.inf
    shared = windows @ group.patterns.T
    score = (shared - size * np.outer(means, group.means)) / np.outer(deviations, group.deviations)
    left_over = energy[:, None] - 2 * shared + (group.patterns * group.patterns).sum(axis=1)
    columns = np.minimum((ink * ink).sum(axis=0), MEANINGLESS * ROWS)  # what each column costs without a letter
    unread = sliding_window_view(columns, group.width).sum(axis=1)
    return Fit(group, score, unread[:, None] - left_over, unread)


def _best(fit: Fit, fits: list[Fit]) -> Iterator[tuple[float, Letter]]:
    """Give for each column the word that saves most, with what it saves.

    A whole element counts for all that it covers, if no other letter fits any of its places better: in another typeface
    its strokes differ from ours, its shape does not.
    """
    saved = np.where(fit.score >= LEAST, fit.saved, 0)
    for at, word in enumerate(fit.group.words):
        if fit.group.whole[at]:
            for left in np.flatnonzero(fit.score[:, at] >= WHOLE).tolist():
                if _unrivalled(word, left, fit.group.width, fits):
                    saved[left, at] = max(saved[left, at], fit.unread[left] * fit.score[left, at])
        if fit.group.whole[at] or word in EXPECTED:
            saved[:, at] *= PREFERENCE
    chosen = saved.argmax(axis=1)
    for left in np.flatnonzero(saved.max(axis=1) > 0).tolist():
        number = int(chosen[left])
        word = fit.group.words[number]
        yield float(saved[left, number]), Letter(word, left, left + fit.group.width, float(fit.score[left, number]))


def _unrivalled(element: str, left: int, width: int, fits: list[Fit]) -> bool:
    """Tell whether in each place of an element its own letter fits about as well as any other of that width."""
    start = left
    for letter in _spelt(Letter(element, left, left + width, 1.0)):
        fit = next((fit for fit in fits if letter.char in fit.group.words), None)
        if fit is None:
            return False
        start = max(0, letter.left - 1)
        around = fit.score[start : letter.left + 2]
        own = around[:, fit.group.words.index(letter.char)].max(initial=0)
        if own < around[:, ~fit.group.whole].max(initial=0) - RIVAL:
            return False
    return True


def _traced(came: list[Letter | None]) -> list[Letter]:
    out: list[Letter] = []
    end = len(came) - 1
    while end > 0:
        word = came[end]
        if word is None:
            end -= 1
        else:
            out += reversed(list(_spelt(word)))
            end = word.left + OVERLAP
    return out[::-1]


def _spelt(word: Letter) -> Iterator[Letter]:
    """Give the letters of an element that was read as a whole; Latin A is the wider part of AI."""
    if len(word.char) == 1:
        yield word
        return
    wide = word.right - word.left
    cuts = [0.0, 0.64, 1.0] if word.char == "AI" else [at / len(word.char) for at in range(len(word.char) + 1)]
    for at, char in enumerate(word.char):
        yield Letter(char, word.left + round(cuts[at] * wide), word.left + round(cuts[at + 1] * wide), word.score)


def elements(run: Sequence[Letter]) -> set[int]:
    """Give the places in a run of the letters that spell an element."""
    text = "".join(letter.char for letter in run)
    found: set[int] = set()
    for element in ELEMENTS:
        at = text.find(element)
        while at >= 0:
            found |= set(range(at, at + len(element)))
            at = text.find(element, at + 1)
    return found


def run_around(line: list[Letter], centre: float) -> list[Letter]:
    """Give the letters that belong together around a column: from the first element to the last, no gap of `GAP` ems
    between, and those before and behind that are drawn alike."""
    runs: list[list[Letter]] = []
    for letter in line:
        if runs and letter.left - runs[-1][-1].right <= GAP * EM:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    for run in runs:
        if run[0].left <= centre <= run[-1].right and (found := elements(run)):
            return _trimmed(run, found)
    return []


def _trimmed(run: list[Letter], found: set[int]) -> list[Letter]:
    """Cut off what may be the picture's own pattern: letters outside the elements that fit less well than they do."""
    least = ALIKE * sum(run[at].score for at in found) / len(found)
    first, last = min(found), max(found)
    while first > 0 and (run[first - 1].score >= least or run[first - 1].char in STOPS):
        first -= 1
    while last + 1 < len(run) and (run[last + 1].score >= least or run[last + 1].char in STOPS):
        last += 1
    while run[first].char in STOPS:  # the plate's edge looks like a bracket
        first += 1
    while run[last].char in STOPS:
        last -= 1
    return run[first : last + 1]
