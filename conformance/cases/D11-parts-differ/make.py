"""Pages or tracks of one file carry different labels."""

from __future__ import annotations

from conformance.build import LABEL, OTHER, Files, element, fixture, opus, packet, simple_tag, tiff_xmp
from fixtures.build import ogg


def tracks() -> bytes:
    targets = element("63C0", element("63C5", b"\1"))
    tags = (element("7373", simple_tag(LABEL)), element("7373", targets, simple_tag(OTHER)))
    return fixture("matroska/live.mkv") + element("1254C367", *tags)


FILES: Files = {
    "pages.tif": lambda: tiff_xmp(packet(LABEL), packet(OTHER)),
    "track.mkv": tracks,
    "chained.opus": lambda: opus(LABEL) + ogg.with_serial(opus(OTHER), 77),
}
