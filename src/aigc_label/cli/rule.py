"""Prints a rule: what it says, the clause it rests on, how well it is founded, what to do."""

from __future__ import annotations

from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.cli.arguments import Parser
from aigc_label.cli.console import Console, Style
from aigc_label.cli.starting import COMMANDS, DONE, Invocation
from aigc_label.errors import WrongUse
from aigc_label.inert import json_text
from aigc_label.report import Grade, Rule, Severity
from aigc_label.rulebook import RULES, RULESET
from aigc_label.settings import Group

GROUPS: Final = (Group.OUTPUT,)
SEVERITIES: Final = {
    Severity.ERROR: Bilingual("error: non-compliant", "错误：不合规"),
    Severity.UNDECIDED: Bilingual("could not look: undecidable", "无法查看：无法判定"),
    Severity.WARNING: Bilingual("warning: the verdict stands", "警告：不影响结论"),
    Severity.ADVICE: Bilingual("advice", "建议"),
}
GRADES: Final = {
    Grade.NORMATIVE: Bilingual("the standard or the Measures", "国家标准或《标识办法》"),
    Grade.GUIDE: Bilingual("a practice guide", "实践指南"),
    Grade.INFERRED: Bilingual("inferred from them by our reading", "由上述文件推断"),
    Grade.OWN: Bilingual("ours: good engineering, no duty", "本工具自定，非法定义务"),
}


def parser(lang: Lang) -> Parser:
    made = Parser("rule", lang, COMMANDS["rule"], ("aigc-label rule LBL-001", "aigc-label rule"), "[CODE]")
    made.positional("code", Bilingual("a rule's code; none: list all", "规则编号；不填则列出全部"), "?")
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    code = (invocation.arguments.code or "").upper()
    console = invocation.console
    if code and code not in RULES:
        from difflib import get_close_matches

        near = get_close_matches(code, RULES, 1)
        raise WrongUse(
            Bilingual(f"no rule {code!r} in {RULESET}", f"规则集 {RULESET} 中没有规则 {code!r}"),
            remedy=Bilingual(f"Did you mean {near[0]}?", f"是否应为 {near[0]}？")
            if near
            else Bilingual("`aigc-label rule` lists them.", "`aigc-label rule` 可列出全部规则。"),
        )
    rules = [RULES[code]] if code else list(RULES.values())
    if invocation.text("format") != "text":
        rows = [_row(rule, console.lang) for rule in rules]
        console.out(json_text(rows[0] if code else {"ruleset": RULESET, "rules": rows}))
    else:
        console.out("\n".join(_lines(rule, console) if code else _line(rule, console) for rule in rules))
    return DONE


def _row(rule: Rule, lang: Lang) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "severity": str(rule.severity),
        "clause": rule.clause,
        "grade": str(rule.grade),
        "sentence": rule.sentence.said(lang),
        "cause": rule.cause.said(lang),
        "remedy": rule.remedy.said(lang),
        "example": rule.example.said(lang),
    }


def _line(rule: Rule, console: Console) -> str:
    return f"{console.out_paint(rule.id, Style.NAME)}  {console.say(rule.sentence)}"


def _lines(rule: Rule, console: Console) -> str:
    def row(en: str, zh: str, text: str) -> str:
        return f"  {console.say(Bilingual(f'{en}: ', f'{zh}：'))}{text}"

    return "\n".join(
        (
            _line(rule, console),
            row("weight", "程度", console.say(SEVERITIES[rule.severity])),
            row("clause", "条款", console.say(rule.cited) or rule.clause),
            row("rests on", "依据", console.say(GRADES[rule.grade])),
            row("why it happens", "常见原因", console.say(rule.cause)),
            row("what to do", "处理办法", console.say(rule.remedy)),
            row("example", "示例", console.say(rule.example)),
        )
    )
