"""As Kling writes it."""

from __future__ import annotations

import json

from conformance.build import Files, label, mp4, png_with
from fixtures.build import png

TEXT = json.dumps(
    json.loads(label(producer="kling", number="SGP_PROD_ai_web_285123456789012"))
    | {"ReservedCode1": None, "ReservedCode2": None},
    separators=(",", ":"),
)
FILES: Files = {
    "image.png": lambda: png_with(png.chunk(b"tEXt", b"AIGC\0" + TEXT.encode())),
    "video.mp4": lambda: mp4(TEXT),
}
