"""Says where the members of a JSON object stand, so that one can be changed and every other byte kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aigc_label.bilingual import Bilingual
from aigc_label.errors import LimitExceeded, MalformedFile
from aigc_label.limits import Limits

SPACES: Final = b" \t\r\n"
SPACE: Final = re.compile(rb"[ \t\r\n]*+")
STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"', re.DOTALL)
TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"|[{}\[\]]', re.DOTALL)
SCALAR: Final = re.compile(rb"[^\s,{}\[\]\":]++")

Edit = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object: `start` is its key's, `value..end` what it holds. Offsets in bytes of the document."""

    key: str
    start: int
    value: int
    end: int


def check(document: bytes, limits: Limits) -> None:
    """Raise `MalformedFile` where a document is not JSON in UTF-8, `LimitExceeded` where it is nested without end."""
    if len(document) > limits.block:
        raise LimitExceeded(Bilingual("a JSON document is too large", "JSON 文档过大"), limit="block")
    try:
        json.loads(document.decode())
    except RecursionError as problem:
        raise LimitExceeded(Bilingual("the JSON is nested too deeply", "JSON 嵌套过深"), limit="depth") from problem
    except ValueError as problem:
        raise MalformedFile(
            Bilingual(f"the document is not JSON: {problem}", f"文档不是有效的 JSON：{problem}")
        ) from problem


def members(document: bytes, at: int, limits: Limits) -> tuple[Member, ...]:
    """Give the members of the object that begins at `at`, in order, of a document that `check` has passed.

    Raises `MalformedFile` where no object begins there, `LimitExceeded` for more members than `limits.items`.
    """
    if document[at : at + 1] != b"{":
        raise MalformedFile(Bilingual("an object is missing in the JSON", "JSON 中缺少应有的对象"), offset=at)
    found: list[Member] = []
    at = _behind_space(document, at + 1)
    while document[at : at + 1] != b"}":
        key = STRING.match(document, at)
        if key is None or len(found) >= limits.items:
            raise LimitExceeded(
                Bilingual("an object has too many members", "JSON 对象的成员过多"), limit="items", offset=at
            )
        value = _behind_space(document, _behind_space(document, key.end()) + 1)
        end = _value_end(document, value)
        found.append(Member(str(json.loads(key[0])), at, value, end))
        at = _behind_space(document, end)
        if document[at : at + 1] == b",":
            at = _behind_space(document, at + 1)
    return tuple(found)


def elements(document: bytes, at: int, limits: Limits) -> tuple[tuple[int, int], ...]:
    """Give where the elements of the array that begins at `at` start and end, in order; as `members` otherwise."""
    if document[at : at + 1] != b"[":
        raise MalformedFile(Bilingual("an array is missing in the JSON", "JSON 中缺少应有的数组"), offset=at)
    found: list[tuple[int, int]] = []
    at = _behind_space(document, at + 1)
    while document[at : at + 1] != b"]":
        end = _value_end(document, at)
        if end == at or len(found) >= limits.items:
            raise LimitExceeded(
                Bilingual("an array has too many elements", "JSON 数组的元素过多"), limit="items", offset=at
            )
        found.append((at, end))
        at = _behind_space(document, end)
        if document[at : at + 1] == b",":
            at = _behind_space(document, at + 1)
    return tuple(found)


def appended(document: bytes, at: int, new: Sequence[bytes]) -> Edit:
    """Give the edit that puts elements last into the array that begins at `at`, or members last into such an object."""
    end = len(document[at : _value_end(document, at) - 1].rstrip(SPACES)) + at
    return end, end, (b"" if end == at + 1 else b",") + b",".join(new)


def _behind_space(document: bytes, at: int) -> int:
    found = SPACE.match(document, at)
    return found.end() if found else at


def _value_end(document: bytes, at: int) -> int:
    if document[at : at + 1] not in (b"{", b"["):
        found = STRING.match(document, at) or SCALAR.match(document, at)
        return found.end() if found else at
    depth = 0
    for token in TOKEN.finditer(document, at):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(document)


def added(at: int, there: Sequence[Member], member: bytes) -> Edit:
    """Give the edit that puts a member first into the object that begins at `at`."""
    return at + 1, at + 1, member + (b"," if there else b"")


def cuts(there: Sequence[Member], numbers: Iterable[int]) -> list[Edit]:
    """Give the edits that take members out of their object, the commas with them."""
    gone = sorted(set(numbers))
    edits: list[Edit] = []
    while gone:
        first = last = gone.pop(0)
        while gone and gone[0] == last + 1:
            last = gone.pop(0)
        if last + 1 < len(there):
            edits.append((there[first].start, there[last + 1].start, b""))
        else:
            edits.append((there[first - 1].end if first else there[first].start, there[last].end, b""))
    return edits
