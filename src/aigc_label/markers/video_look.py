"""Looks at a film once before it is marked: how it is coded, how it is shown, and what speaks against marking it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from aigc_label import film
from aigc_label.bilingual import Bilingual
from aigc_label.errors import ToolFailed
from aigc_label.film import Screen
from aigc_label.formats import Format
from aigc_label.grammars.footage import refused
from aigc_label.markers.video_planes import check_planes
from aigc_label.source import Source

if TYPE_CHECKING:
    from av import VideoFrame

FULL_RANGE: Final = 2  # AVColorRange
REFUSED: Final = {  # side data that would be lost with the pictures that carry them
    "DYNAMIC_HDR_PLUS": Bilingual("HDR10+ metadata", "HDR10+ 动态元数据"),
    "DYNAMIC_HDR_VIVID": Bilingual("HDR Vivid metadata", "HDR Vivid 动态元数据"),
    "DOVI_RPU_BUFFER": Bilingual("Dolby Vision", "杜比视界"),
    "DOVI_METADATA": Bilingual("Dolby Vision", "杜比视界"),
}
FASTEST: Final = 65_535  # the largest number that some codings can hold in a frame rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the film's first picture and its stream say about all of them.

    `codec` is FFmpeg's name of the coding, `tag` the container's; `pixels` the pixel format;
    `colours` the colour signalling as the encoder takes it; `depth` how many pictures are held back to be shown in order.
    """

    codec: str
    tag: str
    screen: Screen
    pixels: str
    rate: Fraction
    colours: dict[str, int]
    full_range: bool
    depth: int
    interlaced: bool


def look_at(source: Source, row: Format) -> Look:
    """Give the look of a film. Raises `UnsupportedFormat` by name for what nobody could mark without loss."""
    with film.opened(source, row) as container:
        stream = film.pictures_of(container, source.limits)
        frame = next(iter(container.decode(stream)), None)
        if frame is None:
            raise ToolFailed(Bilingual("no picture could be decoded", "未能解码出任何画面"))
        check_planes(frame)
        for kind, name in REFUSED.items():
            if frame.side_data.get(kind) is not None:
                raise refused(f"its pictures have {name.en}", f"画面带有{name.zh}")
        context = stream.codec_context
        return Look(
            codec=context.codec.canonical_name,
            tag=context.codec_tag,
            screen=film.screen_of(stream, frame),
            pixels=frame.format.name,
            rate=_rate(stream.average_rate),
            colours={
                "color_range": frame.color_range,
                "color_primaries": frame.color_primaries,
                "color_trc": frame.color_trc,
                "colorspace": frame.colorspace,
            },
            full_range=FULL_RANGE in (frame.color_range, context.color_range),
            depth=context.reorder_depth,
            interlaced=frame.interlaced_frame,
        )


def _rate(average: Fraction | None) -> Fraction:
    rate = average if average is not None and Fraction(1, 60) < average <= 1_000 else Fraction(25)
    return rate if rate.numerator <= FASTEST else rate.limit_denominator(FASTEST // 1_000)


def check_alike(frame: VideoFrame, look: Look) -> None:
    """Raise `UnsupportedFormat` where a later picture is of another kind than the first one."""
    size = (frame.width, frame.height, frame.format.name)
    if size != (look.screen.width, look.screen.height, look.pixels):
        raise refused("its pictures change their size", "画面尺寸在播放中改变")
    if frame.interlaced_frame != look.interlaced:
        raise refused("only some of its pictures are interlaced", "部分画面为隔行扫描")
