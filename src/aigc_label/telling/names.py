"""Names for people what evidence and findings are made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from aigc_label.bilingual import Bilingual
from aigc_label.evidence import NoticeKind, SightingKind, Standing
from aigc_label.recognition import Recognition
from aigc_label.report import PolicyUsed, Scope, Severity, Waiver

Kind = TypeVar("Kind", bound=StrEnum)

STANDINGS: Final = {
    Standing.PRIMARY: Bilingual("the place that the guide names", "实践指南规定的位置"),
    Standing.CHOSEN: Bilingual("our documented choice; the guides name none", "指南未规定，本工具选定并公开的位置"),
    Standing.ALTERNATIVE: Bilingual("the guide's alternative place", "实践指南的备选位置"),
    Standing.COMPATIBLE: Bilingual("seen in real files, in no guide", "实际文件中出现，指南未规定"),
    Standing.HIDDEN: Bilingual("hidden: no reader of the format looks there", "隐藏位置：格式读取器不会读取"),
}
SEVERITIES: Final = {
    Severity.ERROR: Bilingual("error", "错误"),
    Severity.UNDECIDED: Bilingual("could not look", "无法查看"),
    Severity.WARNING: Bilingual("warning", "警告"),
    Severity.ADVICE: Bilingual("advice", "建议"),
}
SCOPES: Final = {
    Scope.BOTH: Bilingual("label and mark", "隐式标识与显式标识"),
    Scope.LABEL: Bilingual("the label only", "仅隐式标识"),
    Scope.MARK: Bilingual("the mark only", "仅显式标识"),
}
RECOGNITIONS: Final = {
    Recognition.CONFIRMED: Bilingual("generated (confirmed)", "属于生成合成内容（确认）"),
    Recognition.POSSIBLE: Bilingual("possibly generated", "可能为生成合成内容"),
    Recognition.SUSPECTED: Bilingual("suspected to be generated", "疑似生成合成内容"),
    Recognition.NONE: Bilingual("nothing speaks for it", "未发现相关迹象"),
}
SIGHTINGS: Final = {
    SightingKind.WORDS: Bilingual("words in the picture", "画面中的文字"),
    SightingKind.RHYTHM: Bilingual("rhythm: short-long, short-short", "节奏：短长 短短"),
    SightingKind.VOICE: Bilingual("spoken words", "语音"),
    SightingKind.TEXT: Bilingual("words in the text", "文本中的文字"),
}
NOTICES: Final = {
    NoticeKind.C2PA: Bilingual("Content Credentials (C2PA)", "内容凭证（C2PA）"),
    NoticeKind.IPTC_SOURCE_TYPE: Bilingual("IPTC digital source type: AI", "IPTC 数字来源类型：AI"),
    NoticeKind.GENERATOR: Bilingual("generation parameters", "生成参数"),
    NoticeKind.TRAILING: Bilingual("bytes behind the format's end", "格式结尾之后的字节"),
    NoticeKind.POLYGLOT: Bilingual("a second format behind the end", "结尾之后的另一种格式"),
    NoticeKind.SUFFIX: Bilingual("the name promises another format", "扩展名与内容不符"),
    NoticeKind.DAMAGED: Bilingual("a damaged part", "损坏的部分"),
    NoticeKind.RESIDUE: Bilingual("label-like bytes outside every carrier", "载体之外疑似标识的字节"),
    NoticeKind.UNREAD: Bilingual("a part that could not be read", "无法读取的部分"),
    NoticeKind.SIGNED: Bilingual("a digital signature", "数字签名"),
    NoticeKind.SIDECAR: Bilingual("a sidecar that speaks of other bytes", "旁附标识与文件不符"),
    NoticeKind.EARLIER: Bilingual("an earlier revision with another label", "早期版本含有另一标识"),
}
FIELDS: Final = {
    "Label": Bilingual("status", "属性"),
    "ContentProducer": Bilingual("producer", "生产者"),
    "ProduceID": Bilingual("content number", "内容制作编号"),
    "ReservedCode1": Bilingual("reserved 1", "预留 1"),
    "ContentPropagator": Bilingual("propagator", "传播者"),
    "PropagateID": Bilingual("propagation number", "内容传播编号"),
    "ReservedCode2": Bilingual("reserved 2", "预留 2"),
}


def named(table: Mapping[Kind, Bilingual], kind: Kind) -> Bilingual:
    """Give the name of a kind; its own word where the table has none yet: a report never fails for want of a name."""
    return table.get(kind) or Bilingual(str(kind), str(kind))


def waived(waiver: Waiver) -> Bilingual:
    """Give what every report repeats where no visible mark is asked for (Measures, Art. 9)."""
    return Bilingual(
        f"no visible mark is asked for (Measures, Art. 9): {waiver.reason}; recipient: {waiver.recipient}",
        f"未要求显式标识（《标识办法》第九条）：{waiver.reason}；提供对象：{waiver.recipient}",
    )


def policy_said(used: PolicyUsed | None) -> Bilingual | None:
    """Give what a report repeats of the policy it was made by; None where there was none beside the standard's own."""
    if used is None or not (used.name or used.waiver):
        return None
    named = f"{used.name} (sha256 {used.sha256[:16]})" if used.name else ""
    waiver = waived(used.waiver) if used.waiver else Bilingual("", "")
    return Bilingual("; ".join(filter(None, (named, waiver.en))), "；".join(filter(None, (named, waiver.zh))))
