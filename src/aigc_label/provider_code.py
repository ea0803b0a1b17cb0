"""Reads the 27-character code of a service provider (TC260-PG-20252A) and checks its credit code (GB 32100-2015)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from aigc_label.bilingual import Bilingual

LENGTH: Final = 27
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True, slots=True)
class ProviderCode:
    """The parts of a code: positions 1-2 format, 3 kind of subject, 4 kind of identifier, 5-22 identifier, 23-27 service."""

    scheme: str
    subject: str
    binding: str
    identifier: str
    service: str


def looks_like_a_code(value: str) -> bool:
    """Tell a code (or a mistyped one) from a name: it begins with 00 and has a code's length and characters, nearly."""
    return value.startswith("00") and 25 <= len(value) <= 29 and re.fullmatch(r"[0-9A-Za-z]+", value) is not None


def parse(value: str) -> ProviderCode | None:
    """Give the parts of a well-formed code, None where it is not one."""
    if faults_of(value):
        return None
    return ProviderCode(value[:2], value[2], value[3], value[4:22], value[22:])


@lru_cache(maxsize=64)  # most files of a run name the same one
def faults_of(value: str) -> tuple[Bilingual, ...]:
    """Give everything that is wrong with a code; empty where nothing is."""
    if len(value) != LENGTH:
        return (
            Bilingual(
                f"a provider code has {LENGTH} characters, this one {len(value)}",
                f"服务提供者编码应为 {LENGTH} 位，此编码为 {len(value)} 位",
            ),
        )
    faults = []
    if not re.fullmatch(r"[0-9A-Z]+", value):
        faults.append(
            Bilingual("a provider code holds only digits and upper-case letters", "编码只能包含数字和大写字母")
        )
    if value[:2] != "00":
        faults.append(Bilingual("the coding-format part (1-2) is not 00", "第 1-2 位（编码格式）不是 00"))
    if value[2:4] == "11" and credit_code_check(value[4:21]) != value[21]:
        faults.append(
            Bilingual(
                f"the credit code {value[4:22]} has a wrong check character",
                f"统一社会信用代码 {value[4:22]} 的校验位不正确",
            )
        )
    return tuple(faults)


def credit_code_check(body: str) -> str | None:
    """Give the check character of the first 17 characters of a unified social credit code; None for a wrong body."""
    if len(body) != len(WEIGHTS) or any(c not in ALPHABET for c in body):
        return None
    total = sum(ALPHABET.index(c) * weight for c, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]
