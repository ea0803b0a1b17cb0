"""Opens encrypted PDF files that ask for no password to be read (ISO 32000-2, 7.6), and encrypts what is added to them.

Keys follow from the file and the empty user password. Files that need a password, or a recipient's certificate, stay
closed.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.grammars import aes
from aigc_label.grammars.pdf_objects import Dictionary, Name, Text, Value

PAD: Final = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
MODIFY: Final = 1 << 3  # bit 4 of /P: the document may be changed (table 22)
MOST: Final = 512 * 1024  # bytes of one stream that are decrypted here: a second of work


class Method(Enum):
    NONE = "Identity"
    RC4 = "V2"
    AES_128 = "AESV2"
    AES_256 = "AESV3"


@dataclass(frozen=True, slots=True)
class Cipher:
    """How an encrypted file's strings and streams are spelt. `may_modify` says whether its owner allows changes."""

    key: bytes
    strings: Method
    streams: Method
    metadata: bool  # metadata streams are encrypted too
    may_modify: bool

    def opened(self, number: int, generation: int, data: bytes, method: Method) -> bytes:
        """Decrypt a string or stream of an object. Raises `MalformedFile` where it was not encrypted so."""
        if method is Method.NONE or not data:
            return data
        key = self._key(number, generation, method)
        if method is Method.RC4:
            return _rc4(key, data)
        if len(data) > MOST:
            raise LimitExceeded(
                Bilingual(f"an encrypted stream of {len(data)} bytes", f"加密流长达 {len(data)} 字节"), limit="packet"
            )
        if len(data) < 2 * aes.BLOCK:
            raise _damaged()
        plain = aes.decrypted(key, data[: aes.BLOCK], data[aes.BLOCK :])
        if not plain or not 1 <= plain[-1] <= aes.BLOCK:
            raise _damaged()
        return plain[: -plain[-1]]

    def closed(self, number: int, generation: int, data: bytes, method: Method) -> bytes:
        """Encrypt a string or stream of an object. The vector follows from the content: the same file comes out again."""
        if method is Method.NONE:
            return data
        key = self._key(number, generation, method)
        if method is Method.RC4:
            return _rc4(key, data)
        vector = hmac.digest(key, data, "sha256")[: aes.BLOCK]
        pad = aes.BLOCK - len(data) % aes.BLOCK
        return vector + aes.encrypted(key, vector, data + bytes((pad,)) * pad)

    def _key(self, number: int, generation: int, method: Method) -> bytes:
        """Give the key of one object (algorithm 1; algorithm 1.A needs none)."""
        if method is Method.AES_256:
            return self.key
        salt = b"sAlT" if method is Method.AES_128 else b""
        of = number.to_bytes(8, "little")[:3] + generation.to_bytes(8, "little")[:2]
        return _md5(self.key + of + salt)[: min(len(self.key) + 5, 16)]


def cipher_of(encryption: Dictionary, first_id: bytes) -> Cipher | None:
    """Give the cipher that the empty user password opens; None where the file needs more than that."""
    version, revision = _number(encryption, b"V"), _number(encryption, b"R")
    if encryption.get(b"Filter") != Name(b"Standard") or version not in (1, 2, 4, 5):
        return None
    metadata = encryption.get(b"EncryptMetadata") is not False
    permissions = _number(encryption, b"P")
    if version < 4:
        strings = streams = Method.RC4
        length = _number(encryption, b"Length") // 8 if version == 2 else 5
    else:
        strings, streams = _method(encryption, b"StrF"), _method(encryption, b"StmF")
        length = 16
        if strings is streams is Method.NONE:  # only attachments are encrypted
            return Cipher(b"", strings, streams, False, bool(permissions & MODIFY))
    if version == 5:
        key, owned = _key_256(encryption, revision)
    else:
        key, owned = _key_rc4(encryption, revision, length or 5, first_id, metadata), False
    return Cipher(key, strings, streams, metadata, owned or bool(permissions & MODIFY)) if key is not None else None


def _method(encryption: Dictionary, which: bytes) -> Method:
    name = encryption.get(which)
    if name is None or name == Name(b"Identity"):
        return Method.NONE
    filters = encryption.get(b"CF")
    chosen = filters.get(name) if isinstance(filters, Dictionary) and isinstance(name, Name) else None
    method = chosen.get(b"CFM") if isinstance(chosen, Dictionary) else None
    if method is None or method == Name(b"None"):
        return Method.NONE
    try:
        return Method(bytes(method).decode("latin-1") if isinstance(method, Name) else "")
    except ValueError as problem:
        raise MalformedFile(Bilingual("an unknown way to encrypt", "未知的加密方式")) from problem


def _key_rc4(encryption: Dictionary, revision: int, length: int, first_id: bytes, metadata: bool) -> bytes | None:
    """Give the file's key (algorithm 2), None where the empty password is not the user's (algorithms 4 to 6)."""
    owner, user = _text(encryption, b"O")[:32], _text(encryption, b"U")
    permissions = (_number(encryption, b"P") & 0xFFFFFFFF).to_bytes(4, "little")
    length = min(max(length, 5), 16)
    seed = PAD + owner + permissions + first_id
    if revision >= 4 and not metadata:
        seed += b"\xff\xff\xff\xff"
    key = _md5(seed)
    if revision < 3:
        key = key[:5]
        return key if _rc4(key, PAD) == user[:32] else None
    for _ in range(50):
        key = _md5(key[:length])
    key = key[:length]
    check = _rc4(key, _md5(PAD + first_id))
    for turn in range(1, 20):
        check = _rc4(bytes(byte ^ turn for byte in key), check)
    return key if check == user[:16] else None


def _key_256(encryption: Dictionary, revision: int) -> tuple[bytes | None, bool]:
    """Give the file's key (algorithm 2.A) and whether the empty password is the owner's; None where it is nobody's."""
    user, owner = _text(encryption, b"U")[:48], _text(encryption, b"O")[:48]
    for held, wrapped, beside in ((user, b"UE", b""), (owner, b"OE", user)):
        key = _text(encryption, wrapped)[:32]
        if len(held) == 48 and len(key) == 32 and _hash(revision, held[32:40], beside) == held[:32]:
            return aes.decrypted(_hash(revision, held[40:48], beside), bytes(16), key), bool(beside)
    return None, False


@lru_cache(maxsize=8)
def _hash(revision: int, salt: bytes, beside: bytes = b"") -> bytes:
    """Give the hash of the empty password (algorithm 2.B; revision 5 had a plain SHA-256)."""
    key = hashlib.sha256(salt + beside).digest()
    if revision < 6:
        return key
    turn = 0
    while True:
        data = aes.encrypted(key[:16], key[16:32], (key + beside) * 64)
        key = (hashlib.sha256, hashlib.sha384, hashlib.sha512)[sum(data[:16]) % 3](data).digest()
        turn += 1
        if turn >= 64 and data[-1] <= turn - 32:
            return key[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    swap = 0
    for at in range(256):
        swap = (swap + state[at] + key[at % len(key)]) & 255
        state[at], state[swap] = state[swap], state[at]
    out = bytearray(len(data))
    one = two = 0
    for at, byte in enumerate(data):
        one = (one + 1) & 255
        value = state[one]
        two = (two + value) & 255
        other = state[two]
        state[one], state[two] = other, value
        out[at] = byte ^ state[(value + other) & 255]
    return bytes(out)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _text(encryption: Dictionary, key: bytes) -> bytes:
    value: Value = encryption.get(key)
    return bytes(value) if isinstance(value, Text) else b""


def _number(encryption: Dictionary, key: bytes) -> int:
    value = encryption.get(key)
    return value if isinstance(value, int) else 0


def _damaged() -> MalformedFile:
    return MalformedFile(Bilingual("something encrypted is damaged", "加密内容已损坏"))
