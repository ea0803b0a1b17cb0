"""Signs and verifies with SM2 (GB/T 32918.2): the one door to the library that knows it, gmssl-pyx."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

from aigc_label import optional
from aigc_label.bilingual import Bilingual
from aigc_label.security import der
from aigc_label.security.hashes import Digest, hashed

N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123  # GB/T 32918.5: the order of the curve
USER: Final = b"1234567812345678"  # GM/T 0009, 10: the default identity of a signer
_CURVE: Final = bytes.fromhex(  # GB/T 32918.5: a, b, x and y of G
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)
_QUIET: Final = Lock()


def _library() -> Any:
    return optional.package(
        "gmssl_pyx", "sign", Bilingual("SM2 needs the package gmssl-pyx", "SM2 需要 gmssl-pyx 组件")
    )


def point_of(encoded: bytes) -> bytes:
    """Give a public key as x and y, 64 bytes; from 65 (04), 64 or 33 (02, 03) bytes.

    Raises `ValueError` where it is no point of the curve.
    """
    library = _library()
    try:
        return bytes(library.normalize_sm2_public_key(encoded))
    except library.GmsslInnerError as problem:
        raise ValueError("not a point of the SM2 curve") from problem


def new_pair() -> tuple[bytes, bytes]:
    """Give a new key pair: the public point (64 bytes) and the secret number (32)."""
    public, secret = _library().sm2_key_generate()
    return bytes(public), bytes(secret)


def digest_of(point: bytes, message: bytes, user: bytes = USER) -> bytes:
    """Give e = SM3(ZA ‖ message) (GB/T 32918.2, 6.1), which a signature is made of."""
    head = (8 * len(user)).to_bytes(2, "big") + user
    return hashed(Digest.SM3, hashed(Digest.SM3, head + _CURVE + point) + message)


def sign(secret: bytes, point: bytes, message: bytes) -> bytes:
    """Give a signature as DER. Each differs: SM2 draws a number by chance."""
    return bytes(_library().sm2_sign_sm3_digest(secret, digest_of(point, message)))


def verify(point: bytes, digest: bytes, r: int, s: int) -> bool:
    """Tell whether (r, s) signs the digest e of `digest_of`. Never raises for numbers: those out of range are wrong."""
    if not (0 < r < N and 0 < s < N):
        return False
    with _muted():
        return bool(_library().sm2_verify_sm3_digest(point, digest, der.written_pair(r, s)))


@contextmanager
def _muted() -> Iterator[None]:
    """GmSSL prints the lines of its source to standard error where a signature is wrong, which no user should read."""
    with _QUIET:
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
