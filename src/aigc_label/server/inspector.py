"""Writes the page on which files are dropped, judged, explained and labelled; it loads nothing from elsewhere."""

from __future__ import annotations

from typing import Final

from aigc_label import __version__
from aigc_label.bilingual import Bilingual, Lang
from aigc_label.report import VERDICT_NAMES
from aigc_label.rulebook import RULESET
from aigc_label.telling.markup import Markup, element, empty, joined, said, text

TITLE: Final = Bilingual("Check and label AI-generated content", "生成合成内容标识：核验与添加")
DROP: Final = Bilingual("Drop files here, or choose them", "将文件拖到此处，或点击选择")
LOCAL: Final = Bilingual(
    "Files go to this service and nowhere else, and are deleted as soon as it has answered.",
    "文件只发送到本服务，应答后立即删除。",
)
SCOPES: Final = {
    "": Bilingual("label and mark", "隐式标识与显式标识"),
    "label": Bilingual("the label only", "仅隐式标识"),
    "mark": Bilingual("the mark only", "仅显式标识"),
}
FIXES: Final = {
    "add": Bilingual("Mark and label", "添加显式与隐式标识"),
    "embed": Bilingual("Label only", "仅添加隐式标识"),
    "mark": Bilingual("Mark only", "仅添加显式标识"),
}


def page(lang: Lang) -> str:
    """Give the page; its script switches to the other language without asking again."""
    head = joined(
        empty("meta", charset="utf-8"),
        empty("meta", name="viewport", content="width=device-width, initial-scale=1"),
        said(TITLE, lang, "title"),
        empty("link", rel="icon", href="data:,"),
        empty("link", rel="stylesheet", href="/static/page.css"),
        empty("link", rel="stylesheet", href="/static/inspector.css"),
        element("script", src="/static/shell.js", defer=""),
        element("script", src="/static/inspector.js", defer=""),
    )
    files = element("ol", class_="files", id="files", aria_live="polite")
    body = joined(_header(lang), _drop(lang), _asked(lang), element("main", files), _templates(lang), _footer(lang))
    tongue = "zh-CN" if lang is Lang.ZH else "en"
    return f'<!doctype html>\n<html lang="{tongue}" class="js">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'


def _header(lang: Lang) -> Markup:
    buttons = element(
        "div",
        _button("lang", text("English" if lang is Lang.ZH else "中文")),
        _button("theme", said(Bilingual("Dark", "深色"), lang), aria_pressed="false"),
        class_="buttons",
    )
    return element("header", buttons, said(TITLE, lang, "h1"), said(LOCAL, lang, "p", class_="conclusion"))


def _button(name: str, words: Markup, **attributes: str) -> Markup:
    return element("button", words, type="button", id=name, **attributes)


def _drop(lang: Lang) -> Markup:
    choose = empty("input", type="file", id="choose", multiple="")
    return element("label", said(DROP, lang, "b"), choose, class_="drop", id="drop")


def _asked(lang: Lang) -> Markup:
    """Give what a check and a fix go by."""
    options = joined(*(said(name, lang, "option", value=value) for value, name in SCOPES.items()))
    producer = Bilingual("Producer: 27-character code, or name", "生产者：27 位编码或名称")
    number = Bilingual("Content number", "内容制作编号")
    fields = (
        (Bilingual("Check", "核验"), element("select", options, id="only")),
        (producer, empty("input", id="producer", autocomplete="organization", spellcheck="false", maxlength="200")),
        (
            number,
            empty("input", id="produce_id", value="{uuid}", autocomplete="off", spellcheck="false", maxlength="200"),
        ),
        (Bilingual("API key", "API 密钥"), empty("input", id="key", type="password", autocomplete="off")),
    )
    labels = (element("label", said(name, lang), field, data_of=name.en.split(":")[0]) for name, field in fields)
    return element("form", *labels, class_="asked", id="asked")


def _templates(lang: Lang) -> Markup:
    """Give what the script puts together: a row that waits, the row of a failed request, the buttons under a row."""
    wait = element(
        "li",
        element("span", class_="wait", aria_hidden="true"),
        element("span", element("b"), class_="name", translate="no"),
        said(Bilingual("is being looked at", "正在核验"), lang, class_="doing"),
        class_="file waiting",
        aria_busy="true",
    )
    fixes = element(
        "div",
        *(element("button", said(name, lang), type="button", data_fix=fix) for fix, name in FIXES.items()),
        element("a", said(Bilingual("Download", "下载"), lang), class_="download", download="", hidden=""),
        element("p", class_="told", role="status"),
        _going(lang),
        class_="fixes",
    )
    verdicts = joined(*(said(name, lang, data_verdict=str(verdict)) for verdict, name in VERDICT_NAMES.items()))
    working = said(Bilingual("is being labelled", "正在添加标识"), lang, id="working")
    needed = said(Bilingual("Name the producer first.", "请先填写生产者。"), lang, id="needed")
    lost = said(Bilingual("The service does not answer.", "服务没有应答。"), lang, id="lost")
    sentences = element("div", verdicts, working, needed, lost, hidden="", id="sentences")
    return joined(element("template", wait, id="waiting"), element("template", fixes, id="fixes"), sentences)


def _going(lang: Lang) -> Markup:
    """Give how far a job is: without a value while that is not known."""
    name = said(Bilingual("Progress", "进度"), lang)
    bar, percent = element("progress", max="100"), element("span", class_="percent")
    return element("label", name, bar, percent, class_="going", hidden="")


def _footer(lang: Lang) -> Markup:
    by = text(f"aigc-label {__version__} · {RULESET} · ")
    api = element("a", said(Bilingual("the interface for programs", "程序接口"), lang), href="/docs")
    return element("footer", element("p", by, api))
