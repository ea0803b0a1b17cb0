"""A label in the colour profile."""

from __future__ import annotations

from conformance.build import LABEL, Files, fixture, jpeg_with
from fixtures.build import jpeg, webp

PROFILE = bytes(128) + (1).to_bytes(4, "big") + b"desc" + b"text\0\0\0\0" + LABEL.encode() + b"\0"
FILES: Files = {
    "profile.jpg": lambda: jpeg_with(jpeg.segment(0xE2, b"ICC_PROFILE\0\1\1" + PROFILE)),
    "profile.webp": lambda: webp.extended(fixture("webp/lossy.webp"), 0x20, webp.chunk(b"ICCP", PROFILE)),
}
