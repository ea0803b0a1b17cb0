"""Wrapped where bare belongs, bare where wrapped belongs."""

from __future__ import annotations

from conformance.build import LABEL, Files, in_each, jpeg_with, png_with, wrapped
from fixtures.build import jpeg, png

FILES: Files = in_each(wrapped(LABEL)) | {
    "bare.jpg": lambda: jpeg_with(jpeg.exif(b"ASCII\0\0\0" + LABEL.encode())),
    "bare-text.png": lambda: png_with(png.chunk(b"tEXt", b"AIGC\0" + LABEL.encode())),
}
