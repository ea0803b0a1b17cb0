"""Tells of the label as a whole: whether there is one, one only, and where it stands."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import (
    ADVICE,
    EMBED,
    ERROR,
    GUIDE,
    INFERRED,
    NORMATIVE,
    OWN,
    RELABEL,
    UNDECIDED,
    WARNING,
    rule,
)

TABLE: Final = (
    rule(
        "LBL-001",
        ERROR,
        ("GB 45438-2025 6.1; Measures Art. 5", NORMATIVE),
        says=("The file has no implicit label.", "文件没有隐式标识。"),
        cause=(
            "The generator wrote no metadata, or a later program (an editor, a chat app, an upload) dropped it.",
            "生成工具没有写入元数据，或之后的程序（编辑器、聊天软件、上传）将其丢弃。",
        ),
        remedy=EMBED,
        example=("A JPEG as the camera or the generator saved it.", "直接由相机或生成工具保存的 JPEG。"),
    ),
    rule(
        "LBL-002",
        WARNING,
        ("GB 45438-2025 6.1 c", NORMATIVE),
        says=("The same label stands in more than one place.", "同一标识出现在多个位置。"),
        cause=(
            "Two programs each wrote the label to a place of their own, or `--info-copy` was asked for.",
            "两个程序各自在不同位置写入了标识，或使用了 `--info-copy`。",
        ),
        remedy=("Keep one: label the file anew.", "只应保留一个：请重新添加标识。"),
        example=(
            "The label in XMP, and the same once more in a JPEG comment.",
            "标识位于 XMP，同时又出现在 JPEG 注释中。",
        ),
    ),
    rule(
        "LBL-003",
        ERROR,
        ("GB 45438-2025 6.1 c", NORMATIVE),
        says=("Labels in this file contradict each other.", "文件中的多个标识相互矛盾。"),
        cause=(
            "The file was labelled again by a program that adds and does not replace, or somebody wants readers to disagree.",
            "文件被只追加而不替换的程序再次标识，或有人有意使读取器得出不同结论。",
        ),
        remedy=RELABEL,
        example=("One number in XMP, another in a JPEG comment.", "XMP 与 JPEG 注释中的编号不同。"),
    ),
    rule(
        "LBL-004",
        ERROR,
        ("TC260-PG-20257A to 202510A", GUIDE),
        says=("The label stands in a place that no practice guide names.", "标识不在实践指南规定的位置。"),
        cause=(
            "The writer took the nearest free field (a comment, a description) instead of the guide's place.",
            "写入程序使用了现成字段（注释、描述），而非指南规定的位置。",
        ),
        remedy=RELABEL,
        example=("The only label stands in a JPEG comment.", "唯一的标识位于 JPEG 注释中。"),
    ),
    rule(
        "LBL-005",
        ADVICE,
        ("TC260-PG-20259A, Annex B", GUIDE),
        says=("The label stands in the guide's alternative place.", "标识位于实践指南的备选位置。"),
        cause=("The writer follows the image guide's Annex B.", "写入程序采用了图像指南附录 B 的做法。"),
        remedy=("Prefer the main place.", "建议使用主要位置。"),
        example=("A label in EXIF UserComment.", "标识位于 EXIF UserComment。"),
    ),
    rule(
        "LBL-006",
        ERROR,
        ("GB 45438-2025 Annex E b", NORMATIVE),
        says=("The label's text is not the JSON that Annex E asks for.", "标识文本不是附录 E 要求的 JSON。"),
        cause=(
            "The text was cut, escaped twice, or is a name and no JSON.",
            "文本被截断、重复转义，或只是名称而非 JSON。",
        ),
        remedy=RELABEL,
        example=("The key AIGC with the text “yes”.", "键 AIGC 的值为“yes”。"),
    ),
    rule(
        "LBL-007",
        ERROR,
        ("GB 45438-2025 Annex E", INFERRED),
        says=("A field stands twice in the label.", "标识中同一字段重复出现。"),
        cause=(
            "A template was filled twice, or somebody wants two readers to see two values.",
            "模板被重复填写，或有人有意使不同读取器读出不同的值。",
        ),
        remedy=RELABEL,
        example=('{"Label":"1","Label":"3", …}', '{"Label":"1","Label":"3", …}'),
    ),
    rule(
        "LBL-008",
        ERROR,
        ("GB 45438-2025 Annex E", INFERRED),
        says=("The label is readable only after repair.", "标识须经修复才能读取。"),
        cause=(
            "A generator of its own dialect: draft names, numbers for text, escapes, another encoding.",
            "生成工具采用了自己的写法：征求意见稿字段名、以数字代替文本、多余转义、其他编码。",
        ),
        remedy=RELABEL,
        example=('Label as the number 1 instead of the text "1".', 'Label 写成数字 1，而非文本 "1"。'),
    ),
    rule(
        "LBL-009",
        ADVICE,
        ("GB 45438-2025 Annex E b; practice guides", GUIDE),
        says=(
            "The label has another, equally readable shape than the guide shows.",
            "标识形式与指南示例不同，但可正常读取。",
        ),
        cause=("An XMP library chose the other of two equal notations.", "XMP 库选用了两种等价写法中的另一种。"),
        remedy=("Label the file anew to get the guide's shape.", "重新添加标识即可采用指南的形式。"),
        example=("The label as an XML attribute of rdf:Description.", "标识写成 rdf:Description 的 XML 属性。"),
    ),
    rule(
        "LBL-010",
        ERROR,
        ("TC260-PG-20259A", GUIDE),
        says=(
            "Something only looks like a label: its namespace or name is wrong.",
            "存在仿冒标识：命名空间或名称不正确。",
        ),
        cause=(
            "A typing error in the namespace, or a label made to be seen by people and not by readers.",
            "命名空间拼写错误，或有意制作出人能看见而读取器读不到的标识。",
        ),
        remedy=("Find out where it comes from before you label the file.", "请先查明其来源，再为文件添加标识。"),
        example=("The namespace spelt with the letter O: tc26O.", "命名空间中的数字 0 写成字母 O：tc26O。"),
    ),
    rule(
        "LBL-011",
        ERROR,
        ("GB 45438-2025 6.1", INFERRED),
        says=(
            "Label-like text lies where no reader of the format looks.",
            "在格式读取器不会读取的位置发现疑似标识的内容。",
        ),
        cause=(
            "A program moved or renamed metadata, a scrubber left its rest, or the label was hidden.",
            "程序移动或改名了元数据，清除工具留下残余，或标识被有意隐藏。",
        ),
        remedy=("Look at it with `aigc-label explain FILE`.", "请用 `aigc-label explain 文件` 查看。"),
        example=("A label behind the end of a PNG.", "标识位于 PNG 结束标记之后。"),
    ),
    rule(
        "LBL-012",
        UNDECIDED,
        ("GB 45438-2025 6.1", OWN),
        says=("A part of the file that can hold a label could not be read.", "文件中可能含有标识的部分无法读取。"),
        cause=(
            "The document is encrypted, compressed beyond the limits, or its metadata is damaged.",
            "文档被加密、压缩超出上限，或其元数据已损坏。",
        ),
        remedy=("Repair the file, or raise the limit that is named.", "请修复文件，或调高所示的上限。"),
        example=("A PNG whose compressed XMP is cut short.", "压缩的 XMP 被截断的 PNG。"),
    ),
    rule(
        "LBL-013",
        WARNING,
        ("GB 45438-2025 6.1 c", INFERRED),
        says=(
            "An earlier revision of the document holds another label than the newest.",
            "文档的早期修订版本含有与最新版本不同的标识。",
        ),
        cause=(
            "A PDF was saved incrementally after its label changed; the old revision is still in the file.",
            "PDF 在标识更改后以增量方式保存，旧版本仍在文件中。",
        ),
        remedy=(
            "The newest revision counts; to drop the others, save the document anew and label that.",
            "以最新版本为准；如需去除早期版本，请另存为新文档后重新添加标识。",
        ),
        example=("A PDF labelled twice by incremental updates.", "经两次增量更新添加标识的 PDF。"),
    ),
    rule(
        "LBL-014",
        ERROR,
        ("GB 45438-2025 6.1", OWN),
        says=("The sidecar beside the file does not belong to its content.", "旁附的标识文件与该文件的内容不符。"),
        cause=(
            "The file was edited after it was labelled, or the sidecar was copied from another.",
            "文件在标识后被修改，或旁附文件来自其他文件。",
        ),
        remedy=(
            "Find out which of the two was changed; then label again with `--sidecar`.",
            "请查明何者被改动，再用 `--sidecar` 重新添加。",
        ),
        example=(
            "A text with one word added and its old NAME.aigc.json beside it.",
            "文本增加了一个词，旁边仍是旧的 名称.aigc.json。",
        ),
    ),
    rule(
        "LBL-015",
        WARNING,
        ("Measures Art. 5", OWN),
        says=(
            "The label stands beside the file and not in it: a file that travels alone has none.",
            "标识位于旁附文件而非文件之中：文件单独传播时将失去标识。",
        ),
        cause=(
            "The format has no place for metadata, so `--sidecar` was used.",
            "该格式没有元数据位置，因而使用了 `--sidecar`。",
        ),
        remedy=(
            "Deliver both together, or convert the file to a format with a place for the label.",
            "请一并交付，或转换为可内嵌标识的格式。",
        ),
        example=("A plain text and its NAME.aigc.json.", "纯文本及其 名称.aigc.json。"),
    ),
    rule(
        "LBL-016",
        ERROR,
        ("docs/trust.md", OWN),
        says=(
            "A picture that looks like this one was labelled before, and that label is not here.",
            "与此相同的图片此前添加过标识，而该标识已不在文件中。",
        ),
        cause=(
            "The label was stripped or replaced: on purpose, or by a program that saves pictures without it.",
            "标识被有意移除或替换，或因软件另存而丢失。",
        ),
        remedy=(
            "Compare the two pictures: looking alike is no proof. Then put back the label that the ledger names.",
            "请比对两张图片：外观相同只是核查线索，不构成证明。确认后请恢复台账所载的标识。",
        ),
        example=(
            "A labelled picture, saved anew without its metadata, under `--registry LEDGER`.",
            "已标识的图片另存后丢失元数据，以 `--registry 台账` 核验。",
        ),
    ),
    rule(
        "LBL-017",
        UNDECIDED,
        ("docs/trust.md", OWN),
        says=("The picture could not be looked up in the registry.", "无法在台账中查找该图片。"),
        cause=("Its pixels cannot be decoded here, or a limit was met.", "无法解码其像素，或触及上限。"),
        remedy=(
            "Repair the file, or install the decoder that is named.",
            "请修复文件，或安装所示的解码组件。",
        ),
        example=(
            "A PNG whose pixels are cut short, under `--registry LEDGER`.",
            "像素被截断的 PNG，以 `--registry 台账` 核验。",
        ),
    ),
)
