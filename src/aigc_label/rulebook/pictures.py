"""Tells of marks in pictures (GB 45438-2025, 5.2)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import (
    ADVICE,
    CONTRAST,
    DOUBTFUL,
    DRAW,
    ELEMENTS,
    ERROR,
    FAINT,
    INFERRED,
    NORMATIVE,
    OWN,
    UNDECIDED,
    WARNING,
    rule,
)

TABLE: Final = (
    rule(
        "IMG-001",
        ERROR,
        ("GB 45438-2025 5.2 a; Measures Art. 4(3)", NORMATIVE),
        says=("No mark was found in the picture.", "画面中没有找到显式标识。"),
        cause=(
            "The picture was exported without its mark, or the mark was cropped away.",
            "图片导出时未加标识，或标识被裁掉。",
        ),
        remedy=DRAW,
        example=("A picture without words.", "没有文字的图片。"),
    ),
    rule(
        "IMG-002",
        ERROR,
        ("GB 45438-2025 5.2 b", NORMATIVE),
        **ELEMENTS,
        example=("A picture that says “内容生成”.", "图片上写有“内容生成”。"),
    ),
    rule(
        "IMG-003",
        ERROR,
        ("GB 45438-2025 5.2 c", NORMATIVE),
        says=("The mark does not stand at an edge or in a corner.", "显式标识不在画面的边或角。"),
        cause=(
            "The mark was drawn in the middle, or a border was added around it afterwards.",
            "标识绘制在中部，或之后又添加了边框。",
        ),
        remedy=DRAW,
        example=("“人工智能生成” in the middle of the picture.", "“人工智能生成”位于画面中部。"),
    ),
    rule(
        "IMG-004",
        WARNING,
        ("GB 45438-2025 5.2 d", INFERRED),
        **CONTRAST,
        example=("Grey words on a plate of nearly the same grey.", "灰色文字位于近似灰色的底板上。"),
    ),
    rule(
        "IMG-005",
        ERROR,
        ("GB 45438-2025 5.2 e", NORMATIVE),
        says=("The text height is below 5 % of the shortest side.", "文字高度低于画面最短边的 5%。"),
        cause=(
            "A fixed size in points, or a font size of 5 %, whose ink is smaller.",
            "使用固定字号，或字号为 5% 而实际笔画更小。",
        ),
        remedy=DRAW,
        example=("Words 4 % high.", "文字高度为 4%。"),
    ),
    rule(
        "IMG-006",
        UNDECIDED,
        ("GB 45438-2025 5.2", OWN),
        says=("The picture could not be looked at.", "无法查看画面内容。"),
        cause=(
            "A decoder is not installed, or the pixels are damaged or over a limit.",
            "缺少解码器，或像素数据损坏、超出上限。",
        ),
        remedy=("Install what the detail names, or repair the file.", "请安装详情中所示的组件，或修复文件。"),
        example=("A PNG whose pixels are cut short.", "像素数据被截断的 PNG。"),
    ),
    rule(
        "IMG-007",
        ADVICE,
        ("GB 45438-2025 5.2 e", INFERRED),
        says=("The text height is near the floor of 5 %.", "文字高度接近 5% 的下限。"),
        cause=(
            "The mark was drawn at exactly 5 %; the next resampling may take it below.",
            "标识恰好为 5%；再次缩放可能低于下限。",
        ),
        remedy=("Draw it a little larger (`--height-share 0.06`).", "建议略微增大（`--height-share 0.06`）。"),
        example=("Words 5.2 % high.", "文字高度为 5.2%。"),
    ),
    rule(
        "IMG-008",
        UNDECIDED,
        ("GB 45438-2025 5.2 e", OWN),
        **DOUBTFUL,
    ),
    rule(
        "IMG-009",
        UNDECIDED,
        ("GB 45438-2025 5.2 d", OWN),
        **FAINT,
    ),
)
