"""As tools and hosts write it."""

from __future__ import annotations

from conformance.build import LABEL, Files, jpeg_xmp, mp4_with, packet, png_xmp
from fixtures.build import _movie

EXIFTOOL = packet(LABEL).replace(b"<x:xmpmeta ", b"<x:xmpmeta x:xmptk='Image::ExifTool 12.57' ")
FILES: Files = {
    "ffmpeg.mp4": lambda: mp4_with(_movie.keyed((b"AIGC", LABEL.encode()), (b"encoder", b"Lavf59.27.100"))),
    "exiftool.jpg": lambda: jpeg_xmp(EXIFTOOL),
    "exiftool.png": lambda: png_xmp(EXIFTOOL),
    "host.mp4": lambda: mp4_with(
        _movie.keyed((b"title", b"shared"), (b"AIGC", LABEL.encode()), (b"com.example.host", b"1"))
    ),
    "quicktime.mov": lambda: mp4_with(_movie.keyed((b"AIGC", LABEL.encode()), head=b"")).replace(b"isom", b"qt  "),
}
