"""EXIF UserComment with each character code."""

from __future__ import annotations

from conformance.build import LABEL, Files, jpeg_with, wrapped
from fixtures.build import jpeg

TEXT = wrapped(LABEL)
FILES: Files = {
    "ascii.jpg": lambda: jpeg_with(jpeg.exif(b"ASCII\0\0\0" + TEXT.encode())),
    "unicode.jpg": lambda: jpeg_with(jpeg.exif(b"UNICODE\0" + TEXT.encode("utf-16-be"))),
    "without-code.jpg": lambda: jpeg_with(jpeg.exif(bytes(8) + TEXT.encode())),
}
