"""Lists the video codings that can be encoded in part or as a whole, and how each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from aigc_label.grammars import avc, hevc, open_codecs
from aigc_label.grammars.footage import Footage
from aigc_label.markers.video_coding import Border, Coding, Unfit
from aigc_label.markers.video_look import Look
from aigc_label.markers.video_nal import Avc, Hevc


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
