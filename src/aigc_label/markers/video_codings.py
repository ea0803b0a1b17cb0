"""Knows for each video coding where new pictures may meet old ones, and how both share one decoder configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from aigc_label.grammars import avc, nal
from aigc_label.grammars.footage import Footage


class Border(Enum):
    """What a sample is to the samples before it."""

    NONE = "none"  # it needs them
    CLEAN = "clean"  # neither it nor anything behind it does
    OPEN = "open"  # it does not, but pictures shown before it and coded behind it do


class Unfit(Exception):
    """This film cannot be changed in a part only; the whole of its pictures has to be encoded."""


class Coding(Protocol):
    """How one film's pictures are coded. Every method raises `Unfit` or `MalformedFile` where the film is odd."""

    @property
    def encoder(self) -> str:
        """Give FFmpeg's name of the encoder."""

    @property
    def options(self) -> Mapping[str, str]:
        """Give what the encoder is told."""

    def border(self, sample: bytes) -> Border:
        """Tell what a sample is to the samples before it."""

    def leads(self, sample: bytes) -> bool:
        """Tell whether a sample behind an OPEN one is shown before it."""

    def taken(self, sample: bytes) -> None:
        """Look at a sample that will be replaced: what it holds for later ones must not be lost."""

    def joined(self, extradata: bytes) -> bytes:
        """Give the decoder configuration that serves the old and the new pictures."""

    def sample(self, packet: bytes, extradata: bytes) -> bytes:
        """Give an encoder's packet as the container stores it."""

    def last(self, sample: bytes, border: Border) -> bytes:
        """Give the last new sample as it has to be before an old one of this kind."""


@dataclass(slots=True)
class Avc:
    """H.264: the new pictures carry parameter sets of their own number, which stand beside the old ones."""

    footage: Footage
    configuration: avc.Configuration
    extra: list[bytes] = field(default_factory=list)  # parameter sets found inside samples that go

    @property
    def encoder(self) -> str:
        return "libx264"

    @property
    def number(self) -> int:
        """Give a number that no parameter set of the film has."""
        known = (*self.configuration.sequences, *self.configuration.pictures, *self.extra)
        used = {avc.id_of(unit) for unit in known if avc.kind(unit) in (avc.SPS, avc.PPS)}
        return next(number for number in NUMBERS if number not in used)

    @property
    def options(self) -> Mapping[str, str]:
        level = self.configuration.level
        own = {"keyint": "infinite", "scenecut": "0", "bframes": "0", "sps-id": str(self.number), "force-cfr": "1"}
        if level > 9:
            own["level"] = str(level)
        options = {"x264-params": ":".join(f"{key}={value}" for key, value in own.items())}
        if profile := PROFILES.get(self.configuration.profile):
            options["profile"] = profile
        return {**options, "preset": "veryfast", "crf": "17", "forced-idr": "1"}

    def units(self, sample: bytes) -> tuple[bytes, ...]:
        return nal.length_prefixed(sample, self.configuration.width)

    def border(self, sample: bytes) -> Border:
        kinds = {avc.kind(unit) for unit in self.units(sample)}
        if kinds & set(avc.EXTENDED):
            raise Unfit("layers")
        return Border.CLEAN if avc.IDR in kinds else Border.NONE

    def leads(self, sample: bytes) -> bool:
        return False

    def taken(self, sample: bytes) -> None:
        known = (*self.configuration.sequences, *self.configuration.pictures, *self.extra)
        self.extra += [u for u in self.units(sample) if avc.kind(u) in (avc.SPS, avc.PPS) and u not in known]

    def joined(self, extradata: bytes) -> bytes:
        units = nal.between_start_codes(extradata)
        sequences = tuple(unit for unit in units if avc.kind(unit) == avc.SPS)
        pictures = tuple(unit for unit in units if avc.kind(unit) == avc.PPS)
        if len(self.configuration.sequences) + len(sequences) > avc.MOST_SEQUENCES:
            raise Unfit("too many parameter sets")
        return self.configuration.joined(sequences, pictures).spelled()

    def sample(self, packet: bytes, extradata: bytes) -> bytes:
        units = nal.between_start_codes(packet)
        # the encoder's own message would change how some decoders treat the old pictures
        kept = [unit for unit in units if avc.kind(unit) != avc.SEI or unit[1] != USER_DATA]
        return nal.with_lengths(kept, self.configuration.width)

    def last(self, sample: bytes, border: Border) -> bytes:
        return nal.with_lengths(self.extra, self.configuration.width) + sample


NUMBERS: Final = (7, *range(1, 32))  # of parameter sets, the first one to be tried first
USER_DATA: Final = 5  # SEI payload type: user data unregistered
PROFILES: Final = {66: "baseline", 77: "main", 100: "high", 110: "high10", 122: "high422", 244: "high444"}


def _avc(footage: Footage) -> Coding:
    return Avc(footage, avc.configuration(footage.configuration))


CODINGS: Final[Mapping[str, Callable[[Footage], Coding]]] = {"h264": _avc}


def coding_of(name: str, footage: Footage) -> Coding:
    """Give how FFmpeg's codec `name` is coded. Raises `Unfit` where only a whole new encoding will do."""
    if name not in CODINGS or not footage.configuration:
        raise Unfit(name)
    return CODINGS[name](footage)
