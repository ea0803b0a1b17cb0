"""Lists the forms of telling, and tells a whole run in one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Final, Protocol, cast

from aigc_label.bilingual import Lang
from aigc_label.telling.account import Account
from aigc_label.telling.body import Body, Piece, Totals

FORMS: Final = {  # name of a form: its module
    "json": "whole_json",
    "jsonl": "json_lines",
    "sarif": "sarif",
    "junit": "junit",
    "github": "github",
    "gitlab": "gitlab",
    "markdown": "markdown",
    "html": "page",
}


class Form(Protocol):
    """One way of telling."""

    @staticmethod
    def pieces(account: Account, lang: Lang) -> Iterable[Piece]:
        """Give what this form says of one file: each piece with the severity that decides what is left out last."""
        ...

    @staticmethod
    def document(body: Body, totals: Totals, lang: Lang) -> Iterator[str]:
        """Give the whole document, a part at a time."""
        ...


def form_named(name: str) -> Form:
    """Give one of `FORMS`."""
    return cast("Form", import_module(f"aigc_label.telling.{FORMS[name]}"))


def told(name: str, accounts: Iterable[Account], totals: Totals, lang: Lang) -> Iterator[str]:
    """Give the document on some accounts, all in one go; `totals` is counted on the way."""
    form, body = form_named(name), Body()
    for account in accounts:
        totals.count(account)
        for severity, text in form.pieces(account, lang):
            body.add(severity, text)
    return form.document(body, totals, lang)
