"""Writes ComfyUI's pictures, sound and films labelled: what cannot be labelled is not written.

Pictures are batches of shape (pictures, height, width, channels) in 0 to 1, sound is of shape (batch, channels, samples)
in −1 to 1; both are tensors, of which only `cpu()` and `numpy()` are asked.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin

from aigc_label import api, sound
from aigc_label.bilingual import Bilingual
from aigc_label.errors import UnsupportedFormat
from aigc_label.integrations import pillow
from aigc_label.marking import Mark
from aigc_label.order import Order, Outcome

Pixels = npt.NDArray[np.uint8]
Told = Mapping[str, Any]  # what ComfyUI says of a file: its prompt and its workflow

PICTURES: Final[Mapping[str, Mapping[str, Any]]] = {  # as ComfyUI saves them, and the two that it does not
    "png": {"format": "PNG", "compress_level": 4},
    "jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    "webp": {"format": "WEBP", "lossless": True},
}
SUFFIXES: Final = {"jpeg": "jpg"}
LAYOUTS: Final = {1: "mono", 2: "stereo"}
OPUS_RATES: Final = (8000, 12000, 16000, 24000, 48000)  # RFC 6716, 2.1.3 (those that encoders take)
CODERS: Final = {"flac": "flac", "mp3": "libmp3lame", "opus": "libopus"}
BIT_RATES: Final = {"mp3": 320_000, "opus": 128_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where files go, as ComfyUI's `get_save_image_path` says: a folder, the first part of the name, the first number."""

    folder: Path
    stem: str
    number: int
    subfolder: str

    def path(self, index: int, suffix: str) -> Path:
        """Give the path of the file at `index` of a batch."""
        return self.folder / f"{self.stem.replace('%batch_num%', str(index))}_{self.number + index:05}_.{suffix}"


Orders = Callable[[int], Order]


def save_pictures(images: Any, place: Place, orders: Orders, form: str, told: Told) -> Iterator[Outcome]:
    """Save a batch, a file each, and give what was done. PNG carries what ComfyUI tells; the other forms do not."""
    about = PngImagePlugin.PngInfo()
    for key, value in told.items():
        about.add_text(key, json.dumps(value))
    options = {**PICTURES[form], **({"pnginfo": about} if form == "png" else {})}
    for index, one in enumerate(images):
        image = Image.fromarray(_pixels(one))
        yield pillow.save(
            image if form != "jpeg" else image.convert("RGB"),
            place.path(index, SUFFIXES.get(form, form)),
            orders(index + 1),
            **options,
        )


def save_sound(audio: Mapping[str, Any], place: Place, orders: Orders, form: str, told: Told) -> Iterator[Outcome]:
    """Save a batch of sound, a file each, encoded as ComfyUI does, and give what was done."""
    for index, one in enumerate(audio["waveform"].cpu()):
        encoded = _encoded(one.numpy(), int(audio["sample_rate"]), form, told)
        yield api.carry_out(encoded, place.path(index, form), orders(index + 1))


def save_film(video: Any, place: Place, orders: Orders, told: Told) -> Iterator[Outcome]:
    """Let ComfyUI write a film (MP4) where nobody looks, and put it in place labelled."""
    metadata = {
        key: told[key] for key in sorted(told, key="prompt".__eq__)
    }  # the prompt last, as in ComfyUI's own films
    with tempfile.TemporaryDirectory(prefix="aigc-label-") as folder:
        draft = Path(folder, place.path(0, "mp4").name)
        video.save_to(str(draft), format="mp4", codec="auto", metadata=metadata or None)
        yield api.carry_out(draft, place.path(0, "mp4"), orders(1))


def marked(images: Any, mark: Mark) -> npt.NDArray[np.float32]:
    """Give a batch with the mark drawn on each picture; values outside of the mark's box are those that came in."""
    batch = np.array(images.cpu().numpy(), dtype=np.float32)
    for one in batch:
        before = _quantised(one)
        drawn = api.mark(Image.fromarray(before), mark=mark).data
        assert drawn is not None
        with Image.open(io.BytesIO(drawn)) as image:
            after = np.asarray(image.convert(Image.fromarray(before).mode))
        changed = (before != after).any(axis=-1)
        one[changed] = after[changed].astype(np.float32) / 255
    return batch


def _pixels(one: Any) -> Pixels:
    return _quantised(one.cpu().numpy())


def _quantised(values: npt.NDArray[Any]) -> Pixels:
    """Give eight bits a sample as ComfyUI's own nodes do: cut off, not rounded."""
    return np.clip(255.0 * values, 0, 255).astype(np.uint8)


def _encoded(samples: npt.NDArray[Any], rate: int, form: str, told: Told) -> bytes:
    """Give a sound file. Raises `UnsupportedFormat` for more than two channels, `ToolFailed`, `MissingTool`."""
    av = sound.libraries()
    layout = LAYOUTS.get(len(samples))
    if layout is None:
        raise UnsupportedFormat(
            Bilingual(f"sound of {len(samples)} channels", f"音频有 {len(samples)} 个声道"),
            remedy=Bilingual("Mix it down to one or two.", "请混音为单声道或双声道。"),
        )
    out = io.BytesIO()
    with sound.told(), av.open(out, "w", format=form) as container:
        for key, value in told.items():
            container.metadata[key] = json.dumps(value)
        fitting = next((one for one in OPUS_RATES if one >= rate), OPUS_RATES[-1])
        stream = container.add_stream(CODERS[form], rate=fitting if form == "opus" else rate, layout=layout)
        if form in BIT_RATES:
            stream.bit_rate = BIT_RATES[form]
        packed = np.ascontiguousarray(samples.T, dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
