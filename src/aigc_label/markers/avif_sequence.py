"""Draws a badge on every frame of an AVIF sequence; the sequence is written anew and keeps its exact times."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from PIL import Image

from aigc_label import badge
from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile, UnsupportedFormat
from aigc_label.formats import BY_NAME
from aigc_label.grammars import bmff, exif
from aigc_label.grammars.bmff import Box, Edit
from aigc_label.grammars.heif import Layout
from aigc_label.markers import Rendering
from aigc_label.markers.avif_coding import QUALITY, check_depth, saved, settings_of
from aigc_label.marking import Mark
from aigc_label.raster import bounded, opened, told
from aigc_label.source import BytesSource, Source
from aigc_label.splice import in_memory, replaced

CANVASES: Final = 40  # so many times `limits.pixels` may be drawn on in one sequence
PICTURES: Final = b"pict"  # handler of the track that is shown
KEPT: Final = ("exif", "xmp", "icc_profile")  # of what Pillow reads
KEPT_ITEMS: Final = (b"av01", b"Exif", b"mime")
WAY: Final = Bilingual(
    f"all {{count}} frames were decoded and the sequence was written anew (AV1, quality {QUALITY}) with its times, loops, "
    "EXIF, XMP and colour profile; pixels outside the mark may differ by a few levels",
    f"全部 {{count}} 帧已解码，序列已整体重新编码（AV1，质量 {QUALITY}），保留时间、循环次数、EXIF、XMP 与色彩配置；"
    "标识以外的像素可能有几个灰度级的差异",
)


@dataclass(frozen=True, slots=True)
class Timing:
    """The time of a sequence: ticks a second, ticks of each frame, how often it plays (None: forever)."""

    scale: int
    ticks: tuple[int, ...]
    plays: Fraction | None


def rendered(source: Source, layout: Layout, mark: Mark) -> Rendering:
    """Give the sequence with the mark on every frame.

    Raises `UnsupportedFormat` for more than 8 bits and for items that writing anew would lose, `MalformedFile`,
    `LimitExceeded`, `ToolFailed`, `InvalidMark`.
    """
    foreign = next((item for meta in layout.metas for item in meta.items if item.kind not in KEPT_ITEMS), None)
    tracks = [track for movie in layout.movies for track in _tracks(source, movie)]
    shown = next((track for track in tracks if source.upto(track[b"hdlr"].body + 8, 4) == PICTURES), None)
    if foreign is not None or shown is None:
        name = foreign.kind.decode("ascii", "replace") if foreign else "no picture track"
        raise UnsupportedFormat(
            Bilingual(f"a sequence cannot be written anew with {name!r}", f"无法重写含有 {name!r} 的序列"),
            remedy=Bilingual("Mark the frames before they are encoded.", "请在编码之前为各帧添加标识。"),
        )
    settings = _settings(source, shown)
    check_depth(settings)
    timing = _timing(source, shown)
    frames, drawn, kept = _drawn(source, mark, timing)
    data = saved(
        frames[0],
        save_all=True,
        append_images=frames[1:],
        duration=list(timing.ticks),
        subsampling=settings_of(settings).subsampling,
        **kept,
    )
    plan = (_timed(BytesSource(data, limits=source.limits), timing),)
    return Rendering(plan=plan, box=drawn.box, words=drawn.words, way=WAY.filled(count=len(frames)))


def _drawn(source: Source, mark: Mark, timing: Timing) -> tuple[list[Image.Image], badge.Badge, dict[str, Any]]:
    count = len(timing.ticks)
    bounded("frames", count, source.limits)
    with told(BY_NAME["avif"]), catch_warnings():
        simplefilter("ignore")
        image = opened(source, BY_NAME["avif"])
        if count * image.width * image.height > CANVASES * source.limits.pixels:
            raise LimitExceeded(Bilingual("the sequence has too many pixels", "序列的总像素过多"), limit="pixels")
        if getattr(image, "n_frames", 1) != count:
            raise MalformedFile(Bilingual("the sequence has other frames than it declares", "序列帧数与声明不符"))
        orientation = image.getexif().get(exif.ORIENTATION, exif.UPRIGHT)  # Pillow tells irot and imir so
        drawn = badge.design(mark, *exif.shown_size(*image.size, orientation), grid=(2, 2), orientation=orientation)
        place, levels = drawn.stored(orientation)
        frames = []
        for index in range(count):
            image.seek(index)
            frame = image.copy()
            frame.paste(Image.fromarray(levels).convert(frame.mode), (place.left, place.top))
            frames.append(frame)
        kept: dict[str, Any] = {name: image.info[name] for name in KEPT if name in image.info}
    return frames, drawn, kept


def _tracks(source: Source, movie: Box) -> list[dict[bytes, Box]]:
    """Give the boxes of each track by kind, the first of each kind."""
    tracks: list[dict[bytes, Box]] = []
    for path, box in bmff.walk(source, movie.body, movie.end):
        if box.kind == b"trak":
            tracks.append({})
        elif path[:1] == (b"trak",) and b"meta" not in path:
            tracks[-1].setdefault(box.kind, box)
    for track in tracks:
        if not {b"tkhd", b"mdhd", b"hdlr", b"stts", b"stsd"} <= track.keys():
            raise MalformedFile(Bilingual("a track lacks a box", "轨道缺少必需的盒"), offset=movie.offset)
    return tracks


def _settings(source: Source, track: dict[bytes, Box]) -> bytes:
    data = track[b"stsd"].data(source)
    at = data.find(b"av1C")
    if at < 0:
        raise MalformedFile(Bilingual("the picture track is not AV1", "图像轨道不是 AV1"), offset=track[b"stsd"].offset)
    return data[at + 4 : at + 12]


def _timing(source: Source, track: dict[bytes, Box]) -> Timing:
    table = track[b"stts"].data(source)
    ticks: list[int] = []
    for at in range(8, min(len(table), 8 + 8 * int.from_bytes(table[4:8], "big")) - 7, 8):
        count, delta = int.from_bytes(table[at : at + 4], "big"), int.from_bytes(table[at + 4 : at + 8], "big")
        bounded("frames", len(ticks) + count, source.limits)
        ticks += [delta] * count
    scale = _number(source, *_scale(source, track[b"mdhd"]))
    if not ticks or not scale:
        raise MalformedFile(Bilingual("the sequence has no times", "序列缺少时间信息"), offset=track[b"stts"].offset)
    return Timing(scale, tuple(ticks), _plays(source, track))


def _plays(source: Source, track: dict[bytes, Box]) -> Fraction | None:
    """Give how often the sequence plays (ISO/IEC 23008-12, 9.6.1): its edit list repeats for as long as the track lasts."""
    edit = track.get(b"elst")
    if edit is None or not source.at(edit.body, 4)[3] & 1:
        return Fraction(1)
    at, size = _lasting(source, track[b"tkhd"])
    whole = _number(source, at, size)
    once = _number(source, edit.body + 8, 8 if source.at(edit.body, 1)[0] else 4)
    return None if whole == (1 << 8 * size) - 1 or not once else Fraction(whole, once)


def _timed(new: BytesSource, timing: Timing) -> bytes:
    """Put the exact times into a file whose encoder took ticks for milliseconds."""
    edits: list[Edit] = []
    for box in bmff.top(new)[0]:
        if box.kind != b"moov":
            continue
        for _, part in bmff.walk(new, box.body, box.end):
            if part.kind in (b"mvhd", b"mdhd"):
                at, size = _scale(new, part)
                edits.append((at, at + size, timing.scale.to_bytes(size, "big")))
            if part.kind in (b"mvhd", b"tkhd"):
                at, size = _lasting(new, part)
                forever = (1 << 8 * size) - 1
                lasts = forever if timing.plays is None else round(timing.plays * sum(timing.ticks))
                edits.append((at, at + size, min(lasts, forever).to_bytes(size, "big")))
            if part.kind == b"elst":
                repeats = timing.plays is None or timing.plays != 1
                edits.append((part.body + 3, part.body + 4, bytes((repeats,))))
    return in_memory(new, replaced(new.size, edits))


def _scale(source: Source, box: Box) -> tuple[int, int]:
    """Give where `mvhd` and `mdhd` keep their ticks a second."""
    return box.body + (20 if source.at(box.body, 1)[0] else 12), 4


def _lasting(source: Source, box: Box) -> tuple[int, int]:
    """Give where `mvhd` and `tkhd` keep their duration, and in how many bytes."""
    wide = bool(source.at(box.body, 1)[0])
    before = {(b"mvhd", True): 24, (b"mvhd", False): 16, (b"tkhd", True): 28, (b"tkhd", False): 20}[box.kind, wide]
    return box.body + before, 8 if wide else 4


def _number(source: Source, at: int, size: int) -> int:
    return int.from_bytes(source.at(at, size), "big")
