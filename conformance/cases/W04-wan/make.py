"""As Wan and HappyHorse write it."""

from __future__ import annotations

import json

from conformance.build import Files, escaped, jpeg_xmp, label, mp4, packet

TEXT = json.dumps(
    json.loads(label(producer="001191330106MA2CFLDG4R10001", number="R-RI_4brMNTYm1kmZsehYuWw"))
    | {"ReservedCode1": "K-LBkc9==", "ReservedCode2": "K-LBkc9=="},
    separators=(",\n", ":"),
)
FILES: Files = {"video.mp4": lambda: mp4(TEXT), "image.jpg": lambda: jpeg_xmp(packet(escaped(TEXT)))}
