"""Marks the opening of a film: only the groups of pictures that the mark touches are encoded again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from math import ceil
from typing import TYPE_CHECKING, Final, cast

from aigc_label import badge, film
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, ToolFailed, UnsupportedFormat
from aigc_label.evidence import Span
from aigc_label.film import Screen
from aigc_label.formats import Format
from aigc_label.grammars.footage import Coded, Container, Footage, Sample
from aigc_label.markers import Rendering
from aigc_label.markers.video_check import check
from aigc_label.markers.video_codings import Border, Coding, coding_of
from aigc_label.markers.video_planes import Stamp, check_planes, drawn, stamp_of
from aigc_label.marking import Mark
from aigc_label.sniff import sniff
from aigc_label.source import Source

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.codeccontext import VideoCodecContext

CONTAINERS: Final = {
    "mp4": "movie_pictures",
    "mov": "movie_pictures",
    "3gp": "movie_pictures",
    "matroska": "matroska_pictures",
}
FRAMES: Final = 20_000  # of one encoding
MOST_MISSING: Final = 16  # pictures that lead a first keyframe and refer to what was cut away before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the film's first picture and its stream say about all of them."""

    codec: str
    decoder: str
    extradata: bytes | None
    screen: Screen
    pixels: str
    rate: Fraction
    colours: dict[str, int]
    full_range: bool
    depth: int  # pictures that are held back to be shown in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The samples that give way, in decoding order; behind them the first that stays (None: none does), and those shown
    before it that stood behind it."""

    samples: tuple[Sample, ...]
    next: Sample | None
    border: Border
    leading: tuple[Sample, ...]
    end: int  # the time at which the mark ends

    @property
    def times(self) -> list[int]:
        return sorted(sample.time for sample in (*self.samples, *self.leading))


def render(source: Source, mark: Mark) -> Rendering:
    """Give the film with the mark on its opening, for `mark.seconds` or as long as it lasts if that is shorter.

    Sound, subtitles, chapters, metadata and every picture outside the groups that the mark touches stay byte for byte.
    Raises `MissingTool` before any work, `UnsupportedFormat` by name for what cannot be marked, `ToolFailed`,
    `InvalidMark`, `LimitExceeded`, `MalformedFile`.
    """
    film.libraries()
    row = sniff(source)
    container = _container(row)
    footage = container.footage_of(source)
    look = _look(source, row)
    drawing = badge.design(mark, *look.screen.displayed, grid=(2, 2), orientation=look.screen.orientation)
    coding = coding_of(look.codec, footage.configuration, look.depth)
    opening = _opening(source, footage, coding, mark.seconds)
    pictures, configuration = _encoded(source, look, coding, opening, stamp_of(drawing, look.screen))
    plan = container.with_pictures(source, footage, pictures, configuration)
    check(source, plan, row, opening.next.time if opening.next else None)
    return Rendering(
        plan=plan,
        box=drawing.box,
        words=drawing.words,
        spans=(Span(start=0.0, seconds=_seconds(footage, opening)),),
        way=_way(len(opening.times), footage),
    )


def _container(row: Format) -> Container:
    if row.name not in CONTAINERS:
        raise UnsupportedFormat(
            Bilingual(f"marks cannot be put into {row.title}", f"无法为 {row.title} 添加显式标识"), remedy=row.remedy
        )
    return cast(Container, import_module(f"aigc_label.grammars.{CONTAINERS[row.name]}"))


def _look(source: Source, row: Format) -> Look:
    with film.opened(source, row) as container:
        stream = film.pictures_of(container, source.limits)
        frame = next(iter(container.decode(stream)), None)
        if frame is None:
            raise ToolFailed(Bilingual("no picture could be decoded", "未能解码出任何画面"))
        check_planes(frame)
        if frame.interlaced_frame:
            raise _refused("its pictures are interlaced", "画面为隔行扫描")
        context = stream.codec_context
        return Look(
            codec=context.codec.canonical_name,
            decoder=context.codec.name,
            extradata=context.extradata,
            screen=film.screen_of(stream, frame),
            pixels=frame.format.name,
            rate=stream.average_rate or Fraction(25),
            colours={
                "color_range": frame.color_range,
                "color_primaries": frame.color_primaries,
                "color_trc": frame.color_trc,
                "colorspace": frame.colorspace,
            },
            depth=context.reorder_depth,
            full_range=2 in (frame.color_range, context.color_range),
        )


def _refused(en: str, zh: str) -> UnsupportedFormat:
    return UnsupportedFormat(
        Bilingual(f"no mark can be put into this film: {en}", f"无法为该影片添加显式标识：{zh}"),
        remedy=Bilingual(
            "Export the film as a plain H.264 MP4 and mark that.", "请导出为普通 H.264 MP4 后再添加标识。"
        ),
    )


def _opening(source: Source, footage: Footage, coding: Coding, seconds: float) -> Opening:
    """Find the first place behind the mark's end at which old pictures can follow new ones."""
    taken: list[Sample] = []
    end = 0
    samples = footage.samples()
    for sample in samples:
        if not taken:
            end = max(footage.start, sample.time) + ceil(seconds / footage.unit)
        data = source.at(sample.offset, sample.size)
        border = coding.border(data) if taken and sample.key and sample.time >= end else Border.NONE
        if border is not Border.NONE:
            leading = tuple(_leading(source, coding, samples)) if border is Border.OPEN else ()
            return Opening(samples=tuple(taken), next=sample, border=border, leading=leading, end=end)
        taken.append(sample)
        coding.taken(data)
        if len(taken) > FRAMES:
            raise LimitExceeded(Bilingual("too many pictures to encode", "需要编码的画面过多"), limit="frames")
    return Opening(samples=tuple(taken), next=None, border=Border.NONE, leading=(), end=end)


def _leading(source: Source, coding: Coding, samples: Iterator[Sample]) -> Iterator[Sample]:
    for sample in samples:
        if not coding.leads(source.at(sample.offset, sample.size)):
            return
        yield sample


def _encoded(source: Source, look: Look, coding: Coding, opening: Opening, stamp: Stamp) -> tuple[list[Coded], bytes]:
    """Give the new pictures in the order of the old samples' places, and the configuration that serves old and new."""
    av = film.libraries()
    coding.before(opening.border)
    keys = {sample.time for sample in opening.samples if sample.key}
    times = opening.times
    encoder = _encoder(look, coding)
    packets = []
    with film.told():
        for number, frame in enumerate(_frames(source, look, opening)):
            if times[number] < opening.end:
                drawn(frame, stamp, look.full_range)
            frame.pts, frame.time_base = number, encoder.time_base
            starts = number == 0 or times[number] in keys
            frame.pict_type = av.video.frame.PictureType.I if starts else av.video.frame.PictureType.NONE
            packets += encoder.encode(frame)
        packets += encoder.encode(None)
    if [packet.pts for packet in packets] != list(range(len(times))):
        raise ToolFailed(Bilingual("the encoder dropped or moved pictures", "编码器丢失或移动了画面"))
    extradata = encoder.extradata or b""
    pictures = [
        Coded(coding.sample(bytes(packet), packet.is_keyframe), time, packet.is_keyframe)
        for packet, time in zip(packets, times, strict=True)
    ]
    if opening.next is not None:
        last = pictures[-1]
        pictures[-1] = Coded(coding.last(last.data, opening.border), last.time, last.key)
        if opening.leading:
            following = source.at(opening.next.offset, opening.next.size)
            pictures.append(Coded(following, opening.next.time, True))
    return pictures, coding.joined(extradata)


def _encoder(look: Look, coding: Coding) -> VideoCodecContext:
    av = film.libraries()
    encoder = cast("VideoCodecContext", av.CodecContext.create(coding.encoder, "w"))
    encoder.width, encoder.height = look.screen.width, look.screen.height
    encoder.pix_fmt = look.pixels
    encoder.framerate, encoder.time_base = look.rate, 1 / look.rate
    encoder.sample_aspect_ratio = look.screen.aspect
    encoder.thread_count = film.THREADS
    encoder.flags |= av.codec.context.Flags.global_header
    for name, value in look.colours.items():
        setattr(encoder, name, value)
    encoder.options = dict(coding.options)
    with film.told():
        encoder.open()
    return encoder


def _frames(source: Source, look: Look, opening: Opening) -> Iterator[VideoFrame]:
    """Give one decoded picture for each time of the opening, in order.

    A picture that the decoder cannot give (one that leads the first keyframe) is shown as its neighbour is.
    """
    waiting = iter(opening.times)
    due = next(waiting, None)
    last: VideoFrame | None = None
    missing = 0
    for frame in _decoded(source, look, opening):
        while due is not None and frame.pts is not None and due <= frame.pts:
            missing += due < frame.pts
            yield frame if last is None or due == frame.pts else last
            due = next(waiting, None)
        last = frame
    while due is not None and last is not None:
        missing += 1
        yield last
        due = next(waiting, None)
    if missing > MOST_MISSING or last is None:
        raise ToolFailed(Bilingual(f"{missing} pictures could not be decoded", f"有 {missing} 幅画面无法解码"))


def _decoded(source: Source, look: Look, opening: Opening) -> Iterator[VideoFrame]:
    av = film.libraries()
    deadline = time.monotonic() + source.limits.seconds
    decoder = cast("VideoCodecContext", av.CodecContext.create(look.decoder, "r"))
    decoder.extradata = look.extradata
    decoder.thread_count, decoder.thread_type = film.THREADS, "AUTO"
    following = (opening.next,) if opening.leading and opening.next is not None else ()
    for sample in (*opening.samples, *following, *opening.leading):
        if time.monotonic() > deadline:
            raise film.too_slow(source.limits)
        packet = av.Packet(source.at(sample.offset, sample.size))
        packet.pts, packet.dts = sample.time, None
        packet.is_keyframe = sample.key
        yield from _alike(decoder.decode(packet), look)
    yield from _alike(decoder.decode(None), look)


def _alike(frames: list[VideoFrame], look: Look) -> Iterator[VideoFrame]:
    for frame in frames:
        size = (frame.width, frame.height, frame.format.name)
        if size != (look.screen.width, look.screen.height, look.pixels):
            raise _refused("its pictures change their size", "画面尺寸在播放中改变")
        if frame.interlaced_frame:
            raise _refused("its pictures are interlaced", "画面为隔行扫描")
        yield frame


def _seconds(footage: Footage, opening: Opening) -> float:
    """Give how long the mark is seen: until the first picture that lacks it."""
    first = max(footage.start, opening.times[0])
    after = [time for time in opening.times if time >= opening.end]
    following = opening.next.time if opening.next is not None else max(opening.times)
    return float((min(after, default=following) - first) * footage.unit)


def _way(count: int, footage: Footage) -> Bilingual:
    of, of_zh = (f" of {footage.count}", f" {footage.count} 帧中的") if footage.count else ("", "")
    return Bilingual(
        f"{count}{of} pictures were encoded again; the others, sound and all else are copied unchanged",
        f"重新编码了{of_zh} {count} 帧；其余画面、声音及其他内容原样复制",
    )
