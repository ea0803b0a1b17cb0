"""Reads and writes private keys as PKCS #8 in PEM (RFC 5208, RFC 8018), SM2 keys included; encrypted as OpenSSL does it."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from typing import Any, Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import InvalidKey
from aigc_label.security import der

SM2_OIDS: Final = bytes.fromhex("06072a8648ce3d020106082a811ccf5501822d")  # id-ecPublicKey, the SM2 curve
PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")
HMAC_SHA256: Final = bytes.fromhex("06082a864886f70d0209")
HMACS: Final = {HMAC_SHA256: "sha256", bytes.fromhex("06082a864886f70d0207"): "sha1"}
HMAC_SM3: Final = bytes.fromhex("06092a811ccf550183110301"), bytes.fromhex("060a2a811ccf55018311030102")
AES_256: Final = bytes.fromhex("060960864801650304012a")
CIPHERS: Final = {AES_256: 32, bytes.fromhex("0609608648016503040102"): 16}
SM4_CBC: Final = bytes.fromhex("06082a811ccf55016802")
ROUNDS: Final = 600_000  # OWASP's figure for PBKDF2 with HMAC-SHA-256
MOST_ROUNDS: Final = 10_000_000
PLAIN, ENCRYPTED = "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"
_PEM: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)-----END \1-----")


def _wrong(en: str, zh: str) -> InvalidKey:
    return InvalidKey(Bilingual(en, zh), remedy=Bilingual("Check the file and the passphrase.", "请检查文件与口令。"))


def blocks(text: str) -> list[tuple[str, bytes]]:
    """Give the blocks of a PEM file as (name, DER)."""
    try:
        return [(found[1], base64.b64decode("".join(found[2].split()), validate=True)) for found in _PEM.finditer(text)]
    except ValueError as problem:
        raise _wrong("the PEM text is damaged", "PEM 文本已损坏") from problem


def pem(name: str, data: bytes) -> str:
    """Give one PEM block."""
    text = base64.b64encode(data).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {name}-----\n{lines}\n-----END {name}-----\n"


def sm2_written(secret: bytes, point: bytes) -> bytes:
    """Give an SM2 key as PKCS #8: the secret number (32 bytes) and the public point (64)."""
    public = der.written(0xA1, der.written(der.BITS, b"\0\x04", point))
    inner = der.written(der.SEQUENCE, der.written_number(1), der.written(der.OCTETS, secret), public)
    head = der.written(der.SEQUENCE, SM2_OIDS)
    return der.written(der.SEQUENCE, der.written_number(0), head, der.written(der.OCTETS, inner))


def sm2_read(plain: bytes) -> tuple[bytes, bytes] | None:
    """Give the secret and the point (65 bytes, as encoded) of an SM2 key; None where the key is of another kind.

    Raises `InvalidKey` for an SM2 key that lacks its public half.
    """
    try:
        version, head, body = der.elements(der.only(plain, der.SEQUENCE))[:3]
        if der.number(version) > 1 or head.content != SM2_OIDS:
            return None
        parts = der.elements(der.only(body.content, der.SEQUENCE))
    except ValueError as problem:
        raise _wrong("the key is damaged", "密钥已损坏") from problem
    public = next((part.content for part in parts if part.tag == 0xA1), b"")
    if len(parts) < 2 or len(parts[1].content) > 32 or not public:
        raise _wrong("the file does not hold both halves of an SM2 key", "文件未同时包含 SM2 密钥的公私两部分")
    return parts[1].content.rjust(32, b"\0"), der.elements(public)[0].content[1:]


def encrypted(plain: bytes, passphrase: bytes) -> bytes:
    """Give the key encrypted: PBES2 of PBKDF2 with HMAC-SHA-256 and AES-256-CBC."""
    salt, vector = os.urandom(16), os.urandom(16)
    encryptor = _cipher("AES", hashlib.pbkdf2_hmac("sha256", passphrase, salt, ROUNDS, 32), vector).encryptor()
    pad = 16 - len(plain) % 16
    data = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    hmac = der.written(der.SEQUENCE, HMAC_SHA256, der.written(der.NULL))
    parameters = der.written(der.SEQUENCE, der.written(der.OCTETS, salt), der.written_number(ROUNDS), hmac)
    derivation = der.written(der.SEQUENCE, PBKDF2, parameters)
    cipher = der.written(der.SEQUENCE, AES_256, der.written(der.OCTETS, vector))
    scheme = der.written(der.SEQUENCE, PBES2, der.written(der.SEQUENCE, derivation, cipher))
    return der.written(der.SEQUENCE, scheme, der.written(der.OCTETS, data))


def decrypted(data: bytes, passphrase: bytes) -> bytes:
    """Give the plain PKCS #8 of an encrypted one. Raises `InvalidKey` for a wrong passphrase or another scheme."""
    try:
        scheme, held = der.elements(der.only(data, der.SEQUENCE))
        kind, parameters = der.elements(scheme.content)
        derivation, cipher = der.elements(parameters.content)
        way, settings = der.elements(derivation.content)
        coder, vector = der.elements(cipher.content)
        salt, rounds, *rest = der.elements(settings.content)
        function = next((der.elements(one.content)[0].whole for one in rest if one.tag == der.SEQUENCE), b"")
        count = der.number(rounds)
    except ValueError as problem:
        raise _wrong("the encrypted key is damaged or of a kind not known", "加密密钥已损坏或类型未知") from problem
    if kind.whole != PBES2 or way.whole != PBKDF2 or not 0 < count <= MOST_ROUNDS or len(vector.content) != 16:
        raise _wrong("the key is encrypted in a way that is not known", "密钥的加密方式未知")
    size = 16 if coder.whole == SM4_CBC else CIPHERS.get(coder.whole, 0)
    name = "sm3" if function in HMAC_SM3 else HMACS.get(function, "" if function else "sha1")
    if not size or not name:
        raise _wrong("the key is encrypted in a way that is not known", "密钥的加密方式未知")
    key = hashlib.pbkdf2_hmac(name, passphrase, salt.content, count, size)
    decryptor = _cipher("SM4" if coder.whole == SM4_CBC else "AES", key, vector.content).decryptor()
    try:
        plain = decryptor.update(held.content) + decryptor.finalize()
    except ValueError as problem:
        raise _wrong("the encrypted key is damaged", "加密密钥已损坏") from problem
    pad = plain[-1] if plain else 0
    if not 1 <= pad <= 16 or plain[-pad:] != bytes([pad]) * pad or plain[:1] != b"\x30":
        raise _wrong("the passphrase is wrong", "口令不正确")
    return bytes(plain[:-pad])


def _cipher(name: str, key: bytes, vector: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(getattr(algorithms, name)(key), modes.CBC(vector))
