"""Checks a marked film before it is delivered, with FFmpeg's own reading of it: the pictures around the joint decode, all
else is what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from aigc_label import film
from aigc_label.bilingual import Bilingual
from aigc_label.errors import ToolFailed
from aigc_label.formats import Format
from aigc_label.grammars.footage import Clock, Footage, Sample
from aigc_label.limits import Limits
from aigc_label.markers.video_part import Part
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, PlanSource

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

INDEXED: Final = ("mov",)  # demuxers that know all samples from tables
BEHIND: Final = 12  # pictures behind the joint that are compared


def check(source: Source, plan: Plan, row: Format, part: Part, footage: Footage) -> None:
    """Raise `ToolFailed` where anything about the marked film, of which `part` was encoded again, is in doubt.

    FFmpeg's own reading of both films is compared: streams, chapters and texts; where a whole index is in the file, the
    place of every sample that must not have changed; all packets of the other streams up to the joint; the times of all
    pictures up to there, and what those behind it look like.
    """
    joint = Joint(part.next)
    with film.opened(source, row) as old, film.opened(PlanSource(source, plan), row) as new:
        _same_streams(old, new)
        if film.DEMUXERS[row.name] in INDEXED:
            joint.time = None  # edit lists shift times: the sample's place tells
            kept = (footage.count or 0) - len(part.times) - bool(part.leading)
            _same_elsewhere(old, new, plan, film.pictures_of(old, source.limits).index, kept)
        before, after = Watch(old, source.limits, joint), Watch(new, source.limits, joint)
        seen = zip_longest(_from_first(before, footage.clock), _from_first(after, footage.clock))
        for one, other in seen:
            if one is None or other is None or one != other:
                raise _doubt(f"the pictures differ: {one} / {other}", f"画面不一致：{one} / {other}")
        for index, packets in before.others.items():
            if any(one != other for one, other in zip(packets, after.others[index], strict=False)):
                raise _doubt(f"stream {index} differs", f"第 {index} 路流不一致")


class Joint:
    """Where the first old picture stands: its sample, and its time once FFmpeg has told it."""

    def __init__(self, sample: Sample | None) -> None:
        self.offset = sample.offset if sample is not None else None
        self.time = sample.time if sample is not None else None


def _from_first(watch: Watch, clock: Clock) -> Iterator[tuple[int, bytes]]:
    """Give the pictures; where they are only counted, times count from the first one."""
    first: int | None = None
    for time, look in watch.pictures():
        first = time if first is None else first
        yield time - (first if clock is Clock.COUNTED else 0), look


def _same_streams(old: InputContainer, new: InputContainer) -> None:
    def facts(container: InputContainer) -> Iterator[object]:
        yield container.metadata, container.chapters(), container.duration
        for stream in container.streams:
            yield stream.type, stream.time_base, stream.duration, stream.start_time, stream.metadata, stream.language
            yield stream.codec_context.codec.canonical_name if stream.codec_context else None, stream.disposition

    for one, other in zip(facts(old), facts(new), strict=True):
        if one != other:
            raise _doubt(f"the streams differ: {one} / {other}", f"流信息不一致：{one} / {other}")


def _same_elsewhere(old: InputContainer, new: InputContainer, plan: Plan, video: int, kept: int) -> None:
    """Every sample that FFmpeg's index names lies in bytes that were kept; of stream `video` the last `kept` ones."""
    places = _Places(plan)
    for before, after in zip(old.streams, new.streams, strict=True):
        if len(before.index_entries) != len(after.index_entries):
            raise _doubt("an index has another length", "索引长度不一致")
        start = max(0, len(before.index_entries) - kept) if before.index == video else 0
        for one, other in zip(before.index_entries[start:], after.index_entries[start:], strict=True):
            if (one.timestamp, one.size, one.flags) != (other.timestamp, other.size, other.flags) or (
                one.size and places.of(one.pos) != other.pos
            ):
                raise _doubt("a sample was moved or changed that was to stay", "应保留的样本被移动或改变")


class _Places:
    """Tells where kept bytes of the old file stand in the new one; asked in rising order, mostly."""

    def __init__(self, plan: Plan) -> None:
        self.kept: list[tuple[int, int, int]] = []
        at = 0
        for piece in plan:
            if isinstance(piece, Keep):
                self.kept.append((piece.offset, piece.end, at))
                at += piece.length
            else:
                at += len(piece)
        self.here = 0

    def of(self, offset: int) -> int | None:
        for start in (self.here, 0):
            for index in range(start, len(self.kept)):
                first, end, at = self.kept[index]
                if first <= offset < end:
                    self.here = index
                    return at + offset - first
        return None


@dataclass(slots=True)
class Watch:
    """One film up to a little behind the joint: its pictures, and the packets of its other streams on the way."""

    container: InputContainer
    limits: Limits
    joint: Joint
    others: dict[int, list[tuple[int | None, int | None, bytes]]] = field(default_factory=lambda: defaultdict(list))

    def pictures(self) -> Iterator[tuple[int, bytes]]:
        """Give the time of each picture, from the joint on with a hash of its samples, which must not have changed."""
        behind = 0
        last: int | None = None
        for frame in self._decoded():
            if frame.pts is None or frame.is_corrupt or (last is not None and frame.pts <= last):
                raise _doubt("pictures are damaged or out of order", "画面损坏或顺序有误")
            last = frame.pts
            old = self.joint.time is not None and frame.pts >= self.joint.time
            yield frame.pts, _hash(frame.to_ndarray().tobytes()) if old else b""
            behind += old
            if behind >= BEHIND:
                return

    def _decoded(self) -> Iterator[VideoFrame]:
        stream = film.pictures_of(self.container, self.limits)
        stream.codec_context.options = {"err_detect": "explode"}
        last: int | None = None
        for packet in self.container.demux():
            if packet.stream.index != stream.index:  # the index of the empty packets at the end is not set
                if packet.size:
                    self.others[packet.stream.index].append((packet.pts, packet.dts, _hash(bytes(packet))))
                continue
            if packet.dts is not None:
                if last is not None and packet.dts <= last:
                    raise _doubt("pictures are stored out of order", "画面存储顺序有误")
                last = packet.dts
            if self.joint.time is None and packet.pos == self.joint.offset and packet.size:
                self.joint.time = packet.pts  # told by the old film, which is asked first
            with film.told():
                yield from stream.decode(packet)


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _doubt(en: str, zh: str) -> ToolFailed:
    return ToolFailed(Bilingual(f"the marked film did not pass its check: {en}", f"添加标识后的影片未通过自检：{zh}"))
