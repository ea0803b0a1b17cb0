"""Lists every rule: what it says, how well it is founded, why it happens, what to do. Ids are never reused.

A family of rules is a module; a new one is added to the families below.
"""

from __future__ import annotations

from typing import Final

from aigc_label.rulebook import (
    documents,
    fields,
    file,
    films,
    interfaces,
    labels,
    pictures,
    policies,
    scenes,
    schemes,
    signatures,
    sound,
    text,
)

RULESET: Final = "2026.11"  # named in every report

_FAMILIES: Final = (
    labels,
    fields,
    pictures,
    films,
    sound,
    text,
    documents,
    scenes,
    interfaces,
    file,
    signatures,
    schemes,
    policies,
)
RULES: Final = {rule.id: rule for family in _FAMILIES for rule in family.TABLE}
