"""Shows what a judged file looks and sounds like: small pictures with the marks found, outlines of sound, frames."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

from aigc_label.evidence import Box, Evidence, Sighting
from aigc_label.formats import BY_NAME, Medium
from aigc_label.source import Source

if TYPE_CHECKING:
    from PIL.Image import Image

    from aigc_label.pcm import Samples
    from aigc_label.raster import Pixels

SIDE: Final = 320  # pixels of a small picture's longer side
CLOSE: Final = (360, 90)  # pixels of a mark shown by itself, at most
QUALITY: Final = 60  # of WebP: a mark stays legible, a picture takes some 5 KB
COLUMNS: Final = 240  # of an outline of sound
ENDS: Final = 10.0  # seconds of a sound at either end that are drawn
AROUND: Final = 0.4  # seconds drawn on either side of a mark shown by itself
BEHIND: Final = 0.3  # seconds behind the end of a film's mark at which it is looked at once more
WATCHED: Final = 4.0  # seconds of a film that are decoded for its frames
UNMARKED: Final = (0.0, 1.0, 2.0)  # seconds at which a film without a mark is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A small picture as WebP. `boxes` are in pixels of `width` and `height`, those of the whole picture as displayed.

    `seconds` is when a frame of a film is seen, None for a still picture; `close` says that it is a mark by itself.
    """

    data: bytes
    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    seconds: float | None = None
    close: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """The outline of a stretch of sound: for each of some columns the loudest sample, 0 to 1; marks as (start, end).

    Times are in seconds of the whole sound.
    """

    start: float
    seconds: float
    peaks: tuple[float, ...]
    marks: tuple[tuple[float, float], ...] = ()
    close: bool = False


Preview: TypeAlias = "Picture | Wave"


def previews_of(source: Source, evidence: Evidence) -> tuple[Preview, ...]:
    """Give what a person would be shown; empty for kinds of content without pictures and sound.

    Raises as the decoders do, where the file cannot be decoded.
    """
    row = BY_NAME[evidence.format]
    if not row.marker:
        return ()
    if row.medium is Medium.IMAGE:
        return tuple(_of_picture(source, evidence))
    if row.medium is Medium.VIDEO:
        return tuple(_of_film(source, evidence))
    return tuple(_of_sound(source, evidence)) if row.medium is Medium.AUDIO else ()


def _of_picture(source: Source, evidence: Evidence) -> Iterator[Preview]:
    from aigc_label import raster

    pixels = next(iter(raster.frames(source, BY_NAME[evidence.format])))
    boxes = tuple(sighting.box for sighting in evidence.sightings if sighting.box)
    yield _small(pixels, boxes)
    if boxes:
        yield _close(pixels, boxes[0])


def _of_film(source: Source, evidence: Evidence) -> Iterator[Preview]:
    from aigc_label import film

    wanted = _times(evidence)
    with film.opened(source, BY_NAME[evidence.format]) as container:
        stream = film.pictures_of(container, source.limits)
        unit = stream.time_base or Fraction(1, 1000)
        first: int | None = None
        for frame in container.decode(stream):
            if frame.pts is None:
                continue
            first = frame.pts if first is None else first
            at = float((frame.pts - first) * unit)
            if at >= wanted[0]:
                boxes = tuple(one.box for one in evidence.sightings if one.box and (one.start or 0) <= at <= _end(one))
                yield _small(film.shown(frame, film.screen_of(stream, frame)), boxes, at)
                wanted = [time for time in wanted if time > at]
            if not wanted or at > WATCHED:
                return


def _times(evidence: Evidence) -> list[float]:
    """Give when a film is looked at: its first picture, the middle of its mark, and when that is over."""
    for seen in evidence.sightings:
        return [0.0, ((seen.start or 0) + _end(seen)) / 2, _end(seen) + BEHIND]
    return list(UNMARKED)


def _end(sighting: Sighting) -> float:
    return (sighting.start or 0.0) + (sighting.seconds or 0.0)


def _of_sound(source: Source, evidence: Evidence) -> Iterator[Preview]:
    from aigc_label import sound

    marks = tuple((one.start, _end(one)) for one in evidence.sightings if one.start is not None)
    excerpts = sound.ends(source, BY_NAME[evidence.format], ENDS)
    for excerpt in excerpts:
        yield _wave(excerpt.samples, excerpt.rate, excerpt.start, marks)
    for start, end in marks[:1]:
        for excerpt in excerpts:
            if excerpt.start <= start < excerpt.start + excerpt.seconds:
                first = max(0, round((start - AROUND - excerpt.start) * excerpt.rate))
                part = excerpt.samples[first : round((end + AROUND - excerpt.start) * excerpt.rate)]
                whole = _wave(part, excerpt.rate, excerpt.start + first / excerpt.rate, marks)
                yield Wave(start=whole.start, seconds=whole.seconds, peaks=whole.peaks, marks=whole.marks, close=True)
                return


def _wave(samples: Samples, rate: int, start: float, marks: tuple[tuple[float, float], ...]) -> Wave:
    import numpy as np

    loud = np.abs(samples).max(axis=1) if len(samples) else np.zeros(1, np.float32)
    edges = np.linspace(0, len(loud), min(COLUMNS, len(loud)) + 1).astype(int)[:-1]
    peaks = np.maximum.reduceat(loud, edges)
    seconds = len(samples) / rate
    inside = tuple((max(a, start), min(b, start + seconds)) for a, b in marks if a < start + seconds and b > start)
    heights = tuple(round(float(peak), 3) for peak in np.minimum(peaks / max(float(peaks.max()), 1e-9), 1))
    return Wave(start=start, seconds=seconds, peaks=heights, marks=inside)


def _small(pixels: Pixels, boxes: tuple[Box, ...], seconds: float | None = None) -> Picture:
    from PIL import Image

    image = Image.fromarray(pixels)
    width, height = image.size
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return Picture(data=_webp(image), width=width, height=height, boxes=boxes, seconds=seconds)


def _close(pixels: Pixels, box: Box) -> Picture:
    import numpy as np
    from PIL import Image

    around = round(box.height * 0.6) + 2  # a box is the ink's: the words stand on a plate
    top, left = max(0, box.top - around), max(0, box.left - around)
    image = Image.fromarray(np.ascontiguousarray(pixels[top : box.bottom + around, left : box.right + around]))
    image.thumbnail(CLOSE, Image.Resampling.LANCZOS)
    return Picture(data=_webp(image), width=image.width, height=image.height, close=True)


def _webp(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
