"""Tells a run as one HTML page that needs nothing else: no network, no other file, no script but its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.errors import AigcLabelError
from aigc_label.os_errors import explained
from aigc_label.output import opened
from aigc_label.report import VERDICT_NAMES, Scope, Verdict
from aigc_label.rulebook import RULES, RULESET
from aigc_label.rules import TOOL
from aigc_label.telling.account import WEIGHTS
from aigc_label.telling.markup import Markup, element, empty, joined, said, text
from aigc_label.telling.names import SCOPES, policy_said
from aigc_label.telling.previews import Preview, previews_of
from aigc_label.telling.row import row

if TYPE_CHECKING:
    from aigc_label.telling.account import Account
    from aigc_label.telling.body import Body, Piece, Totals

STYLES: Final = ("page.css",)
SCRIPTS: Final = ("shell.js", "page.js")
TITLE: Final = Bilingual("Labels of AI-generated content: verification report", "生成合成内容标识核验报告")
ALL_CLEAR: Final = Bilingual("All files comply.", "全部文件合规。")
NOT_CLEAR: Final = Bilingual(
    "{bad} of {all} files do not comply, or could not be judged.", "{all} 个文件中有 {bad} 个不合规或无法判定。"
)
NO_FILE: Final = Bilingual("No file was checked. That is a failure.", "没有核验任何文件，按失败处理。")


def pieces(account: Account, lang: Lang) -> Iterator[Piece]:
    previews, without = _previews(account)
    yield account.severity, row(account, lang, previews, without)


def _previews(account: Account) -> tuple[tuple[Preview, ...], Bilingual | None]:
    """Look at the file once more for its pictures; what cannot be shown is said, and changes no verdict."""
    if account.report is None or not account.path or not Path(account.path).is_file():
        return (), None
    try:
        with opened(Path(account.path)) as source:
            return previews_of(source, account.report.evidence), None
    except AigcLabelError as problem:
        why = problem.what
    except OSError as problem:
        why, _ = explained(problem)
    except Exception as problem:  # a decoder's surprise may cost a picture, never the report on all other files
        why = Bilingual(f"unexpected {problem!r}", f"意外错误 {problem!r}")
    return (), Bilingual(f"No preview: {why.en}", f"无法预览：{why.zh}")


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    yield from frame_start(TITLE, lang)
    yield _header(totals, lang)
    yield f"<main>{_overview(totals, lang)}{_controls(totals, lang)}\n"
    yield '<ol class="files" id="files" tabindex="-1">\n'
    for severity in (*map(str, WEIGHTS), ""):  # what needs somebody comes first
        for told in body.of(severity):
            yield told + "\n"
    nothing = Bilingual("No file matches the filter.", "没有符合筛选条件的文件。")
    yield f"</ol>{said(nothing, lang, 'p', id='none', hidden='')}</main>\n"
    yield _footer(lang)
    yield frame_end()


def frame_start(title: Bilingual, lang: Lang) -> Iterator[str]:
    """Give a page's head, with a policy under which nothing runs or loads but what stands in the page itself."""
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_digest(*STYLES)}'; script-src '{_digest(*SCRIPTS)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = joined(
        empty("meta", charset="utf-8"),
        empty("meta", http_equiv="Content-Security-Policy", content=policy),
        empty("meta", name="viewport", content="width=device-width, initial-scale=1"),
        empty("meta", name="referrer", content="no-referrer"),
        empty("meta", name="generator", content=TOOL),
        said(title, lang, "title"),
    )
    yield f'<!doctype html>\n<html lang="{"zh-CN" if lang is Lang.ZH else "en"}">\n<head>{head}\n'
    yield f"<style>{_own(*STYLES)}</style>\n</head>\n<body>\n"


def frame_end() -> str:
    return f"<script>{_own(*SCRIPTS)}</script>\n</body>\n</html>\n"


@cache
def _own(*names: str) -> str:
    folder = files("aigc_label") / "data" / "page"
    return "".join((folder / name).read_text(encoding="utf-8") for name in names)


def _digest(*names: str) -> str:
    return "sha256-" + b64encode(sha256(_own(*names).encode()).digest()).decode()


def _header(totals: Totals, lang: Lang) -> Markup:
    scope = SCOPES[Scope(totals.scope)]
    made = totals.made.replace("T", " ").replace("Z", " UTC")
    facts: tuple[tuple[Bilingual, Bilingual], ...] = (
        (Bilingual("Checked", "核验时间"), Bilingual(made, made)),
        (Bilingual("Scope", "核验范围"), scope),
        (
            Bilingual("Against", "依据"),
            Bilingual("GB 45438-2025, rules " + RULESET, "GB 45438—2025，规则集 " + RULESET),
        ),
        (Bilingual("By", "工具"), Bilingual(TOOL, TOOL)),
    )
    asked = policy_said(totals.policy)
    facts += ((Bilingual("Policy", "策略"), asked),) if asked else ()
    rows = (element("div", said(name, lang, "dt"), said(value, lang, "dd")) for name, value in facts)
    skip = element("a", said(Bilingual("Skip to the files", "跳到文件列表"), lang), class_="skip", href="#files")
    buttons = element(
        "div",
        element("button", text("English" if lang is Lang.ZH else "中文"), type="button", id="lang", class_="scripted"),
        element(
            "button",
            said(Bilingual("Dark", "深色"), lang),
            type="button",
            id="theme",
            class_="scripted",
            aria_pressed="false",
        ),
        element("button", said(Bilingual("Print", "打印"), lang), type="button", id="print", class_="scripted"),
        class_="buttons",
    )
    return element("header", skip, buttons, said(TITLE, lang, "h1"), _conclusion(totals, lang), element("dl", *rows))


def _button(name: str, words: Markup, **attributes: str) -> Markup:
    return element("button", words, type="button", id=name, class_="scripted", **attributes)


def _conclusion(totals: Totals, lang: Lang) -> Markup:
    if not totals.files:
        return said(NO_FILE, lang, "p", class_="conclusion bad")
    if totals.passed:
        return said(ALL_CLEAR, lang, "p", class_="conclusion good")
    bad = totals.files - totals.verdicts[str(Verdict.COMPLIANT)]
    return said(NOT_CLEAR.filled(bad=f"{bad:,}", all=f"{totals.files:,}"), lang, "p", class_="conclusion bad")


def _overview(totals: Totals, lang: Lang) -> Markup:
    """Give the counts: a tile a verdict, which is the filter as well, and a line a rule."""
    tiles = []
    for verdict, name in VERDICT_NAMES.items():
        count = totals.verdicts[str(verdict)]
        box = empty("input", type="checkbox", checked="", value=str(verdict), class_="scripted")
        tiles.append(
            element("label", box, element("b", text(f"{count:,}")), said(name, lang), class_=f"tile v-{verdict}")
        )
    parts = [said(Bilingual("Verdicts", "结论"), lang, "h2"), element("div", *tiles, class_="tiles"), _bar(totals)]
    if totals.left_out:
        left = Bilingual(
            f"{totals.left_out:,} files were left out on request.", f"按要求略过 {totals.left_out:,} 个文件。"
        )
        parts.append(said(left, lang, "p", class_="left"))
    if totals.codes:
        parts += [said(Bilingual("Findings by rule", "按规则统计"), lang, "h2"), _codes(totals, lang)]
    return element("section", *parts, class_="overview")


def _bar(totals: Totals) -> Markup:
    parts, at = [], 0.0
    for verdict in VERDICT_NAMES:
        width = 1000 * totals.verdicts[str(verdict)] / max(totals.files, 1)
        parts.append(empty("rect", class_=f"v-{verdict}", x=f"{at:.2f}", y=0, width=f"{width:.2f}", height=8))
        at += width
    return element("svg", *parts, class_="bar", viewBox="0 0 1000 8", preserveAspectRatio="none", aria_hidden="true")


def _codes(totals: Totals, lang: Lang) -> Markup:
    could_not = Bilingual("The file could not be looked at.", "无法查看该文件。")
    lines = []
    for code, count in totals.codes.most_common():
        sentence = RULES[code].sentence if code in RULES else could_not
        button = element("button", text(code), type="button", data_code=code)
        cells = (
            element("th", button, scope="row"),
            said(sentence, lang, "td"),
            element("td", text(f"{count:,}"), class_="count"),
        )
        lines.append(element("tr", *cells))
    return element("table", element("tbody", *lines), class_="codes-table")


def _controls(totals: Totals, lang: Lang) -> Markup:
    every = element("option", said(Bilingual("every rule", "全部规则"), lang), value="")
    options = joined(every, *(element("option", text(code), value=code) for code in sorted(totals.codes)))
    find = Bilingual("Find in names and findings", "在名称与问题中查找")
    fields = (
        element(
            "label", said(find, lang), empty("input", type="search", id="find", autocomplete="off", spellcheck="false")
        ),
        element("label", said(Bilingual("Rule", "规则"), lang), element("select", options, id="rule")),
        element("button", said(Bilingual("Unfold all shown", "展开所示"), lang), type="button", id="unfold"),
        element("output", text(""), id="count", role="status"),
    )
    name = Bilingual("Filter", "筛选")
    other = name.said(Lang.EN if lang is Lang.ZH else Lang.ZH)
    return element(
        "div", *fields, class_="controls scripted", role="search", aria_label=name.said(lang), data_twin_label=other
    )


def _footer(lang: Lang) -> Markup:
    note = Bilingual(
        "Compliant means: every look was possible and nothing was found wrong. What could not be looked at is never a pass. "
        "Sentences rest on GB 45438-2025 and the Measures where a clause is named.",
        "“合规”是指各项均可查看且未发现问题；无法查看的内容不会判为合规。注明条款处，依据为 GB 45438—2025 与《标识办法》。",
    )
    return element("footer", said(note, lang, "p"))
