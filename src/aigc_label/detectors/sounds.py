"""Listens to the beginning and the end of a sound (or all of it) and says which marks a person would hear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from aigc_label import sound
from aigc_label.bilingual import Bilingual
from aigc_label.detectors import NOTHING_MORE, Asked, beeps, prompts, rhythm, speech
from aigc_label.evidence import Moment, Reach, Sighting, SightingKind
from aigc_label.formats import Format
from aigc_label.sound import Excerpt
from aigc_label.source import Source

RATE: Final = 8_000
LISTENED: Final = 20.0  # seconds at either end
NEAR: Final = 1.0  # seconds before and behind a place that are listened to with it
QUIET: Final = -45.0  # decibels below the loudest moment, where nobody hears anything
LEAD: Final = 0.1  # seconds of sound before a mark at the start (a click, a breath) that are no content

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Listened:
    """What was heard, the most convincing first. `doubt` says why nothing heard may not mean nothing there."""

    sightings: tuple[Sighting, ...]
    doubt: Bilingual | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One excerpt as one channel at 8 kHz."""

    wave: Wave
    start: float
    is_first: bool
    is_last: bool

    def sounding_before(self, seconds: float) -> float:
        """Give how many seconds of sound lie before a time in this part."""
        return self._sounding(slice(0, max(0, round(seconds * RATE))))

    def sounding_behind(self, seconds: float) -> float:
        return self._sounding(slice(round(seconds * RATE), None))

    def _sounding(self, where: slice) -> float:
        floor = np.abs(self.wave).max() * 10 ** (QUIET / 20)
        steps = np.abs(self.wave[where])
        whole = len(steps) // 80 * 80
        return float((steps[:whole].reshape(-1, 80).max(axis=1, initial=0.0) > floor).sum()) * 80 / RATE


def listen(source: Source, row: Format, asked: Asked = NOTHING_MORE) -> Listened:
    """Give the marks heard at both ends of a sound, in all of it, or around the places that are asked for.

    Raises as `sound.ends` does: not being able to listen is never "nothing heard".
    """
    parts = tuple(_Part(_mono(one), one.start, one.start <= 0, one.to_end) for one in _excerpts(source, row, asked))
    found = [sighting for part in parts for sighting in _heard(part, asked)]
    found.sort(key=lambda sighting: sighting.confidence, reverse=True)
    return Listened(tuple(found), None if found else _doubt(parts))


def _excerpts(source: Source, row: Format, asked: Asked) -> tuple[Excerpt, ...]:
    if asked.around:
        return sound.around(source, row, asked.around, NEAR)
    return sound.ends(source, row, LISTENED) if asked.reach is Reach.ENDS else (sound.whole(source, row),)


def _mono(excerpt: Excerpt) -> Wave:
    """Give one channel at 8 kHz; where channels cancel each other, the louder one."""
    mixed = excerpt.samples.mean(axis=1)
    powers = (excerpt.samples**2).mean(axis=0)
    if powers.size and (mixed**2).mean() < 0.01 * powers.max():
        mixed = excerpt.samples[:, int(powers.argmax())]
    return sound.resampled(mixed.astype(np.float32), excerpt.rate, RATE)


def _heard(part: _Part, asked: Asked) -> Iterator[Sighting]:
    if SightingKind.RHYTHM in asked.kinds:
        yield from _beeping(part)
    if SightingKind.VOICE in asked.kinds:
        yield from _speaking(part, asked)


def _beeping(part: _Part) -> Iterator[Sighting]:
    rhythms = rhythm.rhythms(part.wave)
    for one in rhythms:
        yield Sighting(
            kind=SightingKind.RHYTHM,
            text=one.told,
            detector="rhythm",
            confidence=one.score,
            start=round(part.start + one.start, 3),
            seconds=round(one.seconds, 3),
            moment=_moment(part, one.start, one.start + one.seconds),
            clearance=round(min(one.clearance, 90.0), 1),
        )
    if not rhythms:
        yield from _other_beeps(part)


def _speaking(part: _Part, asked: Asked) -> Iterator[Sighting]:
    wanted = (*prompts.shipped(), *(prompts.own(path, text) for path, text in asked.voices))
    for heard in prompts.heard(part.wave, wanted):
        rate = heard.prompt.rate
        yield Sighting(
            kind=SightingKind.VOICE,
            text=heard.prompt.text,
            detector="prompts",
            confidence=heard.score,
            start=round(part.start + heard.start, 3),
            seconds=round(heard.seconds, 3),
            moment=_moment(part, heard.start, heard.start + heard.seconds),
            rate=round(rate * heard.tempo, 1) if rate is not None else None,
        )


def _other_beeps(part: _Part) -> Iterator[Sighting]:
    """Tones at an end that are no short-long short-short are reported as what they are."""
    for moment, asked in ((Moment.START, part.is_first), (Moment.END, part.is_last)):
        found = beeps.apart(part.wave if moment is Moment.START else part.wave[::-1]) if asked else None
        if found is not None:
            tones = found.tones if moment is Moment.START else found.tones[::-1]
            start = found.start if moment is Moment.START else len(part.wave) / RATE - found.start - found.seconds
            yield Sighting(
                kind=SightingKind.RHYTHM,
                text=beeps.told(tones),
                detector="beeps",
                confidence=0.3,
                start=round(part.start + start, 3),
                seconds=round(found.seconds, 3),
                moment=moment,
            )


def _moment(part: _Part, start: float, end: float) -> Moment:
    """Before the content begins, after it has ended, or in between (5.3 d and note 2)."""
    if part.is_first and part.sounding_before(start) <= LEAD:
        return Moment.START
    if part.is_last and part.sounding_behind(end) <= LEAD:
        return Moment.END
    return Moment.MIDDLE


def _doubt(parts: tuple[_Part, ...]) -> Bilingual | None:
    if not any(speech.is_speech_like(part.wave) for part in parts):
        return None
    return Bilingual(
        "there is speech, and no known prompt in it; its words were not understood",
        "有语音，其中没有已知的提示语；语音内容未能识别",
    )
