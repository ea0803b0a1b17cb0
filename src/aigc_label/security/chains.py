"""Follows X.509 certificates to a root (RFC 5280), those with SM2 keys included; asks nobody over a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aigc_label.bilingual import NOTHING, Bilingual
from aigc_label.errors import InvalidKey
from aigc_label.evidence import Trust
from aigc_label.security import der, sm2
from aigc_label.security.algorithms import Algorithm, PublicKey, Unknown, key_of

LONGEST: Final = 8  # certificates from a signer to its root


@dataclass(frozen=True, slots=True)
class Certificate:
    """An X.509 certificate: as cryptography reads it, and its public key, which may be of a kind that it does not know."""

    parsed: Any
    spki: bytes

    @property
    def subject(self) -> str:
        return str(self.parsed.subject.rfc4514_string())

    def extension(self, name: str) -> Any:
        """Give an extension by the name of its class in cryptography, None where there is none."""
        from cryptography import x509

        try:
            return self.parsed.extensions.get_extension_for_class(getattr(x509, name)).value
        except x509.ExtensionNotFound:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What came of following a certificate."""

    trust: Trust
    detail: Bilingual = NOTHING


def certificate_of(data: bytes) -> Certificate:
    """Give a certificate from its DER. Raises `InvalidKey`."""
    from cryptography import x509

    try:
        parsed = x509.load_der_x509_certificate(data)
        list(parsed.extensions)
        return Certificate(parsed, der.public_key_of(data))
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as problem:
        raise InvalidKey(Bilingual("a certificate cannot be read", "无法读取证书")) from problem


def revocations_of(data: bytes) -> Any:
    """Give a certificate revocation list from its DER. Raises `InvalidKey`."""
    from cryptography import x509

    try:
        return x509.load_der_x509_crl(data)
    except ValueError as problem:
        raise InvalidKey(Bilingual("a revocation list cannot be read", "无法读取证书吊销列表")) from problem


def followed(
    chain: Sequence[Certificate], roots: Sequence[Certificate], lists: Iterable[Any], now: datetime
) -> Standing:
    """Give how the first of `chain` stands: the rest are those that may lie between it and one of `roots`.

    Without roots the certificate itself is pinned, and only its own dates and the lists count. `now` has a time zone.
    """
    usage = chain[0].extension("KeyUsage")
    if usage is not None and not usage.digital_signature:
        return _stranger("the certificate is not for signatures", "证书用途不含数字签名")
    path = _path(chain, roots) if roots else [chain[0]]
    if path is None:
        return _stranger(
            "nothing leads from its certificate to a root of the store", "无法从其证书追溯到信任库中的根证书"
        )
    for certificate in path:
        start, end = certificate.parsed.not_valid_before_utc, certificate.parsed.not_valid_after_utc
        if not start <= now <= end:
            said = f"{certificate.subject}: {start:%Y-%m-%d}..{end:%Y-%m-%d}"
            return Standing(trust=Trust.LAPSED, detail=Bilingual(said, said))
    return _revoked(path, roots, list(lists), now) or Standing(trust=Trust.KNOWN)


def _stranger(en: str, zh: str) -> Standing:
    return Standing(trust=Trust.STRANGER, detail=Bilingual(en, zh))


def _path(chain: Sequence[Certificate], roots: Sequence[Certificate]) -> list[Certificate] | None:
    path = [chain[0]]
    while len(path) < LONGEST:
        last = path[-1]
        if any(last.parsed == root.parsed for root in roots):
            return path
        issuer = next((one for one in (*roots, *chain[1:]) if one not in path and _may_issue(one, path)), None)
        if issuer is None:
            return None
        path.append(issuer)
    return None


def _may_issue(issuer: Certificate, path: Sequence[Certificate]) -> bool:
    basic, usage = issuer.extension("BasicConstraints"), issuer.extension("KeyUsage")
    if basic is None or not basic.ca or (usage is not None and not usage.key_cert_sign):
        return False
    if basic.path_length is not None and len(path) - 1 > basic.path_length:
        return False
    subject = path[-1].parsed
    return bool(subject.issuer == issuer.parsed.subject) and _signed(
        issuer, subject.tbs_certificate_bytes, subject.signature, subject
    )


def _signed(issuer: Certificate, message: bytes, signature: bytes, parsed: Any) -> bool:
    """Tell whether the issuer's key signed these bytes, by the algorithm of that key."""
    if parsed.signature_algorithm_oid.dotted_string == str(Algorithm.SM2):
        try:
            key = key_of(issuer.spki)
            return key.algorithm is Algorithm.SM2 and _right(key, message, signature)
        except (Unknown, ValueError):
            return False
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        if hasattr(parsed, "is_signature_valid"):
            return bool(parsed.is_signature_valid(issuer.parsed.public_key()))
        parsed.verify_directly_issued_by(issuer.parsed)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _right(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """SM2 certificates are signed in the standard way alone."""
    r, s = der.pair(signature)
    return sm2.verify(key.point, sm2.digest_of(key.point, message), r, s)


def _revoked(
    path: Sequence[Certificate], roots: Sequence[Certificate], lists: Sequence[Any], now: datetime
) -> Standing | None:
    """Look into every list that an issuer on the path signed. One that should have been renewed tells nothing."""
    for certificate in path:
        for one in lists:
            issuers = [c for c in (*path, *roots) if one.issuer == c.parsed.subject]
            if one.issuer != certificate.parsed.issuer or not any(
                _signed(issuer, one.tbs_certlist_bytes, one.signature, one) for issuer in issuers
            ):
                continue
            if one.get_revoked_certificate_by_serial_number(certificate.parsed.serial_number) is not None:
                return Standing(trust=Trust.REVOKED, detail=Bilingual(certificate.subject, certificate.subject))
            if one.next_update_utc is not None and one.next_update_utc < now:
                said = f"{one.next_update_utc:%Y-%m-%d}"
                stale = Bilingual(f"the revocation list ended on {said}", f"吊销列表已于 {said} 到期")
                return Standing(trust=Trust.UNCLEAR, detail=stale)
    return None
