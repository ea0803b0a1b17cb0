"""Writes what ComfyUI shows of our nodes in one language, from their table."""

from __future__ import annotations

import json

from aigc_label.bilingual import Lang
from aigc_label.integrations.comfyui_table import locale


def node_texts(lang: Lang) -> str:
    """Give `locales/LANG/nodeDefs.json` of the pack."""
    return json.dumps(locale(lang), ensure_ascii=False, indent=2) + "\n"
