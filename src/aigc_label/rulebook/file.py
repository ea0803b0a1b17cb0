"""Tells of the file itself: its format, its structure, other schemes' proofs."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ERROR, NORMATIVE, OWN, WARNING, rule

TABLE: Final = (
    rule(
        "FMT-001",
        WARNING,
        ("Measures Art. 5", OWN),
        says=(
            "Content Credentials (C2PA) are embedded; labelling the file breaks their hash.",
            "文件嵌有 C2PA 内容凭证，再添加标识会使其校验失效。",
        ),
        cause=(
            "A camera or a generator signed the file before it was labelled.",
            "相机或生成工具在添加标识前已签署文件。",
        ),
        remedy=("Label first and sign last.", "请先添加标识，最后签署凭证。"),
        example=("A PNG with a caBX chunk.", "带有 caBX 块的 PNG。"),
    ),
    rule(
        "FMT-002",
        WARNING,
        ("GB 45438-2025 6.1", OWN),
        says=("Bytes lie behind the end of the picture.", "图像结束之后还有多余数据。"),
        cause=(
            "A phone appended a film or a depth map, or something was hidden.",
            "手机附加了视频或深度图，或有人藏入数据。",
        ),
        remedy=("Look at them with `aigc-label explain FILE`.", "请用 `aigc-label explain 文件` 查看。"),
        example=("A PNG with bytes behind IEND.", "IEND 之后还有数据的 PNG。"),
    ),
    rule(
        "FMT-003",
        ERROR,
        ("GB 45438-2025 6.1", OWN),
        says=(
            "The file is two files in one: programs may see different content.",
            "文件同时是两种格式，不同程序会看到不同内容。",
        ),
        cause=("Two files were joined so that each program sees its own.", "两个文件被拼接，使不同程序各见其一。"),
        remedy=("Separate the two.", "请将两者分开。"),
        example=("A PNG with a ZIP archive behind its end.", "末尾附有 ZIP 压缩包的 PNG。"),
    ),
    rule(
        "FMT-004",
        WARNING,
        ("none", OWN),
        says=("The name promises another format than the content.", "文件扩展名与实际格式不符。"),
        cause=("The file was renamed instead of converted.", "文件被改名而非转换格式。"),
        remedy=("Rename the file.", "请更改文件名。"),
        example=("A JPEG called picture.png.", "名为 picture.png 的 JPEG。"),
    ),
    rule(
        "FMT-005",
        WARNING,
        ("none", OWN),
        says=("A part of the file is damaged.", "文件有一部分已损坏。"),
        cause=("The file was cut short or edited by a program with a defect.", "文件被截断，或由有缺陷的程序编辑。"),
        remedy=("Export the file again.", "请重新导出文件。"),
        example=("A GIF whose XMP lacks its end.", "XMP 缺少结尾的 GIF。"),
    ),
    rule(
        "FMT-006",
        ERROR,
        ("the caller's policy", OWN),
        says=("The policy does not accept this format.", "策略不接受该文件格式。"),
        cause=(
            "The policy names the formats that are delivered; this is another.",
            "策略规定了交付格式，而该文件属于其他格式。",
        ),
        remedy=("Convert the file.", "请转换文件格式。"),
        example=("A JPEG where the policy accepts PNG only.", "策略只接受 PNG，而文件为 JPEG。"),
    ),
    rule(
        "FMT-007",
        ERROR,
        ("Measures Art. 5", NORMATIVE),
        says=("The format has no place for an implicit label.", "该格式没有存放隐式标识的位置。"),
        cause=("The format was made without metadata.", "该格式本身没有元数据。"),
        remedy=(
            "Convert the file; `aigc-label formats` says to what.",
            "请转换格式；`aigc-label formats` 说明可转换为何种格式。",
        ),
        example=("A BMP picture.", "BMP 图片。"),
    ),
)
