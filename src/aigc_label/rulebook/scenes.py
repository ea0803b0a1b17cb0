"""Tells of marks in virtual scenes (GB 45438-2025, 5.5)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, DRAW, ERROR, INFERRED, NORMATIVE, OWN, UNDECIDED, WARNING, rule

TABLE: Final = (
    rule(
        "VIR-001",
        ERROR,
        ("GB 45438-2025 5.5 a and c; Measures Art. 4(5)", NORMATIVE),
        says=(
            "No mark is bound to the view that the scene opens with.",
            "场景的起始画面没有与视角绑定的显式标识。",
        ),
        cause=(
            "The scene was exported without its mark, a camera was added later, or the words stand somewhere in the scene.",
            "场景导出时未加标识、之后新增了相机，或文字只存在于场景中的某处。",
        ),
        remedy=DRAW,
        example=("A scene of one box and a camera.", "只有一个方块和一个相机的场景。"),
    ),
    rule(
        "VIR-002",
        ERROR,
        ("GB 45438-2025 5.5 b", NORMATIVE),
        says=("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        cause=("A logo, or words that name the service only.", "只有徽标，或文字只说明服务名称。"),
        remedy=DRAW,
        example=("A plate before the camera that says 数字人生成.", "相机前的标牌写着“数字人生成”。"),
    ),
    rule(
        "VIR-003",
        ERROR,
        ("GB 45438-2025 5.5 d", INFERRED),
        says=("The mark stands at no edge or corner of the opening view.", "显式标识不在起始画面的边或角。"),
        cause=("A plate in the middle of the view.", "标牌位于画面中央。"),
        remedy=DRAW,
        example=("The plate in the middle of what the camera shows.", "标牌位于相机画面中央。"),
    ),
    rule(
        "VIR-004",
        WARNING,
        ("GB 45438-2025 5.5 e", INFERRED),
        says=("The words stand out too little from what lies behind them.", "标识文字与背景的对比度不足。"),
        cause=("Letters without a plate, or half transparent ones.", "文字没有底板，或为半透明。"),
        remedy=DRAW,
        example=("Grey letters on a plate of a nearby grey.", "灰色文字置于相近灰度的底板上。"),
    ),
    rule(
        "VIR-005",
        ERROR,
        ("GB 45438-2025 5.5 f", INFERRED),
        says=(
            "The letters are lower than 5 % of the opening view's shortest side.",
            "文字高度低于起始画面最短边的 5%。",
        ),
        cause=("The plate was scaled for another field of view.", "标牌按其他视场角缩放。"),
        remedy=DRAW,
        example=("The plate at six tenths of its size.", "标牌缩小为原来的十分之六。"),
    ),
    rule(
        "VIR-006",
        ADVICE,
        ("GB 45438-2025 5.5 f", INFERRED),
        says=("The text height is near the floor of 5 %.", "文字高度接近 5% 的下限。"),
        cause=("The letters were asked to be just 5 % high.", "字高设置为恰好 5%。"),
        remedy=("Draw it a little larger (`--height-share 0.06`).", "建议略微增大（`--height-share 0.06`）。"),
        example=("A plate whose letters are 5.1 % high.", "标牌文字高度为 5.1%。"),
    ),
    rule(
        "VIR-007",
        UNDECIDED,
        ("GB 45438-2025 5.5", OWN),
        says=("The scene's opening view could not be looked at.", "无法查看场景的起始画面。"),
        cause=(
            "Light, joints, packed geometry or other files decide what is seen there.",
            "画面取决于光照、骨骼、压缩的几何数据或其他文件。",
        ),
        remedy=(
            "Look at it in a viewer; where words are laid over it there, `--only label` judges the label alone.",
            "请用查看器查看；如文字由查看器叠加显示，可用 `--only label` 仅核验隐式标识。",
        ),
        example=("A plate whose material waits for light.", "标牌材质需要光照才能显示。"),
    ),
    rule(
        "VIR-008",
        UNDECIDED,
        ("GB 45438-2025 5.5 e", OWN),
        says=("The mark is so faint that a person may not see it.", "显式标识过于浅淡，人可能看不到。"),
        cause=("Half transparent letters, or letters in the colour of their plate.", "文字半透明，或与底板颜色相近。"),
        remedy=DRAW,
        example=("Letters on a plate of almost the same grey.", "文字与底板灰度几乎相同。"),
    ),
)
