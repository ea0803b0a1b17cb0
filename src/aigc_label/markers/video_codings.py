"""Knows for each video coding where new pictures may meet old ones, and how both share one decoder configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol, cast

from aigc_label.bilingual import Bilingual
from aigc_label.grammars import avc, hevc, nal, open_codecs, sei
from aigc_label.grammars.footage import Footage
from aigc_label.markers.video_look import Look


class Border(Enum):
    """What a sample is to the samples before it."""

    NONE = "none"  # it needs them
    CLEAN = "clean"  # neither it nor anything behind it does
    OPEN = "open"  # it does not, but pictures shown before it and coded behind it do


class Unfit(Exception):
    """This film cannot be changed in this way; another may do."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.reason = Bilingual(en, zh)


class Coding(Protocol):
    """How one film's pictures are coded. Every method raises `Unfit` or `MalformedFile` where the film is odd."""

    @property
    def encoder(self) -> str:
        """Give FFmpeg's name of the encoder."""

    @property
    def options(self) -> Mapping[str, str]:
        """Give what the encoder is told."""

    @property
    def header_apart(self) -> bool:
        """Tell whether the encoder gives its parameter sets apart from the pictures."""

    def border(self, sample: bytes) -> Border:
        """Tell what a sample is to the samples before it."""

    def leads(self, sample: bytes) -> bool:
        """Tell whether a sample behind an OPEN one is shown before it."""

    def taken(self, sample: bytes) -> None:
        """Look at a sample that will be replaced: what it holds for later ones must not be lost."""

    def before(self, border: Border) -> None:
        """Learn to what kind of sample the new ones will lead."""

    def joined(self, extradata: bytes) -> bytes:
        """Give the decoder configuration that serves the old and the new pictures."""

    def sample(self, packet: bytes, key: bool) -> bytes:
        """Give an encoder's packet as the container stores it."""

    def last(self, sample: bytes, border: Border) -> bytes:
        """Give the last new sample as it has to be before an old one of this kind."""


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


@dataclass(frozen=True, slots=True)
class Alone:
    """Codings whose keyframes say all that is to be said: VP8, VP9, AV1, and those in which every picture is a keyframe."""

    configuration: bytes
    encoder: str
    options: Mapping[str, str]
    starts: Callable[[bytes], bool]
    stored: Callable[[bytes], bytes] = bytes
    header_apart: bool = True

    def border(self, sample: bytes) -> Border:
        return Border.CLEAN if self.starts(sample) else Border.NONE

    def leads(self, sample: bytes) -> bool:
        return False

    def taken(self, sample: bytes) -> None:
        pass

    def before(self, border: Border) -> None:
        pass

    def joined(self, extradata: bytes) -> bytes:
        return self.configuration

    def sample(self, packet: bytes, key: bool) -> bytes:
        return self.stored(packet)

    def last(self, sample: bytes, border: Border) -> bytes:
        return sample


@dataclass(frozen=True, slots=True)
class Anew:
    """Codings that are encoded as a whole: nothing of the old pictures is left that the new ones would have to suit."""

    configuration: bytes
    encoder: str
    options: Mapping[str, str]
    header_apart: bool  # a container that kept the header apart from the pictures gets the new one there

    def border(self, sample: bytes) -> Border:
        return Border.NONE

    def leads(self, sample: bytes) -> bool:
        return False

    def taken(self, sample: bytes) -> None:
        pass

    def before(self, border: Border) -> None:
        pass

    def joined(self, extradata: bytes) -> bytes:
        return extradata if self.header_apart else self.configuration

    def sample(self, packet: bytes, key: bool) -> bytes:
        return packet

    def last(self, sample: bytes, border: Border) -> bytes:
        return sample


def _whole(coding: Coding) -> Coding:
    """Give a coding that finds no border any more."""
    return cast(Coding, Borderless(coding))


class Borderless:
    """A coding in which no old picture can follow a new one."""

    def __init__(self, coding: Coding) -> None:
        self.coding = coding

    def __getattr__(self, name: str) -> object:
        return getattr(self.coding, name)

    def border(self, sample: bytes) -> Border:
        return Border.NONE


LAYERS: Final = Unfit(
    "its pictures have layers (another eye, alpha, scalability)", "画面含有附加层（另一只眼、透明或可伸缩层）"
)
VPX: Final = {"crf": "18", "b": "0", "deadline": "good", "cpu-used": "4", "lag-in-frames": "0", "auto-alt-ref": "0"}
AV1: Final = {"crf": "20", "preset": "9", "svtav1-params": "keyint=-1:lp=2:pred-struct=1:scd=0:film-grain=0"}
QUALITY: Final = {"flags": "+qscale", "global_quality": str(3 * 118)}  # quantiser 3 in FFmpeg's units
BITMAP: Final = (
    "V_MS/VFW/FOURCC"  # Matroska: the configuration is a bitmap header of Windows, the pictures have the rest
)
PRORES: Final = {"apco": "0", "apcs": "1", "apcn": "2", "apch": "3", "ap4h": "4", "ap4x": "5"}
WHOLE: Final = {  # FFmpeg's name of a coding: its encoder, and what that is told
    "mpeg4": ("mpeg4", {**QUALITY, "g": "250"}),
    "mpeg2video": ("mpeg2video", {**QUALITY, "g": "15", "sc_threshold": "1000000000"}),
    "mpeg1video": ("mpeg1video", {**QUALITY, "g": "15", "sc_threshold": "1000000000"}),
    "msmpeg4v2": ("msmpeg4v2", QUALITY),
    "msmpeg4v3": ("msmpeg4", QUALITY),
    "flv1": ("flv", QUALITY),
    "h263": ("h263", QUALITY),
}


def _avc(look: Look, footage: Footage) -> Coding:
    if not footage.configuration:
        raise NotStored("H.264")
    return Avc(avc.configuration(footage.configuration), look.depth)


def _hevc(look: Look, footage: Footage) -> Coding:
    if not footage.configuration:
        raise NotStored("H.265")
    return Hevc(hevc.configuration(footage.configuration), look.depth)


class NotStored(Unfit):
    """The container has no place for the decoder configuration: pictures shown in another order cannot be told apart."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the container does not describe {name} pictures", f"容器中没有 {name} 画面的描述信息")


def _vp8(look: Look, footage: Footage) -> Coding:
    return Alone(footage.configuration, "libvpx", VPX, open_codecs.is_vp8_key)


def _vp9(look: Look, footage: Footage) -> Coding:
    return Alone(footage.configuration, "libvpx-vp9", {**VPX, "row-mt": "1"}, open_codecs.is_vp9_key)


def _av1(look: Look, footage: Footage) -> Coding:
    stored = open_codecs.without_delimiters
    return Alone(footage.configuration, "libsvtav1", AV1, open_codecs.is_av1_start, stored)


def _mjpeg(look: Look, footage: Footage) -> Coding:
    return Alone(footage.configuration, "mjpeg", {"flags": "+qscale", "global_quality": str(2 * 118)}, bool)


def _prores(look: Look, footage: Footage) -> Coding:
    if look.tag not in PRORES:
        raise Unfit("its kind of ProRes is not known", "无法识别其 ProRes 类型")
    return Alone(footage.configuration, "prores_ks", {"profile": PRORES[look.tag], "vendor": "apl0"}, bool)


CODINGS: Final[Mapping[str, Callable[[Look, Footage], Coding]]] = {
    "h264": _avc,
    "hevc": _hevc,
    "vp8": _vp8,
    "vp9": _vp9,
    "av1": _av1,
    "mjpeg": _mjpeg,
    "prores": _prores,
}


def coding_of(look: Look, footage: Footage) -> Coding:
    """Give how a film is coded of which a part can be encoded. Raises `Unfit` where only a whole new encoding will do."""
    if look.codec not in CODINGS:
        raise Unfit(f"{look.codec} pictures can only be encoded as a whole", f"{look.codec} 画面只能整体重新编码")
    return CODINGS[look.codec](look, footage)


def whole_coding_of(look: Look, footage: Footage) -> Coding:
    """Give how a film is encoded as a whole in its own coding. Raises `Unfit` where there is no encoder for that."""
    if look.codec in CODINGS:
        return _whole(CODINGS[look.codec](look, footage))
    if look.codec not in WHOLE:
        raise Unfit(f"there is no encoder for {look.codec}", f"没有可用于 {look.codec} 的编码器")
    encoder, options = WHOLE[look.codec]
    apart = bool(footage.configuration) and footage.codec != BITMAP
    return Anew(footage.configuration, encoder, options, apart)
