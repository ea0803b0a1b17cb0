"""The name promises another format than the content."""

from __future__ import annotations

from conformance.build import LABEL, Files, mp3_with, mp4, packet, png_xmp

FILES: Files = {
    "picture.txt": lambda: png_xmp(packet(LABEL)),
    "film.jpg": lambda: mp4(LABEL),
    "sound.mp4": lambda: mp3_with(LABEL),
}
