"""Says what a label's signatures amount to: which rules they break, under what the caller asks. See docs/trust.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.evidence import Evidence, Proof, Seal, Trust
from aigc_label.label import SPELLING
from aigc_label.policy import Policy

PRODUCER: Final = SPELLING["reserved1"]
Complaint = tuple[str, Bilingual, int | None]
OF_TRUST: Final = {  # what a valid signature's signer breaks, where a trust store was given
    Trust.STRANGER: "SIG-007",
    Trust.OTHER: "SIG-007",
    Trust.LAPSED: "SIG-008",
    Trust.REVOKED: "SIG-008",
    Trust.UNCLEAR: "SIG-006",
    Trust.KNOWN: "SIG-009",
}


def seal_complaints(evidence: Evidence, policy: Policy) -> Iterator[Complaint]:
    """Give the rules that the signatures of a labelled file break, each with its detail and place."""
    asked = policy.trust is not None
    producers = [seal for seal in evidence.seals if seal.field == PRODUCER]
    if asked and not producers:
        yield "SIG-005", NOTHING, None
    for seal in evidence.seals:
        if seal.field != PRODUCER:  # a propagator's signature is its own, and what it is over is not established
            yield "SIG-004", _about(seal), seal.offset
        else:
            yield from _producers(seal, policy)


def _producers(seal: Seal, policy: Policy) -> Iterator[Complaint]:
    proofs = (seal.label, seal.bound, seal.content)
    about, at = _about(seal), seal.offset
    if Proof.INVALID in proofs[:2]:
        yield "SIG-001", about, at
    elif seal.content is Proof.INVALID:
        yield "SIG-002", about, at
    elif Proof.BLIND in proofs:
        yield "SIG-003", about, at
    elif policy.trust is None:
        if Proof.UNSUPPORTED in proofs:
            yield "SIG-004", about, at
    else:
        yield from _required(seal)
    if seal.label is Proof.VALID:
        if seal.trust in (Trust.NOT_ASKED, Trust.EXPECTED):
            yield "SIG-010" if seal.trust is Trust.NOT_ASKED else "SIG-013", _signer(seal), at
        if seal.oddities or seal.variant not in ("", "V1"):
            yield "SIG-011", _oddity(seal), at


def _required(seal: Seal) -> Iterator[Complaint]:
    at = seal.offset
    if seal.label is not Proof.VALID:
        yield "SIG-006", _about(seal), at
        return
    if seal.trust in OF_TRUST:
        yield OF_TRUST[seal.trust], seal.detail, at
    if seal.content is Proof.ABSENT:
        yield "SIG-012", NOTHING, at
    elif seal.content is Proof.UNSUPPORTED:
        yield "SIG-006", _about(seal), at


def trusted(seal: Seal) -> bool:
    """Tell whether a seal proves all that can be proved: the label, this content, the signer that was expected."""
    return (seal.label, seal.bound, seal.content) == (Proof.VALID,) * 3 and seal.trust is Trust.EXPECTED


def _about(seal: Seal) -> Bilingual:
    said = seal.detail
    return (
        Bilingual(f"{seal.field}: {said.en}", f"{seal.field}：{said.zh}")
        if said.en
        else Bilingual(seal.field, seal.field)
    )


def _signer(seal: Seal) -> Bilingual:
    """Name the algorithm and the key, and who it is and as of when where a store says so."""
    key = f"{seal.algorithm} {seal.key}"
    if seal.trust is Trust.NOT_ASKED:
        return Bilingual(key, key)
    return Bilingual(f"{key}; {seal.detail.en}", f"{key}；{seal.detail.zh}")


def _oddity(seal: Seal) -> Bilingual:
    said = ", ".join((*seal.oddities, *((seal.variant,) if seal.variant not in ("", "V1") else ())))
    return Bilingual(said, said)
