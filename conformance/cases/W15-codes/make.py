"""Provider codes as they are seen."""

from __future__ import annotations

from conformance.build import label, variants

CODES = {
    "baidu-25": "001191110000802100433BY43",
    "iflow-26": "001191330101MA27WPYJ18xliu",
    "check-character": "001191110108335469089D10100",
}
NAMES = {"name": "RunningHub", "tencent-letters": "001191440300708461136T1308L", "chinese": "某公司"}
FILES = variants({name: label(producer=code) for name, code in (CODES | NAMES).items()}, only=("png", "mp4", "docx"))
