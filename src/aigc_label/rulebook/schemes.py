"""Tells of traces that other schemes left (Measures, Art. 6)."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, EMBED, INFERRED, WARNING, rule

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
    rule(
        "XSC-002",
        WARNING,
        ("Measures Art. 6", INFERRED),
        says=(
            "The label says AI made this, another scheme in the file says something else.",
            "标识声明内容由 AI 生成，而文件中的其他标识体系说法不同。",
        ),
        cause=(
            "A picture of a camera was edited with AI, and its source type stayed; or one of the two was moved here.",
            "相机照片经 AI 修改后，来源类型未更新；或其中之一是移植而来。",
        ),
        remedy=(
            "Find out which is right, and have the other corrected by whoever wrote it.",
            "请查明何者属实，并由写入方更正另一项。",
        ),
        example=(
            "A labelled JPEG whose XMP says digitalCapture.",
            "XMP 中来源类型为 digitalCapture 的已标识 JPEG。",
        ),
    ),
    rule(
        "XSC-003",
        WARNING,
        ("Measures Art. 6", INFERRED),
        says=(
            "The label says that AI may have made this, another scheme says that it did.",
            "标识声明内容可能或疑似由 AI 生成，而文件中的其他标识体系声明确由 AI 生成。",
        ),
        cause=(
            "A platform labelled on suspicion, and did not read the other scheme.",
            "平台依据疑似添加了标识，但未读取其他标识体系的声明。",
        ),
        remedy=(
            "The stronger statement may be stated: label it with `--status generated`.",
            "可采用更明确的声明：以 `--status generated` 添加标识。",
        ),
        example=(
            "A JPEG with a label of 3 whose XMP says trainedAlgorithmicMedia.",
            "Label 为 3 而 XMP 中来源类型为 trainedAlgorithmicMedia 的 JPEG。",
        ),
    ),
)
