"""Lists every rule: what it says, how well it is founded, what to do. Ids are never reused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.dialects import FaultKind
from aigc_label.evidence import NoticeKind, Repair
from aigc_label.formats import Medium
from aigc_label.report import Grade, Rule, Severity

RULESET: Final = "2026.11"

ERROR, UNDECIDED, WARNING, ADVICE = Severity.ERROR, Severity.UNDECIDED, Severity.WARNING, Severity.ADVICE
NORMATIVE, GUIDE, INFERRED, OWN = Grade.NORMATIVE, Grade.GUIDE, Grade.INFERRED, Grade.OWN


def _rule(
    code: str, severity: Severity, clause: str, grade: Grade, sentence: tuple[str, str], remedy: tuple[str, str]
) -> Rule:
    return Rule(
        id=code,
        severity=severity,
        clause=clause,
        grade=grade,
        sentence=Bilingual(*sentence),
        remedy=Bilingual(*remedy),
    )


EMBED = ("Run `aigc-label embed FILE --in-place`.", "运行 `aigc-label embed 文件 --in-place`。")
RELABEL = (
    "Label the file anew; to replace another producer's label give `--replace REASON`.",
    "重新添加标识；替换其他生产者的标识须用 `--replace 理由` 说明。",
)
DRAW = ("Run `aigc-label mark FILE --in-place`.", "运行 `aigc-label mark 文件 --in-place`。")

_TABLE: Final = (
    _rule(
        "LBL-001",
        ERROR,
        "GB 45438-2025 6.1; Measures Art. 5",
        NORMATIVE,
        ("The file has no implicit label.", "文件没有隐式标识。"),
        EMBED,
    ),
    _rule(
        "LBL-002",
        WARNING,
        "GB 45438-2025 6.1 c",
        NORMATIVE,
        ("The same label stands in more than one place.", "同一标识出现在多个位置。"),
        ("Keep one: label the file anew.", "只应保留一个：请重新添加标识。"),
    ),
    _rule(
        "LBL-003",
        ERROR,
        "GB 45438-2025 6.1 c",
        NORMATIVE,
        ("Labels in this file contradict each other.", "文件中的多个标识相互矛盾。"),
        RELABEL,
    ),
    _rule(
        "LBL-004",
        ERROR,
        "TC260-PG-20257A to 202510A",
        GUIDE,
        ("The label stands in a place that no practice guide names.", "标识不在实践指南规定的位置。"),
        RELABEL,
    ),
    _rule(
        "LBL-005",
        ADVICE,
        "TC260-PG-20259A, Annex B",
        GUIDE,
        ("The label stands in the guide's alternative place.", "标识位于实践指南的备选位置。"),
        ("Prefer the main place.", "建议使用主要位置。"),
    ),
    _rule(
        "LBL-006",
        ERROR,
        "GB 45438-2025 Annex E b",
        NORMATIVE,
        ("The label's text is not the JSON that Annex E asks for.", "标识文本不是附录 E 要求的 JSON。"),
        RELABEL,
    ),
    _rule(
        "LBL-007",
        ERROR,
        "GB 45438-2025 Annex E",
        INFERRED,
        ("A field stands twice in the label.", "标识中同一字段重复出现。"),
        RELABEL,
    ),
    _rule(
        "LBL-008",
        ERROR,
        "GB 45438-2025 Annex E",
        INFERRED,
        ("The label is readable only after repair.", "标识须经修复才能读取。"),
        RELABEL,
    ),
    _rule(
        "LBL-009",
        ADVICE,
        "GB 45438-2025 Annex E b; practice guides",
        GUIDE,
        (
            "The label has another, equally readable shape than the guide shows.",
            "标识形式与指南示例不同，但可正常读取。",
        ),
        ("Label the file anew to get the guide's shape.", "重新添加标识即可采用指南的形式。"),
    ),
    _rule(
        "LBL-010",
        ERROR,
        "TC260-PG-20259A",
        GUIDE,
        ("Something only looks like a label: its namespace or name is wrong.", "存在仿冒标识：命名空间或名称不正确。"),
        ("Find out where it comes from before you label the file.", "请先查明其来源，再为文件添加标识。"),
    ),
    _rule(
        "LBL-011",
        ERROR,
        "GB 45438-2025 6.1",
        INFERRED,
        (
            "Label-like text lies where no reader of the format looks.",
            "在格式读取器不会读取的位置发现疑似标识的内容。",
        ),
        ("Look at it with `aigc-label explain FILE`.", "请用 `aigc-label explain 文件` 查看。"),
    ),
    _rule(
        "LBL-012",
        UNDECIDED,
        "GB 45438-2025 6.1",
        OWN,
        ("A part of the file that can hold a label could not be read.", "文件中可能含有标识的部分无法读取。"),
        ("Repair the file, or raise the limit that is named.", "请修复文件，或调高所示的上限。"),
    ),
    _rule(
        "LBL-013",
        WARNING,
        "GB 45438-2025 6.1 c",
        INFERRED,
        (
            "An earlier revision of the document holds another label than the newest.",
            "文档的早期修订版本含有与最新版本不同的标识。",
        ),
        (
            "The newest revision counts; to drop the others, save the document anew and label that.",
            "以最新版本为准；如需去除早期版本，请另存为新文档后重新添加标识。",
        ),
    ),
    _rule(
        "LBL-101",
        ERROR,
        "GB 45438-2025 Annex E c to e",
        NORMATIVE,
        (
            "Label, ContentProducer or ProduceID is missing or empty.",
            "缺少 Label、ContentProducer 或 ProduceID，或其值为空。",
        ),
        RELABEL,
    ),
    _rule(
        "LBL-102",
        ERROR,
        "GB 45438-2025 Annex E, note 1",
        NORMATIVE,
        (
            "ContentPropagator or PropagateID is empty; at first writing they equal the producer's.",
            "ContentPropagator 或 PropagateID 为空；首次写入时应与生产者一致。",
        ),
        RELABEL,
    ),
    _rule(
        "LBL-103",
        WARNING,
        "GB 45438-2025 Annex E b",
        INFERRED,
        (
            "A ReservedCode key is absent; the fixed form has all seven keys.",
            "缺少 ReservedCode 键；固定形式包含全部七个键。",
        ),
        RELABEL,
    ),
    _rule(
        "LBL-104",
        ERROR,
        "GB 45438-2025 Annex E c",
        NORMATIVE,
        ("Label is not 1, 2 or 3.", "Label 的值不是 1、2 或 3。"),
        RELABEL,
    ),
    _rule(
        "LBL-105",
        ERROR,
        "TC260-PG-20252A; GB 32100-2015",
        GUIDE,
        ("A provider code breaks its own rules.", "服务提供者编码不符合编码规则。"),
        ("Correct the code, or use the provider's name.", "请更正编码，或改用服务提供者名称。"),
    ),
    _rule(
        "LBL-106",
        ERROR,
        "GB 45438-2025 Annex E j",
        INFERRED,
        ("A field holds invisible or control characters.", "字段中含有不可见字符或控制字符。"),
        RELABEL,
    ),
    _rule(
        "LBL-107",
        ADVICE,
        "GB 45438-2025 Annex E j",
        NORMATIVE,
        (
            "A field holds characters outside the set that Annex E j mainly asks for.",
            "字段中含有附录 E j) 主要字符集之外的字符。",
        ),
        ("Use the provider code instead of a Chinese name.", "建议用编码代替中文名称。"),
    ),
    _rule(
        "LBL-108",
        ERROR,
        "the caller's policy",
        OWN,
        ("The producer is not one that the policy accepts.", "生产者不在策略允许的范围内。"),
        ("Check who labelled the file.", "请核实是谁为该文件添加了标识。"),
    ),
    _rule(
        "MRK-001",
        UNDECIDED,
        "GB 45438-2025 5.1 to 5.6",
        OWN,
        ("Explicit marks in this kind of content could not be judged.", "无法判定此类内容中的显式标识。"),
        (
            "Check them by other means; `--only label` judges the implicit label alone.",
            "请用其他方式检查；`--only label` 仅核验隐式标识。",
        ),
    ),
    _rule(
        "IMG-001",
        ERROR,
        "GB 45438-2025 5.2 a; Measures Art. 4(3)",
        NORMATIVE,
        ("No mark was found in the picture.", "画面中没有找到显式标识。"),
        DRAW,
    ),
    _rule(
        "IMG-002",
        ERROR,
        "GB 45438-2025 5.2 b",
        NORMATIVE,
        ("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        DRAW,
    ),
    _rule(
        "IMG-003",
        ERROR,
        "GB 45438-2025 5.2 c",
        NORMATIVE,
        ("The mark does not stand at an edge or in a corner.", "显式标识不在画面的边或角。"),
        DRAW,
    ),
    _rule(
        "IMG-004",
        WARNING,
        "GB 45438-2025 5.2 d",
        INFERRED,
        ("The mark stands out too little from what lies behind it.", "显式标识与背景的对比度不足。"),
        DRAW,
    ),
    _rule(
        "IMG-005",
        ERROR,
        "GB 45438-2025 5.2 e",
        NORMATIVE,
        ("The text height is below 5 % of the shortest side.", "文字高度低于画面最短边的 5%。"),
        DRAW,
    ),
    _rule(
        "IMG-006",
        UNDECIDED,
        "GB 45438-2025 5.2",
        OWN,
        ("The picture could not be looked at.", "无法查看画面内容。"),
        ("Install what the detail names, or repair the file.", "请安装详情中所示的组件，或修复文件。"),
    ),
    _rule(
        "IMG-007",
        ADVICE,
        "GB 45438-2025 5.2 e",
        INFERRED,
        ("The text height is near the floor of 5 %.", "文字高度接近 5% 的下限。"),
        ("Draw it a little larger (`--height-share 0.06`).", "建议略微增大（`--height-share 0.06`）。"),
    ),
    _rule(
        "VID-001",
        ERROR,
        "GB 45438-2025 5.4 a; Measures Art. 4(4)",
        NORMATIVE,
        ("No mark was found in the opening of the film.", "视频起始画面中没有找到显式标识。"),
        DRAW,
    ),
    _rule(
        "VID-002",
        ERROR,
        "GB 45438-2025 5.4 b",
        NORMATIVE,
        ("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        DRAW,
    ),
    _rule(
        "VID-003",
        ERROR,
        "GB 45438-2025 5.4 c; Measures Art. 4(4)",
        NORMATIVE,
        ("The mark is not on the opening picture.", "显式标识不在起始画面上。"),
        DRAW,
    ),
    _rule(
        "VID-004",
        ERROR,
        "GB 45438-2025 5.4 d",
        NORMATIVE,
        ("The mark does not stand at an edge or in a corner.", "显式标识不在画面的边或角。"),
        DRAW,
    ),
    _rule(
        "VID-005",
        WARNING,
        "GB 45438-2025 5.4 e",
        INFERRED,
        ("The mark stands out too little from what lies behind it.", "显式标识与背景的对比度不足。"),
        DRAW,
    ),
    _rule(
        "VID-006",
        ERROR,
        "GB 45438-2025 5.4 f",
        NORMATIVE,
        (
            "The text height is below 5 % of the shortest side of the picture as shown.",
            "文字高度低于显示画面最短边的 5%。",
        ),
        DRAW,
    ),
    _rule(
        "VID-007",
        ERROR,
        "GB 45438-2025 5.4 g",
        NORMATIVE,
        (
            "The mark is shown for less than 2 s without a gap at normal speed.",
            "正常播放速度下，显式标识的连续显示时长不足 2 秒。",
        ),
        DRAW,
    ),
    _rule(
        "VID-008",
        UNDECIDED,
        "GB 45438-2025 5.4",
        OWN,
        ("The film could not be looked at.", "无法查看视频画面。"),
        ("Install what the detail names, or repair the file.", "请安装详情中所示的组件，或修复文件。"),
    ),
    _rule(
        "VID-009",
        ADVICE,
        "GB 45438-2025 5.4 f",
        INFERRED,
        ("The text height is near the floor of 5 %.", "文字高度接近 5% 的下限。"),
        ("Draw it a little larger (`--height-share 0.06`).", "建议略微增大（`--height-share 0.06`）。"),
    ),
    _rule(
        "AUD-001",
        ERROR,
        "GB 45438-2025 5.3 a; Measures Art. 4(2)",
        NORMATIVE,
        ("No mark was heard at the beginning or the end of the sound.", "在音频的开头和结尾没有听到显式标识。"),
        DRAW,
    ),
    _rule(
        "AUD-002",
        ERROR,
        "GB 45438-2025 5.3 b",
        NORMATIVE,
        (
            "The spoken words lack the AI element or the generation element.",
            "语音标识的内容缺少人工智能要素或生成合成要素。",
        ),
        DRAW,
    ),
    _rule(
        "AUD-003",
        ERROR,
        "GB 45438-2025 5.3 c",
        NORMATIVE,
        ("The tones are not short-long short-short.", "音频节奏不是“短长 短短”。"),
        DRAW,
    ),
    _rule(
        "AUD-004",
        ADVICE,
        "GB 45438-2025 5.3 d and note 2",
        INFERRED,
        (
            "The mark stands in the middle of the sound, or over it: is that a suitable place?",
            "显式标识位于音频中间或与内容重叠：请确认该位置是否适当。",
        ),
        (
            "The beginning means before the content, the end after it: `--position start`.",
            "起始位置指内容开始之前，末尾位置指内容结束之后：`--position start`。",
        ),
    ),
    _rule(
        "AUD-005",
        ADVICE,
        "GB 45438-2025 5.3 e and note 4",
        NORMATIVE,
        (
            "The words are not spoken at about 120 to 160 characters a minute.",
            "语音标识的语速不在约每分钟 120 至 160 字的范围内。",
        ),
        ("Record them at a normal rate.", "请以正常语速重新录制。"),
    ),
    _rule(
        "AUD-006",
        UNDECIDED,
        "GB 45438-2025 5.3 a and b",
        OWN,
        (
            "No rhythm and no known voice was heard, but speech that nobody here understands.",
            "没有听到音频节奏标识或已知的语音标识，但有未能识别内容的语音。",
        ),
        (
            "If a voice of your own speaks the mark, name it: `--expect-voice WORDS=FILE`; if none does, run"
            " `aigc-label mark FILE --in-place`.",
            "如由自有声音说出标识，请用 `--expect-voice 文字=文件` 指明；如没有标识，请运行"
            " `aigc-label mark 文件 --in-place`。",
        ),
    ),
    _rule(
        "AUD-007",
        WARNING,
        "GB 45438-2025 5.3 f",
        INFERRED,
        ("The rhythm stands out too little from what sounds with it.", "音频节奏标识与同时的其他声音区分不明显。"),
        DRAW,
    ),
    _rule(
        "AUD-008",
        UNDECIDED,
        "GB 45438-2025 5.3",
        OWN,
        ("The sound could not be listened to.", "无法检听音频。"),
        ("Install what the detail names, or repair the file.", "请安装详情中所示的组件，或修复文件。"),
    ),
    _rule(
        "TXT-001",
        ERROR,
        "GB 45438-2025 5.1 d; Measures Art. 4(1)",
        NORMATIVE,
        (
            "No mark stands at the start, at the end or between paragraphs of the text.",
            "文本的起始、末尾或中间位置均没有显式标识。",
        ),
        DRAW,
    ),
    _rule(
        "TXT-002",
        ERROR,
        "GB 45438-2025 5.1 b",
        NORMATIVE,
        ("The words lack the AI element or the generation element.", "文字缺少人工智能要素或生成合成要素。"),
        DRAW,
    ),
    _rule(
        "TXT-003",
        UNDECIDED,
        "GB 45438-2025 5.1",
        OWN,
        ("The text could not be read.", "无法读取文本内容。"),
        ("Save it as UTF-8, or repair the file.", "请另存为 UTF-8 编码，或修复文件。"),
    ),
    _rule(
        "FMT-001",
        WARNING,
        "Measures Art. 5",
        OWN,
        (
            "Content Credentials (C2PA) are embedded; labelling the file breaks their hash.",
            "文件嵌有 C2PA 内容凭证，再添加标识会使其校验失效。",
        ),
        ("Label first and sign last.", "请先添加标识，最后签署凭证。"),
    ),
    _rule(
        "FMT-002",
        WARNING,
        "GB 45438-2025 6.1",
        OWN,
        ("Bytes lie behind the end of the picture.", "图像结束之后还有多余数据。"),
        ("Look at them with `aigc-label explain FILE`.", "请用 `aigc-label explain 文件` 查看。"),
    ),
    _rule(
        "FMT-003",
        ERROR,
        "GB 45438-2025 6.1",
        OWN,
        (
            "The file is two files in one: programs may see different content.",
            "文件同时是两种格式，不同程序会看到不同内容。",
        ),
        ("Separate the two.", "请将两者分开。"),
    ),
    _rule(
        "FMT-004",
        WARNING,
        "none",
        OWN,
        ("The name promises another format than the content.", "文件扩展名与实际格式不符。"),
        ("Rename the file.", "请更改文件名。"),
    ),
    _rule(
        "FMT-005",
        WARNING,
        "none",
        OWN,
        ("A part of the file is damaged.", "文件有一部分已损坏。"),
        ("Export the file again.", "请重新导出文件。"),
    ),
    _rule(
        "FMT-006",
        ERROR,
        "the caller's policy",
        OWN,
        ("The policy does not accept this format.", "策略不接受该文件格式。"),
        ("Convert the file.", "请转换文件格式。"),
    ),
    _rule(
        "FMT-007",
        ERROR,
        "Measures Art. 5",
        NORMATIVE,
        ("The format has no place for an implicit label.", "该格式没有存放隐式标识的位置。"),
        (
            "Convert the file; `aigc-label formats` says to what.",
            "请转换格式；`aigc-label formats` 说明可转换为何种格式。",
        ),
    ),
    _rule(
        "XSC-001",
        ADVICE,
        "Measures Art. 6(3)",
        INFERRED,
        ("Other traces say that AI made this, but there is no label.", "存在其他 AI 生成痕迹，但没有标识。"),
        EMBED,
    ),
)
RULES: Final = {rule.id: rule for rule in _TABLE}

FAULT_RULES: Final = {
    FaultKind.NOT_JSON: "LBL-006",
    FaultKind.NOT_OBJECT: "LBL-006",
    FaultKind.TOO_LONG: "LBL-006",
    FaultKind.TOO_DEEP: "LBL-006",
    FaultKind.DUPLICATE_KEY: "LBL-007",
    FaultKind.MISSING: "LBL-101",
    FaultKind.MISSING_PROPAGATOR: "LBL-102",
    FaultKind.MISSING_RESERVED: "LBL-103",
    FaultKind.STATUS: "LBL-104",
    FaultKind.CODE: "LBL-105",
    FaultKind.CONTROL: "LBL-106",
    FaultKind.CHARSET: "LBL-107",
}
HARMLESS: Final = {Repair.ATTRIBUTE, Repair.NOTATION, Repair.SPACE}  # the same value to every reader of the carrier
REPAIR_NAMES: Final = {
    Repair.WRAPPED: Bilingual("wrapped in an AIGC object", "外层多了 AIGC 对象"),
    Repair.BARE: Bilingual("without the outer AIGC object", "缺少外层 AIGC 对象"),
    Repair.NAME_CASE: Bilingual("the key is spelt in another case", "键名大小写不符"),
    Repair.NAME_CONTAINS: Bilingual("the key only contains AIGC", "键名仅包含 AIGC"),
    Repair.LOOKALIKE: Bilingual("the namespace or key only looks right", "命名空间或键名仅形似"),
    Repair.ATTRIBUTE: Bilingual("an XML attribute instead of an element", "使用 XML 属性而非元素"),
    Repair.NESTED: Bilingual("a structure where text belongs", "应为文本处使用了结构"),
    Repair.ENTITIES: Bilingual("XML entities left in the text", "文本中残留 XML 实体"),
    Repair.DOUBLE_ENCODED: Bilingual("JSON inside a JSON string", "JSON 被再次编码为字符串"),
    Repair.CONTROLS: Bilingual("raw control characters in the JSON", "JSON 中含有控制字符"),
    Repair.BOM: Bilingual("a byte-order mark before the text", "文本前有字节序标记"),
    Repair.NULS: Bilingual("NUL bytes behind the text", "文本后有 NUL 字节"),
    Repair.SPACE: Bilingual("white space around the text", "文本前后有空白"),
    Repair.ENCODING: Bilingual("the text's encoding is not as the carrier asks", "文本编码不符合载体要求"),
    Repair.NOTATION: Bilingual("another notation than the guide shows", "与指南示例不同的书写形式"),
    Repair.KEY_CASE: Bilingual("a field name in another case", "字段名大小写不符"),
    Repair.KEY_DRAFT: Bilingual("a field name of the 2024 draft", "使用了 2024 年征求意见稿的字段名"),
    Repair.NUMBER: Bilingual("a number where text belongs", "应为文本处使用了数字"),
    Repair.NULL: Bilingual("null where text belongs", "应为文本处使用了 null"),
    Repair.CHECKSUM: Bilingual("the carrier's checksum is wrong", "载体的校验和不正确"),
    Repair.COMPRESSED: Bilingual("compressed where plain text belongs", "应为明文处使用了压缩"),
}
MARK_RULES: Final[Mapping[Medium, Mapping[str, str]]] = {  # what is wrong with a mark that is seen: the rule it breaks
    Medium.IMAGE: {
        "none": "IMG-001",
        "words": "IMG-002",
        "edge": "IMG-003",
        "contrast": "IMG-004",
        "height": "IMG-005",
        "blind": "IMG-006",
        "near": "IMG-007",
    },
    Medium.AUDIO: {"blind": "AUD-008"},  # the rest: sound_rules.py
    Medium.VIDEO: {
        "none": "VID-001",
        "words": "VID-002",
        "late": "VID-003",
        "edge": "VID-004",
        "contrast": "VID-005",
        "height": "VID-006",
        "short": "VID-007",
        "blind": "VID-008",
        "near": "VID-009",
    },
    Medium.TEXT: {"none": "TXT-001", "words": "TXT-002", "blind": "TXT-003"},
}
NOTICE_RULES: Final = {
    NoticeKind.C2PA: "FMT-001",
    NoticeKind.TRAILING: "FMT-002",
    NoticeKind.POLYGLOT: "FMT-003",
    NoticeKind.DAMAGED: "FMT-005",
    NoticeKind.UNREAD: "LBL-012",
    NoticeKind.EARLIER: "LBL-013",
}
