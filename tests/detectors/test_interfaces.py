"""Notices in interfaces (5.6 c): what stays in view passes, what scrolls, hides or rests on scripts does not."""

from __future__ import annotations

from importlib.resources import files

import pytest

from aigc_label import api
from aigc_label.detectors.interfaces import look
from aigc_label.evidence import Use, View
from aigc_label.marking import Mark, Position
from aigc_label.policy import Policy
from aigc_label.report import Scope
from aigc_label.source import BytesSource

SNIPPETS = files("aigc_label") / "data" / "snippets"
WORDS = "本内容由人工智能生成"
MAIN = "<main>" + "<p>回答 answer</p>" * 50 + "</main>"
PAGE = "<!DOCTYPE html><html><head><meta charset=utf-8>{}</head><body>{}{}</body></html>"
FIXED = f'<div style="position: fixed; top: 0">{WORDS}</div>'


def page(body: str, head: str = "", main: str = MAIN) -> bytes:
    return PAGE.format(head, body, main).encode()


def seen(data: bytes) -> list[tuple[str, View | None]]:
    return [(one.text, one.view) for one in look(BytesSource(data, "a.html"))[0]]


def codes(data: bytes) -> set[str]:
    report = api.verify(data, Policy(scope=Scope.MARK, use=Use.INTERFACE))
    return {finding.rule.id for finding in report.findings}


def snippet(name: str) -> str:
    return (SNIPPETS / name).read_text(encoding="utf-8")


def component(attributes: str, script: str | None = None) -> bytes:
    loaded = snippet("aigc-notice.js") if script is None else script
    return page(f"<aigc-notice {attributes}></aigc-notice>", f"<script type=module>{loaded}</script>")


@pytest.mark.parametrize("attributes", ["", 'place="top"', 'place="bottom" languages="zh en"', 'words="由AI合成"'])
def test_our_component_at_an_edge_stays_in_view(attributes: str) -> None:
    assert codes(component(attributes)) == set()


def test_our_component_says_what_it_would_say_in_a_browser() -> None:
    assert seen(component('words="AI 助手"')) == [(WORDS, View.KEPT)]
    assert seen(component('words="由AI合成"')) == [("由AI合成", View.KEPT)]


def test_our_component_without_its_script_shows_nothing() -> None:
    assert codes(page("<aigc-notice></aigc-notice>")) == {"UI-003"}
    assert codes(component("", script="start()")) == {"UI-004"}
    assert codes(component('place="near"')) == {"UI-004"}


def test_our_plain_snippets_stay_in_view() -> None:
    style = f"<style>{snippet('aigc-notice.css')}</style>"
    markup = snippet("aigc-notice.html")
    assert codes(page(markup, style)) == set()
    assert codes(page(markup.replace('"aigc-notice"', '"aigc-notice aigc-notice--bottom"'), style)) == set()
    assert codes(page(markup.replace('"aigc-notice"', '"aigc-notice aigc-notice--near"'), style)) == {"UI-004"}
    assert codes(page(markup)) == {"UI-004"}


@pytest.mark.parametrize(("position", "expected"), [(Position.START, set()), (Position.END, {"UI-004"})])
def test_the_bar_that_mark_puts_at_the_top_stays_in_view(position: Position, expected: set[str]) -> None:
    made = api.mark(page(""), mark=Mark(position=position)).data
    assert made is not None
    assert codes(made) == expected


@pytest.mark.parametrize(
    "body",
    [
        FIXED,
        f'<footer style="position:fixed;bottom:12px;left:0"><span>{WORDS}，仅供参考</span></footer>',
        f'<p style="position:sticky;top:0">{WORDS}</p>',
    ],
)
def test_words_bound_to_an_edge_stay_in_view(body: str) -> None:
    assert codes(page(body)) == set()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<h1>AI生成</h1>",
        '<nav style="position:fixed;top:0"><a href=x>AI生成</a></nav>',
        '<div style="position:fixed;top:0"><button>AI生成</button></div>',
        f'<div style="position:fixed;top:0">如何判断{WORDS}？</div>',
        '<div role="note" style="position:fixed;top:0">本内容非人工智能生成</div>',
    ],
)
def test_what_states_nothing_is_no_notice(body: str) -> None:
    assert codes(page(body)) == {"UI-001"}


@pytest.mark.parametrize("words", ["AI-generated content", "AI 助手为您服务"])
def test_words_that_lack_an_element_are_named(words: str) -> None:
    assert codes(page(f'<div style="position:fixed;top:0">{words}</div>')) == {"UI-002"}


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{WORDS}</p>",
        f'<p style="position:relative">{WORDS}</p>',
        FIXED.replace("top: 0", "top: 0; display: none"),
        FIXED.replace("top: 0", "top: 0; opacity: 0"),
        FIXED.replace("top: 0", "top: 0; height: 0; overflow: hidden"),
        FIXED.replace("top: 0", "top: -500px"),
        FIXED.replace("top: 0", "top: 0; transform: translateY(-100%)"),
        FIXED.replace("top: 0", "top: 120vh"),
        FIXED.replace("top: 0", "top: calc(100% + 9px)"),
        FIXED.replace("top: 0", "top: 0; z-index: -1"),
        FIXED.replace("top: 0", "top: 0; color: #fff; background: #fff"),
        f"<div hidden>{FIXED}</div>",
        f"<template>{FIXED}</template>",
    ],
)
def test_hidden_words_and_words_that_scroll_away_fail(body: str) -> None:
    assert codes(page(body)) == {"UI-003"}


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f'<p role="note">{WORDS}</p>', ""),
        (f'<p class="bar">{WORDS}</p>', '<link rel=stylesheet href="a.css">'),
        (f'<p class="bar">{WORDS}</p>', "<style>.chat .bar{position:fixed;top:0}</style>"),
        (f'<p class="bar">{WORDS}</p>', "<style>@media print{.bar{position:fixed;top:0}}</style>"),
        (f'<p class="bar">{WORDS}</p>', "<style>.bar{position:fixed;top:0}.x .bar{position:static}</style>"),
        (f'<p class="bar">{WORDS}</p>', "<style>.log{overflow:auto;height:80vh}</style>"),
        (f'<div style="transform:none">{FIXED}</div>', ""),
        (FIXED.replace("top: 0", "inset: 0"), ""),
        (FIXED.replace("top: 0", "left: 0"), ""),
        (f'<div style="position:fixed;top:0">{"<p>x</p>" * 400}<p>{WORDS}</p></div>', ""),
        (f'<section><p style="position:sticky;top:0">{WORDS}</p></section>', ""),
        (f'<p style="position:sticky;top:0">{WORDS}</p>', "<style>body{height:100%}</style>"),
        ("", "<script src=app.js></script>"),
    ],
)
def test_what_the_file_does_not_tell_is_undecided_and_never_a_pass(body: str, head: str) -> None:
    assert codes(page(body, head)) == {"UI-004"}


def test_the_style_that_counts_is_the_last_of_equal_weight() -> None:
    sheet = "<style>.bar{position:static}#bar{position:fixed;top:0}.bar{position:static}</style>"
    assert codes(page(f'<p class="bar" id="bar">{WORDS}</p>', sheet)) == set()
    assert codes(page(f'<p class="bar">{WORDS}</p>', sheet)) == {"UI-003"}


def test_a_page_that_cannot_be_read_is_undecided_and_other_files_are_content() -> None:
    assert codes(b"<html><head><meta charset=utf-7></head><body>x</body></html>") == {"UI-004"}
    report = api.verify(page(FIXED), Policy(scope=Scope.MARK))
    assert {finding.rule.id for finding in report.findings} == set()
    assert report.to_dict()["as"] == "content"


@pytest.mark.parametrize(
    "data",
    [
        b"<html><style>" + b"a" * 500_000,
        b"<html><style>" + b"/*" * 500_000,
        b"<html><style>" + b"{" * 1_000_000,
        b"<html>" + b"<div>x" * 80_000,
        b"<html>" + b"<b>AI" * 80_000,
        b"<html><p style='" + b"position:fixed;" * 60_000 + b"'>" + WORDS.encode(),
    ],
)
def test_a_hostile_page_shows_no_notice(data: bytes) -> None:
    """Each of them took a quadratic reader the better part of an hour."""
    assert all(one.view is not View.KEPT for one in look(BytesSource(data, "a.html"))[0])
