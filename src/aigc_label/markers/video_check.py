"""Checks a marked film before it is delivered, with FFmpeg's own reading of it: the pictures around the joint decode, all
else is what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from aigc_label import film
from aigc_label.bilingual import Bilingual
from aigc_label.errors import ToolFailed
from aigc_label.formats import Format
from aigc_label.grammars.footage import Clock, Footage
from aigc_label.limits import Limits
from aigc_label.markers.video_part import Part
from aigc_label.progress import Stage
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, PlanSource

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

INDEXED: Final = ("mov",)  # demuxers that know all samples from tables
FOLLOWING: Final = ("filesize", "datasize", "videosize", "lastkeyframelocation")  # FLV states its own sizes
BEHIND: Final = 12  # pictures behind the joint that are compared


def check(source: Source, plan: Plan, row: Format, part: Part, footage: Footage) -> None:
    """Raise `ToolFailed` where anything about the marked film, of which `part` was encoded again, is in doubt.

    FFmpeg's own reading of both films is compared: streams, chapters and texts; where a whole index is in the file, the
    place of every sample that must not have changed; all packets of the other streams up to the joint; the times of all
    pictures up to there, and what those behind it look like.
    """
    indexed = film.DEMUXERS[row.name] in INDEXED
    with film.opened(source, row) as old, film.opened(PlanSource(source, plan), row) as new:
        _same_streams(old, new)
        if indexed:
            kept = (footage.count or 0) - len(part.times) - bool(part.leading)
            _same_elsewhere(old, new, plan, film.pictures_of(old, source.limits).index, kept)
        before = _old(old, source.limits, part, indexed)
        after = _new(new, source.limits, before)
    counted = footage.clock is Clock.COUNTED  # where times are only counted, their number has to be right
    if before.shown != after.shown and not (counted and len(before.shown) == len(after.shown)):
        raise _doubt("pictures are shown at other times", "画面显示时间发生变化")
    if before.behind != after.behind:
        raise _doubt("pictures behind the joint differ", "衔接点之后的画面不一致")
    for index, packets in before.others.items():
        if any(one != other for one, other in zip(packets, after.others[index], strict=False)):
            raise _doubt(f"stream {index} differs", f"第 {index} 路流不一致")


def _same_streams(old: InputContainer, new: InputContainer) -> None:
    def facts(container: InputContainer) -> Iterator[object]:
        texts = {key: text for key, text in container.metadata.items() if key not in FOLLOWING}
        yield texts, container.chapters(), container.duration
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
                one.size and places.of(one.pos, one.size) != other.pos
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

    def of(self, offset: int, size: int) -> int | None:
        """Give where a sample stands that was kept whole; None for any other."""
        for start in (self.here, 0):
            for index in range(start, len(self.kept)):
                first, end, at = self.kept[index]
                if first <= offset and offset + size <= end:
                    self.here = index
                    return at + offset - first
        return None


@dataclass(slots=True)
class Watch:
    """What FFmpeg reads in one film up to a little behind the joint.

    `shown` are the times of its pictures in front of the joint, `behind` the hashes of the first ones from there on.
    """

    shown: list[int] = field(default_factory=list)
    behind: list[bytes] = field(default_factory=list)
    others: dict[int, list[tuple[int | None, int | None, bytes]]] = field(default_factory=lambda: defaultdict(list))

    def packets(self, container: InputContainer, video: VideoStream) -> Iterator[Packet[Any]]:
        """Give the packets of the pictures, the empty one at the end last; note those of all other streams."""
        last: int | None = None
        for packet in container.demux():
            if packet.stream.index != video.index:  # the index of the empty packets at the end is not set
                if packet.size:
                    self.others[packet.stream.index].append((packet.pts, packet.dts, _hash(bytes(packet))))
                continue
            if packet.dts is not None:
                if last is not None and packet.dts <= last:
                    raise _doubt("pictures are stored out of order", "画面存储顺序有误")
                last = packet.dts
            yield packet


def _old(container: InputContainer, limits: Limits, part: Part, indexed: object) -> Watch:
    """Read the old film: when its pictures are shown, and what those behind the joint look like."""
    watch = Watch()
    video = film.pictures_of(container, limits)
    joint: int | None = None
    reached = False
    for number, packet in enumerate(watch.packets(container, video)):
        if part.next is not None and packet.size and not reached:
            reached = packet.pos == part.next.offset if indexed else number == len(part.samples)
            joint = packet.pts if reached else None
        if packet.size and not packet.is_discard and not (reached and (joint is None or (packet.pts or 0) >= joint)):
            watch.shown.append(packet.pts if packet.pts is not None else number)
        if reached:
            for frame in _decoded(video, packet):
                if joint is None or (frame.pts or 0) >= joint:
                    watch.behind.append(_hash(frame.to_ndarray().tobytes()))
            if len(watch.behind) >= BEHIND:
                break
    watch.shown.sort()
    del watch.behind[BEHIND:]
    return watch


def _new(container: InputContainer, limits: Limits, before: Watch) -> Watch:
    """Read the new film as far as the old one was read: here every picture is decoded, and none may complain."""
    watch = Watch()
    video = film.pictures_of(container, limits)
    video.codec_context.options = {"err_detect": "explode"}
    stage = Stage(len(before.shown) + len(before.behind))
    for packet in watch.packets(container, video):
        for frame in _decoded(video, packet):
            stage.advance()
            if frame.pts is None or frame.is_corrupt or (watch.shown and frame.pts <= watch.shown[-1]):
                raise _doubt("pictures are damaged or out of order", "画面损坏或顺序有误")
            if len(watch.shown) < len(before.shown):
                watch.shown.append(frame.pts)
            else:
                watch.behind.append(_hash(frame.to_ndarray().tobytes()))
        if len(watch.behind) > len(before.behind) or (before.behind and len(watch.behind) == len(before.behind)):
            break
    return watch


def _decoded(video: VideoStream, packet: Packet[Any]) -> list[VideoFrame]:
    with film.told():
        return video.decode(packet)


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _doubt(en: str, zh: str) -> ToolFailed:
    return ToolFailed(Bilingual(f"the marked film did not pass its check: {en}", f"添加标识后的影片未通过自检：{zh}"))
