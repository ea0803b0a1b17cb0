"""As Qwen writes it."""

from __future__ import annotations

import json

from conformance.build import Files, label, png_with
from fixtures.build import png

NUMBER = "u:100834564696/task:e5118399e50d44ca9b92b3205a6fe4b8"
VALUES = json.loads(label(producer="001191440101MA9Y9T4H7A00000", number=NUMBER))
VALUES["ReservedCode1"] = "S7Wr/Evf+Mq+T3SWymUoO7naAs0WPNLrahOqG9WzR+o="
TEXT = json.dumps({name: VALUES[name] for name in sorted(VALUES)}, separators=(",", ":"))
FILES: Files = {"image.png": lambda: png_with(png.chunk(b"tEXt", b"AIGC\0" + TEXT.encode()))}
