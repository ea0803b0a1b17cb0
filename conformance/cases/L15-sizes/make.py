"""Sizes that lie."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, jpeg_with, packet, png_xmp
from fixtures.build import _movie, jpeg


def big(size: int) -> bytes:
    meta = _movie.box(b"udta", _movie.keyed((b"AIGC", LABEL.encode())))
    return fixture("mp4/tail.mp4") + (1).to_bytes(4, "big") + b"moov" + size.to_bytes(8, "big") + meta


FILES: Files = {
    "box.mp4": lambda: big(1 << 62),
    "chunk.wav": lambda: fixture("wav/plain.wav") + b"AIGC" + (1 << 31).to_bytes(4, "little") + LABEL.encode(),
    "segment.jpg": lambda: jpeg_with(b"\xff\xe1\xff\xff" + jpeg.XMP + packet(LABEL)),
    "chunk.png": lambda: (
        png_xmp(packet(LABEL)).replace(b"iTXt", b"iTXt", 1)[:33] + b"\x7f\xff\xff\xffiTXt" + packet(LABEL)
    ),
}
