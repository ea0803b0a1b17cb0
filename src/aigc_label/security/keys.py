"""Holds private keys: makes, reads and writes them, and signs. A key elsewhere (PKCS#11, KMS) is a `Signer` too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidKey
from aigc_label.output import opened
from aigc_label.security import der, pkcs8, sm2
from aigc_label.security.algorithms import P256_N, Algorithm, PublicKey, Unknown, key_of, sm2_key

MOST: Final = 64 * 1024  # bytes of a key file
MAKEABLE: Final = {"sm2": Algorithm.SM2, "p256": Algorithm.ECDSA, "ed25519": Algorithm.ED25519}


class Signer(Protocol):
    """What signs labels: a key in memory, a token, a service. A token or service needs these two and nothing else."""

    @property
    def public(self) -> PublicKey:
        """The public half. A signature is made by this key's algorithm, whatever anyone asks for."""

    def sign(self, message: bytes) -> bytes:
        """Give a signature over the message: DER `SEQUENCE { r, s }` for SM2 (default user id) and ECDSA.

        May raise any `AigcLabelError` or `OSError`: then nothing is written.
        """


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key in memory, as plain PKCS #8. It never shows in a message: its repr names the public half."""

    public: PublicKey
    _plain: bytes = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """As `Signer.sign`."""
        if self.public.algorithm is Algorithm.SM2:
            found = pkcs8.sm2_read(self._plain)
            assert found is not None
            return sm2.sign(found[0], self.public.point, message)
        key = _loaded(self._plain)
        if self.public.algorithm is Algorithm.ED25519:
            return bytes(key.sign(message))
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.hashes import SHA256

        r, s = der.pair(key.sign(message, ECDSA(SHA256())))
        return der.written_pair(r, min(s, P256_N - s))

    def to_pem(self, passphrase: bytes) -> str:
        """Give the key as PEM, encrypted; plain where the passphrase is empty."""
        if not passphrase:
            return pkcs8.pem(pkcs8.PLAIN, self._plain)
        return pkcs8.pem(pkcs8.ENCRYPTED, pkcs8.encrypted(self._plain, passphrase))


def public_pem(key: PublicKey) -> str:
    """Give a public key as PEM (SubjectPublicKeyInfo)."""
    return pkcs8.pem("PUBLIC KEY", key.spki)


def new_key(algorithm: Algorithm) -> PrivateKey:
    """Give a new key, made by chance from the system. Raises `InvalidKey` for RSA, which is only verified here."""
    if algorithm is Algorithm.SM2:
        point, secret = sm2.new_pair()
        return PrivateKey(sm2_key(point), pkcs8.sm2_written(secret, point))
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    made: Any
    if algorithm is Algorithm.ECDSA:
        made = ec.generate_private_key(ec.SECP256R1())
    elif algorithm is Algorithm.ED25519:
        made = ed25519.Ed25519PrivateKey.generate()
    else:
        raise InvalidKey(Bilingual("RSA keys are not made here", "本工具不生成 RSA 密钥"))
    return _private(made)


def read_key(path: Path, passphrase: Callable[[], bytes]) -> PrivateKey:
    """Give the private key in a PEM file; `passphrase` is asked only where the key is encrypted.

    Raises `InvalidKey` where the file holds none that can sign, `OSError`.
    """
    with opened(path) as file:
        text = file.upto(0, MOST).decode("ascii", "replace")
    try:
        return key_in(text, passphrase)
    except InvalidKey as problem:
        problem.where = str(path)
        raise


def key_in(text: str, passphrase: Callable[[], bytes]) -> PrivateKey:
    """Give the private key in PEM text, as `read_key`."""
    for name, data in pkcs8.blocks(text):
        if name == pkcs8.ENCRYPTED:
            return _of_plain(pkcs8.decrypted(data, passphrase()))
        if name == pkcs8.PLAIN:
            return _of_plain(data)
        if name.endswith(pkcs8.PLAIN) and "ENCRYPTED" not in text:  # EC PRIVATE KEY, as openssl ecparam writes it
            return _private(_from_pem(text))
    raise InvalidKey(
        Bilingual("there is no private key in the file", "文件中没有私钥"),
        remedy=Bilingual("Make one: `aigc-label keys new -o KEY.pem`.", "可用 `aigc-label keys new -o KEY.pem` 生成。"),
    )


def _of_plain(plain: bytes) -> PrivateKey:
    found = pkcs8.sm2_read(plain)
    if found is None:
        return _private(_loaded(plain))
    try:
        point = sm2.point_of(found[1])
    except ValueError as problem:
        raise InvalidKey(Bilingual("the key's public half is no point of the curve", "公钥不在曲线上")) from problem
    key = PrivateKey(sm2_key(point), pkcs8.sm2_written(found[0], point))
    probe = b"aigc-label"
    r, s = der.pair(key.sign(probe))
    if not sm2.verify(point, sm2.digest_of(point, probe), r, s):
        raise InvalidKey(Bilingual("the two halves of the key do not belong together", "密钥的公私两部分不匹配"))
    return key


def _loaded(plain: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    try:
        return load_der_private_key(plain, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise InvalidKey(Bilingual("the key cannot be read", "无法读取密钥")) from problem


def _from_pem(text: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise InvalidKey(
            Bilingual("the key cannot be read in this form", "无法读取此形式的密钥"),
            remedy=Bilingual(
                "Convert it: `openssl pkcs8 -topk8 -in KEY -out KEY.pem`.",
                "请先转换：`openssl pkcs8 -topk8 -in KEY -out KEY.pem`。",
            ),
        ) from problem


def _private(made: Any) -> PrivateKey:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    plain = made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    spki = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        public = key_of(spki)
    except (Unknown, ValueError) as problem:
        raise _unsignable() from problem
    if public.algorithm not in MAKEABLE.values():
        raise _unsignable()
    return PrivateKey(public, plain)


def _unsignable() -> InvalidKey:
    return InvalidKey(
        Bilingual("labels are signed with SM2, ECDSA P-256 or Ed25519", "标识仅支持 SM2、ECDSA P-256 或 Ed25519 签名"),
        remedy=Bilingual("Make such a key: `aigc-label keys new`.", "请用 `aigc-label keys new` 生成此类密钥。"),
    )
