"""Watches the opening of a film at normal speed and says which marks a person would see, from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from aigc_label import film
from aigc_label.bilingual import Bilingual
from aigc_label.detectors import NOTHING_MORE, Asked, Seen
from aigc_label.detectors.seeing import doubt_of, marks
from aigc_label.errors import MalformedFile, UnsupportedFormat
from aigc_label.evidence import Box, Reach, Sighting
from aigc_label.film import Screen
from aigc_label.formats import Format
from aigc_label.grammars.footage import container_of
from aigc_label.marking import LEGIBLE_CONTRAST, complies
from aigc_label.source import Source

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

WINDOW: Final = 3.0  # seconds of the opening that are watched; clause 5.4 g asks for 2
LOOKS: Final = 0.4  # seconds between searches of whole pictures while nothing is in sight
ALIKE: Final = 0.85  # correlation from which a place still shows what was read there
UNLIKE: Final = 0.5  # and below which it certainly does not
WHOLE: Final = Fraction(
    97, 100
)  # share of width and height; padding and the edges of 720 samples are less than the rest
FAINT: Final = 0.5  # share of its strength below which a mark has faded

Samples = NDArray[np.float32]


def watch(source: Source, row: Format, asked: Asked = NOTHING_MORE) -> Seen:
    """Give the marks seen on the first seconds of a film, the most convincing first; none where there are none.

    Every picture is looked at. `start` and `seconds` of a sighting say for how long it is seen without a gap, by the
    pictures' own times: of a mark that flashes, its longest stay. Sizes are those of the picture as displayed.
    With `Reach.OPENING` a film whose first picture has no mark is not watched any further.

    Raises as `film.opened` does: not being able to look is never "nothing seen".
    """
    _check_shown_whole(source, row)
    with film.opened(source, row) as container:
        stays = Stays(asked)
        end = 0.0
        for shot in _opening(container, source):
            stays.see(shot)
            end = shot.end
            if asked.reach is Reach.OPENING and not stays.here:
                break
        return Seen(stays.ended(end), round(end, 3), doubt_of(asked))


def _check_shown_whole(source: Source, row: Format) -> None:
    """Raise `UnsupportedFormat` where players that obey the container cut edges off, where marks stand.

    FFmpeg's decoders do not cut, nor do some players: what a person sees is not certain.
    """
    container = container_of(row.name)
    share = container.shown_share(source) if container is not None else 1
    if share < WHOLE:
        raise UnsupportedFormat(
            Bilingual(
                f"players may show only {float(share):.0%} of the width or height of its pictures",
                f"播放器可能只显示画面宽或高的 {float(share):.0%}",
            ),
            remedy=Bilingual(
                "Export the film with its pictures cut, then mark it.", "请先将影片导出为已裁剪的画面，再添加标识。"
            ),
        )


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture and when it is seen, in seconds from the film's first picture."""

    frame: VideoFrame
    screen: Screen
    start: float
    end: float

    def samples(self, box: Box) -> Samples:
        """Give the brightness of the stored samples that a box of the displayed picture covers."""
        place = self.screen.stored(self.screen.unturned(box))
        rows = film.samples(self.frame, 0)
        packed = len(self.frame.planes) < len(self.frame.format.components)
        step = rows.shape[1] // self.frame.width if packed else 1  # then a row holds all samples of each pixel
        return np.asarray(rows[place.top : place.bottom, place.left * step : place.right * step], np.float32)


def _opening(container: InputContainer, source: Source) -> Iterator[Shot]:
    """Give the pictures of the first seconds in the order of their display."""
    stream = film.pictures_of(container, source.limits)
    unit = stream.time_base or Fraction(1, 1000)
    held: VideoFrame | None = None
    first = at = 0
    for frame in container.decode(stream):
        if frame.pts is None:
            continue
        if held is None:
            first = frame.pts
        elif frame.pts > at:
            yield Shot(
                held, film.screen_of(stream, held), float((at - first) * unit), float((frame.pts - first) * unit)
            )
        held, at = frame, frame.pts
        if (at - first) * unit >= WINDOW:
            return
    if held is None:
        raise MalformedFile(Bilingual("no picture of the film could be decoded", "影片中没有可解码的画面"))
    end = at + (held.duration or round(1 / (stream.average_rate or 25) / unit))
    yield Shot(held, film.screen_of(stream, held), float((at - first) * unit), float((end - first) * unit))


@dataclass(slots=True)
class Stay:
    """A mark in sight: as first read, its weakest measures so far, its samples then, since when."""

    sighting: Sighting
    samples: Samples
    start: float

    def still(self, samples: Samples) -> float:
        """Give the correlation of what stands there now with what was read; 0 where it has faded."""
        if samples.shape != self.samples.shape or not samples.size:
            return 0.0
        one, other = _edges(self.samples), _edges(samples)
        strength, now = float(np.sqrt((one**2).mean())), float(np.sqrt((other**2).mean()))
        if not strength or now < FAINT * strength:
            return 0.0
        return float((one * other).mean() / (strength * now))


def _edges(samples: Samples) -> Samples:
    """Give how brightness changes from sample to sample: letters are made of edges, what lies behind them less so."""
    return np.concatenate((np.diff(samples, axis=0).ravel(), np.diff(samples, axis=1).ravel()))


class Stays:
    """Follows marks from picture to picture: each is searched for once and then only looked for where it was."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.here: list[Stay] = []
        self.lost: list[Stay] = []
        self.gone: list[Sighting] = []
        self.unsearched: list[Shot] = []  # pictures since the last search

    def see(self, shot: Shot) -> None:
        """Take in the next picture."""
        if any(complies(stay.sighting.text) for stay in self.here):
            self.unsearched.clear()
        self.unsearched.append(shot)
        for stay in [stay for stay in self.lost if stay.still(_around(shot, stay.sighting)) >= ALIKE]:
            self.lost.remove(stay)
            self.here.append(replace(stay, start=shot.start))
        likeness = {id(stay): stay.still(_around(shot, stay.sighting)) for stay in self.here}
        doubtful = [stay for stay in self.here if likeness[id(stay)] < ALIKE]
        waited = shot.start - self.unsearched[0].start >= LOOKS - 1e-6 or shot.start == 0
        if doubtful or waited:
            self._search(shot, doubtful, likeness)

    def _search(self, shot: Shot, doubtful: list[Stay], likeness: dict[int, float]) -> None:
        found = list(marks(film.shown(shot.frame, shot.screen), self.asked))
        for stay in doubtful:
            again = next((seen for seen in found if _continues(stay.sighting, seen)), None)
            if again is not None:
                stay.samples, stay.sighting = _around(shot, again), stay.sighting.weakened(again)
                found.remove(again)
            elif likeness[id(stay)] < UNLIKE:
                self.here.remove(stay)
                self.lost.append(stay)
                self._leave(stay, shot.start)
        places = [stay.sighting.box for stay in self.here]
        self.here += [self._since(seen, shot) for seen in found if seen.box not in places]
        self.unsearched = [shot]

    def _since(self, seen: Sighting, shot: Shot) -> Stay:
        """Give the stay of a mark that was just found: it may have come up since the last search."""
        stay = Stay(seen, _around(shot, seen), shot.start)
        for earlier in reversed(self.unsearched[:-1]):
            if stay.still(_around(earlier, seen)) < ALIKE:
                break
            stay.start = earlier.start
        return stay

    def _leave(self, stay: Stay, end: float) -> None:
        seconds = round(end - stay.start, 3)
        self.gone.append(replace(stay.sighting, start=round(stay.start, 3), seconds=seconds))

    def ended(self, end: float) -> tuple[Sighting, ...]:
        """Give every mark that was seen up to the end, the most convincing first: complying words, then the longest."""
        if self.unsearched:
            self._confirm(self.unsearched[-1])
        for stay in self.here:
            self._leave(stay, end)
        longest: dict[str, Sighting] = {}
        for seen in self.gone:
            if seen.text not in longest or (longest[seen.text].seconds or 0) < (seen.seconds or 0):
                longest[seen.text] = seen
        order = sorted(longest.values(), key=lambda seen: (not complies(seen.text), -(seen.seconds or 0)))
        return tuple(order)

    def _confirm(self, shot: Shot) -> None:
        """Read once more what is still there at the end, so that no measure rests on one picture alone."""
        found = marks(film.shown(shot.frame, shot.screen), self.asked) if self.here else ()
        for stay in self.here:
            again = next((seen for seen in found if seen.text == stay.sighting.text), None)
            if again is not None:
                stay.sighting = stay.sighting.weakened(again)


def _continues(before: Sighting, now: Sighting) -> bool:
    """Tell whether what is read now is the mark that was read before, and no ghost of it."""
    least = min(LEGIBLE_CONTRAST, (before.contrast or 1.0) / 2)
    return complies(now.text) == complies(before.text) and (now.contrast or 1.0) >= least


def _around(shot: Shot, seen: Sighting) -> Samples:
    """Give the samples of a sighting's box with a little of the ground around its letters."""
    box = seen.box
    if box is None:
        return np.zeros((0, 0), np.float32)
    wide, high = shot.screen.displayed
    more = max(1, box.height // 6)
    return shot.samples(
        Box(
            left=max(0, box.left - more),
            top=max(0, box.top - more),
            right=min(wide, box.right + more),
            bottom=min(high, box.bottom + more),
        )
    )
