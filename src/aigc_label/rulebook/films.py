"""Tells of marks in films (GB 45438-2025, 5.4)."""

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
        "VID-001",
        ERROR,
        ("GB 45438-2025 5.4 a; Measures Art. 4(4)", NORMATIVE),
        says=("No mark was found in the opening of the film.", "视频起始画面中没有找到显式标识。"),
        cause=("The film was exported without its mark, or its opening was cut.", "视频导出时未加标识，或片头被剪掉。"),
        remedy=DRAW,
        example=("A film without words.", "没有文字的视频。"),
    ),
    rule(
        "VID-002",
        ERROR,
        ("GB 45438-2025 5.4 b", NORMATIVE),
        **ELEMENTS,
        example=("A film that says “内容生成”.", "视频上写有“内容生成”。"),
    ),
    rule(
        "VID-003",
        ERROR,
        ("GB 45438-2025 5.4 c; Measures Art. 4(4)", NORMATIVE),
        says=("The mark is not on the opening picture.", "显式标识不在起始画面上。"),
        cause=("A logo or a fade was put in front.", "前面加入了片头或淡入。"),
        remedy=DRAW,
        example=("Words that appear after one second.", "文字在一秒后才出现。"),
    ),
    rule(
        "VID-004",
        ERROR,
        ("GB 45438-2025 5.4 d", NORMATIVE),
        says=("The mark does not stand at an edge or in a corner.", "显式标识不在画面的边或角。"),
        cause=("The mark was drawn in the middle.", "标识绘制在画面中部。"),
        remedy=DRAW,
        example=("“人工智能生成” in the middle of the film.", "“人工智能生成”位于视频画面中部。"),
    ),
    rule(
        "VID-005",
        WARNING,
        ("GB 45438-2025 5.4 e", INFERRED),
        **CONTRAST,
        example=("Grey words on nearly the same grey.", "灰色文字位于近似灰色的背景上。"),
    ),
    rule(
        "VID-006",
        ERROR,
        ("GB 45438-2025 5.4 f", NORMATIVE),
        says=(
            "The text height is below 5 % of the shortest side of the picture as shown.",
            "文字高度低于显示画面最短边的 5%。",
        ),
        cause=(
            "The size was taken from the longer side, or the film was put into a larger frame.",
            "按长边计算字号，或视频被放入更大的画幅。",
        ),
        remedy=DRAW,
        example=("Words 4 % high.", "文字高度为 4%。"),
    ),
    rule(
        "VID-007",
        ERROR,
        ("GB 45438-2025 5.4 g", NORMATIVE),
        says=(
            "The mark is shown for less than 2 s without a gap at normal speed.",
            "正常播放速度下，显式标识的连续显示时长不足 2 秒。",
        ),
        cause=(
            "The mark fades out early, or the film plays faster than it was marked.",
            "标识过早淡出，或播放速度快于添加标识时。",
        ),
        remedy=DRAW,
        example=("Words that stay for one second.", "文字只显示一秒。"),
    ),
    rule(
        "VID-008",
        UNDECIDED,
        ("GB 45438-2025 5.4", OWN),
        says=("The film could not be looked at.", "无法查看视频画面。"),
        cause=(
            "PyAV is not installed, the codec is unknown, or the film is damaged.",
            "未安装 PyAV、编码未知，或视频已损坏。",
        ),
        remedy=("Install what the detail names, or repair the file.", "请安装详情中所示的组件，或修复文件。"),
        example=("An MP4 without a picture that could be decoded.", "没有可解码画面的 MP4。"),
    ),
    rule(
        "VID-009",
        ADVICE,
        ("GB 45438-2025 5.4 f", INFERRED),
        says=("The text height is near the floor of 5 %.", "文字高度接近 5% 的下限。"),
        cause=(
            "The mark was drawn at exactly 5 %; the next transcode may take it below.",
            "标识恰好为 5%；再次转码可能低于下限。",
        ),
        remedy=("Draw it a little larger (`--height-share 0.06`).", "建议略微增大（`--height-share 0.06`）。"),
        example=("Words 5.2 % high.", "文字高度为 5.2%。"),
    ),
    rule(
        "VID-010",
        UNDECIDED,
        ("GB 45438-2025 5.4 f", OWN),
        **DOUBTFUL,
    ),
    rule(
        "VID-011",
        UNDECIDED,
        ("GB 45438-2025 5.4 e", OWN),
        **FAINT,
    ),
)
