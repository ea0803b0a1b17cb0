"""Opens films with FFmpeg's libraries: the one door through which a container or its pictures reach them.

They are given our bytes and the demuxer that our own look at these bytes names: no file name, no address, no guess.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aigc_label.bilingual import Bilingual
from aigc_label.demuxing import Reader, nothing_else
from aigc_label.errors import (
    AigcLabelError,
    LimitExceeded,
    MalformedFile,
    MissingTool,
    ToolFailed,
    UnsupportedFormat,
)
from aigc_label.evidence import Box
from aigc_label.formats import Format
from aigc_label.grammars.exif import STORED_AS
from aigc_label.limits import MIB, Limits
from aigc_label.source import Source

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

Pixels = NDArray[np.uint8]

DEMUXERS: Final = {  # format of our table: the only demuxer that may touch such a file
    "mp4": "mov",
    "mov": "mov",
    "3gp": "mov",
    "matroska": "matroska",
    "avi": "avi",
    "flv": "flv",
    "asf": "asf",
    "mpegts": "mpegts",
}
THREADS: Final = 2
PACE: Final = 16 * MIB  # bytes read for each of which the limit of seconds is granted anew
TURNS: Final = {  # where x and y of the stored picture go (signs of the display matrix a, b, c, d): EXIF orientation
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}
TRANSPOSES: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TASKS: Final = "/proc/self/task"  # the threads of this process (Linux)
PQ: Final = 16  # transfer characteristics (ITU-T H.273, table 3)
HLG: Final = 18
WHITE_NITS: Final = 203.0  # of graphics in HDR pictures (ITU-R BT.2408)


def libraries() -> Any:
    """Give the package PyAV. Raises `MissingTool` where it is not installed."""
    os.environ.setdefault("SVT_LOG", "1")  # the AV1 encoder talks on standard error, but for errors only when told so
    try:
        import av
    except ImportError as problem:
        raise MissingTool(
            Bilingual("films need the package av (PyAV)", "处理视频需要 av 包（PyAV）"),
            remedy=Bilingual("pip install 'aigc-label[media]'", "pip install 'aigc-label[media]'"),
        ) from problem
    return av


@contextmanager
def same_scheduling() -> Iterator[None]:
    """Leave the process scheduled as it was: SVT-AV1, opened by root, makes the caller and its own threads real-time.

    Real-time threads (SCHED_FIFO, 99) go before everything else on the machine, for as long as the process lives.
    """
    if sys.platform != "linux":
        yield
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    before = set(os.listdir(TASKS))
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            for task in (0, *(int(task) for task in os.listdir(TASKS) if task not in before)):
                with suppress(ProcessLookupError):  # a thread that has ended meanwhile
                    os.sched_setscheduler(task, policy, priority)


def too_slow(limits: Limits) -> LimitExceeded:
    return LimitExceeded(
        Bilingual(f"the film took longer than {limits.seconds:g} s", f"处理该影片超过 {limits.seconds:g} 秒"),
        limit="seconds",
    )


@contextmanager
def opened(source: Source, row: Format, **options: str) -> Iterator[InputContainer]:
    """Give the film's container. What FFmpeg raises inside becomes one of our errors.

    Raises `MissingTool`, `UnsupportedFormat` where no demuxer is ours to use, `MalformedFile`, `LimitExceeded`.
    """
    av = libraries()
    if row.name not in DEMUXERS:
        raise UnsupportedFormat(
            Bilingual(f"no decoder for {row.title}", f"没有可用于 {row.title_zh} 的解码器"), remedy=row.remedy
        )
    with told():
        container = av.open(
            Reader(source, too_slow, PACE),
            "r",
            format=DEMUXERS[row.name],
            options={"protocol_whitelist": "none", **options},
            metadata_errors="replace",
            io_open=nothing_else,
        )
        with container:
            yield container


@contextmanager
def told() -> Iterator[None]:
    """Turn what FFmpeg raises into our errors."""
    av = libraries()
    try:
        yield
    except AigcLabelError:
        raise
    except av.error.InvalidDataError as problem:
        raise MalformedFile(
            Bilingual(f"the film cannot be decoded: {problem}", f"无法解码该影片：{problem}")
        ) from problem
    except (av.error.FFmpegError, OSError, ValueError, ArithmeticError, LookupError) as problem:
        if isinstance(problem.__context__, AigcLabelError):
            raise problem.__context__ from None
        raise ToolFailed(Bilingual(f"FFmpeg failed: {problem}", f"FFmpeg 出错：{problem}")) from problem


def pictures_of(container: InputContainer, limits: Limits) -> VideoStream:
    """Give the stream of moving pictures; cover art and pictures of chapters are none.

    Raises `UnsupportedFormat` where there is none or more than one, `LimitExceeded` for pictures over `limits.pixels`.
    """
    still = libraries().stream.Disposition.attached_pic
    found = [stream for stream in container.streams.video if not stream.disposition & still]
    if not found:
        raise UnsupportedFormat(
            Bilingual("the file holds no moving pictures", "文件不含活动画面"),
            remedy=Bilingual("Mark it as sound.", "请按音频添加标识。"),
        )
    if len(found) > 1:
        raise UnsupportedFormat(
            Bilingual(
                f"the file has {len(found)} tracks of pictures, and players differ in which they show",
                f"文件含有 {len(found)} 条画面轨，不同播放器显示的画面轨可能不同",
            ),
            remedy=Bilingual("Export each as a film of its own.", "请将各画面轨分别导出为单独的影片。"),
        )
    (stream,) = found
    if stream.codec_context is None:
        raise UnsupportedFormat(
            Bilingual("the coding of the pictures is not known", "无法识别画面编码"),
            remedy=Bilingual("Export the film as H.264 MP4.", "请将影片导出为 H.264 MP4。"),
        )
    if stream.codec_context.width * stream.codec_context.height > limits.pixels:
        raise LimitExceeded(Bilingual("the pictures are too large", "画面尺寸过大"), limit="pixels")
    stream.codec_context.thread_count = THREADS
    stream.codec_context.thread_type = "AUTO"
    return stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """How a stored picture is shown: its own size, the shape of its pixels (width over height), its orientation."""

    width: int
    height: int
    aspect: Fraction = Fraction(1)
    orientation: int = 1

    @property
    def upright(self) -> tuple[int, int]:
        """Give the size with square pixels, none of them lost, before the picture is turned."""
        if self.aspect >= 1:
            return round(self.width * self.aspect), self.height
        return self.width, round(self.height / self.aspect)

    @property
    def displayed(self) -> tuple[int, int]:
        """Give the size as a viewer sees it."""
        wide, high = self.upright
        return (high, wide) if self.orientation >= 5 else (wide, high)

    def unturned(self, box: Box) -> Box:
        """Give the rectangle of the upright picture that is seen as `box`."""
        turned, flip_x, flip_y = STORED_AS[self.orientation]
        wide, high = self.displayed
        left, right = (wide - box.right, wide - box.left) if flip_x else (box.left, box.right)
        top, bottom = (high - box.bottom, high - box.top) if flip_y else (box.top, box.bottom)
        if turned:
            left, top, right, bottom = top, left, bottom, right
        return Box(left=left, top=top, right=right, bottom=bottom)

    def stored(self, box: Box) -> Box:
        """Give the rectangle of stored pixels that lies over a rectangle of the upright picture."""
        wide, high = self.upright
        return Box(
            left=round(box.left * self.width / wide),
            top=round(box.top * self.height / high),
            right=round(box.right * self.width / wide),
            bottom=round(box.bottom * self.height / high),
        )


def screen_of(stream: VideoStream, frame: VideoFrame) -> Screen:
    """Give how this frame of this stream is shown.

    Raises `UnsupportedFormat` for a picture that is turned by anything but quarter turns.
    """
    aspect = stream.sample_aspect_ratio or Fraction(1)
    return Screen(
        width=frame.width,
        height=frame.height,
        aspect=aspect if Fraction(1, 20) < aspect < 20 else Fraction(1),
        orientation=_orientation(frame),
    )


def _orientation(frame: VideoFrame) -> int:
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return 1
    a, b, _, c, d = np.frombuffer(cast(bytes, data), np.int32)[:5]
    largest = max(map(abs, (int(a), int(b), int(c), int(d))))
    signs = tuple(int(np.rint(int(n) / largest)) if largest else 0 for n in (a, b, c, d))
    if signs not in TURNS or sum(abs(int(n)) > 0.01 * largest for n in (a, b, c, d)) != 2:
        raise UnsupportedFormat(
            Bilingual("the pictures are shown turned by an odd angle", "画面以非直角旋转显示"),
            remedy=Bilingual("Export the film upright.", "请将影片按正立方向导出。"),
        )
    return TURNS[signs]


def samples(frame: VideoFrame, index: int) -> NDArray[Any]:
    """Give the samples of one plane, (rows, samples in a row with the padding behind them), as they lie in memory."""
    plane = frame.planes[index]
    kind = np.dtype("<u2" if frame.format.components[0].bits > 8 else "u1")
    flat: NDArray[Any] = np.frombuffer(cast(bytes, plane), kind)
    return flat.reshape(-1, plane.line_size // kind.itemsize)


def shown(frame: VideoFrame, screen: Screen) -> Pixels:
    """Give a frame as a viewer sees it: (height, width, 3) sRGB, square pixels, turned upright."""
    with told():
        pixels = cast(Pixels, frame.to_ndarray(format="rgb24"))
    if frame.color_trc in (PQ, HLG):
        pixels = _toned(frame.color_trc)[pixels]
    image = Image.fromarray(pixels)
    if screen.upright != image.size:
        image = image.resize(screen.upright, Image.Resampling.BILINEAR)
    if screen.orientation in TRANSPOSES:
        image = image.transpose(TRANSPOSES[screen.orientation])
    turned: Pixels = np.asarray(image)
    return turned


def _toned(transfer: int) -> Pixels:
    """Give the sRGB level of every 8-bit level of an HDR picture, graphics white at 255."""
    code = np.arange(256) / 255
    linear = np.clip(nits(code, transfer) / WHITE_NITS, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    levels: Pixels = np.rint(255 * encoded).astype(np.uint8)
    return levels


def nits(code: NDArray[np.float64], transfer: int) -> NDArray[np.float64]:
    """Give the light of grey code values 0..1 on a screen of 1,000 nits (ITU-R BT.2100)."""
    if transfer == PQ:
        root = code ** (1 / 78.84375)
        top = np.maximum(root - 0.8359375, 0)
        return np.asarray(10_000 * (top / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125))
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return np.asarray(1_000 * scene**1.2)
