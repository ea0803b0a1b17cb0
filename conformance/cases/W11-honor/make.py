"""As Honor YOYO writes it."""

from __future__ import annotations

import json

from conformance.build import Files, jpeg_with, jpeg_xmp, label, packet, wrapped
from fixtures.build import jpeg

SECURITY = {"SecurityData": {"Type": "TC260PG", "Version": 1, "PubSd": [], "Bindings": [{"Value": None}]}}
VALUES = json.loads(label(producer="001191440300MA5G49LC9K1YO01")) | {
    "ReservedCode1": SECURITY,
    "ReservedCode2": SECURITY,
}
TEXT = json.dumps(VALUES, separators=(",", ":"))
FILES: Files = {
    "image.jpg": lambda: jpeg_with(jpeg.exif(b"ASCII\0\0\0" + wrapped(TEXT).encode())),
    "packet.jpg": lambda: jpeg_xmp(packet(TEXT)),
}
