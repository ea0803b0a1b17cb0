"""A label behind IEND."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, packet, png_xmp, wrapped
from fixtures.build import png

TEXT = png.chunk(b"tEXt", b"AIGC\0" + wrapped(LABEL).encode())
XMP_CHUNK = png.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet(LABEL))
FILES: Files = {
    "text.png": lambda: fixture("png/plain.png") + TEXT,
    "xmp.png": lambda: fixture("png/plain.png") + XMP_CHUNK,
    "json.png": lambda: fixture("png/plain.png") + LABEL.encode(),
    "whole-picture.png": lambda: fixture("png/plain.png") + png_xmp(packet(LABEL)),
}
