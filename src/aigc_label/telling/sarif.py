"""Tells findings as SARIF 2.1.0 (OASIS), within the bounds of GitHub's code scanning."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from aigc_label.bilingual import Bilingual, Lang
from aigc_label.inert import json_text
from aigc_label.report import Severity
from aigc_label.rulebook import RULES, RULESET
from aigc_label.rules import TOOL
from aigc_label.telling.account import WEIGHTS
from aigc_label.telling.names import policy_said

if TYPE_CHECKING:
    from aigc_label.telling.account import Account, Point
    from aigc_label.telling.body import Body, Piece, Totals

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS: Final = (
    25_000  # in a run; a file with more is refused (GitHub, "SARIF results exceed one or more limits")
)
MOST_BYTES: Final = 10_000_000  # of the file, compressed with gzip; the same page
ROOM: Final = 300_000  # of these for the rules and the frame
SHOWN: Final = 5_000  # results that GitHub shows, the gravest; the same page
REST: Final = "more-findings"
LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.UNDECIDED: "error",
    Severity.WARNING: "warning",
    Severity.ADVICE: "note",
}


def pieces(account: Account, lang: Lang) -> Iterator[Piece]:
    for point in account.points:
        yield str(point.severity), json_text(_result(account, point, lang))


def _result(account: Account, point: Point, lang: Lang) -> dict[str, Any]:
    text = f"{point.said(lang)}{'' if lang is Lang.ZH else ' '}{point.remedy.said(lang)}"
    region: dict[str, int] = {"startLine": 1}  # GitHub asks for a line; media have none
    if point.offset is not None:
        region |= {"byteOffset": point.offset, "byteLength": 0}
    known = f"{account.place}\0{point.code}\0{point.detail.en}".encode("utf-8", "surrogateescape")
    return {
        "ruleId": point.code,
        "level": LEVELS[point.severity],
        "message": {"text": _without_links(text)},
        "locations": [_location(_uri(account.place), region)],
        "partialFingerprints": {"primaryLocationLineHash": sha256(known).hexdigest()[:16] + ":1"},
        "properties": {"verdict": str(account.verdict)},
    }


def _location(uri: str, region: dict[str, int]) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def _uri(place: str) -> str:
    """Give a path as a relative URI, or an absolute one of scheme file, byte by byte."""
    path = quote(os.fsencode(place))
    return f"file://{path}" if path.startswith("/") else path if ":" not in path.split("/")[0] else f"./{path}"


def _without_links(text: str) -> str:
    """SARIF takes `[words](address)` for a link, also in plain text (3.11.6)."""
    return text.replace("](", "] (")


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    yield f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{\n'
    yield f'"tool": {json_text({"driver": _driver(totals, lang)})},\n"results": ['
    listed, gap = 0, "\n"
    for text in _within_bounds(body):
        yield gap + text
        listed, gap = listed + 1, ",\n"
    if len(body) > min(listed, SHOWN):
        yield gap + json_text(_rest(len(body), listed, totals, lang))
    run = {"executionSuccessful": totals.status < 2, "exitCode": totals.status}
    about: dict[str, Any] = {"files": totals.files, "verdicts": dict(totals.verdicts), "leftOut": totals.left_out}
    asked = policy_said(totals.policy)
    about |= {"policy": asked.said(lang)} if asked else {}
    yield f'],\n"invocations": [{json_text(run)}],\n"language": "{"zh-CN" if lang is Lang.ZH else "en"}",\n'
    yield f'"columnKind": "utf16CodeUnits",\n"properties": {json_text(about | {"scope": totals.scope})}\n}}]}}\n'


def _within_bounds(body: Body) -> Iterator[str]:
    """Give as many results as GitHub takes, the gravest kinds first where not all fit, in the order of the files."""
    room, allowed = MOST_RESULTS - 1, Counter[str]()
    for weight in map(str, WEIGHTS):
        allowed[weight] = min(body.counts[weight], room)
        room -= allowed[weight]
    squeezed, packer = 0, zlib.compressobj(1)
    for severity, text in body:
        if not allowed[severity]:
            continue
        squeezed += len(packer.compress(text.encode()))
        if squeezed > MOST_BYTES - ROOM:
            return
        allowed[severity] -= 1
        yield text


def _rest(all_found: int, listed: int, totals: Totals, lang: Lang) -> dict[str, Any]:
    said = Bilingual(
        f"{all_found} findings in {totals.files} files; the first {listed} are listed here, of which GitHub shows "
        f"{SHOWN}. The whole list: `aigc-label verify --format jsonl`.",
        f"{totals.files} 个文件共 {all_found} 项问题；此处列出前 {listed} 项，GitHub 只显示其中 {SHOWN} 项。"
        "完整列表见 `aigc-label verify --format jsonl`。",
    )
    location = _location(".", {"startLine": 1})
    return {"ruleId": REST, "level": "error", "message": {"text": said.said(lang)}, "locations": [location]}


def _driver(totals: Totals, lang: Lang) -> dict[str, Any]:
    name, _, version = TOOL.partition(" ")
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.sentence.said(lang)},
            "help": {"text": rule.remedy.said(lang)},
            "defaultConfiguration": {"level": LEVELS[rule.severity]},
            "properties": {"clause": rule.clause, "grade": str(rule.grade), "tags": ["GB 45438-2025"]},
        }
        for rule in RULES.values()
    ]
    failed = Bilingual("The file could not be looked at.", "无法查看该文件。").said(lang)
    rules += [{"id": code, "shortDescription": {"text": failed}} for code in sorted(totals.codes) if code not in RULES]
    more = Bilingual("There are more findings than are listed.", "还有未列出的问题。").said(lang)
    rules.append({"id": REST, "shortDescription": {"text": more}})
    return {"name": name, "version": version, "properties": {"ruleset": RULESET}, "rules": rules}
