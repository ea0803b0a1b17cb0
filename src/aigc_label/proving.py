"""Checks the signatures on the labels of a file; loads nothing of cryptography where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aigc_label.content import media_of
from aigc_label.dialects import understand
from aigc_label.evidence import Seal, Survey
from aigc_label.formats import Format
from aigc_label.label import SPELLING
from aigc_label.policy import Policy
from aigc_label.source import Source

FIELDS = (SPELLING["reserved1"], SPELLING["reserved2"])
MOST = 4  # labels of one file whose signatures are checked; where they differ, that alone is an error


def seals_of(source: Source, row: Format, survey: Survey, policy: Policy) -> tuple[Seal, ...]:
    """Give what the reserved fields of every label prove, in file order; of equal labels only once."""
    readings = {r.text: r.offset for r in reversed(survey.present)}
    seals = []
    for text, offset in list(readings.items())[:MOST]:
        values = understand(text).values
        for field in FIELDS:
            if values.get(field):
                seals.append(replace(_checked(source, row, field, values), offset=offset))
    return tuple(judged(seal, policy) for seal in seals) if policy.trust is not None else tuple(seals)


def _checked(source: Source, row: Format, field: str, values: Mapping[str, str]) -> Seal:
    from aigc_label.security.checking import checked

    return checked(field, values, media_of(source, row))


def judged(seal: Seal, policy: Policy) -> Seal:
    """Give the seal with how its key stands to the trust store."""
    from aigc_label.security.trust import judged

    assert policy.trust is not None
    return judged(seal, policy.trust)
