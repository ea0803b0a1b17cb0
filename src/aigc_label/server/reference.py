"""Writes the page that describes the interface for programs, from the same description that programs read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.telling.markup import Markup, element, empty, joined, said, text

TITLE: Final = Bilingual("The interface for programs", "程序接口")
EXAMPLES: Final = (
    "curl --data-binary @picture.png 'http://127.0.0.1:8045/v1/verify?name=picture.png'",
    "curl -F file=@picture.png -OJ 'http://127.0.0.1:8045/v1/add?producer=CODE'",
)
ERRORS: Final = Bilingual(
    "Errors are application/problem+json: code, detail, remedy, trace. The full description: ",
    "错误以 application/problem+json 返回：code、detail、remedy、trace。完整描述：",
)


def page(description: Mapping[str, Any], lang: Lang) -> str:
    """Give the page for an OpenAPI description."""
    head = joined(
        empty("meta", charset="utf-8"),
        empty("meta", name="viewport", content="width=device-width, initial-scale=1"),
        said(TITLE, lang, "title"),
        empty("link", rel="icon", href="data:,"),
        empty("link", rel="stylesheet", href="/static/page.css"),
        empty("link", rel="stylesheet", href="/static/inspector.css"),
    )
    other = "en" if lang is Lang.ZH else "zh"
    switch = element("a", text("English" if lang is Lang.ZH else "中文"), href=f"/docs?lang={other}")
    examples = element("pre", *(joined(element("code", text(line)), Markup("\n")) for line in EXAMPLES), tabindex=0)
    errors = element("p", said(ERRORS, lang), element("a", text("/openapi.json"), href="/openapi.json"))
    header = element("header", element("div", switch, class_="buttons"), said(TITLE, lang, "h1"), examples, errors)
    main = element("main", *(_route(*route, lang) for route in routes_of(description)))
    tongue = "zh-CN" if lang is Lang.ZH else "en"
    return f'<!doctype html>\n<html lang="{tongue}">\n<head>{head}</head>\n<body>{header}{main}</body>\n</html>\n'


def routes_of(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Give each route of an OpenAPI description: method, path, what is said of it."""
    for path, methods in description["paths"].items():
        for method, route in methods.items():
            yield method.upper(), path, route


def _route(method: str, path: str, route: Mapping[str, Any], lang: Lang) -> Markup:
    title = element("h2", element("code", text(f"{method} {path}")))
    rows = (_parameter(row, lang) for row in route.get("parameters", ()))
    table = element("div", element("table", element("tbody", *rows)), class_="wide")
    return element("section", title, said(twins(route["summary"]), lang, "p"), table, class_="evidence route")


def _parameter(row: Mapping[str, Any], lang: Lang) -> Markup:
    schema = row["schema"]
    default = schema.get("default")
    shown = "" if default in (None, "", []) else str(default)
    means = said(twins(row.get("description", "")), lang)
    return element("tr", *(element("td", cell) for cell in (element("code", text(row["name"])), means, text(shown))))


def twins(sentence: str) -> Bilingual:
    """Part a sentence that the description gives in both languages."""
    english, _, chinese = sentence.partition(" / ")
    return Bilingual(english, chinese or english)
