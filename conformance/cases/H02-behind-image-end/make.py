"""A label behind the end of a picture."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, packet, wrapped
from fixtures.build import gif, jpeg

FILES: Files = {
    "packet.jpg": lambda: fixture("jpeg/baseline.jpg") + jpeg.segment(0xE1, jpeg.XMP + packet(LABEL)),
    "json.jpg": lambda: fixture("jpeg/baseline.jpg") + wrapped(LABEL).encode(),
    "json.gif": lambda: fixture("gif/still.gif") + wrapped(LABEL).encode(),
    "json.webp": lambda: fixture("webp/lossy.webp") + wrapped(LABEL).encode(),
    "extension.gif": lambda: fixture("gif/still.gif") + gif.xmp(packet(LABEL)),
}
