"""A signed label on other content."""

from __future__ import annotations

from conformance.build import PLACES, Files, bound, jpeg_xmp, packet


def flipped() -> bytes:
    data = bytearray(jpeg_xmp(packet(bound("jpg"))))
    data[-5] ^= 1
    return bytes(data)


def sample() -> bytes:
    data = bytearray(PLACES["wav"](bound("wav")))
    at = data.index(b"data") + 12
    data[at] ^= 1
    return bytes(data)


FILES: Files = {"one-byte.jpg": flipped, "one-sample.wav": sample}
