"""Tells of marks in text (GB 45438-2025, 5.1)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import DRAW, ERROR, NORMATIVE, OWN, UNDECIDED, rule

TABLE: Final = (
    rule(
        "TXT-001",
        ERROR,
        ("GB 45438-2025 5.1 d; Measures Art. 4(1)", NORMATIVE),
        says=(
            "No mark stands at the start, at the end or between paragraphs of the text.",
            "文本的起始、末尾或中间位置均没有显式标识。",
        ),
        cause=(
            "The text was copied without its label, or only mentions AI.",
            "复制文本时遗漏了标识，或文中只是提及 AI。",
        ),
        remedy=DRAW,
        example=("A text that nowhere states it.", "没有任何声明的文本。"),
    ),
    rule(
        "TXT-002",
        ERROR,
        ("GB 45438-2025 5.1 b", NORMATIVE),
        says=("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        cause=(
            "A template in English, or a disclaimer that does not say what the content is.",
            "使用英文模板，或声明没有说明内容的性质。",
        ),
        remedy=DRAW,
        example=(
            "A text that says it in English only: “AI-generated content”.",
            "只有英文“AI-generated content”的文本。",
        ),
    ),
    rule(
        "TXT-003",
        UNDECIDED,
        ("GB 45438-2025 5.1", OWN),
        says=("The text could not be read.", "无法读取文本内容。"),
        cause=("The encoding is not declared, or the file is binary.", "未声明编码，或文件为二进制。"),
        remedy=("Save it as UTF-8, or repair the file.", "请另存为 UTF-8 编码，或修复文件。"),
        example=("A plain text in Latin-1.", "Latin-1 编码的纯文本。"),
    ),
)
