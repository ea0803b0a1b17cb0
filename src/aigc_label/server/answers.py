"""Gives errors the form of problem details (RFC 9457), in the language of whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Scope

from aigc_label.bilingual import NOTHING, Bilingual, Lang

PROBLEM: Final = "application/problem+json"


def lang_of(scope: Scope) -> Lang:
    """Give the language that a request asks for: `lang` in its address, else what its sender prefers."""
    said = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[-1]
    if said in tuple(Lang):
        return Lang(said)
    return Lang.ZH if Headers(scope=scope).get("accept-language", "").lower().startswith("zh") else Lang.EN


def problem(
    values: Mapping[str, Any], status: int, scope: Scope, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Give an error's answer; its trace number is the one in the log."""
    told = {**values, "status": status, "trace": scope.get("state", {}).get("trace", "")}
    return JSONResponse(told, status, headers, PROBLEM)


def refused(status: int, code: str, scope: Scope, what: Bilingual, remedy: Bilingual = NOTHING) -> JSONResponse:
    """Give the answer to a request that is turned away before anything was done."""
    lang = lang_of(scope)
    values = {
        "title": code,
        "code": code,
        "detail": what.said(lang),
        "what": what.said(lang),
        "remedy": remedy.said(lang),
    }
    return problem(values, status, scope)
