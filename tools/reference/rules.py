"""Writes the page of rules, grouped by what they speak of."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.report import Grade, Rule, Severity
from aigc_label.rulebook import RULES, RULESET
from tools.reference.layout import made_from, table

SEVERITIES: Final = {
    Severity.ERROR: Bilingual("the file is non-compliant or unlabelled", "判为不合规或未标识"),
    Severity.UNDECIDED: Bilingual("could not look, never a pass", "无法判定，不会算作通过"),
    Severity.WARNING: Bilingual("worth a change, the verdict stands", "建议修改，不影响结论"),
    Severity.ADVICE: Bilingual("a hint", "仅供参考"),
}
GRADES: Final = {
    Grade.NORMATIVE: Bilingual("the standard or the Measures", "国家标准或《标识办法》"),
    Grade.GUIDE: Bilingual("a practice guide", "实践指南"),
    Grade.INFERRED: Bilingual("our reading of the above", "推断"),
    Grade.OWN: Bilingual("our own", "本项目自定"),
}
GROUPS: Final = {
    "LBL": Bilingual("Labels in the metadata", "元数据中的隐式标识"),
    "IMG": Bilingual("Marks in pictures", "图片的显式标识"),
    "VID": Bilingual("Marks in films", "视频的显式标识"),
    "AUD": Bilingual("Marks in sound", "音频的显式标识"),
    "TXT": Bilingual("Marks in text", "文本的显式标识"),
    "DOC": Bilingual("Marks in documents", "文档的显式标识"),
    "VIR": Bilingual("Marks in virtual scenes", "虚拟场景的显式标识"),
    "UI": Bilingual("Notices in interfaces", "交互界面的提示"),
    "FMT": Bilingual("The file itself", "文件本身"),
    "SIG": Bilingual("Signatures and bindings", "签名与绑定"),
    "XSC": Bilingual("Other schemes", "其他标识体系"),
    "POL": Bilingual("The caller's policy", "调用方策略"),
}
ABOVE: Final = Bilingual(
    """# Rules

What `aigc-label rule CODE` prints. Ruleset {ruleset}; ids are never reused. A verdict rests on findings, a
finding on one of these rules, and each rule says how well it is founded. [Clause by clause](clauses.md) starts from the
standard instead.
""",
    """# 规则

`aigc-label rule CODE` 显示的内容。规则集 {ruleset}；编号不会重复使用。结论出自各个问题，每个问题对应一条规则，每条规则都注明
依据的可靠程度。[逐条对照](clauses.md)则从标准的条款出发。
""",
)
SEVERITY: Final = (Bilingual("Severity", "程度"), Bilingual("Means", "含义"))
GRADE: Final = (Bilingual("Founded on", "依据的等级"), Bilingual("Means", "含义"))
FOUNDED: Final = Bilingual("`{0}`, founded on: {1}", "`{0}`，依据：{1}")
CITED: Final = Bilingual(" ({0})", "（{0}）")
CAUSE: Final = Bilingual("Why it happens: {0}", "常见原因：{0}")
REMEDY: Final = Bilingual("What to do: {0}", "处理办法：{0}")
EXAMPLE: Final = Bilingual("Example: {0}", "示例：{0}")


def rules_page(lang: Lang) -> str:
    """Give every rule."""
    parts = [made_from("rulebook/"), ABOVE.filled(ruleset=RULESET).said(lang)]
    for heads, meanings in ((SEVERITY, SEVERITIES), (GRADE, GRADES)):
        rows = ((f"`{one}`", means.said(lang)) for one, means in meanings.items())
        parts += [table(tuple(head.said(lang) for head in heads), rows), ""]
    for prefix, rules in groupby(RULES.values(), lambda rule: rule.id.split("-")[0]):
        parts.append(f"## {GROUPS[prefix].said(lang)}\n")
        parts += [_rule(rule, lang) for rule in rules]
    return "\n".join(parts).rstrip("\n") + "\n"


def _rule(rule: Rule, lang: Lang) -> str:
    clause = rule.cited.said(lang)
    grounds = GRADES[rule.grade].said(lang) + (CITED.said(lang).format(clause) if clause else "")
    told = ((CAUSE, rule.cause), (REMEDY, rule.remedy), (EXAMPLE, rule.example))
    items = [
        FOUNDED.said(lang).format(rule.severity, grounds),
        *(frame.said(lang).format(one.said(lang)) for frame, one in told),
    ]
    return f"### {rule.id}\n\n{rule.sentence.said(lang)}\n\n" + "".join(f"- {item}\n" for item in items)
