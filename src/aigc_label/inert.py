"""Makes text that came from a file harmless wherever it is shown: on a terminal, in a page, in JSON."""

from __future__ import annotations

import os
import re
from typing import Any, Final

# C0 and C1 controls, lone surrogates, bidirectional marks and isolates, zero-width characters, line separators
_UNSAFE: Final = "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
_NAMES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# the same but for the C0 controls, which JSON escapes itself
_RAW: Final = "[\x7f-\x9f\ud800-\udfff\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"


def shown(text: str) -> str:
    """Give text in which nothing is left that a terminal or a reader's eye would obey: it is written as escapes."""
    return text if text.isprintable() else re.sub(_UNSAFE, _escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # a byte of a file name that is no UTF-8
        return f"\\x{number - 0xDC00:02x}"
    return _NAMES.get(character) or (f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}")


def json_text(value: Any) -> str:
    """Give JSON on one line that is safe on a terminal, too: what could steer one is written as \\u escapes."""
    import json

    return safe_json(json.dumps(value, ensure_ascii=False))


def safe_json(text: str) -> str:
    """Give the same JSON with what could steer a terminal written as escapes."""
    return text if text.isprintable() else re.sub(_RAW, _json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    return "\\ufffd" if 0xD800 <= number <= 0xDFFF else f"\\u{number:04x}"  # a lone surrogate is no JSON text


def with_exact_paths(values: dict[str, Any]) -> dict[str, Any]:
    """Add `path_base64` (and the like) where a name is no UTF-8, so that no byte of it is lost."""
    for key in ("path", "target"):
        name = values.get(key)
        if isinstance(name, str) and not name.isprintable() and any(0xDC80 <= ord(c) <= 0xDCFF for c in name):
            from base64 import b64encode

            values[f"{key}_base64"] = b64encode(os.fsencode(name)).decode()
    return values
