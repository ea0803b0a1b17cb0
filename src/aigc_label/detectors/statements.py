"""Tells words that label a text from words that only speak of generated content."""

from __future__ import annotations

import re
from typing import Final

from aigc_label.marking import has_ai_element, has_generation_element

LONGEST: Final = 200  # characters of a paragraph that can be a label; ours: real ones have some twenty
PAIRS: Final = {"【": "】", "[": "]", "［": "］", "（": "）", "(": ")", "〔": "〕", "〖": "〗"}
TRIM: Final = " \t\u3000*_~#>|·•—–-=。.!！⚠️🤖✨ℹ️"

_THING: Final = (
    "内容|文章|文本|文字|正文|全文|文档|文件|回答|回复|答复|信息|页面|网页|材料|资料|作品|稿件|报告|代码|程序|脚本|"
    "演示文稿|幻灯片|课件|工作簿|工作表|电子书|图书|书|"
    "表格|数据|结果|字幕|译文|翻译|摘要|图文|聊天|对话|消息|邮件|章节|图片|配图|插图|视频|音频|解读|分析|建议|文案|笔记|文"
)
_SUBJECT: Final = (
    rf"(?:(?:温馨提示|重要提示|作者声明|免责声明|提示|声明|说明|注意|注|AI声明)[:：]?)?"
    rf"(?P<subject>(?:以上|以下|上述|下述|上文|下文|本|该|此|这|全部|全|所有|部分|文中|文内|页面)?(?:部分|所有|全部)?(?:{_THING}){{0,2}}(?:内容|部分)?)"
    rf"(?:均|都|全部|主要|部分|可能|疑似|或|完全|100%){{0,3}}"
)
_COPULA: Final = r"(?P<copula>(?:为|由|系|是|经|通过|使用了?|利用|借助|采用了?|含有|包含|含|来自|属于|属){0,3})"
_AI: Final = (
    r"(?:人工智能|AI)(?:[（(](?:人工智能|AI)[）)])?"
    r"(?:技术|大语言模型|大模型|模型|工具|助手|系统|服务|算法|智能体|机器人|软件|平台|应用|引擎){0,2}"
)
_GENERATED: Final = (
    r"(?:自动|辅助|智能|协助|参与|直接|所|深度|共同|编辑|创作|撰写|搜集|整理|并|和|与|及|、|/){0,3}"
    r"(?:生成|合成)(?:(?:与|和|及|或|/|、|·|式)?(?:生成|合成))?"
    rf"(?:的)?(?:{_THING}|技术)?(?:标识|提示)?"
)
_TAIL: Final = (
    r"(?:[，,。；;·|/—–:：-]*(?:(?:内容|结果)?仅?供[^。，,]{0,8}(?:参考|借鉴|娱乐)(?:和借鉴|使用)?|请(?:您)?(?:注意|仔细|谨慎|自行|务必)*(?:甄别|核实|核对|核查|鉴别|辨别|判断|使用|参考)[^。]{0,12}|"
    r"不代表[^。]{0,20}|不构成[^。]{0,20}|如有[^。]{0,20}|[（(]?[A-Za-z][A-Za-z0-9,.'’:/&-]{0,80}[)）]?)){0,4}"
)
_HEAD: Final = rf"{_SUBJECT}{_COPULA}(?P<brand>[\w·.+&-]{{0,24}}?(?:的|旗下的?)?){_AI}{_GENERATED}"
_REMARK: Final = (  # what follows once a sentence has said of what it speaks: services word their remarks freely
    r"(?:[，,。；;]+(?:其|内容|结果|准确性|部分)?(?:仅|只|供|请|需|须|可能|或有|难免|不|无法|如|已|纯属|谨|应|建议)[^。；;？?]{0,60}){1,3}"
)
STATEMENT: Final = re.compile(rf"{_HEAD}{_TAIL}[。.!！]?")
REMARKED: Final = re.compile(rf"{_HEAD}{_REMARK}[。.!！]?")
# what turns the same words into a question, a denial or a topic, before the predicate
OTHERWISE: Final = re.compile(
    r"[非未没无不勿禁拒吗？?“”\"「」《》]|是否|能否|可否|如何|怎|什么|为何|如果|假如|讨论|介绍|识别|检测|鉴别|判断|分析|研究|关于|防范|打击|警惕|冒充"
)
# in pictures, where a brand may hold any letter (无界AI), only what cannot be part of a statement
SPEAKS: Final = re.compile(
    r"非|未(?!来)|没|不[是含用]|不使用|无(?=AI|人工|任何|[须需])|禁|勿|拒绝|抵制|谨防|警惕|识别|鉴别|检测|如何|怎|是否|什么是|[吗？?]"
)
PREDICATE: Final = re.compile(r"生成|合成")
ENGLISH: Final = re.compile(
    r"(?:(?:this|these|the|all|some|above|following|parts?|portions?|content|text|article|answer|response|page|document|of|on|"
    r"is|are|was|were|has|have|been|may|be)\s+){0,12}"
    r"(?:ai[- ]generated(?:\s+(?:content|text|answer|response|article|document))?|"
    r"(?:generated|created|produced|written)\s+(?:by|with|using)\s+(?:an?\s+)?(?:ai|artificial\s+intelligence)(?:\s+\w+)?)[.!]?",
    re.IGNORECASE,
)


def unwrapped(text: str) -> tuple[str, bool]:
    """Give the words without marks of emphasis around them, and whether brackets stood around the whole of them."""
    inner = text.strip(TRIM).strip()
    close = PAIRS.get(inner[:1])
    if close is None or not inner.endswith(close) or inner.find(close) != len(inner) - 1:
        return inner, False
    return inner[1:-1].strip(TRIM).strip(), True


def is_statement(words: str) -> bool:
    """Tell whether these words, whole, state that the content is generated: no topic, no question, no denial."""
    if not _may_be(words):
        return False
    plain = re.sub(r"\s+", "", words)
    found = _stated(plain)
    if found is None:
        return False
    predicate = PREDICATE.search(plain)
    before = plain[: predicate.end()] if predicate else plain
    return not OTHERWISE.search(before) and (not found["brand"] or bool(found["copula"]))


def _stated(plain: str) -> re.Match[str] | None:
    """Match a statement: with a remark of any wording only where it says of what it speaks (内容由…)."""
    found = STATEMENT.fullmatch(plain)
    if found is not None:
        return found
    found = REMARKED.fullmatch(plain)
    return found if found is not None and found["subject"] and found["copula"] else None


def has_subject(words: str) -> bool:
    """Tell whether a statement says of what it speaks (本内容由…), as one in the middle of a text has to."""
    found = _stated(re.sub(r"\s+", "", words))
    return found is not None and bool(found["subject"] and found["copula"])


def speaks_of_it(words: str) -> bool:
    """Tell whether words with both elements deny, forbid or ask instead of stating it: what no mark does."""
    predicate = PREDICATE.search(words)
    return predicate is not None and SPEAKS.search(words[: predicate.end()]) is not None


def is_foreign_statement(words: str) -> bool:
    """Tell whether these words state the same in English only, which lacks the elements of 5.1 b."""
    return len(words) <= LONGEST and ENGLISH.fullmatch(words.strip()) is not None


def leading(text: str) -> str:
    """Give the statement in brackets that a text begins with, "" where it begins with none."""
    return _bracketed(text[:LONGEST].lstrip(TRIM))


def trailing(text: str) -> str:
    """Give the statement in brackets that a text ends with, "" where it ends with none."""
    end = text[-LONGEST:].rstrip(TRIM)
    opening = next((mark for mark, close in PAIRS.items() if end.endswith(close)), None)
    at = end.rfind(opening) if opening else -1
    return _bracketed(end[at:]) if at >= 0 else ""


def _bracketed(text: str) -> str:
    close = PAIRS.get(text[:1])
    at = text.find(close) if close else -1
    if at < 0 or (text[0] == "[" and text[at + 1 : at + 2] in ("(", "[", ":")):  # a link of Markdown
        return ""
    inner = text[1:at].strip(TRIM).strip()
    return inner if is_statement(inner) else ""


def _may_be(words: str) -> bool:
    return len(words) <= LONGEST and has_generation_element(words) and has_ai_element(words)
