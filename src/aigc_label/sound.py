"""Decodes sound of any format to numbers: the one door through which sound reaches FFmpeg's libraries.

They are given our bytes and the demuxer that our own look at these bytes names: no file name, no address, no guess.
Plain samples (WAV, AIFF) are read without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from aigc_label.bilingual import Bilingual
from aigc_label.demuxing import Reader, nothing_else
from aigc_label.errors import AigcLabelError, LimitExceeded, MalformedFile, MissingTool, UnsupportedFormat
from aigc_label.evidence import Span
from aigc_label.formats import Format
from aigc_label.grammars import ape, flac
from aigc_label.limits import Limits
from aigc_label.pcm import Samples, numbers_of
from aigc_label.plain_sound import Plain, plain_of
from aigc_label.source import Source
from aigc_label.splice import Keep, PlanSource
from aigc_label.tagged_stream import tail

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

DEMUXERS: Final = {  # format of our table: the only demuxer that may touch such a file
    "mp3": "mp3",
    "m4a": "mov",
    "wav": "wav",
    "aac": "aac",
    "aiff": "aiff",
    "amr": "amr",
    "ogg": "ogg",
    "flac": "flac",
}
APE_FAMILY: Final = ((b"MAC ", "ape"), (b"wvpk", "wv"), (b"MPCK", "mpc8"), (b"MP+", "mpc"))
PLAIN: Final = ("wav", "aiff")
CHANNELS: Final = 64
RATES: Final = (1_000, 768_000)  # hertz
TOGETHER: Final = 3  # a sound up to so many times what is asked of either end is decoded whole
PREROLL: Final = 0.3  # seconds decoded and thrown away after a jump: codecs begin anew there


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A stretch of a sound. `start` is when its first frame sounds, in seconds; `to_end` whether it runs to the end."""

    samples: Samples
    rate: int
    start: float
    to_end: bool

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def libraries() -> Any:
    """Give the package PyAV. Raises `MissingTool` where it is not installed."""
    try:
        import av
    except ImportError as problem:
        raise MissingTool(
            Bilingual("sound in this coding needs the package av (PyAV)", "处理此类编码的音频需要 av 包（PyAV）"),
            remedy=Bilingual("pip install 'aigc-label[media]'", "pip install 'aigc-label[media]'"),
        ) from problem
    return av


def ends(source: Source, row: Format, seconds: float) -> tuple[Excerpt, ...]:
    """Give the first and the last `seconds` of a sound, or the one excerpt that is all of it where it is short.

    Samples are 32-bit floats at the file's own rate and channels. Raises `MissingTool`, `UnsupportedFormat` where no
    decoder is ours to use, `MalformedFile` where there is no sound to decode, `LimitExceeded` for time and size.
    """
    with _track(source, row) as track:
        length = track.seconds
        if length is None or length <= TOGETHER * seconds:
            first = track.excerpt(0.0, None if length is not None else TOGETHER * seconds)
            if first.to_end:
                return (first,)
            return (first, _last_without_length(track, seconds))
        last = track.excerpt(length - seconds, None)
        return (track.excerpt(0.0, seconds), last)


def whole(source: Source, row: Format) -> Excerpt:
    """Give all of a sound. As `ends` otherwise; bounded by `limits.samples`."""
    with _track(source, row) as track:
        return track.excerpt(0.0, None)


def around(source: Source, row: Format, spans: Iterable[Span], margin: float) -> tuple[Excerpt, ...]:
    """Give an excerpt for each span, with `margin` seconds before and behind it. As `ends` otherwise."""
    with _track(source, row) as track:
        places = [(max(0.0, span.start - margin), span.start + span.seconds + margin) for span in spans]
        return tuple(track.excerpt(start, stop - start) for start, stop in places)


def sampled(source: Source, row: Format, count: int, seconds: float) -> tuple[Excerpt, ...]:
    """Give `count` excerpts of `seconds` evenly apart, the first from the start; all of the sound where it is short."""
    with _track(source, row) as track:
        length = track.seconds
        if count == 1 or length is None or length <= count * seconds:
            return (track.excerpt(0.0, count * seconds),)
        step = (length - seconds) / (count - 1)
        return tuple(track.excerpt(number * step, seconds) for number in range(count))


def resampled(wave: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Give one channel at another rate, by its spectrum: what the lower of the two rates cannot carry is cut off."""
    if rate == wanted or not len(wave):
        return wave
    size = round(len(wave) * wanted / rate)
    padded = np.concatenate([wave, np.zeros(rate // 10 + (-(len(wave) + rate // 10)) % 2, np.float32)])
    target = round(len(padded) * wanted / rate)
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(target // 2 + 1, spectrum.dtype)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    return (np.fft.irfft(kept, target)[:size] * (target / len(padded))).astype(np.float32)


def _last_without_length(track: Track, seconds: float) -> Excerpt:
    """A stream that does not say how long it is must be decoded to its end."""
    everything = track.excerpt(0.0, None)
    first = max(0, len(everything.samples) - round(seconds * everything.rate))
    return Excerpt(samples=everything.samples[first:], rate=everything.rate, start=first / everything.rate, to_end=True)


class Track:
    """The sound of one open file. `seconds` is how long it is, None where only the end tells."""

    seconds: float | None

    def excerpt(self, start: float, seconds: float | None) -> Excerpt:
        """Give `seconds` of sound from `start` on; all that follows for None."""
        raise NotImplementedError


@contextmanager
def _track(source: Source, row: Format) -> Iterator[Track]:
    plain = plain_of(source, row.name) if row.name in PLAIN else None
    if plain is not None:
        yield _PlainTrack(source, plain)
    else:
        with opened(source, row) as container:
            yield _CodedTrack(container, source.limits)


class _PlainTrack(Track):
    def __init__(self, source: Source, plain: Plain) -> None:
        self.source = source
        self.plain = plain
        self.seconds = plain.frames / plain.layout.rate

    def excerpt(self, start: float, seconds: float | None) -> Excerpt:
        layout, frames = self.plain.layout, self.plain.frames
        first = min(frames, round(start * layout.rate))
        last = frames if seconds is None else min(frames, first + round(seconds * layout.rate))
        _check_size(last - first, layout.channels, self.source.limits)
        data = self.source.upto(self.plain.start + first * layout.block, (last - first) * layout.block)
        samples = numbers_of(data, layout)
        return Excerpt(samples=samples, rate=layout.rate, start=first / layout.rate, to_end=last == frames)


class _CodedTrack(Track):
    def __init__(self, container: InputContainer, limits: Limits) -> None:
        self.container = container
        self.limits = limits
        self.stream = container.streams.audio[0]
        duration, unit = self.stream.duration, self.stream.time_base
        self.seconds = float(duration * unit) if duration and unit else _seconds_of(container)
        self.origin = float((self.stream.start_time or 0) * unit) if unit else 0.0

    def excerpt(self, start: float, seconds: float | None) -> Excerpt:
        parts: list[Samples] = []
        first: float | None = None
        room = None if seconds is None else seconds
        wanted = 0
        for at, frame in self._frames(start):
            rate, late = frame.sample_rate, 0
            if first is None:
                late = max(0, round((start - at) * rate))
                if late >= frame.samples:
                    continue
                first = max(at, start)
            samples = numbers_in(frame)[late:]
            parts.append(samples)
            wanted += len(samples)
            _check_size(wanted, samples.shape[1], self.limits)
            if room is not None and wanted >= room * rate:
                return _joined(parts, rate, first, round(room * rate))
        if first is None:
            raise MalformedFile(Bilingual("no sound could be decoded", "无法解码出任何音频"))
        return _joined(parts, rate, first, None)

    def _frames(self, start: float) -> Iterator[tuple[float, AudioFrame]]:
        """Give frame after frame with the time at which each begins; times are counted on where a frame has none."""
        unit = float(self.stream.time_base or 1)
        self._seek(int((max(0.0, start - PREROLL) + self.origin) / unit))
        shape = None
        at = 0.0
        for frame in self._decoded():
            if shape not in (None, (frame.layout.nb_channels, frame.sample_rate)):
                raise UnsupportedFormat(
                    Bilingual("rate or channels change within the sound", "音频的采样率或声道数中途变化")
                )
            shape = (frame.layout.nb_channels, frame.sample_rate)
            at = frame.pts * unit - self.origin if frame.pts is not None else at
            yield at, frame
            at += frame.samples / max(1, frame.sample_rate)

    def _seek(self, place: int) -> None:
        """Go near a place; where the demuxer finds no way there (FLAC near its end), all before it is decoded too."""
        try:
            self.container.seek(place, stream=self.stream)
        except libraries().error.FFmpegError:
            self.container.seek(0)

    def _decoded(self) -> Iterator[AudioFrame]:
        """Decode packet after packet; one that is damaged is left out, as a player does."""
        av = libraries()
        good = bad = 0
        for packet in self.container.demux(self.stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                bad += 1
                if bad > 100 and bad > good:
                    raise
                continue
            for frame in frames:
                good += 1
                yield frame


def numbers_in(frame: AudioFrame) -> Samples:
    """Give a decoded frame as (frames, channels) floats."""
    if not 1 <= frame.layout.nb_channels <= CHANNELS or not RATES[0] <= frame.sample_rate <= RATES[1]:
        raise LimitExceeded(Bilingual("too many channels or samples a second", "声道数或采样率过大"), limit="samples")
    values: NDArray[Any] = frame.to_ndarray()
    channels = frame.layout.nb_channels
    table = values.T if frame.format.is_planar else values.reshape(-1, channels)
    floats: Samples = table.astype(np.float32)
    if table.dtype.kind == "f":
        return floats
    if table.dtype == np.uint8:
        return (floats - np.float32(128)) / np.float32(128)
    return floats / np.float32(2 ** (8 * table.dtype.itemsize - 1))


def _joined(parts: list[Samples], rate: int, start: float, most: int | None) -> Excerpt:
    samples = np.nan_to_num(np.concatenate(parts), copy=False)
    cut = samples if most is None else samples[:most]
    return Excerpt(samples=cut, rate=rate, start=start, to_end=most is None)


def _check_size(frames: int, channels: int, limits: Limits) -> None:
    if frames * channels > limits.samples:
        raise LimitExceeded(
            Bilingual(f"the sound has over {limits.samples:,} samples", f"音频样本数超过 {limits.samples:,}"),
            limit="samples",
        )


def _seconds_of(container: InputContainer) -> float | None:
    return container.duration / 1_000_000 if container.duration and container.duration > 0 else None


def _too_slow(limits: Limits) -> LimitExceeded:
    return LimitExceeded(
        Bilingual(f"the sound took longer than {limits.seconds:g} s", f"处理该音频超过 {limits.seconds:g} 秒"),
        limit="seconds",
    )


def _bare_flac(source: Source) -> Source:
    """Give a FLAC file without any metadata but what decoding needs: pictures and cue sheets are not FFmpeg's to read."""
    _, blocks = flac.blocks(source)
    info = blocks[0]
    head = b"fLaC" + flac.header(info.kind, info.size, last=1)
    sound = Keep(blocks[-1].end, source.size - blocks[-1].end)
    return PlanSource(source, (head, Keep(info.offset, info.size), sound))


def _without_tail(source: Source) -> Source:
    """Give a file of the APE family without the tags behind its sound, which FFmpeg's demuxers stumble over."""
    end = tail(source)
    held = ape.tag_of(source, end)
    return PlanSource(source, (Keep(0, held.start if held is not None else end),))


_BARE: Final = {"flac": _bare_flac, "ape": _without_tail}


@contextmanager
def opened(source: Source, row: Format) -> Iterator[InputContainer]:
    """Give the sound's container. What FFmpeg raises inside becomes one of our errors. As `ends` otherwise."""
    av = libraries()
    head = source.upto(0, 4)
    demuxer = DEMUXERS.get(row.name) or next((name for magic, name in APE_FAMILY if head.startswith(magic)), None)
    if demuxer is None:
        raise UnsupportedFormat(
            Bilingual(f"no decoder for {row.title}", f"没有可用于 {row.title_zh} 的解码器"), remedy=row.remedy
        )
    with told():
        container = av.open(
            Reader(_BARE[row.name](source) if row.name in _BARE else source, _too_slow),
            "r",
            format=demuxer,
            options={"protocol_whitelist": "none"},
            metadata_errors="replace",
            io_open=nothing_else,
        )
        with container:
            _check_alone(container)
            yield container


def _check_alone(container: InputContainer) -> None:
    """One sound, and no film: what nobody listens to or looks at must not pass."""
    av = libraries()
    if not container.streams.audio:
        raise MalformedFile(Bilingual("the file holds no sound", "文件中没有音频"))
    pictures = [one for one in container.streams.video if not one.disposition & av.stream.Disposition.attached_pic]
    if len(container.streams.audio) > 1 or pictures:
        raise UnsupportedFormat(
            Bilingual("the file holds more than one sound, or a film", "文件含有多条音频或视频"),
            remedy=Bilingual("Take the streams apart.", "请拆分各条流。"),
        )


@contextmanager
def told() -> Iterator[None]:
    """Turn what FFmpeg's libraries raise into our errors."""
    av = libraries()
    try:
        yield
    except AigcLabelError:
        raise
    except (av.error.FFmpegError, ValueError, OverflowError, EOFError) as problem:
        said = " ".join(str(problem).split())[:200]
        raise MalformedFile(Bilingual(f"the sound could not be decoded: {said}", f"无法解码音频：{said}")) from problem
