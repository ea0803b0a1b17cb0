"""Reads and writes AMF0, the values that Flash video keeps its metadata in (Action Message Format, version 0)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import Limits

NUMBER: Final = 0
STRING: Final = 2
OBJECT: Final = 3
ECMA_ARRAY: Final = 8
STRICT_ARRAY: Final = 10
LONG_STRING: Final = 12
TYPED_OBJECT: Final = 16
END: Final = b"\0\0\x09"  # an empty name and the object-end marker
FIXED: Final = {NUMBER: 8, 1: 1, 5: 0, 6: 0, 7: 2, 11: 10, 13: 0}  # type -> bytes of its value
MAX_STRING: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an object or array: its name and value at the bytes `start..end`, the value's type at `at`."""

    name: str
    kind: int
    start: int
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Members:
    """The properties of an object or array whose type byte stands at `at`; new ones go at byte `stop`."""

    kind: int
    at: int
    properties: tuple[Property, ...]
    stop: int
    end: int

    @property
    def count_at(self) -> int | None:
        """Give where the number of properties stands, which only an ECMA array has."""
        return self.at + 1 if self.kind == ECMA_ARRAY else None


class Reader:
    """Walks the values in `data`; offsets are into it. Bounded by `limits.items` and `limits.depth`."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.items = 0

    def members(self, at: int, depth: int = 0) -> Members:
        """Give the properties of the object or array at byte `at`.

        An outermost one that ends with the data, without its end marker, is met in real files and read. Raises
        `MalformedFile` for what has no properties or ends in the middle of one, `LimitExceeded` for too many or too deep
        ones.
        """
        kind = self._byte(at)
        start = at + 1
        if kind == ECMA_ARRAY:
            start += 4
        elif kind == TYPED_OBJECT:
            start += 2 + self._number(start, 2)
        elif kind != OBJECT:
            raise self._broken(at)
        if depth >= self.limits.depth:
            raise LimitExceeded(Bilingual("values are nested too deep", "数值嵌套过深"), limit="depth")
        found: list[Property] = []
        place = start
        while place < len(self.data) and self.data[place : place + 3] != END:
            self.items += 1
            if self.items > self.limits.items:
                raise LimitExceeded(Bilingual("too many properties", "属性过多"), limit="items")
            length = self._number(place, 2)
            value = place + 2 + length
            end = self.end_of(value, depth + 1)
            name = self.data[place + 2 : value].decode("utf-8", "replace")
            found.append(Property(name, self.data[value], place, value, end))
            place = end
        if depth and place >= len(self.data):
            raise self._broken(at)
        return Members(kind, at, tuple(found), place, min(place + 3, len(self.data)))

    def end_of(self, at: int, depth: int = 0) -> int:
        """Give where the value ends whose type byte stands at `at`."""
        kind = self._byte(at)
        if kind in FIXED:
            end = at + 1 + FIXED[kind]
        elif kind == STRING:
            end = at + 3 + self._number(at + 1, 2)
        elif kind in (LONG_STRING, 15):
            end = at + 5 + self._number(at + 1, 4)
        elif kind == STRICT_ARRAY:
            end = self._end_of_array(at, depth)
        else:
            end = self.members(at, depth).end
        if end > len(self.data):
            raise self._broken(at)
        return end

    def _end_of_array(self, at: int, depth: int) -> int:
        count = self._number(at + 1, 4)
        end = at + 5 + 9 * count
        if end <= len(self.data) and not any(self.data[at + 5 : end : 9]):
            return end  # numbers only, as in an index of key frames: there may be very many
        if depth >= self.limits.depth:
            raise LimitExceeded(Bilingual("values are nested too deep", "数值嵌套过深"), limit="depth")
        end = at + 5
        for _ in range(count):
            self.items += 1
            if self.items > self.limits.items:
                raise LimitExceeded(Bilingual("too many values", "数值过多"), limit="items")
            end = self.end_of(end, depth + 1)
        return end

    def numbers(self, at: int) -> Iterator[tuple[int, float]]:
        """Give the numbers of the strict array at byte `at` with the places of their eight bytes."""
        if self._byte(at) == STRICT_ARRAY:
            for place in range(at + 5, min(at + 5 + 9 * self._number(at + 1, 4), len(self.data) - 8), 9):
                if self.data[place] == NUMBER:
                    yield place + 1, self.number(place)

    def number(self, at: int) -> float:
        """Give the number at byte `at`."""
        (value,) = struct.unpack_from(">d", self.data, at + 1)
        return float(value)

    def text(self, at: int) -> bytes | None:
        """Give the bytes of the string at byte `at`, None where another type stands there."""
        kind = self._byte(at)
        if kind == STRING:
            return self.data[at + 3 : at + 3 + self._number(at + 1, 2)]
        if kind == LONG_STRING:
            return self.data[at + 5 : at + 5 + self._number(at + 1, 4)]
        return None

    def _byte(self, at: int) -> int:
        if at >= len(self.data):
            raise self._broken(at)
        return self.data[at]

    def _number(self, at: int, width: int) -> int:
        if at + width > len(self.data):
            raise self._broken(at)
        return int.from_bytes(self.data[at : at + width], "big")

    def _broken(self, at: int) -> MalformedFile:
        return MalformedFile(Bilingual(f"script data are damaged at byte {at}", f"脚本数据在第 {at} 字节处损坏"))


def string(value: bytes) -> bytes:
    """Give a string value with its type."""
    return bytes((STRING,)) + len(value).to_bytes(2, "big") + value


def member(name: str, value: bytes) -> bytes:
    """Give a property from its name and a value with its type."""
    return len(name.encode()).to_bytes(2, "big") + name.encode() + value


def ecma_array(*members: bytes) -> bytes:
    """Give an ECMA array of properties."""
    return bytes((ECMA_ARRAY,)) + len(members).to_bytes(4, "big") + b"".join(members) + END
