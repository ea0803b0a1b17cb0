"""Puts both labels on: draws the mark and embeds the label."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Lang
from aigc_label.cli import making
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import COMMANDS, Invocation
from aigc_label.ordering import Doing
from aigc_label.settings import Group

GROUPS: Final = (
    Group.LABEL,
    Group.PROPAGATION,
    Group.MARK,
    Group.KEYS,
    Group.WRITE,
    Group.FILES,
    Group.LEDGER,
    Group.OUTPUT,
)
EXAMPLES: Final = (
    "aigc-label add picture.png -o labelled.png",
    "aigc-label add pictures/ -o labelled/",
    "aigc-label add --in-place *.jpg",
)


def parser(lang: Lang) -> Parser:
    made = Parser("add", lang, COMMANDS["add"], EXAMPLES, "SOURCE...")
    making.options(made)
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    return making.make(Doing.ADD, invocation)
