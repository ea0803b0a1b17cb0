"""Adds a platform's half to the label of files, or the label that Article 6 of the Measures asks for."""

from __future__ import annotations

from typing import Final

from aigc_label.bilingual import Lang
from aigc_label.cli import making
from aigc_label.cli.arguments import Parser
from aigc_label.cli.starting import COMMANDS, Invocation
from aigc_label.propagating import propagations
from aigc_label.settings import Group

GROUPS: Final = (Group.PROPAGATION, Group.INTAKE, Group.WRITE, Group.FILES, Group.LEDGER, Group.OUTPUT)
EXAMPLES: Final = (
    "aigc-label propagate upload.png --in-place --propagator CODE",
    "aigc-label propagate uploads/ -o published/ --propagator CODE --declared ai",
)


def parser(lang: Lang) -> Parser:
    made = Parser("propagate", lang, COMMANDS["propagate"], EXAMPLES, "SOURCE...")
    making.options(made)
    made.settings(GROUPS)
    return made


def run(invocation: Invocation) -> int:
    return making.carry("propagate", invocation, lambda: propagations(invocation.settings))
