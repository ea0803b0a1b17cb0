"""Names what the pictures of a film are made of, whatever container they lie in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from importlib import import_module
from typing import Final, Protocol, cast

from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.source import Source
from aigc_label.splice import Held, Plan

CONTAINERS: Final = {
    "mp4": "movie_pictures",
    "mov": "movie_pictures",
    "3gp": "movie_pictures",
    "matroska": "matroska_pictures",
    "avi": "avi_pictures",
    "flv": "flv_pictures",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded picture as it lies in the file: byte range, presentation time in units of the track, a keyframe or not."""

    offset: int
    size: int
    time: int
    key: bool


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded picture to be put in a sample's place: the sample's content, presentation time, a keyframe or not."""

    data: Held
    time: int
    key: bool


class Clock(Enum):
    """How a container knows when its pictures are shown."""

    SHOWN = "shown"  # each sample has its time
    COUNTED = "counted"  # they are shown one after the other at equal steps; a sample's time is its place in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """The video track of a file.

    `codec` is the container's own name of its coding, `configuration` the decoder configuration as the container keeps
    it; `unit` the seconds of one unit of time; `count` how many samples there are (None: only the end tells); `start`
    is the time of the first picture that is shown; `odd` names what speaks against changing only a part, if anything.
    """

    codec: str
    configuration: bytes
    unit: Fraction
    start: int
    count: int | None
    samples: Callable[[], Iterator[Sample]] = field(repr=False)
    clock: Clock = Clock.SHOWN
    odd: str = ""


class Container(Protocol):
    """A module of this package that knows where a container keeps its pictures."""

    @staticmethod
    def footage_of(source: Source) -> Footage:
        """Give the video track. Raises `UnsupportedFormat` by name where it is none that can be changed."""

    @staticmethod
    def shown_share(source: Source) -> Fraction:
        """Give the least share of width or height that players show of a video track's pictures."""

    @staticmethod
    def with_pictures(source: Source, footage: Footage, pictures: list[Coded], configuration: bytes) -> Plan:
        """Give the file whose first samples are `pictures`; every other sample and every other track stays as it is."""


def container_of(name: str) -> Container | None:
    """Give the module for a format by its name in the table; None where films of it are not read picture by picture."""
    module = CONTAINERS.get(name)
    return cast(Container, import_module(f"aigc_label.grammars.{module}")) if module else None


def run_of(pictures: Iterable[Coded]) -> Held:
    """Give the data of pictures that lie one behind the other, as one piece."""
    first, *others = (picture.data for picture in pictures)
    end = first.offset + first.length
    for data in others:
        if data.source is not first.source or data.offset != end:
            raise ValueError("the pictures do not lie one behind the other")
        end += data.length
    return Held(first.source, first.offset, end - first.offset)


EXPORT: Final = Bilingual(
    "Mark the film before it is exported so, or export it as a plain MP4 with one video track.",
    "请在导出之前添加标识，或将影片导出为只有一条视频轨的普通 MP4。",
)


def remux(suffix: str) -> Bilingual:
    """Give the advice to put the same streams into another file first."""
    command = f"ffmpeg -i in{suffix} -c copy out.mp4"
    return Bilingual(
        f"Remux it once (`{command}`) and mark the result.", f"请先重新封装一次（`{command}`），再添加标识。"
    )


def refused(en: str, zh: str, remedy: Bilingual = EXPORT) -> UnsupportedFormat:
    """Give the error that says by name what speaks against putting other pictures into a film."""
    return UnsupportedFormat(
        Bilingual(f"no mark can be put into this film: {en}", f"无法为该影片添加显式标识：{zh}"), remedy=remedy
    )
