"""As PicWish writes it."""

from __future__ import annotations

from conformance.build import Files, escaped, jpeg_with, jpeg_xmp, label, packet
from fixtures.build import jpeg

TEXT = label(producer="picwish")
FILES: Files = {
    "attribute.jpg": lambda: jpeg_xmp(packet().replace(b'/1.0/">', f'/1.0/" TC260:AIGC="{escaped(TEXT)}">'.encode())),
    "segment.jpg": lambda: jpeg_with(jpeg.segment(0xEB, b"AIGC" + TEXT.encode())),
}
