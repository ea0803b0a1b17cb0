"""Tells of marks in documents (GB 45438-2025, 5.1)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import DRAW, ERROR, INFERRED, NORMATIVE, OWN, UNDECIDED, WARNING, rule

TABLE: Final = (
    rule(
        "DOC-001",
        ERROR,
        ("GB 45438-2025 5.1 d; Measures Art. 4(1)", NORMATIVE),
        says=("No mark is seen where the document begins or ends.", "在文档的起始和末尾位置没有看到显式标识。"),
        cause=("The document was exported without its mark.", "文档导出时未加标识。"),
        remedy=DRAW,
        example=("A document of plain paragraphs.", "只有普通段落的文档。"),
    ),
    rule(
        "DOC-002",
        ERROR,
        ("GB 45438-2025 5.1 b", NORMATIVE),
        says=("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        cause=("A template in English, or one that names the service only.", "使用英文模板，或模板只说明服务名称。"),
        remedy=DRAW,
        example=(
            "A PDF that says it in English only: “AI-generated content”.",
            "只有英文“AI-generated content”的 PDF。",
        ),
    ),
    rule(
        "DOC-003",
        WARNING,
        ("GB 45438-2025 5.1 e", INFERRED),
        says=("The words stand out too little from what lies behind them.", "标识文字与背景的对比度不足。"),
        cause=("A pale grey, or a text colour that follows a theme.", "使用浅灰色，或文字颜色随主题变化。"),
        remedy=DRAW,
        example=("The words in pale grey on white.", "白底上的浅灰色文字。"),
    ),
    rule(
        "DOC-004",
        UNDECIDED,
        ("GB 45438-2025 5.1 e", OWN),
        says=(
            "Words stand where a mark belongs; whether they can be seen is not told.",
            "标识位置上有相应文字，但无法判定其是否可见。",
        ),
        cause=(
            "The words may be hidden, covered, or drawn in a way that was not followed.",
            "文字可能被隐藏、遮盖，或绘制方式未能解析。",
        ),
        remedy=(
            "Look at the document, or run `aigc-label mark FILE --in-place`.",
            "请打开文档查看，或运行 `aigc-label mark 文件 --in-place`。",
        ),
        example=("The words on a slide whose background is a gradient.", "文字位于渐变背景的幻灯片上。"),
    ),
    rule(
        "DOC-005",
        UNDECIDED,
        ("GB 45438-2025 5.1", OWN),
        says=("The document could not be looked at.", "无法查看文档内容。"),
        cause=(
            "The document is encrypted, damaged, or its format has no detector.",
            "文档被加密、已损坏，或其格式没有检测器。",
        ),
        remedy=(
            "Decrypt or repair the document, or check it by other means; `--only label` judges the label alone.",
            "请解密或修复文档，或用其他方式检查；`--only label` 仅核验隐式标识。",
        ),
        example=("An OFD document.", "OFD 文档。"),
    ),
)
