"""The label stands in a second JPEG behind the first."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, jpeg_xmp, packet

FILES: Files = {
    "plain.jpg": lambda: fixture("jpeg/baseline.jpg") + jpeg_xmp(packet(LABEL)),
    "indexed.jpg": lambda: fixture("jpeg/multi-picture.jpg") + jpeg_xmp(packet(LABEL)),
}
