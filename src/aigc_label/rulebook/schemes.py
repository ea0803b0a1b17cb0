"""Tells of traces that other schemes left (Measures, Art. 6)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, EMBED, INFERRED, rule

TABLE: Final = (
    rule(
        "XSC-001",
        ADVICE,
        ("Measures Art. 6(3)", INFERRED),
        says=("Other traces say that AI made this, but there is no label.", "存在其他 AI 生成痕迹，但没有标识。"),
        cause=(
            "A generator writes its parameters or an IPTC source type, but no label.",
            "生成工具写入了参数或 IPTC 来源类型，但没有标识。",
        ),
        remedy=EMBED,
        example=("A PNG with the text chunk “parameters”.", "带有“parameters”文本块的 PNG。"),
    ),
)
