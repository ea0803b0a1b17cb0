"""Draws the explicit mark only."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Lang
from aigc_label.cli import making
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import COMMANDS, Invocation
from aigc_label.ordering import Doing
from aigc_label.settings import Group

GROUPS: Final = (Group.MARK, Group.WRITE, Group.FILES, Group.LEDGER, Group.OUTPUT)
EXAMPLES: Final = (
    "aigc-label mark picture.png -o labelled.png",
    "aigc-label mark pictures/ -o labelled/",
    "aigc-label mark --in-place *.jpg",
)


def parser(lang: Lang) -> Parser:
    made = Parser("mark", lang, COMMANDS["mark"], EXAMPLES, "SOURCE...")
    making.options(made)
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    return making.make(Doing.MARK, invocation)
