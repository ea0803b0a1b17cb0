"""Tells of the seven fields of a label."""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook.row import ADVICE, ERROR, GUIDE, INFERRED, NORMATIVE, OWN, RELABEL, WARNING, rule

TABLE: Final = (
    rule(
        "LBL-101",
        ERROR,
        ("GB 45438-2025 Annex E c to e", NORMATIVE),
        says=(
            "Label, ContentProducer or ProduceID is missing or empty.",
            "缺少 Label、ContentProducer 或 ProduceID，或其值为空。",
        ),
        cause=("A variable of the writer was not set.", "写入程序的变量未设置。"),
        remedy=RELABEL,
        example=('A label whose ProduceID is "".', 'ProduceID 为 "" 的标识。'),
    ),
    rule(
        "LBL-102",
        ERROR,
        ("GB 45438-2025 Annex E, note 1", NORMATIVE),
        says=(
            "ContentPropagator or PropagateID is empty; at first writing they equal the producer's.",
            "ContentPropagator 或 PropagateID 为空；首次写入时应与生产者一致。",
        ),
        cause=(
            "The writer left the propagator's half to a platform, against note 1.",
            "写入程序把传播者部分留给平台填写，与注 1 不符。",
        ),
        remedy=RELABEL,
        example=("A label of the producer's three fields only.", "只有生产者三个字段的标识。"),
    ),
    rule(
        "LBL-103",
        WARNING,
        ("GB 45438-2025 Annex E b", INFERRED),
        says=(
            "A ReservedCode key is absent; the fixed form has all seven keys.",
            "缺少 ReservedCode 键；固定形式包含全部七个键。",
        ),
        cause=("The writer leaves out what it does not use.", "写入程序省略了未使用的字段。"),
        remedy=RELABEL,
        example=(
            "A label of five fields, without ReservedCode1 and ReservedCode2.",
            "只有五个字段、缺少 ReservedCode1 与 ReservedCode2 的标识。",
        ),
    ),
    rule(
        "LBL-104",
        ERROR,
        ("GB 45438-2025 Annex E c", NORMATIVE),
        says=("Label is not 1, 2 or 3.", "Label 的值不是 1、2 或 3。"),
        cause=("The writer put a word or a name of its own there.", "写入程序填入了自己的词或枚举名。"),
        remedy=RELABEL,
        example=('Label is "AIGC".', 'Label 的值为 "AIGC"。'),
    ),
    rule(
        "LBL-105",
        ERROR,
        ("TC260-PG-20252A; GB 32100-2015", GUIDE),
        says=("A provider code breaks its own rules.", "服务提供者编码不符合编码规则。"),
        cause=("A typing error, lower-case letters, or a code cut short.", "拼写错误、使用小写字母，或编码被截断。"),
        remedy=("Correct the code, or use the provider's name.", "请更正编码，或改用服务提供者名称。"),
        example=("A code of 27 characters whose check digit is wrong.", "校验位错误的 27 位编码。"),
    ),
    rule(
        "LBL-106",
        ERROR,
        ("GB 45438-2025 Annex E j", INFERRED),
        says=("A field holds invisible or control characters.", "字段中含有不可见字符或控制字符。"),
        cause=("Text was pasted from a web page or a chat.", "文字从网页或聊天中粘贴而来。"),
        remedy=RELABEL,
        example=("A producer's name with a zero-width space in it.", "生产者名称中含有零宽空格。"),
    ),
    rule(
        "LBL-107",
        ADVICE,
        ("GB 45438-2025 Annex E j", NORMATIVE),
        says=(
            "A field holds characters outside the set that Annex E j mainly asks for.",
            "字段中含有附录 E j) 主要字符集之外的字符。",
        ),
        cause=(
            "The producer is named in Chinese, or a number holds a file's name.",
            "生产者使用中文名称，或编号中含有文件名。",
        ),
        remedy=("Use the provider code instead of a Chinese name.", "建议用编码代替中文名称。"),
        example=("A producer called 示例公司.", "生产者名为“示例公司”。"),
    ),
    rule(
        "LBL-108",
        ERROR,
        ("the caller's policy", OWN),
        says=("The producer is not one that the policy accepts.", "生产者不在策略允许的范围内。"),
        cause=(
            "The file comes from another service, or the policy lacks one of yours.",
            "文件来自其他服务，或策略遗漏了自己的编码。",
        ),
        remedy=("Check who labelled the file.", "请核实是谁为该文件添加了标识。"),
        example=(
            "A label of another producer than `--expect-producer` names.",
            "标识的生产者与 `--expect-producer` 所指不同。",
        ),
    ),
)
