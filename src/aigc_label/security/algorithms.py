"""Knows the algorithms that signatures on labels use: which one a key belongs to, and whether a signature is right."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import MissingTool
from aigc_label.security import der, sm2
from aigc_label.security.envelope import ED25519
from aigc_label.security.hashes import Digest, hashed

P256_N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SEC 2, 2.4.2
RSA_BITS: Final = range(2048, 8193)
SM2_HEAD: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")  # GM/T 0009: all but the point


class Algorithm(StrEnum):
    """A signature algorithm by its object identifier, as it stands in `AlgID`."""

    SM2 = "1.2.156.10197.1.501"  # GM/T 0006: SM2 with SM3
    ECDSA = "1.2.840.10045.4.3.2"  # RFC 5758: ECDSA with SHA-256, here on P-256 alone
    RSA = "1.2.840.113549.1.1.11"  # RFC 4055: RSA (PKCS #1 v1.5) with SHA-256
    ED25519 = ED25519  # RFC 8410; an extension of ours

    @property
    def digest(self) -> Digest:
        """The digest that a binding uses with this algorithm."""
        return Digest.SM3 if self is Algorithm.SM2 else Digest.SHA256


NAMES: Final = {
    Algorithm.SM2: "SM2",
    Algorithm.ECDSA: "ECDSA P-256",
    Algorithm.RSA: "RSA",
    Algorithm.ED25519: "Ed25519",
}


class Variant(StrEnum):
    """How a message went into a signature."""

    STANDARD = "V1"  # e = SM3(ZA ‖ text), as the algorithm's name says
    TWICE = "V2"  # e = SM3(ZA ‖ SM3(text)), met in real files (StepFun)
    BARE = "bare"  # RSA over a digest without its DigestInfo, met in real files (Honor)


class Unknown(Exception):
    """A key or signature of a kind that nobody here can judge."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its algorithm, which follows from the key alone, and its spelling as SubjectPublicKeyInfo (DER)."""

    algorithm: Algorithm
    spki: bytes

    @property
    def fingerprint(self) -> str:
        """`sha256:` and the SHA-256 of the SubjectPublicKeyInfo, 64 hex digits: how a key is named."""
        return "sha256:" + hashlib.sha256(self.spki).hexdigest()

    @property
    def point(self) -> bytes:
        """The point of an SM2 key, 64 bytes."""
        return self.spki[len(SM2_HEAD) + 1 :]


def sm2_key(point: bytes) -> PublicKey:
    """Give the key of a point of 64 bytes."""
    return PublicKey(Algorithm.SM2, SM2_HEAD + b"\x04" + point)


def key_of(encoded: bytes) -> PublicKey:
    """Give the key that SubjectPublicKeyInfo, or a bare point of the SM2 curve as met in real files, spells.

    Raises `Unknown` for a kind of key that nobody here can judge, `ValueError` for one that is broken.
    """
    if encoded.startswith(SM2_HEAD):
        if len(encoded) != len(SM2_HEAD) + 65:
            raise ValueError("not a point")
        return sm2_key(sm2.point_of(encoded[len(SM2_HEAD) :]))
    if encoded[:1] == b"\x30":
        return _other_key(encoded)
    if len(encoded) == 33 and encoded[0] == 0:  # 00 and x, y even (MiniMax)
        encoded = b"\x02" + encoded[1:]
    elif len(encoded) == 32:
        encoded = b"\x02" + encoded
    if len(encoded) not in (33, 64, 65):
        raise Unknown("a key in no known encoding")
    return sm2_key(sm2.point_of(encoded))


def _primitives() -> Any:
    try:
        from cryptography.hazmat.primitives import asymmetric, serialization  # noqa: F401
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa  # noqa: F401
    except ImportError as problem:
        raise MissingTool(
            Bilingual("keys other than SM2 need the package cryptography", "SM2 以外的密钥需要 cryptography 组件"),
            remedy=Bilingual("pip install 'aigc-label[sign]'", "pip install 'aigc-label[sign]'"),
        ) from problem
    return asymmetric


def _loaded(spki: bytes) -> Any:
    _primitives()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        return load_der_public_key(spki)
    except UnsupportedAlgorithm as problem:
        raise Unknown(str(problem)) from problem


def _other_key(spki: bytes) -> PublicKey:
    if len(spki) > der.MOST:
        raise ValueError("too long")
    key, kinds = _loaded(spki), _primitives()
    if isinstance(key, kinds.ed25519.Ed25519PublicKey):
        return PublicKey(Algorithm.ED25519, spki)
    if isinstance(key, kinds.rsa.RSAPublicKey):
        if key.key_size not in RSA_BITS:
            raise Unknown(f"RSA of {key.key_size} bits")
        return PublicKey(Algorithm.RSA, spki)
    if isinstance(key, kinds.ec.EllipticCurvePublicKey) and isinstance(key.curve, kinds.ec.SECP256R1):
        return PublicKey(Algorithm.ECDSA, spki)
    raise Unknown("a kind of key that is not known")


def verified(key: PublicKey, message: bytes, signature: bytes) -> Variant | None:
    """Give how `signature` signs the message, None where it does not.

    SM2 and ECDSA signatures are DER, or r ‖ s in 64 bytes. Raises `Unknown` where it cannot be told.
    """
    try:
        if key.algorithm is Algorithm.SM2:
            return _sm2(key, message, *_numbers(signature))
        if key.algorithm is Algorithm.ECDSA:
            return _ecdsa(key, message, *_numbers(signature))
    except ValueError:
        return None
    if key.algorithm is Algorithm.RSA:
        return _rsa(key, message, signature)
    return _checked(_loaded(key.spki).verify, signature, message)


def _numbers(signature: bytes) -> tuple[int, int]:
    if len(signature) == 64:
        return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    return der.pair(signature)


def _sm2(key: PublicKey, message: bytes, r: int, s: int) -> Variant | None:
    for variant, text in ((Variant.STANDARD, message), (Variant.TWICE, hashed(Digest.SM3, message))):
        if sm2.verify(key.point, sm2.digest_of(key.point, text), r, s):
            return variant
    return None


def _ecdsa(key: PublicKey, message: bytes, r: int, s: int) -> Variant | None:
    """Of (r, s) and (r, n - s), which sign the same, only that with the smaller s counts: one message, one spelling."""
    if not (0 < r < P256_N and 0 < s < P256_N):
        return None
    from cryptography.hazmat.primitives.hashes import SHA256

    found = _checked(_loaded(key.spki).verify, der.written_pair(r, s), message, _primitives().ec.ECDSA(SHA256()))
    if found is not None and s > P256_N // 2:
        raise Unknown("an ECDSA signature whose s is not the smaller one")
    return found


def _rsa(key: PublicKey, message: bytes, signature: bytes) -> Variant | None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.hashes import SHA256

    loaded, way = _loaded(key.spki), _primitives().padding.PKCS1v15()
    if (found := _checked(loaded.verify, signature, message, way, SHA256())) is not None:
        return found
    try:
        held = loaded.recover_data_from_signature(signature, way, None)
    except InvalidSignature:
        return None
    if held == hashlib.sha256(message).digest():
        return Variant.BARE
    if len(held) == 32:
        raise Unknown("RSA over a bare digest of something else")
    return None


def _checked(verify: Any, *arguments: Any) -> Variant | None:
    from cryptography.exceptions import InvalidSignature

    try:
        verify(*arguments)
    except InvalidSignature:
        return None
    return Variant.STANDARD
