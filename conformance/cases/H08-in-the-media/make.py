"""The label stands in the media data."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture
from fixtures.build import _movie, wav

FILES: Files = {
    "mdat.mp4": lambda: fixture("mp4/tail.mp4") + _movie.box(b"mdat", LABEL.encode()),
    "between-frames.mp3": lambda: fixture("mp3/bare.mp3") + LABEL.encode() + fixture("mp3/bare.mp3"),
    "data.wav": lambda: wav.riff(wav.fmt(), wav.chunk(b"data", wav.samples() + LABEL.encode())),
    "scan.jpg": lambda: fixture("jpeg/baseline.jpg")[:-2] + LABEL.encode() + fixture("jpeg/baseline.jpg")[-2:],
    "packet-of-video.flv": lambda: fixture("flv/plain.flv") + LABEL.encode(),
}
