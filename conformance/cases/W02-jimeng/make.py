"""As Jimeng writes it."""

from __future__ import annotations

import json

from conformance.build import Files, jpeg_xmp, label, mp4, packet

NUMBER = "tos-cn-i-tb4s082cfz/ad88d9b125694f57b2c72235e5c42af1"
TEXT = json.dumps(
    json.loads(label(producer="00119144030008867405X210001", number=NUMBER))
    | {"ContentPropagator": "00119144030008867405X220001"},
    separators=(",", ":"),
)
FILES: Files = {"image.jpg": lambda: jpeg_xmp(packet(TEXT)), "video.mp4": lambda: mp4(TEXT)}
