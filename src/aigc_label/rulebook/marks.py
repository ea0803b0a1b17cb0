"""Tells of marks in content that nobody here can look at."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import OWN, UNDECIDED, rule

TABLE: Final = (
    rule(
        "MRK-001",
        UNDECIDED,
        ("GB 45438-2025 5.1 to 5.6", OWN),
        says=("Explicit marks in this kind of content could not be judged.", "无法判定此类内容中的显式标识。"),
        cause=("No detector exists for this kind of content yet.", "此类内容尚无检测器。"),
        remedy=(
            "Check them by other means; `--only label` judges the implicit label alone.",
            "请用其他方式检查；`--only label` 仅核验隐式标识。",
        ),
        example=("A glTF scene.", "glTF 场景文件。"),
    ),
)
