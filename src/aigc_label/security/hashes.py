"""Names the digests that bindings use, and makes them."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Protocol


class Digest(StrEnum):
    """A digest, by its object identifier (SM3: GM/T 0006; SHA-256: RFC 5754)."""

    SM3 = "1.2.156.10197.1.401"
    SHA256 = "2.16.840.1.101.3.4.2.1"


class Running(Protocol):
    """A digest that is being fed."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _OpenSsl:
    """SM3 through cryptography, for interpreters whose own OpenSSL lacks it."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.hashes import SM3, Hash

        self._hash = Hash(SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return self._hash.finalize()


def hasher(digest: Digest) -> Running:
    """Give a new digest to feed."""
    if digest is Digest.SHA256:
        return hashlib.sha256()
    try:
        return hashlib.new("sm3")
    except ValueError:
        return _OpenSsl()


def hashed(digest: Digest, data: bytes) -> bytes:
    """Give the digest of bytes that are all there."""
    running = hasher(digest)
    running.update(data)
    return running.digest()
