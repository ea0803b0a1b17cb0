"""Tells of marks in pictures (GB 45438-2025, 5.2)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, DRAW, ERROR, INFERRED, NORMATIVE, OWN, UNDECIDED, WARNING, rule

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
        says=("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        cause=(
            "A service's name or a slogan stands there instead of the two elements.",
            "标识处只有服务名称或口号，缺少两项要素。",
        ),
        remedy=DRAW,
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
        says=("The mark stands out too little from what lies behind it.", "显式标识与背景的对比度不足。"),
        cause=("Half-transparent words, or words in the colour of what lies behind.", "文字半透明，或与背景颜色相近。"),
        remedy=DRAW,
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
        says=(
            "The text height is so near the floor of 5 % that its measure does not decide.",
            "文字高度过于接近 5% 的下限，测量结果不足以判定。",
        ),
        cause=(
            "Text recognition read the words; in an unknown typeface a height is known to about 0.4 % of the side.",
            "文字由文字识别读出；未知字体的高度只能精确到最短边的约 0.4%。",
        ),
        remedy=(
            "Draw the words 6 % high or more, or measure them by hand.",
            "请将文字高度设为 6% 以上，或人工测量。",
        ),
        example=("Words 5.1 % high in another typeface.", "其他字体的文字，高度为 5.1%。"),
    ),
    rule(
        "IMG-009",
        UNDECIDED,
        ("GB 45438-2025 5.2 d", OWN),
        says=(
            "The mark is so faint that a person may not see it.",
            "显式标识过于浅淡，人可能看不到。",
        ),
        cause=(
            "A contrast below 3:1: nearly transparent words, or words in the colour of what lies behind.",
            "对比度低于 3:1：文字接近透明，或与背景颜色相近。",
        ),
        remedy=DRAW,
        example=("Words of 2:1 on a plate.", "底板上对比度为 2:1 的文字。"),
    ),
)
