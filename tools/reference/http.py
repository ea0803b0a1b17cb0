"""Writes the page on the HTTP interface from the description that the service itself gives at /openapi.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.server.app import made
from aigc_label.server.reference import EXAMPLES, routes_of, twins
from aigc_label.server.terms import Terms
from tools.reference.layout import made_from, table

ABOVE: Final = Bilingual(
    """# The HTTP interface

What `aigc-label serve` answers to, from its own `/openapi.json`. How to run it, what its errors mean and what
it bounds: [the service](service.md).
""",
    """# HTTP 接口

`aigc-label serve` 提供的接口，取自其自身的 `/openapi.json`。如何运行、错误的含义和各项上限见[服务](service.md)。
""",
)
HEADS: Final = (Bilingual("Parameter", "参数"), Bilingual("Takes", "取值"), Bilingual("Is", "含义"))
ANSWERS: Final = Bilingual("Answers with {status}.", "成功时返回 {status}。")


def http_page(lang: Lang) -> str:
    """Give each route with its parameters."""
    examples = "\n".join(("```sh", *EXAMPLES, "```\n"))
    parts = [made_from("server/"), ABOVE.said(lang), examples]
    for method, path, route in routes_of(made(Terms()).openapi()):
        parts += [f"## {method} {path}", "", twins(route["summary"]).said(lang), ""]
        parts += [ANSWERS.filled(status=f"`{min(route['responses'])}`").said(lang), ""]
        if rows := list(_parameters(route.get("parameters", ()), lang)):
            parts += [table(tuple(head.said(lang) for head in HEADS), rows), ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def _parameters(rows: list[Mapping[str, Any]], lang: Lang) -> Iterator[tuple[str, ...]]:
    for row in rows:
        meaning = twins(row.get("description", "")).said(lang).replace("|", "\\|")
        yield f"`{row['name']}`", _taken(row["schema"]), meaning


def _taken(schema: Mapping[str, Any]) -> str:
    """Give the words that a parameter takes, or its type."""
    kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    words = [f"`{word}`" for one in kinds for word in one.get("enum", ())]
    return " ".join(words) or " ".join(one.get("type", "string") for one in kinds)
