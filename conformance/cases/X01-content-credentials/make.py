"""A label beside Content Credentials."""

from __future__ import annotations

from conformance.build import LABEL, Files, jpeg_with, packet, png_with
from fixtures.build import _movie, jpeg, png

JUMBF = _movie.box(b"jumb", _movie.box(b"jumd", b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\3c2pa\0"))
FILES: Files = {
    "c2pa.png": lambda: png_with(
        png.chunk(b"caBX", JUMBF), png.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet(LABEL))
    ),
    "c2pa.jpg": lambda: jpeg_with(
        jpeg.segment(0xEB, b"JP\0\1\0\0\0\1" + JUMBF), jpeg.segment(0xE1, jpeg.XMP + packet(LABEL))
    ),
}
