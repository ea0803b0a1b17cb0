"""Puts security data into a label: signs it, and binds it to its content."""

from __future__ import annotations

from dataclasses import replace

from aigc_label.evidence import Proof
from aigc_label.label import Label
from aigc_label.security import binding, envelope
from aigc_label.security.checking import PRODUCER, Content, checked
from aigc_label.security.keys import Signer


def sealed(label: Label, content: Content, signer: Signer) -> Label:
    """Give the label signed and bound; the very same where this signer's seal on it is there and right.

    SM2 and ECDSA draw a number by chance, so signing anew would change a file that nothing else changes.
    """
    if stands(label, content, signer):
        return label
    public = signer.public
    algorithm, digest = str(public.algorithm), public.algorithm.digest
    message = envelope.label_message(label.to_fields())
    seen = binding.content_digest(content.source, content.ranges, digest)
    value = binding.bound_value(seen, digest, algorithm, (content.media, message))
    entry = envelope.binding_entry(str(digest), value)
    signature = signer.sign(envelope.binding_message(entry))
    text = envelope.written(algorithm, public.spki, signer.sign(message), (entry, signature))
    return replace(label, reserved1=text)


def stands(label: Label, content: Content, signer: Signer) -> bool:
    """Tell whether the label carries this signer's seal, valid for this content."""
    if not label.reserved1:
        return False
    seal = checked(PRODUCER, label.to_fields(), content)
    right = (seal.label, seal.bound, seal.content) == (Proof.VALID,) * 3
    return right and not seal.oddities and seal.key == signer.public.fingerprint
