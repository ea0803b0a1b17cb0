"""Makes samples of sound and film, and pictures of what was done to them: a strip of frames, a spectrogram."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

RATE: Final = 44_100
SECONDS: Final = 6
FPS: Final = 25
WIDE, HIGH = 640, 360
FONT: Final = Path(__file__).parents[1] / "src/aigc_label/data/aigc-label-sans.otf"
NAVY, GOLD, PAPER = (12, 18, 38), (240, 190, 90), (246, 244, 238)


def tune() -> np.ndarray[Any, np.dtype[np.float32]]:
    """Give six seconds of a slow arpeggio, mono, in -1..1."""
    at = np.arange(RATE * SECONDS) / RATE
    notes = np.array([220.0, 277.18, 329.63, 415.3, 440.0, 329.63])
    steps = (at * 2).astype(int)
    wave = np.sin(2 * np.pi * notes[steps % len(notes)] * at) * np.exp(-3 * (at * 2 - steps))
    return (0.4 * wave + 0.1 * np.sin(2 * np.pi * 110 * at)).astype(np.float32)


def sound(path: Path, codec: str) -> None:
    """Write the tune in the format that the path's ending says."""
    with av.open(str(path), "w") as out:
        _encode(out, out.add_stream(codec, rate=RATE, layout="mono"))


def film(path: Path, codec: str, sound_codec: str) -> None:
    """Write six seconds of a moon over hills, with the tune."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        stream.codec_context.gop_size = FPS
        audio = out.add_stream(sound_codec, rate=48_000 if "opus" in sound_codec else RATE, layout="mono")
        for number in range(FPS * SECONDS):
            frame = av.VideoFrame.from_image(_scene(number / (FPS * SECONDS)))
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        _encode(out, audio)


def _encode(out: Any, stream: Any) -> None:
    context = stream.codec_context
    size = context.frame_size or 1024
    turn = av.AudioResampler(format=context.format, layout="mono", rate=context.sample_rate, frame_size=size)
    whole = av.AudioFrame.from_ndarray(tune()[None, :], format="fltp", layout="mono")
    whole.sample_rate, whole.pts, whole.time_base = RATE, 0, Fraction(1, RATE)
    for frame in (*turn.resample(whole), *turn.resample(None)):
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _scene(share: float) -> Image.Image:
    image = Image.new("RGB", (WIDE, HIGH), NAVY)
    draw = ImageDraw.Draw(image)
    x, y = int(WIDE * (0.1 + 0.8 * share)), int(HIGH * (0.55 - 0.35 * np.sin(np.pi * share)))
    draw.ellipse((x - 26, y - 26, x + 26, y + 26), fill=GOLD)
    for layer, grey in enumerate((40, 60, 84)):
        hills = [
            (px, HIGH - 40 * (3 - layer) - 18 * np.sin(px / (60 + 30 * layer) + 4 * share * (layer + 1)))
            for px in range(0, WIDE + 8, 8)
        ]
        draw.polygon([(0, HIGH), *hills, (WIDE, HIGH)], fill=(grey // 2, grey, grey + 30))
    return image


def strip(films: list[Path], seconds: tuple[float, ...]) -> Image.Image:
    """Give one row of frames for each film, decoded at these seconds, with captions."""
    wide, high, gap = WIDE // 2, HIGH // 2, 30
    sheet = Image.new("RGB", (wide * len(seconds), (high + gap) * len(films)), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(FONT), 16)
    for row, path in enumerate(films):
        for column, frame in enumerate(_frames_at(path, seconds)):
            left, top = column * wide, row * (high + gap)
            sheet.paste(frame.resize((wide, high)), (left, top + gap))
            draw.text((left + 6, top + 6), f"{path.name}  {seconds[column]:g} s", (40, 40, 40), font)
    return sheet


def _frames_at(path: Path, seconds: tuple[float, ...]) -> list[Image.Image]:
    found: list[Image.Image] = []
    with av.open(str(path)) as held:
        for frame in held.decode(video=0):
            if len(found) < len(seconds) and frame.time is not None and frame.time >= seconds[len(found)] - 1e-3:
                found.append(frame.to_image())
    return found


def spectrogram(path: Path) -> Image.Image:
    """Give the first three seconds of a sound as a picture: time to the right, 0 to 4 kHz upwards."""
    with av.open(str(path)) as held:
        rate = held.streams.audio[0].codec_context.sample_rate
        parts = [frame.to_ndarray() for frame in held.decode(audio=0)]
    samples = np.concatenate([part.reshape(-1, order="F") if part.ndim == 2 else part for part in parts], axis=None)
    samples = samples.astype(np.float64) / (32768 if samples.dtype.kind == "i" else 1)
    size, step = 1024, 256
    count = (min(len(samples), 3 * rate) - size) // step
    frames = np.stack([samples[n * step : n * step + size] for n in range(count)]) * np.hanning(size)
    power = 20 * np.log10(np.abs(np.fft.rfft(frames))[:, : size * 4000 // rate].T[::-1] + 1e-5)
    grey = np.clip((power + 60) * 255 / 90, 0, 255).astype(np.uint8)
    image = Image.fromarray(grey).resize((960, 240))
    draw = ImageDraw.Draw(image)
    draw.text((6, 4), f"{path.name}: 3 s, 0..4 kHz", 255, ImageFont.truetype(str(FONT), 16))
    return image
