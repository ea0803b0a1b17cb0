"""Reads and writes the little DER that keys and signatures are made of; strict, and bounded by what it is given."""

from __future__ import annotations

from typing import Final, NamedTuple

INTEGER: Final = 0x02
BITS: Final = 0x03
OCTETS: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
SEQUENCE: Final = 0x30
MOST: Final = 1 << 16  # bytes of any structure read here: a certificate with much text has a tenth


class Element(NamedTuple):
    """One element: its tag, its content, and its whole spelling."""

    tag: int
    content: bytes
    whole: bytes


def elements(data: bytes) -> list[Element]:
    """Give the elements that `data` is made of, to its last byte. Raises `ValueError` for anything that is not DER."""
    if len(data) > MOST:
        raise ValueError("too long")
    found, at = [], 0
    while at < len(data):
        if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
            raise ValueError("not DER")
        start, length, body = at, data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4:
                raise ValueError("not DER")
            length, body = int.from_bytes(data[body : body + count], "big"), body + count
            if length < 0x80 or length >> 8 * (count - 1) == 0:
                raise ValueError("a length is not in its shortest form")
        at = body + length
        if at > len(data):
            raise ValueError("cut off")
        found.append(Element(data[start], data[body:at], data[start:at]))
    return found


def only(data: bytes, tag: int) -> bytes:
    """Give the content of the one element that `data` is. Raises `ValueError` where it is another, or more."""
    found = elements(data)
    if len(found) != 1 or found[0].tag != tag:
        raise ValueError("not what was expected")
    return found[0].content


def number(element: Element) -> int:
    """Give a number that is not negative, in its shortest form. Raises `ValueError`."""
    content = element.content
    if element.tag != INTEGER or not content or content[0] & 0x80:
        raise ValueError("not a positive number")
    if len(content) > 1 and content[0] == 0 and not content[1] & 0x80:
        raise ValueError("a number is not in its shortest form")
    return int.from_bytes(content, "big")


def written(tag: int, *parts: bytes) -> bytes:
    """Give one element."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def written_number(value: int) -> bytes:
    return written(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def pair(signature: bytes) -> tuple[int, int]:
    """Give r and s of a signature `SEQUENCE { r, s }`. Raises `ValueError`."""
    parts = elements(only(signature, SEQUENCE))
    if len(parts) != 2:
        raise ValueError("not two numbers")
    return number(parts[0]), number(parts[1])


def written_pair(r: int, s: int) -> bytes:
    return written(SEQUENCE, written_number(r), written_number(s))


def public_key_of(certificate: bytes) -> bytes:
    """Give the SubjectPublicKeyInfo of an X.509 certificate (RFC 5280, 4.1). Raises `ValueError`."""
    to_be_signed = elements(only(certificate, SEQUENCE))[0]
    fields = elements(to_be_signed.content)
    if fields and fields[0].tag == 0xA0:  # the version, which only certificates of version 1 lack
        fields = fields[1:]
    if to_be_signed.tag != SEQUENCE or len(fields) < 6:
        raise ValueError("not a certificate")
    return fields[5].whole
