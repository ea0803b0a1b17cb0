"""Checks a marked film before it is delivered, with FFmpeg's own reading of it: the pictures around the joint decode, all
else is what it was."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from aigc_label import film
from aigc_label.bilingual import Bilingual
from aigc_label.errors import ToolFailed
from aigc_label.formats import Format
from aigc_label.limits import Limits
from aigc_label.source import Source
from aigc_label.splice import Keep, Plan, PlanSource

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

BEHIND: Final = 12  # pictures behind the joint that are compared


def check(source: Source, plan: Plan, row: Format, joint: int | None) -> None:
    """Raise `ToolFailed` where anything about the marked film is in doubt. `joint` is the time of the first old picture."""
    with film.opened(source, row) as old, film.opened(PlanSource(source, plan), row) as new:
        _same_streams(old, new)
        _same_elsewhere(old, new, plan)
        _same_pictures(old, new, source.limits, joint)


def _same_streams(old: InputContainer, new: InputContainer) -> None:
    def facts(container: InputContainer) -> Iterator[object]:
        yield container.metadata, container.chapters(), container.duration
        for stream in container.streams:
            yield stream.type, stream.time_base, stream.duration, stream.start_time, stream.metadata, stream.language
            yield stream.codec_context.codec.canonical_name if stream.codec_context else None, stream.disposition

    for one, other in zip(facts(old), facts(new), strict=True):
        if one != other:
            raise _doubt(f"the streams differ: {one} / {other}", f"流信息不一致：{one} / {other}")


def _same_elsewhere(old: InputContainer, new: InputContainer, plan: Plan) -> None:
    """Every sample of the other streams that FFmpeg's index names lies in bytes that were kept."""
    places = _Places(plan)
    for before, after in zip(old.streams, new.streams, strict=True):
        if before.type == "video":
            continue
        if len(before.index_entries) != len(after.index_entries):
            raise _doubt("an index has another length", "索引长度不一致")
        for one, other in zip(before.index_entries, after.index_entries, strict=True):
            if (one.timestamp, one.size, one.flags) != (other.timestamp, other.size, other.flags) or (
                one.size and places.of(one.pos) != other.pos
            ):
                raise _doubt("a sample of another stream was moved or changed", "其他流的样本被移动或改变")


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


def _same_pictures(old: InputContainer, new: InputContainer, limits: Limits, joint: int | None) -> None:
    """Both films show a picture at the same times; those from the joint on are the same to the last bit."""
    pairs = zip(_window(old, limits, joint), _window(new, limits, joint), strict=True)
    for one, other in pairs:
        if one[0] != other[0] or (one[1] is not None and one[1] != other[1]):
            raise _doubt(f"the pictures differ at {one[0]} / {other[0]}", f"画面在 {one[0]} / {other[0]} 处不一致")


def _window(container: InputContainer, limits: Limits, joint: int | None) -> Iterator[tuple[int | None, bytes | None]]:
    """Give the time of each picture up to a little behind the joint, from there on with a hash of its samples."""
    behind = 0
    last: int | None = None
    for frame in _decoded(container, limits):
        if frame.pts is None or frame.is_corrupt or (last is not None and frame.pts <= last):
            raise _doubt("pictures are damaged or out of order", "画面损坏或顺序有误")
        last = frame.pts
        if joint is None or frame.pts < joint:
            yield frame.pts, None
            continue
        yield frame.pts, _hash(frame)
        behind += 1
        if behind >= BEHIND:
            return


def _decoded(container: InputContainer, limits: Limits) -> Iterator[VideoFrame]:
    stream = film.pictures_of(container, limits)
    stream.codec_context.options = {"err_detect": "explode"}
    last: int | None = None
    for packet in container.demux(stream):
        if packet.dts is not None:
            if last is not None and packet.dts <= last:
                raise _doubt("pictures are stored out of order", "画面存储顺序有误")
            last = packet.dts
        with film.told():
            yield from packet.decode()


def _hash(frame: VideoFrame) -> bytes:
    """Give a hash of what is seen of the frame: not of the padding behind its rows."""
    hashed = blake2b(digest_size=16)
    hashed.update(frame.to_ndarray().tobytes())
    return hashed.digest()


def _doubt(en: str, zh: str) -> ToolFailed:
    return ToolFailed(Bilingual(f"the marked film did not pass its check: {en}", f"添加标识后的影片未通过自检：{zh}"))
