"""Two files in one."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, gif_xmp, jpeg_xmp, packet, png_xmp, stored


def archive() -> bytes:
    return stored({"a.txt": "x"})


FILES: Files = {
    "archive.jpg": lambda: jpeg_xmp(packet(LABEL)) + archive(),
    "page.png": lambda: png_xmp(packet(LABEL)) + b"<html><script>1</script></html>",
    "pdf.gif": lambda: gif_xmp(packet(LABEL)) + fixture("pdf/plain.pdf"),
    "picture.jpg": lambda: jpeg_xmp(packet(LABEL)) + fixture("png/plain.png"),
}
