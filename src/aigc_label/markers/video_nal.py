"""Lets new pictures of H.264 and H.265 meet old ones: both share one decoder configuration, by numbers of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aigc_label.grammars import avc, hevc, nal, sei
from aigc_label.markers.video_coding import LAYERS, Border, Unfit


@dataclass(slots=True)
class Avc:
    """H.264: the new pictures carry parameter sets of their own number, which stand beside the old ones."""

    configuration: avc.Configuration
    depth: int
    encoder: str = "libx264"
    header_apart: bool = True
    extra: list[bytes] = field(default_factory=list)  # parameter sets found inside samples that go
    light: list[bytes] = field(default_factory=list)  # messages about light that the first sample has

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
        options = {"x264-params": _joined(own), "preset": "veryfast", "crf": "17", "forced-idr": "1"}
        profile = PROFILES.get(self.configuration.profile)
        return {**options, "profile": profile} if profile else options

    def units(self, sample: bytes) -> tuple[bytes, ...]:
        return nal.length_prefixed(sample, self.configuration.width)

    def border(self, sample: bytes) -> Border:
        return Border.CLEAN if avc.IDR in map(avc.kind, self.units(sample)) else Border.NONE

    def leads(self, sample: bytes) -> bool:
        return False

    def taken(self, sample: bytes) -> None:
        known = (*self.configuration.sequences, *self.configuration.pictures, *self.extra)
        for unit in self.units(sample):
            if avc.kind(unit) in avc.EXTENDED:
                raise LAYERS
            if avc.kind(unit) in (avc.SPS, avc.PPS) and unit not in known:
                self.extra.append(unit)
            if avc.kind(unit) == avc.SEI and (kept := sei.only(unit, 1, sei.LIGHT)) and kept not in self.light:
                self.light.append(kept)

    def before(self, border: Border) -> None:
        pass

    def joined(self, extradata: bytes) -> bytes:
        units = nal.between_start_codes(extradata)
        # a decoder that is told of the old pictures' order from the start need not change its pace at the joint
        sequences = tuple(avc.with_reordering(unit, self.depth) for unit in units if avc.kind(unit) == avc.SPS)
        pictures = tuple(unit for unit in units if avc.kind(unit) == avc.PPS)
        if len(self.configuration.sequences) + len(sequences) > avc.MOST_SEQUENCES:
            raise Unfit("it has too many parameter sets", "参数集过多")
        return self.configuration.joined(sequences, pictures).spelled()

    def sample(self, packet: bytes, key: bool) -> bytes:
        units = list(self.light) if key else []
        for unit in nal.between_start_codes(packet):
            # the encoder's own message would change how some decoders treat the old pictures
            kept = sei.without(unit, 1, (sei.USER_DATA,)) if avc.kind(unit) == avc.SEI else unit
            units += [kept] if kept else []
        return nal.with_lengths(units, self.configuration.width)

    def last(self, sample: bytes, border: Border) -> bytes:
        return nal.with_lengths(self.extra, self.configuration.width) + sample


NUMBERS: Final[tuple[int, ...]] = (7, *range(1, 32))  # of parameter sets, the first one to be tried first
PROFILES: Final = {66: "baseline", 77: "main", 100: "high", 110: "high10", 122: "high422", 244: "high444"}


def _joined(options: Mapping[str, str]) -> str:
    return ":".join(f"{key}={value}" for key, value in options.items())


@dataclass(slots=True)
class Hevc:
    """H.265: as H.264, but the encoder knows no other numbers than 0, so its units are renumbered afterwards."""

    configuration: hevc.Configuration
    depth: int
    encoder: str = "libx265"
    header_apart: bool = True
    extra: list[bytes] = field(default_factory=list)
    light: list[bytes] = field(default_factory=list)

    @property
    def numbers(self) -> tuple[int, int]:
        """Give the numbers of the new video and picture parameter sets. Raises `Unfit` where none is free."""
        used: dict[int, set[int]] = {kind: set() for kind in hevc.SETS}
        for unit in (*self.configuration.units, *self.extra):
            if hevc.kind(unit) in used:
                used[hevc.kind(unit)].add(hevc.id_of(unit))
        video = next((number for number in range(15, -1, -1) if number not in used[hevc.VPS]), None)
        picture = next((number for number in hevc.NINE_BITS if number not in used[hevc.PPS]), None)
        if video is None or picture is None or hevc.SEQUENCE in used[hevc.SPS]:
            raise Unfit("no number is free for a parameter set", "没有可用的参数集编号")
        return video, picture

    @property
    def options(self) -> Mapping[str, str]:
        own = {"bframes": "0", "keyint": "-1", "scenecut": "0", "open-gop": "0", "info": "0", "log-level": "none"}
        own |= {"pools": "2", "frame-threads": "2", "repeat-headers": "0", "hrd": "0"}
        return {"x265-params": _joined(own), "preset": "veryfast", "crf": "17", "forced-idr": "1"}

    def units(self, sample: bytes) -> tuple[bytes, ...]:
        return nal.length_prefixed(sample, self.configuration.width)

    def border(self, sample: bytes) -> Border:
        kinds = [kind for unit in self.units(sample) if (kind := hevc.kind(unit)) in hevc.PICTURES]
        if not kinds or len(set(kinds)) > 1:
            return Border.NONE
        return Border.CLEAN if kinds[0] in hevc.CLEAN else Border.OPEN if kinds[0] == hevc.CRA else Border.NONE

    def leads(self, sample: bytes) -> bool:
        return any(hevc.kind(unit) in hevc.LEADING for unit in self.units(sample))

    def taken(self, sample: bytes) -> None:
        known = (*self.configuration.units, *self.extra)
        for unit in self.units(sample):
            if len(unit) < 2 or hevc.layer(unit):
                raise LAYERS
            if hevc.kind(unit) in hevc.SETS and unit not in known:
                self.extra.append(unit)
            if hevc.kind(unit) == hevc.SEI and (kept := sei.only(unit, 2, sei.LIGHT)) and kept not in self.light:
                self.light.append(kept)

    def before(self, border: Border) -> None:
        # behind the end of a sequence a decoder throws away what it still holds back (C.5.2.2)
        self.depth = 0 if border is Border.OPEN else self.depth

    def joined(self, extradata: bytes) -> bytes:
        units = (self._own(unit) for unit in nal.between_start_codes(extradata) if hevc.kind(unit) in hevc.SETS)
        return self.configuration.joined(units).spelled()

    def _own(self, unit: bytes) -> bytes:
        return hevc.renumbered(unit, *self.numbers, self.depth)

    def sample(self, packet: bytes, key: bool) -> bytes:
        units = list(self.light) if key else []
        for unit in nal.between_start_codes(packet):
            kept = sei.without(unit, 2, (sei.USER_DATA,)) if hevc.kind(unit) == hevc.SEI else self._own(unit)
            units += [kept] if kept else []
        return nal.with_lengths(units, self.configuration.width)

    def last(self, sample: bytes, border: Border) -> bytes:
        before = nal.with_lengths(self.extra, self.configuration.width)
        return (
            before
            + sample
            + (nal.with_lengths((hevc.END,), self.configuration.width) if border is Border.OPEN else b"")
        )
