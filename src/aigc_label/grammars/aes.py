"""AES (FIPS 197) in CBC mode, for the few hundred bytes of an encrypted document that the empty password opens.

Nothing that passes through here is secret: the key follows from the file itself. Where it were, a library would do it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

BLOCK: Final = 16


def _tables() -> tuple[bytes, bytes]:
    """Give the substitution table of FIPS 197, 5.1.1, and its inverse."""
    powers, logs = [0] * 255, [0] * 256
    value = 1
    for exponent in range(255):
        powers[exponent], logs[value] = value, exponent
        value ^= _doubled(value)  # times 3, a generator of the field
    box = bytearray(256)
    for number in range(256):
        turned = powers[-logs[number] % 255] if number else 0
        mixed = turned
        for _ in range(4):
            turned = (turned << 1 | turned >> 7) & 255
            mixed ^= turned
        box[number] = mixed ^ 0x63
    return bytes(box), bytes(box.index(number) for number in range(256))


def _doubled(value: int) -> int:
    return value << 1 ^ (0x11B if value & 0x80 else 0)


SUBSTITUTED, RESTORED = _tables()


def _times(table: bytes, *factors: int) -> tuple[tuple[int, ...], ...]:
    """Give, for each place in a column, what a byte there adds to the column: substitution and mixing in one look-up."""

    def product(a: int, b: int) -> int:
        out = 0
        while b:
            out ^= a if b & 1 else 0
            a, b = _doubled(a), b >> 1
        return out

    rows = []
    for turn in range(4):
        turned = factors[-turn:] + factors[:-turn] if turn else factors
        rows.append(tuple(int.from_bytes(bytes(product(byte, f) for f in turned), "big") for byte in table))
    return tuple(rows)


@lru_cache(maxsize=1)
def _forward() -> tuple[tuple[int, ...], ...]:
    return _times(SUBSTITUTED, 2, 1, 1, 3)


@lru_cache(maxsize=1)
def _backward() -> tuple[tuple[int, ...], ...]:
    return _times(RESTORED, 14, 9, 13, 11)


@lru_cache(maxsize=1)
def _unmixing() -> tuple[tuple[int, ...], ...]:
    return _times(bytes(range(256)), 14, 9, 13, 11)


@lru_cache(maxsize=8)
def _schedule(key: bytes) -> tuple[int, ...]:
    """Give the round keys, four words each (FIPS 197, 5.2)."""
    count = len(key) // 4
    words = [int.from_bytes(key[at : at + 4], "big") for at in range(0, len(key), 4)]
    constant = 1
    while len(words) < 4 * (count + 7):
        last = words[-1]
        if len(words) % count == 0:
            last = _substituted((last << 8 | last >> 24) & 0xFFFFFFFF) ^ constant << 24
            constant = _doubled(constant)
        elif count > 6 and len(words) % count == 4:
            last = _substituted(last)
        words.append(words[-count] ^ last)
    return tuple(words)


def _substituted(word: int) -> int:
    return int.from_bytes(word.to_bytes(4, "big").translate(SUBSTITUTED), "big")


@lru_cache(maxsize=8)
def _inverse_schedule(key: bytes) -> tuple[int, ...]:
    words = _schedule(key)
    rounds = [words[at : at + 4] for at in range(0, len(words), 4)][::-1]
    t0, t1, t2, t3 = _unmixing()
    inner = [[t0[w >> 24] ^ t1[w >> 16 & 255] ^ t2[w >> 8 & 255] ^ t3[w & 255] for w in each] for each in rounds[1:-1]]
    return tuple(word for each in (rounds[0], *inner, rounds[-1]) for word in each)


def _turned(words: tuple[int, ...], block: int, tables: tuple[tuple[int, ...], ...], table: bytes, step: int) -> int:
    """Pass one block through all rounds; `step` is the way that rows shift: 1 to encrypt, -1 to decrypt."""
    t0, t1, t2, t3 = tables
    a, b, c, d = (block >> 96) ^ words[0], (block >> 64 & 0xFFFFFFFF) ^ words[1], 0, 0
    c, d = (block >> 32 & 0xFFFFFFFF) ^ words[2], (block & 0xFFFFFFFF) ^ words[3]
    if step < 0:
        for at in range(4, len(words) - 4, 4):
            a, b, c, d = (
                t0[a >> 24] ^ t1[d >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[b & 255] ^ words[at],
                t0[b >> 24] ^ t1[a >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[c & 255] ^ words[at + 1],
                t0[c >> 24] ^ t1[b >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[d & 255] ^ words[at + 2],
                t0[d >> 24] ^ t1[c >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[a & 255] ^ words[at + 3],
            )
        rows = ((a, d, c, b), (b, a, d, c), (c, b, a, d), (d, c, b, a))
    else:
        for at in range(4, len(words) - 4, 4):
            a, b, c, d = (
                t0[a >> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[d & 255] ^ words[at],
                t0[b >> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[a & 255] ^ words[at + 1],
                t0[c >> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[b & 255] ^ words[at + 2],
                t0[d >> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[c & 255] ^ words[at + 3],
            )
        rows = ((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))
    out = 0
    for (e, f, g, h), word in zip(rows, words[-4:], strict=True):
        column = table[e >> 24] << 24 | table[f >> 16 & 255] << 16 | table[g >> 8 & 255] << 8 | table[h & 255]
        out = out << 32 | column ^ word
    return out


def encrypted(key: bytes, vector: bytes, data: bytes) -> bytes:
    """Give whole blocks encrypted in CBC mode; the length of `data` is a multiple of 16, `key` has 16 or 32 bytes."""
    words, tables = _schedule(key), _forward()
    chain = int.from_bytes(vector, "big")
    out = []
    for at in range(0, len(data), BLOCK):
        chain = _turned(words, chain ^ int.from_bytes(data[at : at + BLOCK], "big"), tables, SUBSTITUTED, 1)
        out.append(chain.to_bytes(BLOCK, "big"))
    return b"".join(out)


def decrypted(key: bytes, vector: bytes, data: bytes) -> bytes:
    """Give whole blocks decrypted in CBC mode."""
    words, tables = _inverse_schedule(key), _backward()
    chain = int.from_bytes(vector, "big")
    out = []
    for at in range(0, len(data) - BLOCK + 1, BLOCK):
        block = int.from_bytes(data[at : at + BLOCK], "big")
        out.append((_turned(words, block, tables, RESTORED, -1) ^ chain).to_bytes(BLOCK, "big"))
        chain = block
    return b"".join(out)
