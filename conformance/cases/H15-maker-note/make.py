"""A label in the camera's private EXIF note."""

from __future__ import annotations

from conformance.build import LABEL, Files, jpeg_with
from fixtures.build import jpeg

FILES: Files = {"note.jpg": lambda: jpeg_with(jpeg.exif(bytes(12), maker_note=b"NOTE" + LABEL.encode()))}
