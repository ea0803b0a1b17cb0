"""Says which rule is broken by a fault, a repair, a notice, or by what is wrong with a mark that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.dialects import FaultKind
from aigc_label.evidence import NoticeKind, Repair
from aigc_label.formats import Medium

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
        "unsure": "IMG-008",
        "faint": "IMG-009",
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
        "unsure": "VID-010",
        "faint": "VID-011",
    },
    Medium.TEXT: {"none": "TXT-001", "words": "TXT-002", "blind": "TXT-003"},
    Medium.INTERFACE: {"none": "UI-001", "words": "UI-002", "gone": "UI-003", "blind": "UI-004", "doubt": "UI-004"},
    Medium.SCENE: {
        "none": "VIR-001",
        "words": "VIR-002",
        "edge": "VIR-003",
        "contrast": "VIR-004",
        "height": "VIR-005",
        "near": "VIR-006",
        "blind": "VIR-007",
        "unsure": "VIR-007",  # a height that could not be measured was not looked at
        "faint": "VIR-008",
    },
    Medium.DOCUMENT: {
        "none": "DOC-001",
        "words": "DOC-002",
        "contrast": "DOC-003",
        "doubt": "DOC-004",
        "blind": "DOC-005",
    },
}
NOTICE_RULES: Final = {
    NoticeKind.C2PA: "FMT-001",
    NoticeKind.TRAILING: "FMT-002",
    NoticeKind.POLYGLOT: "FMT-003",
    NoticeKind.DAMAGED: "FMT-005",
    NoticeKind.UNREAD: "LBL-012",
    NoticeKind.SIDECAR: "LBL-014",
    NoticeKind.EARLIER: "LBL-013",
}
