"""Decodes a part of a film, draws the mark and encodes it again, picture for picture, each at its own time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from aigc_label import film
from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool, ToolFailed
from aigc_label.formats import Format
from aigc_label.grammars.footage import Clock, Coded, Footage
from aigc_label.limits import Limits
from aigc_label.markers.video_coding import Coding
from aigc_label.markers.video_look import Look, check_alike
from aigc_label.markers.video_part import Part
from aigc_label.markers.video_planes import Stamp, drawn
from aigc_label.progress import Stage
from aigc_label.source import Source
from aigc_label.spool import Spool

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.video.codeccontext import VideoCodecContext

MOST_MISSING: Final = 16  # pictures that lead a first keyframe and refer to what was cut away before it
PACE: Final = 250  # pictures for each of which the limit of seconds is granted anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be encoded: which part of which film, how, and with what on it."""

    source: Source
    row: Format
    footage: Footage
    look: Look
    coding: Coding
    part: Part
    stamp: Stamp


def encoded(job: Job) -> tuple[list[Coded], bytes]:
    """Give the new pictures in the order of the old samples' places, and the configuration that serves old and new.

    Raises `ToolFailed` where the encoder does not give back one picture for each.
    """
    part, coding = job.part, job.coding
    coding.before(part.border)
    spool = Spool(job.source.limits)
    encoder = _encoder(job.look, coding)
    pictures: list[Coded] = []
    held: Packet[Any] | None = None
    stage = Stage(len(part.times))
    with film.told():
        for packet in _packets(job, encoder):
            if packet.pts != len(pictures) + (held is not None):
                raise ToolFailed(Bilingual("the encoder dropped or moved pictures", "编码器丢失或移动了画面"))
            if held is not None:
                pictures.append(_coded(job, spool, held, len(pictures)))
            held = packet
            stage.advance()
    if held is None or len(pictures) + 1 != len(part.times):
        raise ToolFailed(Bilingual("the encoder dropped pictures", "编码器丢失了画面"))
    if part.next is None:
        pictures.append(_coded(job, spool, held, len(pictures)))
    else:
        last = coding.last(coding.sample(bytes(held), held.is_keyframe), part.border)
        pictures.append(Coded(spool.add(last), part.times[-1], held.is_keyframe))
        if part.leading:
            following = job.source.at(part.next.offset, part.next.size)
            pictures.append(Coded(spool.add(following), part.next.time, True))
    return pictures, coding.joined(encoder.extradata or b"")


def _coded(job: Job, spool: Spool, packet: Packet[Any], number: int) -> Coded:
    data = job.coding.sample(bytes(packet), packet.is_keyframe)
    return Coded(spool.add(data), job.part.times[number], packet.is_keyframe)


def _packets(job: Job, encoder: VideoCodecContext) -> Iterator[Packet[Any]]:
    """Give the encoder's packets; a picture is a keyframe where the old one was."""
    kinds = film.libraries().video.frame.PictureType
    keys = {sample.time for sample in job.part.samples if sample.key}
    for number, (due, frame) in enumerate(_frames(job)):
        if job.part.is_marked(due):
            drawn(frame, job.stamp, job.look.full_range)
        frame.pts, frame.time_base = number, encoder.time_base
        frame.pict_type = kinds.I if number == 0 or due in keys else kinds.NONE
        yield from encoder.encode(frame)
    yield from encoder.encode(None)


def _encoder(look: Look, coding: Coding) -> VideoCodecContext:
    av = film.libraries()
    try:
        encoder = cast("VideoCodecContext", av.CodecContext.create(coding.encoder, "w"))
    except ValueError as problem:
        raise MissingTool(
            Bilingual(f"this PyAV has no encoder {coding.encoder}", f"当前 PyAV 不含编码器 {coding.encoder}"),
            remedy=Bilingual(
                "pip install --force-reinstall 'aigc-label[media]'", "pip install --force-reinstall 'aigc-label[media]'"
            ),
        ) from problem
    flags = av.codec.context.Flags
    encoder.width, encoder.height = look.screen.width, look.screen.height
    encoder.pix_fmt = look.pixels
    encoder.framerate, encoder.time_base = look.rate, 1 / look.rate
    encoder.sample_aspect_ratio = look.screen.aspect
    encoder.thread_count = film.THREADS
    if coding.header_apart:
        encoder.flags |= flags.global_header
    if look.interlaced:
        encoder.flags |= flags.interlaced_dct | flags.interlaced_me
    for name, value in look.colours.items():
        setattr(encoder, name, value)
    encoder.options = dict(coding.options)
    with film.told(), film.same_scheduling():
        encoder.open()
    return encoder


def _frames(job: Job) -> Iterator[tuple[int, VideoFrame]]:
    """Give one decoded picture for each time of the part, in order.

    A picture that the decoder cannot give (one that leads the first keyframe) is shown as its neighbour is.
    """
    waiting = iter(job.part.times)
    due = next(waiting, None)
    last: VideoFrame | None = None
    missing = 0
    for frame in _decoded(job):
        shown = due if job.footage.clock is Clock.COUNTED else frame.pts
        while due is not None and shown is not None and due <= shown:
            missing += due < shown
            yield due, frame if last is None or due == shown else last
            due = next(waiting, None)
        last = frame
    while due is not None and last is not None:
        missing += 1
        yield due, last
        due = next(waiting, None)
    if missing > MOST_MISSING or last is None:
        raise ToolFailed(Bilingual(f"{missing} pictures could not be decoded", f"有 {missing} 幅画面无法解码"))


def _decoded(job: Job) -> Iterator[VideoFrame]:
    av = film.libraries()
    part = job.part
    patience = Patience(job.source.limits)
    following = (part.next,) if part.leading and part.next is not None else ()
    with film.opened(job.source, job.row) as container:
        decoder = film.pictures_of(container, job.source.limits).codec_context
        for sample in (*part.samples, *following, *part.leading, None):
            patience.check()
            packet = None
            if sample is not None:
                packet = av.Packet(job.source.at(sample.offset, sample.size))
                packet.pts, packet.dts = sample.time, None
                packet.is_keyframe = sample.key
            for frame in decoder.decode(packet):
                check_alike(frame, job.look)
                yield frame


class Patience:
    """Grants the limit of seconds for every 250 pictures. Raises `LimitExceeded` when it is used up."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.count = 0
        self.deadline = time.monotonic() + limits.seconds

    def check(self) -> None:
        self.count += 1
        if self.count % PACE == 0:
            self.deadline = time.monotonic() + self.limits.seconds
        elif time.monotonic() > self.deadline:
            raise film.too_slow(self.limits)
