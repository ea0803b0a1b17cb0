"""As Doubao writes it."""

from __future__ import annotations

from conformance.build import Files, jpeg_xmp, label, mp4, mp4_with, packet, png_with, png_xmp
from fixtures.build import _movie, png

TEXT = label(producer="001191110102MACQD9K64010000", number="9ce377b782374e359a10b4f4c38bc557")


def phone() -> bytes:
    items = _movie.box(b"ilst", _movie.box(b"\xa9too", _movie.text(TEXT.encode())))
    return mp4_with(_movie.box(b"meta", bytes(4), _movie.handler(b"mdir"), items))


FILES: Files = {
    "image.png": lambda: png_xmp(packet(TEXT)),
    "image.jpg": lambda: jpeg_xmp(packet(TEXT)),
    "older.png": lambda: png_with(png.chunk(b"tEXt", b"AIGC\0" + label(producer="doubao").encode())),
    "video.mp4": lambda: mp4(TEXT),
    "phone.mp4": phone,
}
