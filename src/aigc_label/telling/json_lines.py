"""Tells a run as one JSON line a file, by docs/report.schema.json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aigc_label.bilingual import Lang
from aigc_label.inert import json_text, with_exact_paths
from aigc_label.order import error_to_dict
from aigc_label.recognition import UNLOOKED, Gate
from aigc_label.report import SCHEMA, Report

if TYPE_CHECKING:
    from aigc_label.telling.account import Account
    from aigc_label.telling.body import Body, Piece, Totals


def pieces(account: Account, lang: Lang) -> tuple[Piece, ...]:
    return ((account.severity, line_of(account, lang)),)


def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
    for _, text in body:
        yield text + "\n"


def line_of(account: Account, lang: Lang) -> str:
    """Give the report as JSON on one line, or the error in its place."""
    return json_text(with_exact_paths(_values(account, lang)))


def _values(account: Account, lang: Lang) -> dict[str, Any]:
    judged = account.judged
    if isinstance(judged, Report):
        return judged.to_dict(lang)
    platform = account.gate is Gate.PLATFORM
    return {
        "schema": SCHEMA,
        "path": account.path,
        "verdict": str(account.verdict),
        "gate": str(account.gate),
        "recognition": str(UNLOOKED.recognition) if platform else None,
        "intake": UNLOOKED.to_dict(lang) if platform else None,
        "error": error_to_dict(judged, lang),
    }
