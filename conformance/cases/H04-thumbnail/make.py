"""The label stands in the thumbnail only."""

from __future__ import annotations

from conformance.build import LABEL, Files, jpeg_with, jpeg_xmp, packet
from fixtures.build import jpeg

FILES: Files = {
    "exif-ifd1.jpg": lambda: jpeg_with(jpeg.exif(bytes(12), thumbnail=jpeg_xmp(packet(LABEL)))),
    "jfxx.jpg": lambda: jpeg_with(jpeg.segment(0xE0, b"JFXX\0\x10" + jpeg_xmp(packet(LABEL)))),
}
