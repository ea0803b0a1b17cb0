"""As Yuanbao writes it."""

from __future__ import annotations

import json

from conformance.build import Files, jpeg_with, label, markdown
from fixtures.build import jpeg

NUMBER = "0123456789abcdef0123456789abcdef_fedcba9876543210fedcba9876543210"
VALUES = json.loads(label(producer="001191440300708461136T1WFUO", number=NUMBER))
VALUES["ReservedCode1"] = '{"Type":" TC260PG","AlgID":"sm3"}'
LINES = (
    "AIGC:",
    *(f'    {name}: "{value}"' for name, value in json.loads(label(producer="001191440300708461136T1XGW3")).items()),
)
FILES: Files = {
    "image.jpg": lambda: jpeg_with(jpeg.exif(b"ASCII\0\0\0" + f'{{"AIGC": {json.dumps(VALUES)}}}'.encode())),
    "text.md": lambda: markdown(*LINES),
}
