"""Traces of AI that are no label."""

from __future__ import annotations

from conformance.build import Files, fixture, jpeg_xmp, packet, png_xmp

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
IPTC = f'<e:DigitalSourceType xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">{SOURCE}</e:DigitalSourceType>'
FILES: Files = {
    "source-type.jpg": lambda: jpeg_xmp(packet(space="urn:x", raw=IPTC)),
    "source-type.png": lambda: png_xmp(packet(space="urn:x", raw=IPTC)),
    "parameters.png": lambda: fixture("png/generated.png"),
}
